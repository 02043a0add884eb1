#version 330
// Sprites: every point of the tour as its image, from one stack of the atlas's pages. Vertex shader.
//
// A sprite wider than the driver's largest point is drawn in pieces, u_parts to a side,
// one draw each: u_part says which.
// HIDDEN: 1 where sprites that others hide are left out. FRAMED: 2 where each has a frame in the colour of its class, 3
// where an outline follows its shape, by texels that say how near that is (outline.glsl). 1 where there is no rim and
// many images: what fragments are told is then packed into one vector, since a software rasteriser notes it down for each
// sprite, and two vectors more take it a sixth of the time that vertices take. Of fewer images more pixels are seen, which
// would all unpack it.
// ORDERED: 1 where vertices stand in another order than points, and each brings its point's number along.
// Spaces as in points.vert.

#include "project.glsl"
#include "place.glsl"
#include "style.glsl"
#if FRAMED == 1
#include "packed.glsl"
#endif
#if FRAMED > 1
#include "edge.glsl"
#endif
#if HIDDEN == 1
#include "occlusion_cells.glsl"
uniform vec2 u_map;  // cells across and down, whole
uniform sampler2D u_behind;  // the depth behind which a sprite in this cell is hidden (occlusion_behind.frag)
#endif

#if ORDERED == 1
in float a_row;
#endif
uniform float u_size;  // side without the cue, pixels
uniform vec2 u_pixel;  // one pixel in normalised device coordinates
uniform vec2 u_part;  // column and row of the piece, from the top left
uniform float u_parts;  // pieces to a side
uniform float u_first;  // the point whose tile is the first of these pages
uniform float u_columns;  // tiles to a row of the page
uniform float u_fade;  // of the canvas in a colour at the very back
#if GREYED == 1
uniform float u_pale;  // of the canvas in a greyed image
#endif

#if FRAMED > 0
uniform float u_hovered;  // the point under the cursor, or -1
#endif
#if FRAMED > 1
uniform float u_tile;  // texels to the side of a tile
#if FRAMED == 2
uniform float u_rim;  // pixels that the sprite reaches beyond its image
#endif

flat out vec4 v_frame;  // the colour of the class; the width in pixels
flat out vec4 v_texel;  // from the place on this piece to the texel: factor, shift across and down; pixels to a texel
#endif
// Column and row of the tile on its page, the page; the fade towards the canvas, by depth. Where FRAMED is 1: those three
// in one number; the colour of the class in one; the fade; the image's side in pixels, negative under the cursor.
flat out vec4 v_look;

void main() {
    float share = 1.0;  // of the size
#if GREYED == 1
    bool greyed = is_greyed(palette_entry());
    if (greyed != (u_greyed > 0.5)) {
        gl_Position = nowhere();
        gl_PointSize = 1.0;
        return;
    }
    share = mix(1.0, 0.58, u_greyed);
#endif
    vec3 p = projected();
    float near = nearness(p);
    float size = u_size * cue_size(near) * share;
    int point = gl_VertexID;
#if ORDERED == 1
    point = int(a_row);
#endif
    int columns = int(u_columns);
    int row = (point - int(u_first)) / columns;
    int column = (point - int(u_first)) % columns;
    float fade = u_fade * (1.0 - near) * u_cue;
#if GREYED == 1
    fade = mix(fade, 1.0, u_pale * u_greyed);
#endif
    v_look = vec4(column, row % columns, row / columns, fade);
    gl_Position = placed(p);
#if HIDDEN == 1
    vec2 cell = cell_of(gl_Position.xy);
    bool inside = all(greaterThanEqual(cell, vec2(0.0))) && all(lessThan(cell, u_map));
    float depth = inside ? texelFetch(u_behind, ivec2(cell), 0).r : 1.0;
    if (0.5 * gl_Position.z + 0.5 > depth + 0.000001) {
        gl_Position = nowhere();
        gl_PointSize = 1.0;
        return;
    }
#endif
#if FRAMED > 0
    bool hovered = point == int(u_hovered);
#endif
#if FRAMED == 1
    float paint = packed_up(round(255.0 * palette_entry().rgb));
    v_look = vec4(packed_up(v_look.xyz), paint, fade, hovered ? -size : size);
#endif
#if FRAMED > 1
    float width = edge_width(size, hovered);
    v_frame = vec4(palette_entry().rgb, width);
#if FRAMED == 2
    float beyond = u_rim;
#endif
#if FRAMED == 3
    float beyond = max(width + 0.5, 0.0);
#endif
    float texels = u_tile / size;
    size += 2.0 * beyond;
    v_texel = vec4(size * texels / u_parts, texels * (u_part / u_parts * size - beyond), 1.0 / texels);
#endif
    gl_Position.xy += ((u_part + 0.5) / u_parts - 0.5) * vec2(size, -size) * u_pixel;
    gl_PointSize = size / u_parts;
}

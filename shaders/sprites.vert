#version 330
// Sprites: every point of the tour as its image, from one stack of the atlas's pages. Vertex shader.
//
// A sprite wider than the driver's largest point is drawn in pieces, u_parts to a side,
// one draw each: u_part says which.
// Spaces as in points.vert.

#include "project.glsl"
#include "place.glsl"
#include "style.glsl"

uniform float u_size;  // side without the cue, pixels
uniform vec2 u_pixel;  // one pixel in normalised device coordinates
uniform vec2 u_part;  // column and row of the piece, from the top left
uniform float u_parts;  // pieces to a side
uniform float u_first;  // the point whose tile is the first of these pages
uniform float u_columns;  // tiles to a row of the page
uniform float u_fade;  // of the canvas in a colour at the very back

flat out vec4 v_look;  // column and row of the tile on its page, the page; the fade towards the canvas, by depth

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
    int columns = int(u_columns);
    int row = (gl_VertexID - int(u_first)) / columns;
    int column = (gl_VertexID - int(u_first)) % columns;
    v_look = vec4(column, row % columns, row / columns, u_fade * (1.0 - near) * u_cue);
    gl_Position = placed(p);
    gl_Position.xy += ((u_part + 0.5) / u_parts - 0.5) * vec2(size, -size) * u_pixel;
    gl_PointSize = size / u_parts;
}

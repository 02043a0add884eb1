#version 330
// Sprites: every point of the tour as its image, from one stack of the atlas's pages. Fragment shader.
//
// OPAQUE: 1 where no image lets anything through, so that nothing has to be left out. FRAMED: see sprites.vert.

flat in vec4 v_look;
uniform sampler2DArray u_pages;
uniform vec2 u_texel;  // of a page
uniform float u_tile;  // texels to the side of a tile
uniform vec3 u_canvas;
uniform float u_opacity;
#if FRAMED == 0
uniform vec2 u_part;
uniform float u_parts;
#endif
#if FRAMED == 1
#include "packed.glsl"
#include "edge.glsl"
uniform vec2 u_part;
uniform float u_parts;
#endif
#if FRAMED > 1
flat in vec4 v_frame;
flat in vec4 v_texel;
#endif
#if GREYED == 1
uniform float u_greyed;
uniform float u_drained;  // how much of its colour a greyed image loses
#endif
out vec4 f_color;

// The image's colour at a texel of its tile, premultiplied, as is the result.
vec4 image(vec2 texel) {
    // Half a texel from the tile's edge at most, so that linear filtering never reaches its neighbour.
    vec2 inside = clamp(texel, 0.5, u_tile - 0.5);
    vec3 tile = v_look.xyz;
#if FRAMED == 1
    tile = unpacked(v_look.x);
#endif
    return texture(u_pages, vec3((tile.xy * u_tile + inside) * u_texel, tile.z));
}
#if FRAMED > 0
#include "frame.glsl"
#endif
#if FRAMED == 3
#include "outline.glsl"
#endif

void main() {
    float fade = v_look.w;
#if FRAMED == 0
    vec4 color = image((u_part + gl_PointCoord) / u_parts * u_tile);
#endif
#if FRAMED == 1
    vec2 place = (u_part + gl_PointCoord) / u_parts;
    float side = abs(v_look.w);
    float width = edge_width(side, v_look.w < 0.0);
    vec4 color = framed(image(place * u_tile).rgb, unpacked(v_look.y) / 255.0, width, beyond_image(place, 1.0, side));
    fade = v_look.z;
#endif
#if FRAMED > 1
    vec2 texel = gl_PointCoord * v_texel.x + v_texel.yz;
#endif
#if FRAMED == 2
    vec4 color = framed(image(texel).rgb, v_frame.rgb, v_frame.w, beyond_image(texel, u_tile, v_texel.w));
#endif
#if FRAMED == 3
    vec4 color = outlined(texel);
#endif
#if OPAQUE == 1
    color.a = 1.0;  // as it is, so that nobody has to work it out
#endif
#if OPAQUE == 0
    if (color.a < 0.02) {
        discard;
    }
#endif
#if GREYED == 1
    float grey = dot(color.rgb, vec3(0.2126, 0.7152, 0.0722));
    color.rgb = mix(color.rgb, vec3(grey), u_drained * u_greyed);
#endif
    color.rgb = mix(color.rgb, u_canvas * color.a, fade);
    f_color = color * u_opacity;
}

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
#if FRAMED > 0
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
    return texture(u_pages, vec3((v_look.xy * u_tile + inside) * u_texel, v_look.z));
}
#if FRAMED == 1
#include "frame.glsl"
#endif
#if FRAMED == 2
#include "outline.glsl"
#endif

void main() {
#if FRAMED == 0
    vec4 color = image((u_part + gl_PointCoord) / u_parts * u_tile);
#endif
#if FRAMED > 0
    vec2 texel = gl_PointCoord * v_texel.x + v_texel.yz;
#endif
#if FRAMED == 1
    vec4 color = framed(image(texel), texel);
#endif
#if FRAMED > 1
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
    color.rgb = mix(color.rgb, u_canvas * color.a, v_look.w);
    f_color = color * u_opacity;
}

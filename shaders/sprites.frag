#version 330
// Sprites: every point of the tour as its image, from one stack of the atlas's pages. Fragment shader.

flat in vec4 v_look;
uniform sampler2DArray u_pages;
uniform vec2 u_texel;  // of a page
uniform float u_tile;  // texels to the side of a tile
uniform vec2 u_part;
uniform float u_parts;
uniform vec3 u_canvas;
uniform float u_opacity;
#if GREYED == 1
uniform float u_greyed;
#endif
out vec4 f_color;

void main() {
    // Half a texel from the tile's edge at most, so that linear filtering never reaches its neighbour.
    vec2 inside = clamp((u_part + gl_PointCoord) / u_parts * u_tile, 0.5, u_tile - 0.5);
    // premultiplied, as is the result
    vec4 color = texture(u_pages, vec3((v_look.xy * u_tile + inside) * u_texel, v_look.z));
    if (color.a < 0.02) {
        discard;
    }
#if GREYED == 1
    float grey = dot(color.rgb, vec3(0.2126, 0.7152, 0.0722));
    color.rgb = mix(color.rgb, vec3(grey), 0.25 * u_greyed);
#endif
    color.rgb = mix(color.rgb, u_canvas * color.a, v_look.w);
    f_color = color * u_opacity;
}

// The colour of a point's class round what shows of its image, which need not be opaque.
//
// v_frame, v_texel: see sprites.vert; a negative width is no outline. texel: on the tile, and beyond it. Where nothing
// shows, the texels hold how near it is to what does, and white shines through what shows faintly (engine/render/matte.py).

const float matte_reach = 7.0;  // texels from what shows to where nearness ends
const float faint = 0.004;  // opacity below which nothing shows

vec4 outlined(vec2 texel) {
    vec4 color = image(texel);
    vec2 within = max(max(-texel, texel - u_tile), 0.0);
    float beyond = max(within.x, within.y);  // texels beyond the tile's edge
    // Texels from the edge of what shows, which lies where its opacity is a half.
    float away = color.a > faint ? 0.5 - color.a : 0.5 + (1.0 - color.r) * matte_reach;
    float opacity = beyond > 0.0 ? 0.0 : color.a;
    vec3 paint = opacity > faint ? max(color.rgb - (1.0 - color.a), 0.0) : vec3(0.0);
    float share = clamp(v_frame.w + 0.5 - (away + beyond) * v_texel.w, 0.0, 1.0) * step(0.0, v_frame.w);
    return vec4(paint, opacity) + vec4(v_frame.rgb, 1.0) * (1.0 - opacity) * share;
}

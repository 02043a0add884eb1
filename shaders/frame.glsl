// The colour of a point's class over its image, which is opaque: a frame inside the tile, and a darker rim beyond it.
//
// v_frame, v_texel: see sprites.vert. texel: on the tile, and beyond it in the rim.

const float rim = 0.45;  // how much darker

vec4 framed(vec4 color, vec2 texel) {
    vec2 off = abs(texel - 0.5 * u_tile);
    float beyond = (max(off.x, off.y) - 0.5 * u_tile) * v_texel.w + 0.5;  // pixels, from half of one within the image
    float share = clamp(v_frame.w + beyond, 0.0, 1.0);
    float bright = 1.0 - rim * clamp(beyond, 0.0, 1.0);
    return vec4(color.rgb * (1.0 - share) + v_frame.rgb * (share * bright), 1.0);
}

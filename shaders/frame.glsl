// The colour of a point's class over its image: a frame inside the tile, and a darker rim beyond it.
//
// v_frame, v_texel: see sprites.vert. texel: on the tile, and beyond it in the rim.

const float rim = 0.45;  // how much darker

vec4 framed(vec4 color, vec2 texel) {
    vec2 within = min(texel, u_tile - texel);
    float edge = min(within.x, within.y) * v_texel.w;  // pixels from the image's edge, negative in the rim
    float share = clamp(v_frame.w + 0.5 - edge, 0.0, 1.0);
    float bright = 1.0 - rim * clamp(0.5 - edge, 0.0, 1.0);
    return mix(color, vec4(v_frame.rgb * bright, 1.0), share);
}

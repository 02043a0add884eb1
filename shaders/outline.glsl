// The colour of a point's class round what shows of its image, by looking around: for texels without a matte.
//
// v_frame, v_texel: see sprites.vert. texel: on the tile, and beyond it, where nothing of the image is.

// How much of the image shows at a texel: bilinear, as it is drawn, and fading out over the last texel of the tile.
float shown(vec2 texel) {
    vec2 within = clamp(min(texel, u_tile - texel) + 0.5, 0.0, 1.0);
    return image(texel).a * within.x * within.y;
}

vec4 outlined(vec2 texel) {
    vec2 within = min(texel, u_tile - texel);
    vec4 color = image(texel) * step(0.0, min(within.x, within.y));
    float reach = v_frame.w / v_texel.w;  // texels
    float slant = 0.7071 * reach;
    float around = 0.0;
    if (color.a < 0.98) {
        around = max(max(shown(texel + vec2(reach, 0.0)), shown(texel - vec2(reach, 0.0))),
                     max(shown(texel + vec2(0.0, reach)), shown(texel - vec2(0.0, reach))));
        around = max(around, max(max(shown(texel + vec2(slant, slant)), shown(texel - vec2(slant, slant))),
                                 max(shown(texel + vec2(slant, -slant)), shown(texel + vec2(-slant, slant)))));
    }
    return color + vec4(v_frame.rgb, 1.0) * (1.0 - color.a) * around;
}

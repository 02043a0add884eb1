#version 330
// Dots: every point of the tour as a disc. Fragment shader.
//
// RIMMED: 1 where the edge of a dot is darker.

#include "disc.glsl"

flat in vec4 v_look;  // colour, diameter
#if CROWDED == 1
flat in float v_opacity;
#endif
uniform float u_opacity;
#if RIMMED == 1
uniform float u_rim;  // how much darker the edge is
#endif
out vec4 f_color;

void main() {
    float edge = disc((gl_PointCoord - 0.5) * (v_look.w + margin), v_look.w);
    float coverage = clamp(0.5 - edge, 0.0, 1.0);
    if (coverage < least_coverage) {
        discard;
    }
#if CROWDED == 1
    coverage *= v_opacity;
#endif
    vec3 color = v_look.rgb;
#if RIMMED == 1
    color *= 1.0 - u_rim * clamp(edge + 1.0, 0.0, 1.0);  // the outermost pixel
#endif
    f_color = vec4(color, 1.0) * (u_opacity * coverage);  // premultiplied
}

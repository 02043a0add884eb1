#version 330
// Dots: every point of the tour as a disc. Fragment shader.

#include "disc.glsl"

in vec4 v_color;
in float v_diameter;
in float v_rim;
out vec4 f_color;

void main() {
    float edge = disc(gl_PointCoord * (v_diameter + 1.0), v_diameter);
    float coverage = clamp(0.5 - edge, 0.0, 1.0);
    if (coverage < 0.3) {
        discard;
    }
    float rim = v_rim * clamp(edge + 1.0, 0.0, 1.0);  // the outermost pixel
    f_color = vec4(v_color.rgb * (1.0 - rim), 1.0) * v_color.a * coverage;  // premultiplied
}

#version 330
// How many points lie where: each adds its colour, and one, to the cell that holds it. Vertex shader.
//
// Spaces as in points.vert; then the field, which reaches some cells beyond the pane.

#include "project.glsl"
#include "place.glsl"
#include "style.glsl"

uniform vec2 u_field;  // device units of the field to one of the (padded) viewport

flat out vec3 v_color;

void main() {
    vec4 entry = palette_entry();
    v_color = entry.rgb;
    gl_PointSize = 1.0;
#if GREYED == 1
    if (is_greyed(entry)) {
        gl_Position = nowhere();
        return;
    }
#endif
    gl_Position = placed(projected());
    gl_Position.xy *= u_field;
}

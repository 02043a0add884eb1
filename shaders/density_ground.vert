#version 330
// The shading of density on the pane, under the points. Vertex shader.

#include "fullscreen.glsl"

uniform vec2 u_field;  // device units of the field to one of the (padded) viewport
out vec2 v_place;

void main() {
    gl_Position = fullscreen();
    v_place = 0.5 + 0.5 * gl_Position.xy * u_field;
}

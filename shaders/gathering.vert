#version 330
// A picture that was drawn before, onto the pane: one triangle over all of it. Vertex shader.

#include "fullscreen.glsl"

void main() {
    gl_Position = fullscreen();
}

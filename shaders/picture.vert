#version 330
// A picture that was drawn before, onto the pane: one triangle over all of it. Vertex shader.

#include "whole.glsl"

void main() {
    gl_Position = whole();
}

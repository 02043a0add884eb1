#version 330
// The field of density made smooth, along one axis at a time. Vertex shader.

#include "fullscreen.glsl"

void main() {
    gl_Position = fullscreen();
}

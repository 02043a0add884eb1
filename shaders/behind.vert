#version 330
// The depth behind which a sprite in this cell is hidden: one triangle over all of the map. Vertex shader.

#include "whole.glsl"

void main() {
    gl_Position = whole();
}

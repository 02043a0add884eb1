#version 330
// The depth behind which a sprite in this cell is hidden: one triangle over all of the map. Vertex shader.

#include "fullscreen.glsl"

void main() {
    gl_Position = fullscreen();
}

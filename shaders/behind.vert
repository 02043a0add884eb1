#version 330
// The depth behind which a sprite in this cell is hidden: one triangle over all of the map. Vertex shader.

void main() {
    gl_Position = vec4(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0, 0.0, 1.0);
}

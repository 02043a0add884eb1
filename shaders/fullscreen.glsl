// One triangle over all of what is drawn to: its corners by gl_VertexID.

vec4 fullscreen() {
    return vec4(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0, 0.0, 1.0);
}

#version 330
// What covers each cell: the depth of the nearest sprite there. Fragment shader.

out vec4 f_depth;

void main() {
    f_depth = vec4(gl_FragCoord.z);
}

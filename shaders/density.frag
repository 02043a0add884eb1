#version 330
// How many points lie where: each adds its colour, and one, to the cell that holds it. Fragment shader.

flat in vec3 v_color;
out vec4 f_sum;

void main() {
    f_sum = vec4(v_color, 1.0);
}

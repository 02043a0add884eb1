#version 330
// The shading of density on the pane, under the points. Fragment shader.

in vec2 v_place;
uniform sampler2D u_shades;
out vec4 f_color;

void main() {
    f_color = vec4(texture(u_shades, v_place).rgb, 1.0);
}

#version 330
// A picture that was drawn before, onto the pane, pixel by pixel. Fragment shader.

uniform sampler2D u_picture;
uniform vec2 u_corner;  // of the pane, lower left, in pixels of what is drawn to
out vec4 f_color;

void main() {
    f_color = texelFetch(u_picture, ivec2(gl_FragCoord.xy - u_corner), 0);
}

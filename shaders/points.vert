#version 330
// Dots: every point of the tour as a disc. Vertex shader.
//
// Spaces: d-space -> data units (project.glsl) -> normalised device coordinates (place.glsl); sizes in pixels.

#include "project.glsl"
#include "place.glsl"
#include "style.glsl"

uniform float u_size;  // diameter without the cue
uniform float u_min_size;  // no dot is smaller
uniform vec3 u_canvas;
uniform float u_fade;  // how much of the canvas is mixed into the colour at the very back
uniform float u_rim;
uniform float u_opacity;  // of dots that are not greyed
uniform vec4 u_grey;  // colour and opacity of greyed dots

out vec4 v_color;
out float v_diameter;
out float v_rim;  // how much darker the edge is

void main() {
    vec4 entry = palette_entry();
    bool greyed = is_greyed(entry);
    if (greyed != (u_greyed > 0.5)) {
        gl_Position = nowhere();
        gl_PointSize = 1.0;
        return;
    }
    vec3 p = projected();
    float near = nearness(p);
    v_diameter = max(u_min_size, u_size * cue_size(near) * (greyed ? 0.8 : 1.0));
    v_color = greyed ? u_grey : vec4(entry.rgb, u_opacity);
    v_rim = greyed ? 0.0 : u_rim;
    v_color.rgb = mix(v_color.rgb, u_canvas, u_fade * (1.0 - near) * u_cue);
    gl_Position = placed(p);
    gl_PointSize = v_diameter + 1.0;  // a soft edge of one pixel, half of it outside
}

#version 330
// Dots: every point of the tour as a disc. Vertex shader.
//
// Spaces: d-space -> data units (project.glsl) -> normalised device coordinates (place.glsl); sizes in pixels.

#include "project.glsl"
#include "place.glsl"
#include "style.glsl"
#include "disc.glsl"

uniform float u_size;  // diameter without the cue
uniform float u_min_size;  // no dot is smaller
uniform vec3 u_canvas;
uniform float u_fade;  // how much of the canvas is mixed into the colour at the very back
#if GREYED == 1
uniform vec3 u_grey;  // the colour of greyed dots
#endif

flat out vec4 v_look;  // one vector, and the same all over the dot: a software rasteriser carries it for every dot

void main() {
    vec4 entry = palette_entry();
    vec3 color = entry.rgb;
    float share = 1.0;  // of the size
#if GREYED == 1
    bool greyed = is_greyed(entry);
    if (greyed != (u_greyed > 0.5)) {
        gl_Position = nowhere();
        gl_PointSize = 1.0;
        return;
    }
    color = mix(color, u_grey, u_greyed);
    share = mix(1.0, 0.8, u_greyed);
#endif
    vec3 p = projected();
    float near = nearness(p);
    float diameter = max(u_min_size, u_size * cue_size(near) * share);
    v_look = vec4(mix(color, u_canvas, u_fade * (1.0 - near) * u_cue), diameter);
    gl_Position = placed(p);
    gl_PointSize = diameter + margin;
}

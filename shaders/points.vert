#version 330
// Dots: every point of the tour as a disc. Vertex shader.
//
// CROWDED: 1 where dots are smaller and fainter the more of them lie over each other.
// Spaces: d-space -> data units (project.glsl) -> normalised device coordinates (place.glsl); sizes in pixels.

#include "project.glsl"
#include "place.glsl"
#include "style.glsl"
#include "disc.glsl"
#if CROWDED == 1

const float crowded_size = 0.55;
const float crowded_opacity = 0.8;
#endif

uniform float u_size;  // diameter without the cue
uniform float u_min_size;  // no dot is smaller
uniform vec3 u_canvas;
uniform float u_fade;  // how much of the canvas is mixed into the colour at the very back
#if GREYED == 1
uniform vec3 u_grey;  // the colour of greyed dots
#endif

#if CROWDED == 1
uniform sampler2D u_shades;  // how crowded it is, in alpha (density_blur.frag)
uniform vec2 u_field;  // device units of the field to one of the (padded) viewport

flat out float v_opacity;
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
    gl_Position = placed(p);
#if CROWDED == 1
    float crowd = textureLod(u_shades, 0.5 + 0.5 * gl_Position.xy * u_field, 0.0).a;
    diameter = max(u_min_size, diameter * mix(1.0, crowded_size, crowd));
    v_opacity = mix(1.0, crowded_opacity, crowd);
#endif
    v_look = vec4(mix(color, u_canvas, u_fade * (1.0 - near) * u_cue), diameter);
    gl_PointSize = diameter + margin;
}

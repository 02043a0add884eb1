#version 330
// The field of density made smooth, along one axis at a time: a Gaussian. Fragment shader.
//
// SHADED: 1 along the last axis, whose result is what the pane shows under the points, and how crowded it is.

uniform sampler2D u_sums;  // of colours, and of points
uniform vec2 u_along;  // the axis
uniform vec2 u_cells;  // of the field; beyond it nothing lies
#if SHADED == 1
uniform float u_overlap;  // dots that lie over each other, to a point per cell
uniform float u_most;  // of the points' colour in the shading
uniform vec3 u_canvas;
#endif
out vec4 f_color;

const int reach = REACH;  // cells to each side: three standard deviations
const float narrow = 4.5 / float(REACH * REACH);

void main() {
    vec4 sum = vec4(0.0);
    float weights = 0.0;
    for (int k = -reach; k <= reach; k++) {
        float weight = exp(-narrow * float(k * k));
        vec2 at = floor(gl_FragCoord.xy) + float(k) * u_along;
        bool inside = all(greaterThanEqual(at, vec2(0.0))) && all(lessThan(at, u_cells));
        sum += inside ? weight * texelFetch(u_sums, ivec2(at), 0) : vec4(0.0);
        weights += weight;
    }
    f_color = sum / weights;
#if SHADED == 1
    float overlap = u_overlap * f_color.a;
    vec3 color = f_color.rgb / max(f_color.a, 0.000001);
    float shade = u_most * overlap / (overlap + 1.0);
    f_color = vec4(mix(u_canvas, color, shade), clamp(0.25 * log2(max(overlap, 1.0)), 0.0, 1.0));
#endif
}

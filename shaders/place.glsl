// Where a projected point lands on the pane, and how near it is.
//
// u_scale, u_shift: data units to normalised device coordinates of the (padded) viewport, y up.
// u_depth: 1 / r, with r the largest norm among the points: depth * u_depth lies in [-1, 1].

uniform vec2 u_scale;
uniform vec2 u_shift;
uniform float u_depth;
uniform float u_cue;  // 1 with the depth cue, 0 without

// Normalised device coordinates; near points have small z.
vec4 placed(vec3 p) {
    return vec4(p.xy * u_scale + u_shift, -0.99 * clamp(p.z * u_depth, -1.0, 1.0), 1.0);
}

// 0 at the back, 1 in front; 0.5 for all without the cue.
float nearness(vec3 p) {
    return mix(0.5, clamp(0.5 + 0.5 * p.z * u_depth, 0.0, 1.0), u_cue);
}

// Times the size of a point: 0.72 at the back, 1.22 in front.
float cue_size(float near) {
    return mix(1.0, mix(0.72, 1.22, near), u_cue);
}

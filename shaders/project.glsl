// Where a point is: projected from d-space, on each side of a transition, and mixed.
//
// GROUPS: vec4 attributes to a point, ceil(d / 4). SIDES: 2 during a transition, 1 when settled.
// Both layers are centred and aligned, baked into the data. Points are row vectors: rows 4g to 4g + 3 of a frame
// stand in the columns of u_source[g], so `matrix * vec4` is their product with those rows. During a transition both
// frames come multiplied by their sides' shares, which add up to 1.

uniform mat4 u_source[GROUPS];
in vec4 a_source0;
#if GROUPS > 1
in vec4 a_source1;
#endif
#if GROUPS > 2
in vec4 a_source2;
#endif
#if GROUPS > 3
in vec4 a_source3;
#endif
#if GROUPS > 4
in vec4 a_source4;
#endif
#if GROUPS > 5
in vec4 a_source5;
#endif

vec3 source_point() {
    vec4 p = u_source[0] * a_source0;
#if GROUPS > 1
    p += u_source[1] * a_source1;
#endif
#if GROUPS > 2
    p += u_source[2] * a_source2;
#endif
#if GROUPS > 3
    p += u_source[3] * a_source3;
#endif
#if GROUPS > 4
    p += u_source[4] * a_source4;
#endif
#if GROUPS > 5
    p += u_source[5] * a_source5;
#endif
    return p.xyz;
}

#if SIDES > 1
uniform mat4 u_target[GROUPS];
in vec4 a_target0;
#if GROUPS > 1
in vec4 a_target1;
#endif
#if GROUPS > 2
in vec4 a_target2;
#endif
#if GROUPS > 3
in vec4 a_target3;
#endif
#if GROUPS > 4
in vec4 a_target4;
#endif
#if GROUPS > 5
in vec4 a_target5;
#endif

vec3 target_point() {
    vec4 p = u_target[0] * a_target0;
#if GROUPS > 1
    p += u_target[1] * a_target1;
#endif
#if GROUPS > 2
    p += u_target[2] * a_target2;
#endif
#if GROUPS > 3
    p += u_target[3] * a_target3;
#endif
#if GROUPS > 4
    p += u_target[4] * a_target4;
#endif
#if GROUPS > 5
    p += u_target[5] * a_target5;
#endif
    return p.xyz;
}
#endif

// Screen x, screen y and depth of this point, in data units; depth grows towards the viewer.
vec3 projected() {
#if SIDES == 1
    return source_point();
#endif
#if SIDES == 2
    return source_point() + target_point();
#endif
}

// Where a point is: projected from d-space, on each side of a transition, and mixed.
//
// GROUPS: vec4 attributes to a point, ceil(d / 4). SIDES: 2 during a transition, 1 when settled.
// Both layers are centred and aligned, baked into the data. Points are row vectors: rows 4g to 4g + 3 of a frame
// stand in the columns of u_source[g], so `matrix * vec4` is their product with those rows. During a transition both
// frames come multiplied by their sides' shares, which add up to 1.

uniform mat4 u_source[GROUPS];
#for G < GROUPS
in vec4 a_source{G};
#endfor

#if SIDES > 1
uniform mat4 u_target[GROUPS];
#for G < GROUPS
in vec4 a_target{G};
#endfor
#endif

// Screen x, screen y and depth of this point, in data units; depth grows towards the viewer.
vec3 projected() {
    vec4 p = vec4(0.0);
#for G < GROUPS
    p += u_source[{G}] * a_source{G};
#endfor
#if SIDES > 1
#for G < GROUPS
    p += u_target[{G}] * a_target{G};
#endfor
#endif
    return p.xyz;
}

// What a point looks like: its colour from a table, and whether it is greyed.
//
// a_code: row of the table; its alpha is 0 where the legend switched that row off. a_selected: 0 where the
// selection leaves the point out. GREYED: 1 where the frame has anything greyed; it is then drawn in two passes,
// u_greyed 1 and then 0, and every vertex is asked which of them it belongs to.

in float a_code;
uniform sampler2D u_palette;  // 256 entries to a row

vec4 palette_entry() {
    int code = int(a_code);
    return texelFetch(u_palette, ivec2(code & 255, code >> 8), 0);
}

#if GREYED == 1
in float a_selected;
uniform float u_greyed;

bool is_greyed(vec4 entry) {
    return entry.a < 0.5 || a_selected < 0.5;
}
#endif

// Outside the clip volume: what belongs to the other pass. Not in z: a software rasteriser looks after that the slow way.
vec4 nowhere() {
    return vec4(-4.0, -4.0, 0.0, 1.0);
}

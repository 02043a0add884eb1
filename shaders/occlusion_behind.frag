#version 330
// The depth behind which a sprite in this cell is hidden: the farthest of what covers the cells that it can reach.
// Fragment shader.

uniform sampler2D u_covers;  // depths of occlusion_cover.frag
uniform vec2 u_map;  // its size; beyond it nothing covers
uniform float u_reach;  // cells to each side
out vec4 f_depth;

void main() {
    ivec2 cell = ivec2(gl_FragCoord.xy);
    int reach = int(u_reach);
    float depth = 0.0;
    for (int row = -reach; row <= reach; row++) {
        for (int column = -reach; column <= reach; column++) {
            ivec2 at = cell + ivec2(column, row);
            bool inside = all(greaterThanEqual(at, ivec2(0))) && all(lessThan(at, ivec2(u_map)));
            depth = max(depth, inside ? texelFetch(u_covers, at, 0).r : 1.0);
        }
    }
    f_depth = vec4(depth);
}

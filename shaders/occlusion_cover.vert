#version 330
// What covers each cell: every point as the one cell that holds its centre. Vertex shader.
//
// Spaces as in points.vert; then cells (occlusion_cells.glsl).

#include "project.glsl"
#include "place.glsl"
#include "occlusion_cells.glsl"

uniform vec2 u_map;  // texels across and down

void main() {
    gl_Position = placed(projected());
    gl_Position.xy = 2.0 * cell_of(gl_Position.xy) / u_map - 1.0;
    gl_PointSize = 1.0;
}

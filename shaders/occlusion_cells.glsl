// Cells of the pane, each small enough that a sprite whose centre lies in one covers all of it.
//
// u_cells: cells across and down, in all of the (padded) viewport; not whole numbers.

uniform vec2 u_cells;

// Where in the grid of cells a place in normalised device coordinates lies.
vec2 cell_of(vec2 place) {
    return (0.5 * place + 0.5) * u_cells;
}

// How wide the frame or the outline of an image is, in pixels. FRAMED: see sprites.vert.

uniform float u_frame;  // negative for none
uniform float u_hovered_frame;

// side: of the image in pixels.
float edge_width(float side, bool hovered) {
    float width = hovered ? u_hovered_frame : u_frame;
#if FRAMED == 3
    return min(width, (hovered ? 0.3 : 0.1) * side);
#endif
    return min(width, 0.2 * side);
}

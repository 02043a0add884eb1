// The colour of a point's class over its image, which is opaque: a frame inside the tile, and a darker rim beyond it.

const float rim = 0.45;  // how much darker

// Pixels beyond the image, from half of one within it. place: on the image, from its top left corner; side: of the image
// in the same units; scale: pixels to one of them.
float beyond_image(vec2 place, float side, float scale) {
    vec2 off = abs(place - 0.5 * side);
    return (max(off.x, off.y) - 0.5 * side) * scale + 0.5;
}

// color: of the image. paint: of the frame, so many pixels wide.
vec4 framed(vec3 color, vec3 paint, float width, float beyond) {
    float share = clamp(width + beyond, 0.0, 1.0);
    float bright = 1.0 - rim * clamp(beyond, 0.0, 1.0);
    return vec4(color * (1.0 - share) + paint * (share * bright), 1.0);
}

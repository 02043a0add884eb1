// Signed distance in pixels from the edge of a disc, negative inside.
//
// place: position in its square of side diameter + 1, in pixels.

float disc(vec2 place, float diameter) {
    return length(place - 0.5 * (diameter + 1.0)) - 0.5 * diameter;
}

// Signed distance in pixels from the edge of a disc, negative inside; and the square that holds what is drawn of it.
//
// A pixel is covered in proportion, over one pixel across the edge; what is covered less than `least_coverage` is left out.

const float least_coverage = 0.3;
const float margin = 2.0 * (0.5 - least_coverage) + 0.01;  // pixels wider than the disc, with room for rounding

// place: from the centre, in pixels.
float disc(vec2 place, float diameter) {
    return length(place) - 0.5 * diameter;
}

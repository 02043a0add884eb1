// Three whole numbers from 0 to 255 in one float, which holds them exactly.

float packed_up(vec3 bytes) {
    return dot(bytes, vec3(1.0, 256.0, 65536.0));
}

vec3 unpacked(float bytes) {
    vec2 above = floor(bytes * vec2(1.0 / 256.0, 1.0 / 65536.0));
    return vec3(bytes - 256.0 * above.x, above.x - 256.0 * above.y, above.y);
}

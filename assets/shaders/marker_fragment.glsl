// A small mark over the picture: the wipe's edge, its handle, or the cross at the probed place.
// `place` runs from (0, 0) to (1, 1) over the mark's own rectangle of `size` pixels.

const int EDGE = 0, HANDLE = 1, CROSS = 2;

uniform int shape;
uniform vec2 size;      // pixels
uniform float density;  // device pixels in a logical one

in vec2 place;
out vec4 pixel;

const vec3 LIGHT = vec3(0.96), DARK = vec3(0.05);

float inside(float distance) {
    return clamp(0.5 - distance, 0.0, 1.0);
}

void main() {
    vec2 at = (place - 0.5) * size;
    float light = 0.0, shade = 0.0;
    if (shape == EDGE) {
        light = inside(abs(at.x) - 0.75 * density);
        shade = 0.45 * inside(abs(at.x) - 1.75 * density);
    } else if (shape == HANDLE) {
        float radius = length(at);
        light = inside(radius - 11.0 * density);
        shade = 0.45 * inside(radius - 12.5 * density);
        // Two chevrons pointing outwards.
        float chevron = abs(abs(at.x) + abs(at.y) - 7.0 * density) / sqrt(2.0) - 0.9 * density;
        light -= light * inside(chevron) * step(3.0 * density, abs(at.x));
        shade = max(shade, inside(radius - 11.0 * density));
    } else {
        vec2 arm = abs(at);
        float reach = max(arm.x, arm.y), across = min(arm.x, arm.y);
        float gap = 3.0 * density - reach, end = reach - 9.0 * density;
        light = inside(max(max(across - 0.6 * density, gap), end));
        shade = 0.6 * inside(max(max(across - 1.6 * density, gap - density), end - density));
    }
    float cover = max(light, shade);
    pixel = vec4(mix(DARK, LIGHT, cover > 0.0 ? light / cover : 0.0), cover);
}

// One pane: the colour picture, depth through the colour map, or depth laid over colour.
// core/compose.py does the same on the CPU. One program is built for each content, so none of them branches:
//   SHOWS_COLOUR, SHOWS_DEPTH  what goes into the pane; both: an overlay
//   COLOUR_TAPS                1, or 4 where the picture is shown much smaller than it is

#ifdef SHOWS_COLOUR
uniform sampler2D colour_picture;

vec3 colour_at(vec2 place) {
#if COLOUR_TAPS == 4
    // Four linear lookups spread over the screen pixel's footprint: no shimmer down to a quarter of the size.
    vec2 right = 0.25 * dFdx(place), down = 0.25 * dFdy(place);
    return 0.25 * (texture(colour_picture, place - right - down).rgb + texture(colour_picture, place + right - down).rgb
                 + texture(colour_picture, place - right + down).rgb + texture(colour_picture, place + right + down).rgb);
#else
    return texture(colour_picture, place).rgb;
#endif
}
#endif

#ifdef SHOWS_DEPTH
uniform sampler2D inverse_depth;
uniform sampler2D colormap;    // 256 x 1
uniform vec2 depth_range;      // its low end, and 1 / (high - low)
uniform bool invert;

// Cubic convolution with a = -0.75, the kernel of MiDaS's own resize.
vec4 cubic_weights(float t) {
    const float a = -0.75;
    vec4 x = vec4(1.0 + t, t, 1.0 - t, 2.0 - t);
    vec2 inner = ((a + 2.0) * x.yz - (a + 3.0)) * x.yz * x.yz + 1.0;
    vec2 outer = ((a * x.xw - 5.0 * a) * x.xw + 8.0 * a) * x.xw - 4.0 * a;
    return vec4(outer.x, inner, outer.y);
}

float depth_at(vec2 place) {
    ivec2 size = textureSize(inverse_depth, 0);
    vec2 position = place * vec2(size) - 0.5;
    ivec2 corner = ivec2(floor(position));
    vec4 across = cubic_weights(position.x - float(corner.x)), down = cubic_weights(position.y - float(corner.y));
    float sum = 0.0;
    for (int row = 0; row < 4; ++row) {
        int y = clamp(corner.y + row - 1, 0, size.y - 1);
        vec4 values = vec4(texelFetch(inverse_depth, ivec2(clamp(corner.x - 1, 0, size.x - 1), y), 0).r,
                           texelFetch(inverse_depth, ivec2(clamp(corner.x, 0, size.x - 1), y), 0).r,
                           texelFetch(inverse_depth, ivec2(clamp(corner.x + 1, 0, size.x - 1), y), 0).r,
                           texelFetch(inverse_depth, ivec2(clamp(corner.x + 2, 0, size.x - 1), y), 0).r);
        sum += down[row] * dot(across, values);
    }
    return sum;
}

vec3 depth_colour_at(vec2 place) {
    float depth = depth_at(place);
    float share = clamp((depth - depth_range.x) * depth_range.y, 0.0, 1.0);
    share = invert ? 1.0 - share : share;
    vec3 colour = texture(colormap, vec2((share * 255.0 + 0.5) / 256.0, 0.5)).rgb;
    return isnan(depth) || isinf(depth) ? vec3(0.0) : colour;
}
#endif

#if defined(SHOWS_COLOUR) && defined(SHOWS_DEPTH)
uniform float opacity;  // of depth over colour
#endif

in vec2 place;
out vec4 pixel;

void main() {
#if defined(SHOWS_COLOUR) && defined(SHOWS_DEPTH)
    pixel = vec4(mix(colour_at(place), depth_colour_at(place), opacity), 1.0);
#elif defined(SHOWS_DEPTH)
    pixel = vec4(depth_colour_at(place), 1.0);
#else
    pixel = vec4(colour_at(place), 1.0);
#endif
}

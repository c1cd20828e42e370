// A rectangle over the whole GL viewport, and the part of the picture that lies in it.

uniform vec4 part;  // left, top, width, height, in shares of the picture, y down

out vec2 place;     // in the picture, (0, 0) at its upper left

void main() {
    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);  // the four corners of a strip, y up
    place = part.xy + part.zw * vec2(corner.x, 1.0 - corner.y);
    gl_Position = vec4(2.0 * corner - 1.0, 0.0, 1.0);
}

"""Three numbers as a point or a direction, in plain Python: for laying out scenes a few at a time."""

from math import cos, sin, sqrt

from core.synthetic.parts import Vector


def add(a: Vector, b: Vector) -> Vector:
    return (a[0] + b[0], a[1] + b[1], a[2] + b[2])


def along(start: Vector, direction: Vector, length: float) -> Vector:
    """The point `length` times `direction` from `start`."""
    return (start[0] + length * direction[0], start[1] + length * direction[1], start[2] + length * direction[2])


def between(a: Vector, b: Vector, share: float) -> Vector:
    """A point on the line from a (share 0) to b (share 1)."""
    return (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]), a[2] + share * (b[2] - a[2]))


def unit(a: Vector) -> Vector:
    length = sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2]) or 1.0
    return (a[0] / length, a[1] / length, a[2] / length)


def hanging(forwards: float, sideways: float) -> Vector:
    """Straight down, swung forwards (-z) and then outwards (x) by these angles."""
    return (sin(sideways), -cos(sideways) * cos(forwards), -cos(sideways) * sin(forwards))

"""Cars, vans, lorries, buses, motorcycles and bicycles; on their frame's origin, facing -z."""

from math import cos, sin, tau
from random import Random

from core.synthetic.parts import Parts

KINDS = ("car", "car", "car", "pickup", "van", "lorry", "bus")


def add_vehicle(parts: Parts, rng: Random, kind: str | None = None) -> tuple[float, float]:
    """One of `KINDS`; returns its width and length."""
    kind = kind or rng.choice(KINDS)
    paint, glass, tyre = parts.material("vehicle"), parts.material("glass"), parts.material("dark")
    if kind in ("car", "pickup"):
        return _add_car(parts, rng, paint, glass, tyre, pickup=kind == "pickup")
    w, length, h = {"van": (1.95, 5.2, 2.3), "lorry": (2.45, 8.5, 3.5), "bus": (2.5, 11.0, 3.1)}[kind]
    length *= rng.uniform(0.85, 1.15)
    h *= rng.uniform(0.9, 1.1)
    wheel = 0.36 if kind == "van" else 0.48
    floor = 0.8 * wheel
    if kind == "lorry":
        cabin = 2.1
        front = -length / 2
        parts.box(paint, (0, floor + 1.2, front + cabin / 2), (w, 2.4, cabin), taper=(0.04, 0.12), lean=(0, 0.12))
        parts.box(glass, (0, floor + 1.75, front + 0.1), (0.88 * w, 0.8, 0.1), pitch=-0.1)
        cargo = parts.material(rng.choice(("vehicle", "plastic", "fabric", "metal")))
        parts.stand(
            cargo, 0, floor + 0.25, front + (length + cabin + 0.3) / 2, w * 1.02, h - floor, length - cabin - 0.3
        )
        parts.stand(tyre, 0, floor, 0.2, 0.5 * w, 0.25, length - 0.6)
    else:
        slope = 0.06 if kind == "bus" else 0.16
        parts.box(
            paint, (0, floor + (h - floor) / 2, 0), (w, h - floor, length), taper=(0.08, slope), lean=(0, slope)
        )
        rows = max(2, round(length / 1.4))
        for pane in range(rows if kind == "bus" or rng.random() < 0.4 else 2):
            z = -length / 2 + (pane + 0.7) * length / (rows + 0.4)
            parts.stand(glass, 0, floor + 0.5 * (h - floor), z, w * 0.99, 0.28 * h, 0.8 * length / rows)
        parts.box(
            glass, (0, floor + 0.65 * (h - floor), -length / 2 + 0.12), (0.86 * w, 0.32 * h, 0.16), pitch=-0.15
        )
        parts.box(glass, (0, floor + 0.68 * (h - floor), length / 2 - 0.1), (0.8 * w, 0.25 * h, 0.14))
    _add_lights(parts, w, length, floor + 0.35)
    axles = (-0.33, 0.33) if kind != "lorry" else (-0.38, 0.2, 0.34)
    _add_wheels(parts, tyre, w, wheel, [share * length for share in axles])
    return w, length


def _add_car(parts: Parts, rng: Random, paint: int, glass: int, tyre: int, *, pickup: bool) -> tuple[float, float]:
    w, length = rng.uniform(1.65, 1.95), rng.uniform(3.6, 5.2) + (0.4 if pickup else 0.0)
    h = rng.uniform(1.38, 1.62) + (0.25 if pickup else 0.0)
    wheel = rng.uniform(0.29, 0.36) + (0.05 if pickup else 0.0)
    floor, waist = 0.65 * wheel, 0.6 * h
    parts.box(paint, (0, (floor + waist) / 2, 0), (w, waist - floor, length), taper=(0.06, 0.03))
    parts.ellipsoid(paint, (0, (floor + waist) / 2, -length / 2 + 0.1), (0.49 * w, 0.45 * (waist - floor), 0.25))
    parts.ellipsoid(paint, (0, (floor + waist) / 2, length / 2 - 0.1), (0.49 * w, 0.45 * (waist - floor), 0.22))
    hatch = rng.uniform(-0.2, 0.6)
    cabin = length * rng.uniform(0.48, 0.6) * (0.7 if pickup else 1.0)
    middle = (0.04 * length if not pickup else -0.08 * length) + 0.1 * hatch
    tall = h - waist
    slopes, lean = (0.24, rng.uniform(0.3, 0.5)), (0.0, 0.25 * hatch + 0.1)
    parts.box(glass, (0, waist + 0.46 * tall, middle), (0.93 * w, 0.92 * tall, cabin), taper=slopes, lean=lean)
    roof = cabin * rng.uniform(0.52, 0.66)
    parts.box(paint, (0, h - 0.04, middle + 0.12 * hatch + 0.05), (0.73 * w, 0.07, roof), taper=(0.1, 0.1))
    for side in (-1, 1):
        for share in (-0.16, 0.12, 0.4):
            z = middle + share * cabin
            parts.frustum(paint, (side * 0.455 * w, waist, z), (side * 0.37 * w, h - 0.05, z + 0.1), 0.035, 0.03)
        parts.ellipsoid(paint, (side * (0.5 * w + 0.07), waist + 0.06, middle - 0.36 * cabin), (0.1, 0.07, 0.06))
    if pickup:
        bed = length / 2 - (middle + cabin / 2)
        parts.stand(parts.material("dark"), 0, waist, length / 2 - bed / 2, 0.85 * w, 0.01, 0.9 * bed)
        for side in (-1, 1):
            parts.stand(paint, side * 0.47 * w, waist, length / 2 - bed / 2, 0.06 * w, 0.16, bed)
        parts.stand(paint, 0, waist, length / 2 - 0.04, w * 0.94, 0.16, 0.07)
    bumper = parts.material("dark")
    for end in (-1, 1):
        parts.stand(bumper, 0, floor, end * (length / 2 + 0.06), 0.94 * w, 0.18, 0.14)
    parts.stand(parts.material("paper"), 0, floor + 0.06, length / 2 + 0.12, 0.5, 0.11, 0.03)
    _add_lights(parts, w, length + 0.1, 0.5 * (floor + waist) + 0.08)
    _add_wheels(parts, tyre, w, wheel, (-0.31 * length, 0.3 * length))
    return w, length


def _add_lights(parts: Parts, w: float, length: float, y: float) -> None:
    front, back = parts.material("lamp"), parts.material("glossy")
    for side in (-1, 1):
        parts.ellipsoid(front, (side * 0.37 * w, y, -length / 2), (0.14, 0.08, 0.1))
        parts.stand(back, side * 0.4 * w, y - 0.06, length / 2, 0.2, 0.16, 0.1)


def _add_wheels(
    parts: Parts, tyre: int, w: float, radius: float, axles: "list[float] | tuple[float, ...]"
) -> None:
    rim = parts.material("metal")
    for z in axles:
        for side in (-1, 1):
            inner, outer = side * (0.5 * w - 0.2), side * (0.5 * w + 0.015)
            parts.frustum(tyre, (inner, radius, z), (outer, radius, z), radius, radius)
            parts.frustum(rim, (inner, radius, z), (outer + side * 0.01, radius, z), 0.62 * radius, 0.55 * radius)


def add_cycle(parts: Parts, rng: Random, *, motor: bool) -> None:
    """A bicycle or motorcycle leaning on its stand."""
    frame, tyre, chrome = parts.material("vehicle"), parts.material("dark"), parts.material("metal")
    radius = 0.31 if motor else 0.34
    base = rng.uniform(1.25, 1.5) if motor else rng.uniform(0.98, 1.1)
    parts.enter(0, 0, 0, 0, 0, rng.uniform(-0.12, 0.12))
    for end in (-1, 1):
        _add_spoked_wheel(parts, tyre, chrome, radius, end * base / 2, 0.055 if motor else 0.02)
    thin = 0.032 if motor else 0.016
    head, seat = (0.0, 0.9, -0.36 * base), (0.0, 0.78 if motor else 0.85, 0.2 * base)
    crank, front, back = (0.0, 0.3, 0.05), (0.0, radius, -base / 2), (0.0, radius, base / 2)
    for start, end_ in ((head, seat), (head, crank), (crank, seat), (crank, back), (seat, back)):
        parts.frustum(frame, start, end_, thin, thin)
    for side in (-1, 1):
        offset = 0.07 * side if motor else 0.045 * side
        parts.frustum(chrome, (offset, radius, front[2]), (offset, 0.85, head[2]), 0.7 * thin, 0.8 * thin)
        grip = (side * rng.uniform(0.24, 0.36), 1.04, -0.24 * base)
        parts.frustum(chrome, (0, 1.0, head[2]), grip, 0.013, 0.015)
        parts.ball(tyre, grip, 0.022)
    saddle = parts.material("leather")
    parts.ellipsoid(saddle, (0, seat[1] + 0.05, seat[2] + 0.05), (0.12, 0.05, 0.3 if motor else 0.14))
    if motor:
        parts.ellipsoid(frame, (0, 0.82, -0.08), (0.15, 0.13, 0.28))
        parts.box(chrome, (0, 0.42, -0.05), (0.28, 0.32, 0.36))
        for fin in range(5):
            parts.stand(chrome, 0, 0.38 + 0.05 * fin, -0.12, 0.34, 0.02, 0.22)
        parts.ball(chrome, (0, 0.88, head[2] - 0.12), 0.1)
        for side in (-1, 1):
            parts.limb(chrome, (side * 0.14, 0.33, -0.1), (side * 0.17, 0.3, 0.72), 0.035, 0.05)
        parts.ellipsoid(frame, (0, radius + 0.22, base / 2), (0.08, 0.13, 0.33))
        parts.ellipsoid(frame, (0, radius + 0.3, -base / 2), (0.07, 0.06, 0.26))
    parts.leave()


def _add_spoked_wheel(parts: Parts, tyre: int, spoke: int, radius: float, z: float, thick: float) -> None:
    """A rim of short rods, so that one sees through it."""
    rim = 14
    for piece in range(rim):
        one, other = tau * piece / rim, tau * (piece + 1) / rim
        start = (0.0, radius + radius * sin(one), z + radius * cos(one))
        end = (0.0, radius + radius * sin(other), z + radius * cos(other))
        parts.frustum(tyre, start, end, thick, thick)
        if piece % 2 == 0:
            parts.frustum(spoke, (0, radius, z), start, 0.006, 0.006)
    parts.frustum(spoke, (-0.06, radius, z), (0.06, radius, z), 0.03, 0.03)

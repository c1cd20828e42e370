"""What moves in the demo's room, as a function of time: the camera, somebody walking, a ball, a lamp."""

import math

import numpy as np

from core.synthetic.scene import Ball, Colour, Figure, Limb, Moment, Place
from core.synthetic.view import View

LOOP_S = 20.0  # everything comes back to where it was
SIZE_PX = (640, 480)
_FOCAL_PX = 510.0
_STRIDES = 16  # in one loop
_SKIN: Colour = (208, 156, 124)
_HAIR: Colour = (66, 46, 38)
_SHIRT: Colour = (190, 64, 60)
_TROUSERS: Colour = (54, 60, 88)
_SHOES: Colour = (44, 42, 46)


def moment(time_s: float) -> Moment:
    """The scene at `time_s`, the same again `LOOP_S` later."""
    turn = 2 * math.pi * (time_s % LOOP_S) / LOOP_S
    position = np.array((0.45 * math.sin(turn), 1.6 + 0.05 * math.sin(2 * turn), -0.7 - 0.22 * math.cos(turn)))
    target = np.array((-0.1 + 0.2 * math.sin(turn + 0.9), 0.38 + 0.03 * math.sin(turn), 3.9))
    view = View.looking_at(SIZE_PX, _FOCAL_PX, position, target)
    return Moment(view, (_walker(turn), _rolling_ball(turn), *_pendant_lamp(turn)))


def _walker(turn: float) -> Figure:
    """Round the table once in a loop."""
    around = turn + 0.6
    feet = np.array((0.5 + 1.2 * math.cos(around), 0.0, 3.4 + 0.82 * math.sin(around)))
    ahead = np.array((-1.2 * math.sin(around), 0.0, 0.82 * math.cos(around)))
    ahead /= np.linalg.norm(ahead)
    side = np.array((ahead[2], 0.0, -ahead[0]))
    stride = _STRIDES * turn
    bob = 0.018 * math.cos(2 * stride)

    def at(right: float, up: float, forward: float) -> Place:
        x, y, z = feet + side * right + ahead * forward
        return float(x), float(y + up), float(z)

    groups = [
        (
            Limb(at(0, 1.0 + bob, 0), at(0, 1.3 + bob, 0.01), 0.135, 0.155, _SHIRT),
            Limb(at(-0.12, 1.37 + bob, 0), at(0.12, 1.37 + bob, 0), 0.085, 0.085, _SHIRT),
        ),
        (Limb(at(-0.05, 0.95 + bob, 0), at(0.05, 0.95 + bob, 0), 0.125, 0.125, _TROUSERS),),
        (
            Limb(at(0, 1.42 + bob, 0), at(0, 1.54 + bob, 0.02), 0.055, 0.055, _SKIN),
            Limb(at(0, 1.6 + bob, 0.03), at(0, 1.67 + bob, 0.02), 0.088, 0.1, _SKIN),
        ),
        (
            Limb(at(0, 1.7 + bob, -0.01), at(0, 1.6 + bob, -0.055), 0.1, 0.085, _HAIR),
            Limb(at(0, 1.72 + bob, 0.03), at(0, 1.72 + bob, -0.02), 0.085, 0.1, _HAIR),
        ),
    ]
    for right, phase in ((-0.085, 0.0), (0.085, math.pi)):
        swing = math.sin(stride + phase)
        lift = max(0.0, math.cos(stride + phase))  # of the leg that comes forward
        knee = at(right, 0.5 + 0.03 * lift, 0.17 * swing + 0.07 * lift)
        ankle = at(right, 0.09 + 0.09 * lift, 0.3 * swing - 0.09 * lift)
        toe = at(right, 0.05 + 0.07 * lift, 0.3 * swing - 0.09 * lift + 0.15)
        elbow = at(2.35 * right, 1.12 + bob, -0.13 * swing)
        hand = at(2.3 * right, 0.9 + bob, 0.1 - 0.22 * swing)
        groups += [
            (
                Limb(at(right, 0.93 + bob, 0), knee, 0.1, 0.075, _TROUSERS),
                Limb(knee, ankle, 0.075, 0.055, _TROUSERS),
            ),
            (Limb(ankle, toe, 0.055, 0.045, _SHOES),),
            (Limb(at(2.2 * right, 1.37 + bob, 0), elbow, 0.064, 0.052, _SHIRT),),
            (Limb(elbow, hand, 0.045, 0.04, _SKIN),),
        ]
    half, head = np.array((0.42, 0.0, 0.42)), np.array((0.0, 1.85, 0.0))
    return Figure(feet - half, feet + half + head, tuple(groups))


def _rolling_ball(turn: float) -> Ball:
    """To and fro in front, with a hop on the way."""
    radius = 0.17
    x = 0.35 + 0.85 * math.sin(2 * turn)
    hop = 0.36 * abs(math.cos(2 * turn)) ** 3 * math.sin(4 * turn + 0.3) ** 2
    cos, sin = math.cos(x / radius), math.sin(x / radius)
    rotation = np.array(((cos, sin, 0), (-sin, cos, 0), (0, 0, 1.0)))
    return Ball(np.array((x, radius + hop, 1.85)), radius, (226, 92, 50), rotation)


def _pendant_lamp(turn: float) -> tuple[Figure, Ball]:
    """A glowing globe that sways a little on its cord."""
    sway = 0.07 * math.sin(3 * turn)
    x, y, z = -0.08 + sway, 1.86, 4.95
    cord = Limb((-0.08, 2.7, z), (x, y + 0.2, z), 0.012, 0.012, (56, 52, 48))
    cap = Limb((x, y + 0.24, z), (x, y + 0.195, z), 0.03, 0.05, (96, 80, 58))
    low, high = np.array((-0.23, y + 0.202, z - 0.1)), np.array((0.07, 2.7, z + 0.1))
    return (
        Figure(low, high, ((cord,), (cap,)), shades=3, casts_shadow=False),
        Ball(np.array((x, y, z)), 0.2, (255, 240, 206), glow=0.75, casts_shadow=False),
    )

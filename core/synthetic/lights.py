"""The light of a batch of scenes: suns, lamps, windows, sky and haze; one setting a picture, drawn at random."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import cos, exp, radians, sin, sqrt
from typing import NamedTuple

import numpy as np
from torch import Tensor

from core.synthetic.atlas import layer_corners
from core.synthetic.patterns import layers_named
from core.synthetic.planes import moved

COUNT = 2  # lights a picture; those that are not needed have no power
Vector = tuple[float, float, float]
WHITE: Vector = (1.0, 1.0, 1.0)


class Light(NamedTuple):
    """`place` is metres in the world, or for a sun the unit direction towards it."""

    place: Vector
    colour: Vector  # what falls on a surface that faces it: of a sun anywhere, of a lamp at `reach_m`
    is_sun: bool = False
    reach_m: float = 2.0
    radius_m: float = 0.1  # of a lamp; for a sun the tangent of its half angle: how soft its shadows are


class LightSetting(NamedTuple):
    """All light of one picture. Colours are linear, 1 being full light on white paper."""

    lights: tuple[Light, ...]  # COUNT at most, the main one first
    above: Vector  # ambient light from above and from below
    below: Vector
    horizon: Vector
    zenith: Vector
    cloud: float  # how much of the sky is clouds
    haze_per_m: float
    environment: int  # layer of the atlas that shiny things mirror
    behind: float  # how bright it is behind panes: outside, or in a house seen from outside


@dataclass(frozen=True, slots=True, eq=False)
class Lights:
    """The settings of B pictures as tensors on one device."""

    place: Tensor  # (3, B, COUNT)
    colour: Tensor  # (3, B, COUNT) power: of lamps times reach squared
    is_sun: Tensor  # (B, COUNT) 0 or 1
    sky: Tensor  # (4, 3, B): above, below, horizon, zenith
    cloud: Tensor  # (B,)
    haze_per_m: Tensor  # (B,)
    corner: Tensor  # (2, B) of the mirrored layer, texels
    behind: Tensor  # (B,)

    @classmethod
    def of(cls, settings: Sequence[LightSetting], device: str) -> "Lights":
        def column(values: object, *, last_first: bool = False) -> Tensor:
            array = np.array(values, np.float32)
            return moved(np.moveaxis(array, -1, 0) if last_first else array, device)

        dark = Light((0.0, 1.0, 0.0), (0.0, 0.0, 0.0), is_sun=True)
        rows = [(*setting.lights, *(dark,) * (COUNT - len(setting.lights))) for setting in settings]
        power = [
            [[c * (1.0 if light.is_sun else light.reach_m**2 + FALL_M2) for c in light.colour] for light in row]
            for row in rows
        ]
        sky = [(setting.above, setting.below, setting.horizon, setting.zenith) for setting in settings]
        corners = layer_corners()[[setting.environment for setting in settings]]
        return cls(
            place=column([[light.place for light in row] for row in rows], last_first=True),
            colour=column(power, last_first=True),
            is_sun=column([[light.is_sun for light in row] for row in rows]),
            sky=column(np.moveaxis(np.array(sky), 0, -1)),
            cloud=column([setting.cloud for setting in settings]),
            haze_per_m=column([setting.haze_per_m for setting in settings]),
            corner=column(corners.T),
            behind=column([setting.behind for setting in settings]),
        )


FALL_M2 = 0.25  # keeps the light next to a lamp finite


def of_warmth(kelvin: float) -> Vector:
    """The colour of a lamp, linear, its green 1: 2500 candle-like, 6500 white, 10000 a blue sky.

    Source: a fit to Planck's law in sRGB's primaries, good to a few per cent from 2000 to 12000.
    """
    t = kelvin / 6500
    red = min(2.6, t**-0.75) if t < 1 else t**-0.55
    blue = max(0.04, 1.35 - 1.35 * exp(-2.6 * max(0.0, t - 0.26))) if t < 1 else t**0.55
    return (red, 1.0, blue)


def scaled(colour: Vector, by: float) -> Vector:
    return (colour[0] * by, colour[1] * by, colour[2] * by)


def indoors(rng: np.random.Generator, lamps: Sequence[Vector], eye: Vector) -> LightSetting:
    """Of a room with lamps at these places (metres), seen from `eye`: lamps, daylight, screens, a flash."""
    draw = rng.random(32).tolist()

    def between(start: float, stop: float) -> float:
        return start + (stop - start) * float(draw.pop())

    def beside(place: Vector, share: float) -> Vector:
        """Somewhere between the camera and a lamp, so within the room."""
        x, y, z = _blend(place, eye, share)
        return (x + between(-0.3, 0.3), y + between(-0.2, 0.0), z + between(-0.3, 0.3))

    main = lamps[0] if lamps else (eye[0], eye[1] + 0.6, eye[2] + 0.5)
    second = lamps[1] if len(lamps) > 1 else beside(main, between(0.3, 1.0))
    reach = max(1.2, sqrt(sum((a - b) ** 2 for a, b in zip(main, eye, strict=True))))
    kind = between(0, 1)
    if kind < 0.4:  # a lamp, often another beside it
        warm = of_warmth(between(2600, 5500))
        lights = [Light(main, scaled(warm, between(0.6, 1.0)), reach_m=reach, radius_m=between(0.05, 0.3))]
        if between(0, 1) < 0.6:
            lights.append(Light(second, scaled(warm, between(0.2, 0.8)), reach_m=reach, radius_m=0.2))
        ambient = scaled(_blend(warm, WHITE, 0.4), between(0.12, 0.5))
    elif kind < 0.7:  # daylight: the sun through windows, what walls and floor give back, a lamp perhaps
        day = of_warmth(between(5000, 9000))
        lights = [Light(_towards_sun(between), scaled(day, between(0.5, 4.0)), is_sun=True, radius_m=0.02)]
        if between(0, 1) < 0.4:
            lamp = scaled(of_warmth(between(2600, 4000)), between(0.2, 0.7))
            lights.append(Light(main, lamp, reach_m=reach, radius_m=0.15))
        else:
            lights.append(Light(beside(main, 0.5), scaled(day, between(0.2, 0.7)), reach_m=reach, radius_m=0.6))
        ambient = scaled(_blend(day, WHITE, 0.5), between(0.2, 0.7))
    elif kind < 0.8:  # evening: one low lamp, deep shadows
        warm = of_warmth(between(2200, 3400))
        lights = [Light(beside(main, between(0.2, 0.9)), warm, reach_m=0.6 * reach, radius_m=between(0.05, 0.2))]
        ambient = scaled(warm, between(0.03, 0.18))
    elif kind < 0.92:  # even light from many panels
        white = of_warmth(between(3800, 6500))
        lights = [
            Light(place, scaled(white, between(0.2, 0.5)), reach_m=1.5 * reach, radius_m=0.5)
            for place in (main, second)
        ]
        ambient = scaled(white, between(0.45, 0.8))
    else:  # a screen or a flash at the camera, little else
        near = (eye[0] + between(-0.3, 0.3), eye[1] + between(-0.3, 0.15), eye[2] + between(-0.1, 0.1))
        lights = [Light(near, of_warmth(between(4500, 10000)), reach_m=between(0.8, 2.5), radius_m=0.15)]
        ambient = scaled(WHITE, between(0.03, 0.2))
    outside = between(0.02, 0.1) if kind > 0.7 else between(0.6, 2.5)  # what is seen through windows: night or day
    return LightSetting(
        lights=tuple(lights),
        above=ambient,
        below=scaled(ambient, between(0.5, 0.95)),
        horizon=scaled(WHITE, outside),
        zenith=scaled(of_warmth(8500), 0.7 * outside),
        cloud=between(0.2, 1.0),
        haze_per_m=0.0,
        environment=_one_of(rng, "room"),
        behind=outside,
    )


def outdoors(rng: np.random.Generator, lamps: Sequence[Vector], eye: Vector) -> LightSetting:
    """Of open ground, perhaps with street lamps (metres): sun, clouds, dusk, fog, night."""
    draw = rng.random(32).tolist()

    def between(start: float, stop: float) -> float:
        return start + (stop - start) * float(draw.pop())

    kind = between(0, 1)
    towards = _towards_sun(between)
    blue = of_warmth(between(8000, 14000))
    haze = 10 ** between(-4.2, -2.4)
    if kind < 0.5:  # sun
        sun = scaled(of_warmth(2600 + 3400 * min(1.0, 2 * towards[1])), between(0.8, 1.2))
        lights = [Light(towards, sun, is_sun=True, radius_m=between(0.005, 0.03))]
        above = scaled(blue, between(0.12, 0.4))
        zenith = scaled((between(0.1, 0.45), between(0.38, 0.62), 1.0), between(0.35, 0.8))
        horizon, cloud = scaled(_blend(_blend(blue, zenith, 0.3), sun, 0.35), between(0.5, 1.0)), between(0.0, 0.8)
    elif kind < 0.8:  # clouds
        grey = _blend(of_warmth(between(5500, 8000)), WHITE, 0.5)
        lights = [Light(towards, scaled(grey, between(0.0, 0.35)), is_sun=True, radius_m=between(0.1, 0.4))]
        above, zenith = scaled(grey, between(0.6, 0.9)), scaled(grey, between(0.5, 1.0))
        horizon, cloud = scaled(grey, between(0.9, 1.3)), between(0.5, 1.0)
    elif kind < 0.9:  # fog
        grey = _blend(of_warmth(between(5000, 9000)), WHITE, 0.5)
        lights = []
        haze = 10 ** between(-2.3, -1.3)
        above, zenith, horizon, cloud = scaled(grey, 0.8), scaled(grey, 0.9), scaled(grey, 0.85), 0.2
    else:  # night: lamps over the street
        warm = of_warmth(between(2000, 4500))
        places = [*lamps[:COUNT], *(_street_lamp(between, eye) for _ in range(COUNT - len(lamps)))]
        lights = [Light(place, scaled(warm, between(0.4, 1.0)), reach_m=5.0, radius_m=0.15) for place in places]
        above, zenith = scaled(blue, between(0.01, 0.06)), scaled(blue, between(0.005, 0.05))
        horizon, cloud = scaled(_blend(warm, blue, 0.5), between(0.02, 0.15)), 0.3
    behind = between(0.0, 0.06) if kind < 0.9 else between(0.0, 0.7)
    ground = scaled(_blend(above, lights[0].colour if lights else above, 0.25), between(0.15, 0.4))
    return LightSetting(
        tuple(lights), above, ground, horizon, zenith, cloud, haze, _one_of(rng, "open_ground", "outside"), behind
    )


def _street_lamp(between: Callable[[float, float], float], eye: Vector) -> Vector:
    return (eye[0] + between(-10, 10), eye[1] + between(1.5, 5), eye[2] + between(-10, 10))


def _towards_sun(between: Callable[[float, float], float]) -> Vector:
    elevation, turn = radians(between(8, 70)), radians(between(0, 360))
    return (cos(elevation) * sin(turn), sin(elevation), cos(elevation) * cos(turn))


def _blend(first: Vector, second: Vector, share: float) -> Vector:
    r, g, b = (one + (other - one) * share for one, other in zip(first, second, strict=True))
    return (r, g, b)


def _one_of(rng: np.random.Generator, *names: str) -> int:
    return int(rng.choice(layers_named(*names)))

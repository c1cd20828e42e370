"""What a scene is made of. Nothing here knows how it is painted."""

from dataclasses import dataclass

from core.synthetic.view import Array, Quad, View

Colour = tuple[float, float, float]  # RGB, 0 to 255
Place = tuple[float, float, float]  # x, y, z in metres


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """An upright piece of furniture, or a part of one."""

    low: Array  # (3,)
    high: Array
    faces: dict[str, Quad]

    def visible_faces(self, eye: Array) -> list[str]:
        """Names of the sides that `eye` is in front of."""
        (x, y, z), (x0, y0, z0), (x1, y1, z1) = eye.tolist(), self.low.tolist(), self.high.tolist()
        sides = {"left": x < x0, "right": x > x1, "bottom": y < y0, "top": y > y1, "front": z < z0, "back": z > z1}
        return [name for name, seen in sides.items() if seen]


@dataclass(frozen=True, slots=True, eq=False)
class Ball:
    """A sphere of one colour, or striped like a beach ball where it has a `rotation` (3, 3)."""

    centre: Array
    radius_m: float
    colour: Colour
    rotation: Array | None = None
    glow: float = 0.0  # 1: gives light and has no dark side
    casts_shadow: bool = True

    @property
    def low(self) -> Array:
        return self.centre - self.radius_m

    @property
    def high(self) -> Array:
        return self.centre + self.radius_m


@dataclass(frozen=True, slots=True)
class Limb:
    """A rounded rod between two joints, with a radius at each."""

    start: Place
    end: Place
    start_m: float
    end_m: float
    colour: Colour


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """Rods that belong together. Those of a group are shaded as one, so that no seam shows at a joint."""

    low: Array  # the upright box that holds it
    high: Array
    groups: tuple[tuple[Limb, ...], ...]
    shades: int = 5  # steps of brightness from the rim to the light
    casts_shadow: bool = True


Item = Box | Ball | Figure


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """What stands still."""

    walls: tuple[Quad, ...]
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """What one instant adds: the view, and what moves."""

    view: View
    movers: tuple[Ball | Figure, ...]

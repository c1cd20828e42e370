"""Collects the parts of one scene: boxes, ellipsoids and frustums, placed in frames within frames.

Plain lists of floats while a scene is laid out, as numpy is slow on one small array at a time; `solids.py` makes
tables of them for a whole batch.
"""

from collections.abc import Sequence
from math import cos, sin
from typing import NamedTuple

Vector = tuple[float, float, float]
Row = tuple[float, ...]


class Frame(NamedTuple):
    """A place and a way to turn: outer = x * across + y * up + z * along + place, the axes of unit length."""

    across: Vector
    up: Vector
    along: Vector
    place: Vector

    @classmethod
    def at(cls, x: float, y: float, z: float, yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> "Frame":
        """Turned by roll about z, then pitch about x, then yaw about y; radians."""
        cy, sy, cp, sp, cr, sr = cos(yaw), sin(yaw), cos(pitch), sin(pitch), cos(roll), sin(roll)
        return cls(
            (cy * cr + sy * sp * sr, cp * sr, -sy * cr + cy * sp * sr),
            (-cy * sr + sy * sp * cr, cp * cr, sy * sr + cy * sp * cr),
            (sy * cp, -sp, cy * cp),
            (x, y, z),
        )

    def apply(self, x: float, y: float, z: float) -> Vector:
        """A point of this frame in the outer one."""
        (ax, ay, az), (ux, uy, uz), (lx, ly, lz), (px, py, pz) = self
        return (ax * x + ux * y + lx * z + px, ay * x + uy * y + ly * z + py, az * x + uz * y + lz * z + pz)

    def turn(self, vector: Vector) -> Vector:
        """A direction of this frame in the outer one."""
        x, y, z = vector
        (ax, ay, az), (ux, uy, uz), (lx, ly, lz), _ = self
        return (ax * x + ux * y + lx * z, ay * x + uy * y + ly * z, az * x + uz * y + lz * z)

    def then(self, inner: "Frame") -> "Frame":
        """The frame `inner`, given within this one, in the outer frame."""
        return Frame(
            self.turn(inner.across), self.turn(inner.up), self.turn(inner.along), self.apply(*inner.place)
        )


WORLD = Frame((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (0.0, 0.0, 0.0))


class Parts:
    """The parts of one scene, each with a frame and a row among the scene's materials.

    A part's lengths are metres in its frame; its angles (yaw, pitch, roll) are radians within it.
    """

    def __init__(self) -> None:
        self.frames: list[Frame] = [WORLD]
        self.kinds: list[str] = []  # of materials, as core/synthetic/materials.py knows them
        self.boxes: list[Row] = []  # frame, material, centre 3, half sizes 3, angles 3, taper 2, lean 2
        self.ellipsoids: list[Row] = []  # frame, material, centre 3, radii 3, angles 3
        self.frustums: list[Row] = []  # frame, material, one end 3, the other 3, their radii 2, flatness
        self._frame = 0
        self._open: list[int] = []

    def material(self, kind: str) -> int:
        """A new material of that kind; its row among those of this scene."""
        self.kinds.append(kind)
        return len(self.kinds) - 1

    def enter(self, x: float, y: float, z: float, yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> None:
        """From here until `leave` everything is placed within a frame, which itself lies in the one open now."""
        self._open.append(self._frame)
        self.frames.append(self.frames[self._frame].then(Frame.at(x, y, z, yaw, pitch, roll)))
        self._frame = len(self.frames) - 1

    def leave(self) -> None:
        self._frame = self._open.pop()

    @property
    def frame(self) -> Frame:
        """The frame that is open, in the world."""
        return self.frames[self._frame]

    def box(
        self,
        material: int,
        centre: Sequence[float],
        size: Sequence[float],
        yaw: float = 0.0,
        pitch: float = 0.0,
        roll: float = 0.0,
        taper: tuple[float, float] = (0.0, 0.0),
        lean: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        """A box of whole size (x, y, z). `taper`: by how much of its size the top is smaller, in x and z (1: a
        ridge); `lean`: how far the top is moved against the bottom, metres in x and z."""
        x, y, z = centre
        w, h, d = size
        self.boxes.append(
            (
                self._frame,
                material,
                x,
                y,
                z,
                w / 2,
                h / 2,
                d / 2,
                yaw,
                pitch,
                roll,
                *taper,
                lean[0] / 2,
                lean[1] / 2,
            )
        )

    def stand(
        self, material: int, x: float, y: float, z: float, w: float, h: float, d: float, yaw: float = 0
    ) -> None:
        """A box whose bottom's middle is at (x, y, z)."""
        self.boxes.append(
            (self._frame, material, x, y + h / 2, z, w / 2, h / 2, d / 2, yaw, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        )

    def ellipsoid(
        self,
        material: int,
        centre: Sequence[float],
        radii: Sequence[float],
        yaw: float = 0.0,
        pitch: float = 0.0,
        roll: float = 0.0,
    ) -> None:
        self.ellipsoids.append((self._frame, material, *centre, *radii, yaw, pitch, roll))

    def ball(self, material: int, centre: Sequence[float], radius: float) -> None:
        self.ellipsoids.append((self._frame, material, *centre, radius, radius, radius, 0.0, 0.0, 0.0))

    def frustum(
        self,
        material: int,
        start: Sequence[float],
        end: Sequence[float],
        start_radius: float,
        end_radius: float,
        flatness: float = 1.0,
    ) -> None:
        """A round, closed part from one point to another; `flatness` scales it along z (or what is nearest z)."""
        self.frustums.append((self._frame, material, *start, *end, start_radius, end_radius, flatness))

    def upright(
        self, material: int, x: float, y: float, z: float, height: float, bottom_radius: float, top_radius: float
    ) -> None:
        """A frustum that stands on (x, y, z)."""
        self.frustums.append((self._frame, material, x, y, z, x, y + height, z, bottom_radius, top_radius, 1.0))

    def limb(
        self,
        material: int,
        start: Sequence[float],
        end: Sequence[float],
        start_radius: float,
        end_radius: float,
        flatness: float = 1.0,
    ) -> None:
        """A frustum with a ball at its end, so that limbs join without a gap."""
        self.frustum(material, start, end, start_radius, end_radius, flatness)
        self.ellipsoids.append(
            (self._frame, material, *end, end_radius, end_radius, end_radius * flatness, 0.0, 0.0, 0.0)
        )

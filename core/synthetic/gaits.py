"""How people move: where legs and arms are at each moment of a walk or a talk, and a body that is held so."""

from dataclasses import dataclass
from math import cos, pi, sin
from random import Random

from core.synthetic.parts import Parts
from core.synthetic.people import Build, Clothes, add_arm, add_leg, add_neck_and_head, add_torso
from core.synthetic.points import hanging

_THIGH, _SHIN = 0.245, 0.235  # lengths as shares of the body's, as `add_leg` has them
_FOOT = 0.042  # from the ankle down to the sole
_SWING = 0.42  # how far a thigh swings to either side of straight down, radians
STEP = 2 * (_THIGH + _SHIN) * sin(_SWING)  # how far one step leads, as a share of the body's height


@dataclass(frozen=True, slots=True)
class Stance:
    """Angles in radians, of the left and of the right."""

    thighs: tuple[float, float]  # forwards
    shins: tuple[float, float]  # bent backwards at the knee
    arms: tuple[tuple[float, float, float], ...]  # forwards, sideways, bent at the elbow
    lean: float = 0.0


def walking(phase: float) -> Stance:
    """`phase` grows by 2 pi with every two steps."""
    phases = (phase, phase + pi)
    thighs = [_SWING * _even_swing(each) for each in phases]
    shins = [0.06 + 0.85 * max(0.0, cos(each)) ** 1.5 for each in phases]  # the leg that comes forward is bent
    arms = [(0.05 + 0.42 * sin(each + pi), 0.12, 0.3 + 0.15 * sin(each + pi)) for each in phases]
    return Stance((thighs[0], thighs[1]), (shins[0], shins[1]), tuple(arms), lean=0.06)


def talking(phase: float) -> Stance:
    """Standing, with hands that say it too; comes round when `phase` has grown by 2 pi."""
    shift = 0.03 * sin(phase)  # from foot to foot
    arms = (
        (0.45 + 0.25 * sin(3 * phase), 0.2 + 0.1 * sin(2 * phase + 1), 1.35 + 0.35 * sin(5 * phase)),
        (0.35 + 0.2 * sin(2 * phase + 2), 0.18, 1.2 + 0.3 * sin(4 * phase + 1)),
    )
    return Stance((0.04 + shift, 0.04 - shift), (0.05, 0.05), arms, lean=0.02 * sin(2 * phase))


def add_figure(parts: Parts, rng: Random, stance: Stance) -> None:
    """Somebody at the frame's origin, facing -z, the lower foot on the ground; who they are comes from `rng`."""
    build = Build.sampled(rng, child=False)
    clothes = Clothes.sampled(parts, rng)
    legs = list(zip((-1, 1), stance.thighs, stance.shins, strict=True))
    reach = max(_THIGH * cos(thigh) + _SHIN * cos(thigh - bend) for _, thigh, bend in legs)
    hips = (0.0, (reach + _FOOT) * build.height, 0.0)
    for side, thigh, bend in legs:
        add_leg(parts, build, clothes, hips, side, thigh, side * 0.02, bend)
    neck = add_torso(parts, rng, build, clothes, hips, hanging(stance.lean + pi, 0.0))
    for side, arm in zip((-1, 1), stance.arms, strict=True):
        add_arm(parts, rng, build, clothes, neck, side, arm, fine=True)
    add_neck_and_head(parts, rng, build, clothes.skin, neck, fine=True)


def _even_swing(phase: float) -> float:
    """-1 to 1 and back at nearly one speed, so that the foot on the ground stays where it is."""
    return 0.9 * (sin(phase) - sin(3 * phase) / 9)

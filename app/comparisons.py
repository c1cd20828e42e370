"""What the settings mean for a live comparison: its lanes begin as they were left."""

from collections.abc import Sequence
from dataclasses import replace

from app.settings import Settings
from core.comparing.control import Comparing
from core.comparing.lane_wish import LaneWish, lane_wish
from core.comparing.view import MOST_LANES
from core.messages import ModelEntry, ModelInfo
from core.model_messages import AUTO_MODEL
from core.network_size import AUTO, MAX_PX, MIN_PX, STEP_PX, TRAINED, fixed, parse_size

_LARGER = 1.5  # the second lane's size where there is one model only


def lanes_of(settings: Settings, models: Sequence[ModelEntry], runs: ModelInfo | None) -> tuple[LaneWish, ...]:
    """The lanes of last time, or two to begin with: what runs now, beside a larger model that is on this computer
    or else the same one at another size. `runs`: what runs now, if anything does."""
    kept = tuple(lane_wish(text) for text in settings.lanes[:MOST_LANES])
    if kept:
        return kept
    model = runs.name if runs is not None and settings.model == AUTO_MODEL else settings.model
    known = next((entry for entry in models if entry.name == model), None)
    size = settings.size if known is None else fixed(settings.size, known.training_px)
    first = LaneWish(
        model, AUTO if size == TRAINED else size, settings.precision, settings.device, settings.aspect
    )
    larger = [
        entry
        for entry in models
        if entry.path is not None and known is not None and entry.parameters > known.parameters
    ]
    if larger:
        nearest = min(larger, key=lambda entry: entry.parameters)
        return first, replace(first, model=nearest.name, size=AUTO)
    return first, replace(first, size=_other_size(first.size))


def as_settings(comparing: Comparing) -> dict[str, object]:
    """What is to be remembered of it."""
    wanted = comparing.wanted
    numbers = [lane.number for lane in wanted.lanes]
    return {
        "lanes": tuple(lane.wish.as_text() for lane in wanted.lanes),
        "reference_lane": numbers.index(wanted.reference) + 1,
        "same_frame": wanted.same_frame,
    }


def _other_size(size: str) -> str:
    """Half as large again, or where that is too large two thirds."""
    if size == AUTO:
        return "384"
    parsed = parse_size(size)
    sides = parsed if isinstance(parsed, tuple) else (parsed,)
    factor = _LARGER if _LARGER * max(sides) <= MAX_PX else 1 / _LARGER
    return "x".join(str(max(MIN_PX, STEP_PX * round(factor * side / STEP_PX))) for side in sides)

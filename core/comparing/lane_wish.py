"""A network as a person asks for it in a lane: a value, and its one line in the settings."""

from dataclasses import astuple, dataclass
from pathlib import PurePath

from core.errors import SettingError
from core.network_size import ASPECTS, AUTO, TRAINED, parse_size
from core.precision import PRECISION_CHOICES


@dataclass(frozen=True, slots=True)
class LaneWish:
    """A network as a person asks for it. Size "auto" and "trained": the one it was trained
    at, as no lane has a rate to hold."""

    model: str
    size: str = AUTO
    precision: str = AUTO
    device: str = AUTO
    aspect: str = TRAINED

    @property
    def title(self) -> str:
        """The model as people call it: by its name, or that of its file, as two can hold networks of one name."""
        return PurePath(self.model).name

    @property
    def names(self) -> tuple[str, ...]:
        """What this lane can be called by, from short to long."""
        return self.model, f"{self.model} {self.size}", f"{self.model} {self.size} {self.precision}"

    def as_text(self) -> str:
        """For the settings: "256 auto cpu trained fathom-nano"; the model last, as paths have spaces."""
        model, *others = astuple(self)
        return " ".join((*others, model))


def lane_wish(text: str) -> LaneWish:
    """What `LaneWish.as_text` gave. Raises: SettingError."""
    parts = text.split(" ", 4)
    if len(parts) < 5 or not parts[4]:
        raise SettingError(f"a lane must be SIZE PRECISION DEVICE ASPECT MODEL, got {text!r}")
    size, precision, device, aspect, model = parts
    if size not in (AUTO, TRAINED):
        parse_size(size)
    for name, value, choices in (("precision", precision, PRECISION_CHOICES), ("aspect", aspect, ASPECTS)):
        if value not in choices:
            raise SettingError(f"a lane's {name} must be one of {', '.join(choices)}, got {value!r}")
    return LaneWish(model, size, precision, device, aspect)

"""Every setting, declared once: default, help and limits. Command line, window and README table come from here."""

import math
import re
import reprlib
from dataclasses import dataclass, field, fields, replace
from typing import Any

from core.comparing.lane_wish import lane_wish
from core.errors import SettingError
from core.look import View
from core.model_messages import AUTO_MODEL
from core.network_size import ASPECTS, AUTO, TRAINED, parse_size
from core.precision import PRECISION_CHOICES

COLORMAPS = ("inferno", "magma", "plasma", "viridis", "cividis", "turbo", "spectral", "bone", "grey")

_TYPES_IN_WORDS = {
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a finite number",
    tuple: "a list of texts",
}
_SHORT = reprlib.Repr()  # for lines that quote what was given
_SHORT.maxstring = _SHORT.maxother = 60


@dataclass(frozen=True, slots=True)
class Option:
    """What is known of one setting. `flag`: it is a common option of the commands, not the window's alone."""

    help: str
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    pattern: str = ""  # the whole text must match
    form: str = ""  # the pattern in words
    flag: bool = False


def option(default: Any, help_text: str, **limits: Any) -> Any:
    return field(default=default, metadata={"option": Option(help_text, **limits)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One consistent set of values; making one that breaks a limit raises SettingError."""

    source: str = option(
        "", "camera, camera:NAME-or-index, a file, a folder, rtsp://, http://, demo; empty: a camera, else demo"
    )
    model: str = option(
        AUTO_MODEL,
        "Name of a model (see `models list`), a weights file, or auto: the largest built-in one that holds "
        "30 frames a second here.",
        flag=True,
    )
    size: str = option(
        TRAINED,
        "What the network sees: PX for the side of a square (or as many pixels in the picture's shape), or HxW; "
        "multiples of 32, 64 to 1536; trained: what the model was trained at; auto: as much as holds a rate.",
        flag=True,
    )
    target_fps: float = option(
        30.0, "Depth results a second that size auto holds.", low=1.0, high=240.0, flag=True
    )
    aspect: str = option(
        TRAINED,
        "Shape of what the network sees: square, as MiDaS trains, keep for the picture's own, "
        "or trained: as the model was.",
        choices=ASPECTS,
        flag=True,
    )
    precision: str = option("auto", "Number format of the network.", choices=PRECISION_CHOICES, flag=True)
    device: str = option(
        "auto",
        "Where the network runs: auto, cpu, cuda, cuda:N or mps.",
        pattern=r"auto|cpu|mps|cuda(:[0-9]{1,2})?",
        form="auto, cpu, cuda, cuda:N or mps",
        flag=True,
    )
    camera_mode: str = option(
        "1280x720@30",
        "Resolution and rate asked of a webcam: WxH@FPS.",
        pattern=r"[1-9][0-9]{1,4}x[1-9][0-9]{1,4}@[1-9][0-9]{0,2}(\.[0-9]{1,3})?",
        form="WxH@FPS, like 1280x720@30",
    )
    view: str = option("side", "What is shown.", choices=tuple(v.value for v in View))
    colormap: str = option("inferno", "Colours of depth.", choices=COLORMAPS)
    invert: bool = option(False, "Swap the colours of near and far.")
    opacity: float = option(0.6, "Opacity of depth over colour in the overlay.", low=0.0, high=1.0)
    wipe: float = option(0.5, "Place of the edge in the wipe, as a share of the width.", low=0.0, high=1.0)
    range_locked: bool = option(False, "Keep the range of depth that is shown, instead of following the scene.")
    range_low: float = option(0.0, "Low end of a locked range.")
    range_high: float = option(1.0, "High end of a locked range.")
    ruler: bool = option(True, "Show the ruler of depth values beside the picture.")
    loop: bool = option(True, "Start a file again when it ends.")
    every_frame: bool = option(False, "Show every frame of a file, however slow, instead of keeping its pace.")
    record_folder: str = option("", "Folder of recordings; empty: Fathom's own in the videos folder.")
    record_depth: str = option(
        "gray16",
        "Depth in a recording: 16 bits, within 1/20,000 of its range, or the exact numbers, which are far larger.",
        choices=("gray16", "float32"),
    )
    record_view: bool = option(False, "Also record the view as it is shown, as MP4.")
    keep_last: bool = option(False, "Keep the last seconds at hand, so that they can be saved afterwards.")
    keep_last_s: float = option(10.0, "How many seconds those are.", low=1.0, high=120.0)
    compare_layout: str = option(
        "grid", "How compared lanes lie.", choices=("grid", "wipe", "blink", "difference")
    )
    compare_one_range: bool = option(True, "One range of colours for all lanes, fitted to the reference.")
    compare_picture: bool = option(True, "Show the source's picture beside the lanes.")
    compare_chart: bool = option(True, "Show the chart of speed and agreement under the lanes.")
    blink_fps: float = option(2.0, "Changes a second where two lanes blink.", low=1.0, high=10.0)
    lanes: tuple[str, ...] = option(
        (), "Networks compared side by side, each as SIZE PRECISION DEVICE ASPECT MODEL; empty: two to begin with."
    )
    reference_lane: int = option(1, "Which of them the others are compared with.", low=1, high=4)
    same_frame: bool = option(True, "Have every lane run every frame, so that all show the same one.")
    compare_memory_mb: float = option(
        0.0, "Memory that compared models may hold beside each other; 0: half of the device's.", low=0.0, high=1e6
    )
    panel: bool = option(True, "Show the panel.")
    recent_sources: tuple[str, ...] = option((), "Sources opened lately, newest first.")
    window_geometry: str = option(
        "",
        "Place and size of the window, as Qt saves it, in base64.",
        pattern=r"[A-Za-z0-9+/]*={0,2}",
        form="base64",
    )

    def __post_init__(self) -> None:
        for item in fields(self):
            given = getattr(self, item.name)
            kept = check(item.name, given)
            if kept is not given:
                object.__setattr__(self, item.name, kept)


def check(name: str, value: Any) -> Any:
    """`value` as setting `name` keeps it: a whole number given for a float setting becomes a float.

    Raises: SettingError where there is no such setting, or `value` has the wrong type or breaks a limit.
    """
    if name not in _DECLARED:
        raise SettingError(f"there is no setting {_SHORT.repr(name)}: there are {', '.join(_DECLARED)}")
    limits, default = _DECLARED[name]
    wanted = type(default)
    if wanted is float and type(value) is int and abs(value) < 2**53:
        value = float(value)
    if not _is_of(wanted, value):
        raise SettingError(f"{name} must be {_TYPES_IN_WORDS[wanted]}, got {_SHORT.repr(value)}")
    if limits.choices and value not in limits.choices:
        raise SettingError(f"{name} must be one of {', '.join(limits.choices)}, got {_SHORT.repr(value)}")
    if limits.pattern and not re.fullmatch(limits.pattern, value):
        raise SettingError(f"{name} must be {limits.form}, got {_SHORT.repr(value)}")
    if limits.low is not None and limits.high is not None and not limits.low <= value <= limits.high:
        raise SettingError(f"{name} must lie from {limits.low:g} to {limits.high:g}, got {_SHORT.repr(value)}")
    if name == "size" and value not in (AUTO, TRAINED):
        parse_size(value)
    if name == "lanes":
        for text in value:
            lane_wish(text)
    return value


def _is_of(wanted: type, value: Any) -> bool:
    if wanted is tuple:
        return isinstance(value, tuple) and all(isinstance(part, str) for part in value)
    if wanted is int:
        return type(value) is int  # a bool is one too
    return isinstance(value, wanted) and not (isinstance(value, float) and not math.isfinite(value))


def from_json(name: str, value: Any) -> Any:
    """`check` for a value out of JSON, which has lists for tuples. Raises: SettingError."""
    return check(name, tuple(value) if isinstance(value, list) else value)


def changed(settings: Settings, **values: Any) -> Settings:
    """A copy with `values` in it. Raises: SettingError, also for a name that is no setting."""
    for name, value in values.items():
        check(name, value)
    return replace(settings, **values)


_DECLARED: dict[str, tuple[Option, Any]] = {
    item.name: (item.metadata["option"], item.default) for item in fields(Settings)
}
OPTIONS: dict[str, Option] = {name: declared for name, (declared, _) in _DECLARED.items()}
DEFAULTS = Settings()

"""What the list of models is made of: kinds, figures, downloads and other work on files. Imports Python alone."""

from dataclasses import dataclass
from enum import Enum

AUTO_MODEL = "auto"  # the largest built-in one that holds 30 frames a second on this machine


class ModelKind(Enum):
    BUILT_IN = "built in"
    PUBLISHED = "published"  # whether or not it was fetched
    FOLDER = "in the models folder"
    FILE = "a file of your own"  # anywhere, opened once and remembered


@dataclass(frozen=True, slots=True)
class ModelFigures:
    """Speed and error of a model as somebody measured them, in words, each with what it was measured on."""

    speed: str  # "39 fps"
    speed_on: str  # "RTX 3090"
    error: str  # "0.079"
    error_on: str  # "AbsRel, ETH3D"
    whose: str  # "MiDaS's own table"
    others: tuple[str, ...] = ()  # further errors: "WHDR, DIW: 0.1095"


class DownloadState(Enum):
    WAITING = "waiting"
    RUNNING = "running"
    CHECKING = "checking"  # all has come; its checksum and content are gone through
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Download:
    """One of the models that are asked for now. One that was paused is none: its entry tells what is kept."""

    name: str
    state: DownloadState
    done_bytes: int = 0
    total_bytes: int | None = None
    bytes_per_s: float = 0.0
    checked: float = 0.0  # 0 to 1, while it is checked
    line: str = ""  # why it failed, or what a person should know


class TaskKind(Enum):
    OPEN = "open"
    VERIFY = "verify"
    CONVERT = "convert"
    REMOVE = "remove"


class TaskState(Enum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ModelTask:
    """The newest piece of work on the file of one model; it stays until there is another."""

    name: str  # of the model's entry
    kind: TaskKind
    state: TaskState
    progress: float | None = None  # 0 to 1
    line: str = ""  # what came of it, or why it failed

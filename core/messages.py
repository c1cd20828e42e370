"""What crosses threads: frozen, numbered, timed. Importing this pulls in numpy and nothing heavier.

Times named `_at_s` are `time.monotonic()` seconds; `media_time_s` is the position within a file.
"""

from dataclasses import dataclass, field
from enum import Enum
from pathlib import PurePath
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.model_messages import Download, ModelFigures, ModelKind, ModelTask

RgbArray: TypeAlias = NDArray[np.uint8]  # (H, W, 3), RGB, read-only
DepthArray: TypeAlias = NDArray[np.float32]  # (h, w), relative inverse depth, larger is nearer, read-only


class SourceKind(Enum):
    CAMERA = "camera"
    STREAM = "stream"
    VIDEO = "video"
    RECORDING = "recording"  # of Fathom: colour and its depth
    PICTURES = "pictures"
    DEMO = "demo"


@dataclass(frozen=True, slots=True, eq=False)
class ModelInfo:
    """A network as the engine loaded it, or as a recording tells of it."""

    name: str
    parameters: int  # 0 where a recording does not tell
    training_px: int  # likewise
    precision: str  # "fp32", "bf16", "fp16": what runs, never "auto"
    device: str  # "cpu", "cuda:0", "mps"
    device_name: str  # for people: "CPU, 2 threads", "NVIDIA H200"
    note: str = ""  # what a person should know: "rough on real pictures"
    weights_sha256: str = ""  # of the file the weights came from; empty where nobody knows
    training_aspect: str = "square"  # or "keep": how it saw pictures
    loaded_as: str = ""  # the name or path it was asked for by: two files can hold networks of one name


@dataclass(frozen=True, slots=True, eq=False)
class SourceInfo:
    """What an open source says of itself. Unknown figures are None, never guessed."""

    kind: SourceKind
    name: str  # for people: "HD Pro Webcam C920", "sam2_bedroom.mp4"
    address: str  # opens the same source again: "camera:0", a path, a URL, "demo"
    width_px: int
    height_px: int
    fps: float | None = None
    duration_s: float | None = None
    frame_count: int | None = None
    live: bool = False  # frames arrive by themselves and newest wins; False: paced by their timestamps
    seekable: bool = False
    detail: str = ""  # codec or pixel format as read back: "h264", "MJPG"
    recorded_with: ModelInfo | None = None  # what made the depth that comes with each picture of a recording


@dataclass(frozen=True, slots=True, eq=False)
class RecordedDepth:
    """The depth that a recording holds of a picture."""

    inverse_depth: DepthArray
    model: ModelInfo
    aspect: str  # as in DepthResult


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture, sealed by the capture thread."""

    index: int  # counts what this opening of the source delivered, from 0
    captured_at_s: float
    rgb: RgbArray
    media_time_s: float | None = None
    source_id: int = 0  # which opening of a source; grows by one at every switch
    jumps: int = 0  # how often the source was put elsewhere before: by a seek, a step back, a loop
    recorded: RecordedDepth | None = None

    def age_ms(self, at_s: float) -> float:
        """Milliseconds from its capture until `at_s`, a `time.monotonic()`; at the paint that is the latency."""
        return 1e3 * (at_s - self.captured_at_s)


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """Counters and smoothed rates of the pipeline at the moment a result left it."""

    source_fps: float = 0.0
    depth_fps: float = 0.0
    captured: int = 0  # frames this source delivered
    inferred: int = 0  # depth results made of them
    dropped: int = 0  # frames that a newer one replaced before the network was free
    non_finite: int = 0  # frames whose depth was not finite and was not shown


@dataclass(frozen=True, slots=True, eq=False)
class DepthResult:
    """Depth of one frame. `inverse_depth` is at network resolution; whoever shows it scales it up."""

    frame: Frame
    inverse_depth: DepthArray
    low: float  # 2nd and 98th percentile of a sample of `inverse_depth`
    high: float
    model: ModelInfo
    started_at_s: float  # the inference thread took the frame
    finished_at_s: float  # the depth lay on the host
    rates: Rates = field(default_factory=Rates)
    aspect: str = "square"  # how the picture was brought to the network's size: "square" or "keep"

    @property
    def is_recorded(self) -> bool:
        """Whether no network ran: a recording held this depth."""
        return self.frame.recorded is not None and self.inverse_depth is self.frame.recorded.inverse_depth

    @property
    def network_hw(self) -> tuple[int, int]:
        height, width = self.inverse_depth.shape
        return height, width

    @property
    def waited_ms(self) -> float:
        """From the capture until the network took the frame."""
        return self.frame.age_ms(self.started_at_s)

    @property
    def infer_ms(self) -> float:
        return 1e3 * (self.finished_at_s - self.started_at_s)


class SourceState(Enum):
    NONE = "none"
    OPENING = "opening"
    PLAYING = "playing"
    PAUSED = "paused"
    RECONNECTING = "reconnecting"
    ENDED = "ended"
    FAILED = "failed"


class ModelState(Enum):
    NONE = "none"
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


class Action(Enum):
    """The one thing a fault offers to do about it, in the words of its button; {} is the fault's value."""

    NONE = ""
    REOPEN_SOURCE = "Try again"
    OPEN_DEMO = "Open the demo scene"
    RELOAD_MODEL = "Load again"
    USE_DEVICE = "Try {} again"
    USE_ANY_DEVICE = "Use what there is"
    USE_BUILT_IN_MODEL = "Use the built-in model"
    FETCH_MODEL = "Download again"
    FETCH_MISSING = "Download {}"
    KEEP_SIZE = "Stay at {}"
    KEEP_PRECISION = "Keep {}"
    SAVE_AT_HOME = "Save in the home folder"
    RECORD_AGAIN = "Record again"
    RECORD_AT_HOME = "Record in the home folder"
    KEEP_AGAIN = "Keep them again"
    SAVE_LAST_AT_HOME = "Save them in the home folder"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something went wrong and the program went on. `number` grows, so a reader can tell a new one."""

    number: int
    line: str
    action: Action = Action.NONE
    value: str = ""  # what the action is about: a source, a size, a precision, a model
    shown: str = ""  # what the button says of that, where it is not the value itself

    @property
    def button(self) -> str:
        """What the button says; empty: there is none."""
        return self.action.value.format(self.shown or self.value)


class RecordingState(Enum):
    NONE = "none"
    RECORDING = "recording"
    FINISHING = "finishing"  # what is waiting is still written
    SAVED = "saved"
    FAILED = "failed"  # ended by a fault; `paths` hold what there was until then


@dataclass(frozen=True, slots=True, eq=False)
class RecordingStatus:
    """How the recording goes that was started last, or how it ended."""

    state: RecordingState = RecordingState.NONE
    number: int = 0  # of this recording, from 1
    paths: tuple[str, ...] = ()  # its files so far: a new one wherever picture, network or model changed
    view_paths: tuple[str, ...] = ()  # and those of the view, where it is written too
    duration_s: float = 0.0
    frames: int = 0
    bytes_written: int = 0
    dropped: int = 0  # pictures of the source that had no depth: the network was busy, or failed
    disk_free_bytes: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Status:
    """Where the pipeline stands. A new one replaces the old at every change; nobody edits one."""

    source_state: SourceState = SourceState.NONE
    source: SourceInfo | None = None  # of the source whose frames are delivered now
    source_detail: str = ""  # "opening camera:0", "lost, next try in 2 s"
    source_id: int = 0
    runs_model: bool = False  # on the recording that plays, instead of showing the depth it holds
    model_state: ModelState = ModelState.NONE
    model: ModelInfo | None = None  # of the model that runs now, also while another loads
    model_detail: str = ""  # "loading swin2-base-384"
    model_progress: float | None = None  # 0 to 1 while loading
    devices: tuple[str, ...] = ("auto", "cpu")  # what the device setting may name, once torch has looked
    faults: tuple[Fault, ...] = ()  # the newest few, oldest first
    recording: RecordingStatus = field(default_factory=RecordingStatus)
    kept_s: float = 0.0  # how much of the last seconds could be saved now; 0 while they are not kept
    downloads: tuple[Download, ...] = ()  # of models, in the order they were asked for
    model_tasks: tuple[ModelTask, ...] = ()  # the newest work on the file of each model


WEBCAM_HW = (720, 1280)  # what cameras are asked for unless somebody wants another; speed is measured with it


@dataclass(frozen=True, slots=True)
class CameraMode:
    width_px: int
    height_px: int
    fps: float
    fourcc: str = ""


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """A webcam as the system names it. `address` opens it and survives replugging where the system allows."""

    address: str  # "camera:/dev/v4l/by-id/usb-046d_HD_Pro_Webcam_C920-video-index0" or "camera:0"
    name: str  # "HD Pro Webcam C920"
    modes: tuple[CameraMode, ...] = ()  # empty where the system does not tell without opening it


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model a person can pick, whether or not its weights are on this computer."""

    name: str  # what the setting `model` takes: "fathom-nano", the stem of a file in the models folder, or a path
    label: str  # one short phrase: "built in, 3.3 M parameters"
    path: str | None  # where its weights lie; None: not on this computer
    training_px: int
    parameters: int
    download_bytes: int | None = None  # how much `models fetch` would bring
    note: str = ""
    kind: ModelKind = ModelKind.FOLDER
    problem: str = ""  # why it cannot be used, though it is listed
    file_bytes: int = 0  # on this computer
    part_bytes: int = 0  # of a download that was paused or broke off
    layout: str = ""  # "MiDaS v3.1"
    network: str = ""  # "96 features, depths 2-2-6-2"
    dtype: str = ""
    licence: str = ""
    origin: str = ""
    sha256: str = ""  # as remembered when it was fetched
    published_sha256: bool = False  # True: its publisher told it
    figures: ModelFigures | None = None

    @property
    def title(self) -> str:
        """What people call it: what is named by its path, by the file's name."""
        return PurePath(self.name).name

"""A session without a pipeline: keeps what it was asked, gives what a test puts into it."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from app.settings import Settings, changed
from app.settings_store import SettingsStore
from core.comparing.lane_wish import LaneWish
from core.comparing.measures import LiveError
from core.comparing.view import ComparisonView
from core.messages import (
    CameraInfo,
    CameraMode,
    DepthResult,
    Fault,
    Frame,
    ModelEntry,
    ModelInfo,
    ModelState,
    Rates,
    SourceInfo,
    SourceKind,
    SourceState,
    Status,
)
from core.model_messages import ModelKind

NANO = ModelEntry(
    "fathom-nano",
    "built in, 3.3 M parameters",
    "nano.safetensors",
    256,
    3_300_000,
    note="rough on real pictures",
    kind=ModelKind.BUILT_IN,
    file_bytes=6_500_000,
    licence="MIT",
)
TINY = ModelEntry(
    "swin2-tiny-256",
    "39.8 M parameters",
    "tiny.safetensors",
    256,
    39_800_000,
    kind=ModelKind.PUBLISHED,
    file_bytes=172_000_000,
    licence="MIT",
)
BASE = ModelEntry(
    "swin2-base-384",
    "100 M parameters",
    None,
    384,
    100_000_000,
    download_bytes=410_000_000,
    kind=ModelKind.PUBLISHED,
    licence="MIT",
)
CAMERA = CameraInfo("camera:0", "HD Pro Webcam C920", (CameraMode(1920, 1080, 30.0), CameraMode(640, 480, 30.0)))

CLIP = SourceInfo(
    SourceKind.VIDEO, "clip.mp4", "/media/clip.mp4", 640, 360, 30.0, 12.0, 360, seekable=True, detail="h264"
)
LIVE = SourceInfo(SourceKind.CAMERA, "HD Pro Webcam C920", "camera:0", 1280, 720, 30.0, live=True, detail="MJPG")
RUNNING = ModelInfo(
    "fathom-nano",
    3_300_000,
    256,
    "fp32",
    "cpu",
    "CPU, 2 threads",
    "rough on real pictures",
    loaded_as="fathom-nano",
)


class FakeSession:
    """Implements the contract of docs/architecture.md. `calls` lists what the window asked, in order."""

    def __init__(
        self,
        settings: Settings | None = None,
        wake: Callable[[], None] = lambda: None,
        store: SettingsStore | None = None,
    ) -> None:
        self.settings = settings or Settings()
        self.wake = wake
        self.calls: list[tuple[Any, ...]] = []
        self.held = Status()
        self.frame: Frame | None = None
        self.result: DepthResult | None = None
        self.compared: ComparisonView | None = None
        self.error: LiveError | None = None
        self.at_s: float | None = None
        self.known_cameras: tuple[CameraInfo, ...] = (CAMERA,)
        self.known_models: tuple[ModelEntry, ...] = (NANO, TINY, BASE)
        self.known_unusable: tuple[ModelEntry, ...] = ()
        self.known_devices: tuple[str, ...] = ("auto", "cpu")
        self.statuses_read = 0
        self.snapshot_thread: threading.Thread | None = None
        self.folder = Path("/pictures/fathom-1")
        self.can_write = True

    def asked(self, name: str) -> list[tuple[Any, ...]]:
        """The arguments of every call of `name`."""
        return [call[1:] for call in self.calls if call[0] == name]

    def say(self, **values: Any) -> None:
        """Change the status, as a thread of the pipeline would."""
        self.held = replace(self.held, **values)
        self.wake()

    def play_source(self, source: SourceInfo = CLIP, **values: Any) -> None:
        self.say(
            source=source,
            source_state=SourceState.PLAYING,
            source_id=1,
            model_state=ModelState.READY,
            model=RUNNING,
            **values,
        )

    def give(self, result: DepthResult) -> None:
        self.result = result
        self.wake()

    def compare(self, view: ComparisonView) -> None:
        """Lanes have something new to show."""
        self.compared = view
        self.wake()

    # The contract

    def start(self) -> None:
        self.calls.append(("start",))

    def change(self, **values: Any) -> None:
        self.settings = changed(self.settings, **values)
        self.calls.append(("change", values))

    def open_source(self, address: str) -> None:
        self.calls.append(("open_source", address))
        recent = (address, *(a for a in self.settings.recent_sources if a != address))
        self.settings = changed(self.settings, source=address, recent_sources=recent)

    def status(self) -> Status:
        self.statuses_read += 1
        return self.held

    def newest_result(self) -> DepthResult | None:
        result, self.result = self.result, None
        return result

    def newest_frame(self) -> Frame | None:
        frame, self.frame = self.frame, None
        return frame

    def toggle_pause(self) -> None:
        self.calls.append(("toggle_pause",))

    def pause(self) -> None:
        self.calls.append(("pause",))

    def play(self) -> None:
        self.calls.append(("play",))

    def step(self, frames: int) -> None:
        self.calls.append(("step", frames))

    def seek(self, time_s: float) -> None:
        self.calls.append(("seek", time_s))

    def live_error(self, result: DepthResult) -> LiveError | None:
        return self.error

    def position_s(self) -> float | None:
        return self.at_s

    def cameras(self) -> tuple[CameraInfo, ...]:
        return self.known_cameras

    def models(self) -> tuple[ModelEntry, ...]:
        return self.known_models

    def devices(self) -> tuple[str, ...]:
        return self.known_devices

    def run_model(self, *, on: bool) -> None:
        self.calls.append(("run_model", on))

    def refresh_models(self) -> None:
        self.calls.append(("refresh_models",))

    def unusable_models(self) -> tuple[ModelEntry, ...]:
        return self.known_unusable

    def fetch_model(self, name: str, *, run: bool = True) -> None:
        self.calls.append(("fetch_model", name, run))

    def pause_fetch(self, name: str) -> None:
        self.calls.append(("pause_fetch", name))

    def open_model_file(self, path: str, *, run: bool = True) -> None:
        self.calls.append(("open_model_file", path, run))

    def verify_model(self, name: str) -> None:
        self.calls.append(("verify_model", name))

    def convert_model(self, name: str, target: Path, dtype: str, *, over: bool = False) -> None:
        self.calls.append(("convert_model", name, target, dtype, over))

    def remove_model(self, name: str) -> None:
        self.calls.append(("remove_model", name))

    def stop_model_task(self, name: str) -> None:
        self.calls.append(("stop_model_task", name))

    def toggle_recording(self) -> None:
        self.calls.append(("toggle_recording",))

    def save_last(self) -> None:
        self.calls.append(("save_last",))

    def snapshot(self, result: DepthResult, view_png: bytes | None, written: Callable[[Path], None]) -> None:
        self.snapshot_thread = threading.current_thread()
        self.calls.append(("snapshot", result, view_png))
        if self.can_write:
            written(self.folder)

    def start_comparing(self) -> None:
        self.calls.append(("start_comparing",))

    def stop_comparing(self) -> None:
        self.calls.append(("stop_comparing",))
        self.compared = None

    def comparison(self) -> ComparisonView | None:
        return self.compared

    def add_lane(self, wish: LaneWish) -> None:
        self.calls.append(("add_lane", wish))

    def remove_lane(self, number: int) -> None:
        self.calls.append(("remove_lane", number))

    def change_lane(self, number: int, **values: str) -> None:
        self.calls.append(("change_lane", number, values))

    def use_lane(self, number: int) -> None:
        self.calls.append(("use_lane", number))

    def set_reference(self, number: int) -> None:
        self.calls.append(("set_reference", number))

    def set_same_frame(self, *, on: bool) -> None:
        self.calls.append(("set_same_frame", on))

    def do(self, fault: Fault) -> None:
        self.calls.append(("do", fault))

    def dismiss(self, fault: Fault) -> None:
        self.calls.append(("dismiss", fault))

    def close(self) -> None:
        self.calls.append(("close",))


def a_result(
    index: int = 0, *, low: float = 1.0, high: float = 5.0, source_id: int = 1, wh: tuple[int, int] = (640, 360)
) -> DepthResult:
    """A picture with a gradient of depth from `low` at the left to `high` at the right."""
    width, height = wh
    now_s = time.monotonic()
    rgb = np.zeros((height, width, 3), np.uint8)
    rgb[..., 0] = np.linspace(0, 255, width, dtype=np.uint8)
    rgb[..., 2] = np.linspace(0, 255, height, dtype=np.uint8)[:, None]
    depth = np.tile(np.linspace(low, high, 256, dtype=np.float32), (256, 1))
    rates = Rates(source_fps=30.0, depth_fps=12.4, captured=index * 2, inferred=index, dropped=index)
    frame = Frame(index, now_s - 0.08, rgb, index / 30, source_id)
    return DepthResult(frame, depth, low, high, RUNNING, now_s - 0.06, now_s, rates)

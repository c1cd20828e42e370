"""The session: settings, pipeline, cameras and jobs behind one object, all that the window knows of them."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from app import paths, recent_sources
from app.camera_watch import CameraWatch, list_cameras
from app.comparisons import as_settings, lanes_of
from app.recordings import keep_wish, look_of, recording_wish
from app.session_models import SessionModels
from app.session_playback import SessionPlayback
from app.settings import DEFAULTS, Settings, check
from app.settings_store import SettingsStore
from app.snapshots import SnapshotWriter
from core.capture import SourceWish
from core.comparing.control import Comparing
from core.comparing.lane_wish import LaneWish
from core.comparing.measures import LiveError
from core.comparing.view import ComparisonView
from core.loading import ModelWish
from core.messages import Action, CameraInfo, DepthResult, Fault, Frame, ModelState, SourceKind, Status
from core.model_messages import AUTO_MODEL
from core.pipeline import Pipeline

_MODEL_SETTINGS = frozenset({"model", "precision", "device"})
_SIZE_SETTINGS = frozenset({"size", "aspect", "target_fps"})
_KEEP_SETTINGS = frozenset({"keep_last", "keep_last_s", "record_depth"})
_LOOK_SETTINGS = frozenset(
    {"view", "colormap", "invert", "opacity", "wipe", "range_locked", "range_low", "range_high"}
)


class Session(SessionModels, SessionPlayback):
    """Owns the pipeline, the camera watch, snapshots, downloads and the models. Every method but `close` is quick.

    `wake` is called from any thread when a frame, a result or the status is new; it must return at once.
    Used by: the window thread.
    """

    def __init__(
        self,
        settings: Settings,
        wake: Callable[[], None],
        store: SettingsStore | None = None,
        make_pipeline: Callable[[Callable[[], None]], Pipeline] = Pipeline,
        look_for_cameras: Callable[[], tuple[CameraInfo, ...]] = list_cameras,
    ) -> None:
        self.settings = settings
        self._store = store
        self._wake = wake
        self._changing = threading.Lock()  # a finished download changes a setting from its own thread
        self._pipeline = make_pipeline(wake)
        self._watch = CameraWatch(wake, look_for_cameras)
        board = self._pipeline.board
        self._snapshots = SnapshotWriter(board)
        super().__init__(board)

    def start(self) -> None:
        """Open the source and load the model that the settings name."""
        self._watch.start()
        self._set_size()
        self._pipeline.keep_last(keep_wish(self.settings))
        self._open(self.settings.source)  # before the model is: a recording needs none
        self._use_model()
        self.refresh_models()

    def close(self) -> None:
        """End all threads and write what is to be remembered. Can be called again."""
        self._watch.close()
        self._close_models()
        self._snapshots.close()
        self._pipeline.close()
        if self._store is not None:
            self._store.close()

    # Settings

    def change(self, **values: Any) -> None:
        """Set any settings; what they concern follows, and all is remembered. Raises: SettingError."""
        with self._changing:
            before, self.settings = self.settings, replace(self.settings, **values)
        names = {name for name in values if getattr(before, name) != getattr(self.settings, name)}
        if "model" in values:
            self._run_when_fetched = ""
        if "model" in values or names & _SIZE_SETTINGS:  # whoever picks one wants to see what comes of it
            self._pipeline.run_model(on=True)
        if names & _SIZE_SETTINGS:
            self._set_size()
        if names & _MODEL_SETTINGS or ("model" in values and not self._runs_or_loads(self.settings.model)):
            self._use_model()
        if names & _KEEP_SETTINGS:
            self._pipeline.keep_last(keep_wish(self.settings))
        if names & _LOOK_SETTINGS and (recorder := self._pipeline.recorder):
            recorder.show(look_of(self.settings), range_locked=self.settings.range_locked)
        if "source" in names:
            self._open(self.settings.source)
        elif "camera_mode" in names:
            self._open(self._camera() or self.settings.source)
        if "every_frame" in names:
            self._pipeline.set_every_frame(every_frame=self.settings.every_frame)
        if "loop" in names and (transport := self._pipeline.transport):
            transport.set_loop(loop=self.settings.loop)
        if "compare_memory_mb" in names and (comparing := self._pipeline.comparing):
            comparing.set_budget(self.settings.compare_memory_mb)
        if names and self._store is not None:
            self._store.schedule(**{name: getattr(self.settings, name) for name in names})

    def open_source(self, address: str) -> None:
        """Play `address`; also the one that plays already, which opens it afresh. Raises: SettingError."""
        again = address == self.settings.source
        recent = recent_sources.with_source(self.settings.recent_sources, address)
        self.change(source=address, recent_sources=recent)
        if again:
            self._open(address)

    def run_model(self, *, on: bool) -> None:
        """Whether the model runs on the recording that plays, instead of the depth it holds being shown."""
        self._pipeline.run_model(on=on)

    def do(self, fault: Fault) -> None:
        """Carry out the action that `fault` offers."""
        self._pipeline.board.dismiss(fault.number)
        match fault.action:
            case Action.REOPEN_SOURCE:
                self.open_source(fault.value)
            case Action.OPEN_DEMO:
                self.open_source("demo")
            case Action.RELOAD_MODEL | Action.USE_DEVICE:
                self._use_model()
            case Action.USE_BUILT_IN_MODEL:
                self.change(model=DEFAULTS.model, precision=DEFAULTS.precision, size=DEFAULTS.size)
            case Action.USE_ANY_DEVICE:
                self.change(device=DEFAULTS.device)
            case Action.FETCH_MODEL:
                self._fetch_again(fault.value)
            case Action.FETCH_MISSING:
                self.fetch_model(fault.value)
            case Action.KEEP_SIZE:
                self.change(size=fault.value)
            case Action.KEEP_PRECISION:
                self.change(precision=fault.value)
            case Action.SAVE_AT_HOME:
                self._snapshots.save_in(Path.home(), fault.value)
            case Action.RECORD_AGAIN:
                self.start_recording()
            case Action.RECORD_AT_HOME:
                self.start_recording(Path.home())
            case Action.KEEP_AGAIN:
                self._pipeline.keep_last(keep_wish(self.settings))
            case Action.SAVE_LAST_AT_HOME:
                self.save_last(Path.home())

    def dismiss(self, fault: Fault) -> None:
        if fault.action is Action.SAVE_AT_HOME:
            self._snapshots.forget(fault.value)
        self._pipeline.board.dismiss(fault.number)

    # What there is to show

    def status(self) -> Status:
        return self._pipeline.status()

    def newest_result(self) -> DepthResult | None:
        """Each result once, the newest; None when nothing is new."""
        return self._pipeline.newest_result()

    def newest_frame(self) -> Frame | None:
        """Likewise the captured pictures, for colour before there is depth."""
        return self._pipeline.newest_frame()

    def live_error(self, result: DepthResult) -> LiveError | None:
        """How far such depth is from the truth: of the demo scene, and of photos with measured depth."""
        return self._pipeline.live_error(result)

    def cameras(self) -> tuple[CameraInfo, ...]:
        return self._watch.cameras

    def devices(self) -> tuple[str, ...]:
        """What the device setting may name; only what every machine has until torch has looked."""
        return self.status().devices

    # Comparing: lanes side by side, in the model's place; the reference lane's depth is the result, also recorded

    def start_comparing(self) -> None:
        """Run the lanes of the settings on what plays, from the next frame on."""
        if self._pipeline.comparing is None:
            s = self.settings
            self._pipeline.start_comparing(
                Comparing(
                    lanes_of(s, self.models(), self.status().model),
                    self._wake,
                    reference=s.reference_lane - 1,
                    same_frame=s.same_frame,
                    budget_mb=s.compare_memory_mb,
                )
            )
            self._wake()

    def stop_comparing(self) -> None:
        """Have the model of the settings go on, which has stayed loaded."""
        self._pipeline.stop_comparing()
        self._wake()

    def comparison(self) -> ComparisonView | None:
        """How the lanes stand: the same object until something is new; None while nothing is compared."""
        comparing = self._pipeline.comparing
        return comparing.view if comparing is not None else None

    def add_lane(self, wish: LaneWish) -> int | None:
        """The new lane's number; None where there are four, or nothing is compared."""
        comparing = self._pipeline.comparing
        number = comparing.add(wish) if comparing is not None else None
        self._remember_lanes()
        return number

    def remove_lane(self, number: int) -> None:
        """The last one stays. Where it was the reference, the first lane takes its place."""
        if (comparing := self._pipeline.comparing) is not None:
            comparing.remove(number)
            self._remember_lanes()

    def change_lane(self, number: int, **wish: str) -> None:
        """Another model, size, precision, device or aspect; the fields of a LaneWish. Raises: SettingError."""
        if (comparing := self._pipeline.comparing) is not None:
            for name, value in wish.items():
                check(name, value)
            comparing.change(number, **wish)
            self._remember_lanes()

    def use_lane(self, number: int) -> None:
        """Bring back a lane that was put aside, or try one that failed again."""
        if (comparing := self._pipeline.comparing) is not None:
            comparing.use(number)

    def set_reference(self, number: int) -> None:
        """Compare the others with this lane."""
        if (comparing := self._pipeline.comparing) is not None:
            comparing.set_reference(number)
            self._remember_lanes()

    def set_same_frame(self, *, on: bool) -> None:
        """Every lane runs every frame; off: each as often as its share of the time allows."""
        if (comparing := self._pipeline.comparing) is not None:
            comparing.set_same_frame(on=on)
            self._remember_lanes()

    def _remember_lanes(self) -> None:
        if (comparing := self._pipeline.comparing) is not None:
            self.change(**as_settings(comparing))

    # Recording; `status` tells how it goes

    def toggle_recording(self) -> None:
        if self._pipeline.recorder is None:
            self.start_recording()
        else:
            self.stop_recording()

    def start_recording(self, folder: Path | None = None) -> None:
        """Record what comes from now on, into the folder of the settings or into `folder`."""
        self._pipeline.start_recording(recording_wish(self.settings, folder))

    def stop_recording(self) -> None:
        self._pipeline.stop_recording()

    def save_last(self, folder: Path | None = None) -> None:
        """Save the last seconds, where they are kept, as a recording."""
        self._pipeline.save_last(recording_wish(self.settings, folder).path)

    # Snapshots

    def snapshot(self, result: DepthResult, view_png: bytes | None, written: Callable[[Path], None]) -> None:
        """Write colour, depth, view and settings in the background. `written` is called from there with the folder
        they lie in; where it fails a fault says so."""
        folder = paths.pictures_dir() / f"fathom-{datetime.now():%Y%m%d-%H%M%S-%f}"[:-3]
        self._snapshots.write(folder, result, view_png, written)

    def _set_size(self) -> None:
        s = self.settings
        self._pipeline.set_size(s.size, s.aspect, s.target_fps)

    def _use_model(self) -> None:
        s = self.settings
        self._pipeline.use_model(ModelWish(s.model, s.precision, s.device))

    def _runs_or_loads(self, model: str) -> bool:
        """Whether such a setting is followed: a model that failed is tried again when it is picked again."""
        status = self.status()
        if status.model_state is ModelState.LOADING:
            return True
        return status.model is not None and model in (AUTO_MODEL, status.model.loaded_as)

    def _camera(self) -> str:
        """The camera that plays while nothing else is being opened, also where that failed; else empty."""
        status = self.status()
        source = None if status.source_detail else status.source
        return source.address if source is not None and source.kind is SourceKind.CAMERA else ""

    def _open(self, address: str) -> None:
        s = self.settings
        self._pipeline.open(SourceWish(address, camera_mode=s.camera_mode, every_frame=s.every_frame, loop=s.loop))

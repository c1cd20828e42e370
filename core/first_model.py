"""Which built-in model a machine begins with: the largest that holds 30 frames a second on it.

Found once, by running them, and remembered beside the fetched models: the answer belongs to the machine, not to a
person's settings. Another device, precision or set of built-in models is another question.
"""

import json
import logging
import statistics
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from core.errors import FathomError
from core.messages import WEBCAM_HW, DepthArray, ModelInfo, RgbArray
from core.model_messages import ModelKind
from core.network_size import TRAINED, Size, size_for
from core.team_size import MOST_FRAMES, SETTLING
from core.weights.catalogue import entries
from core.weights.places import models_folder
from core.weights.provenance import replacing

if TYPE_CHECKING:
    from core.readout import Readout

FILE_NAME = "first-model.json"
HELD_FPS = 30.0
# Of the time between two frames. It is timed by itself here, and beside camera and window a frame takes up to 1.4
# times as long: docs/benchmarks.md, "With the window".
NETWORK_SHARE = 0.72
HELD_MS = NETWORK_SHARE * 1e3 / HELD_FPS
WARM_UP, TIMED = 6, 8  # frames; the first five take up to ten times as long where memory is new

_log = logging.getLogger(__name__)

Progress = Callable[[float], None]
TimeModel = Callable[[str], float]  # a model's name -> milliseconds a frame


class FirstEngine(Protocol):
    """What is asked of an engine."""

    info: ModelInfo

    def enter_thread(self) -> None: ...
    def prepare(self, network_hw: Size) -> None: ...
    def infer(self, rgb: RgbArray, network_hw: Size) -> DepthArray: ...
    def begin(self, rgb: RgbArray, network_hw: Size, ended: Callable[[], None]) -> "Future[Readout]": ...
    @property
    def frames_at_once(self) -> int: ...
    def close(self) -> None: ...


def frame_ms(engine: FirstEngine, progress: Progress) -> float:
    """Median from picture to depth at the model's own size and aspect, or, where frames beside each other hold the
    rate and one after the other do not, the time between two; closes the engine. Raises: EngineError."""
    try:
        hw = size_for(TRAINED, TRAINED, engine.info, WEBCAM_HW)
        picture = np.random.default_rng(0).integers(0, 256, (*WEBCAM_HW, 3), dtype=np.uint8)
        engine.enter_thread()
        engine.prepare(hw)
        times_s = []
        for _ in range(WARM_UP + TIMED):
            began_s = time.perf_counter()
            engine.infer(picture, hw)
            times_s.append(time.perf_counter() - began_s)
            progress(1.0)  # which may say that nobody wants to know any more
        alone_ms = 1e3 * statistics.median(times_s[WARM_UP:])
        if not HELD_MS < alone_ms < MOST_FRAMES * HELD_MS:
            return alone_ms
        return min(alone_ms, _between_ms(engine, picture, hw, progress))
    finally:
        engine.close()


def _between_ms(engine: FirstEngine, picture: RgbArray, hw: Size, progress: Progress) -> float:
    """Of the last frames, after so many that the engine knows by how many at once they are fastest."""
    in_flight: deque[Future[Readout]] = deque()
    ended_s: list[float] = []
    while len(ended_s) < SETTLING + TIMED:
        in_flight.append(engine.begin(picture, hw, lambda: None))
        while len(in_flight) >= engine.frames_at_once:
            in_flight.popleft().result()
            ended_s.append(time.perf_counter())
            progress(1.0)
    return 1e3 * (ended_s[-1] - ended_s[-1 - TIMED]) / TIMED


def first_model(runs_on: str, time_model: TimeModel) -> str:
    """The name of the model for a device and precision, `runs_on` in words.

    A model that cannot be run here is passed over; the smallest is taken as it is. Raises: what `time_model` does
    but for FathomErrors.
    """
    built_in = [entry for entry in entries(own_files=False) if entry.kind is ModelKind.BUILT_IN]
    names = [entry.name for entry in sorted(built_in, key=lambda entry: -entry.parameters)]
    if len(names) == 1:
        return names[0]
    question = f"{runs_on}: {', '.join(names)}"
    path = models_folder() / FILE_NAME
    known = _remembered(path)
    if (name := known.get(question)) in names:
        return name
    name = _largest_that_holds(names, lambda each: _beside(time_model, each))
    _remember(path, {**known, question: name})
    return name


def _largest_that_holds(names: Sequence[str], time_ms: Callable[[str], float]) -> str:
    for name in names[:-1]:
        try:
            took_ms = time_ms(name)
        except FathomError as error:
            _log.warning("%s cannot be the first model: %s", name, error)
            continue
        _log.info("%s takes %.1f ms a frame", name, took_ms)
        if took_ms <= HELD_MS:
            return name
    return names[-1]


def _beside(time_model: TimeModel, name: str) -> float:
    """On a thread of its own, whose team of processors ends with it: see core/threads.py."""
    took_ms: list[float] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            took_ms.append(time_model(name))
        except BaseException as error:  # noqa: BLE001 - handed on, whatever it is
            failures.append(error)

    thread = threading.Thread(target=run, name="fathom-first-model")
    thread.start()
    thread.join()
    if failures:
        raise failures[0]
    return took_ms[0]


def _remembered(path: Path) -> dict[str, str]:
    try:
        content = json.loads(path.read_bytes()[: 1 << 16])
    except (OSError, ValueError, RecursionError):
        return {}
    known = content if isinstance(content, dict) else {}
    return {question: name for question, name in known.items() if isinstance(name, str)}


def _remember(path: Path, known: dict[str, str]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            file.write(json.dumps(known, indent=2).encode())
    except OSError as error:
        _log.warning("which model to begin with is not remembered: %s", error)  # and is found again next time

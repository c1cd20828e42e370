"""How fast a network runs here: alone, and from a camera's picture to depth on the host."""

import platform
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np
import torch

from core import allocator, threads
from core.engine import Engine, pick_device
from core.errors import FathomError
from core.messages import WEBCAM_HW, RgbArray
from core.opencv import cv2

WARM_UP_RUNS = 3
FEWEST_RUNS = 5
_FIRST_MODEL, _FIRST_HW = "fathom-nano", (64, 64)


@dataclass(frozen=True, slots=True)
class BenchCase:
    model: str
    size: str  # "384" or "288x512"
    precision: str
    device: str


@dataclass(frozen=True, slots=True)
class BenchRow:
    """One model at one size in one precision on one device."""

    model: str
    height: int
    width: int
    precision: str
    device: str
    model_ms: float  # median of the network alone, on an input that lies on the device
    model_ms_p95: float
    end_to_end_ms: float  # median from a 1280x720 uint8 picture to float32 depth on the host
    end_to_end_ms_p95: float
    fps: float  # what end_to_end_ms allows
    memory_mb: float | None  # CUDA: what it holds of the device; else the most that loading and runs added to the
    # process; None where the system does not tell


class MemoryMeter(Protocol):
    def added_mb(self) -> float | None:
        """What has been added since; None where the system does not tell."""


def measure(
    case: BenchCase,
    network_hw: tuple[int, int],
    seconds: float,
    progress: Callable[[float], None] = lambda share: None,
) -> BenchRow:
    """Time `case` for about `seconds`, alternating both kinds of run; `progress` is told the share that is done.

    Raises: WeightsError, EngineError.
    """
    rgb = bench_picture(WEBCAM_HW)
    allocator.give_back()  # else it takes what the picture's making freed, and seems to need less
    meter = memory_meter(pick_device(case.device))
    engine = Engine.load(case.model, case.precision, case.device)
    try:
        engine.enter_thread()
        engine.prepare(network_hw)
        image = engine.to_input(rgb, network_hw)

        def model_only() -> None:
            engine.run(image)
            engine.finish()

        def end_to_end() -> None:
            engine.infer(rgb, network_hw)

        for _ in range(WARM_UP_RUNS):
            end_to_end()  # first, for it says what fails in a line
            model_only()
        model_ms: list[float] = []
        whole_ms: list[float] = []
        began_s = time.monotonic()
        while len(model_ms) < FEWEST_RUNS or time.monotonic() < began_s + seconds:
            model_ms.append(_timed_ms(model_only))
            whole_ms.append(_timed_ms(end_to_end))
            progress(min(1.0, (time.monotonic() - began_s) / seconds) if seconds else 1.0)
        info, memory_mb = engine.info, meter.added_mb()
    finally:
        engine.close()
    height, width = network_hw
    median_ms = statistics.median(whole_ms)
    return BenchRow(
        info.name,
        height,
        width,
        info.precision,
        info.device,
        statistics.median(model_ms),
        p95(model_ms),
        median_ms,
        p95(whole_ms),
        1e3 / median_ms,
        memory_mb,
    )


def machine() -> dict[str, str]:
    """The versions and the processor that the figures belong to."""
    facts = {
        "processor": _processor(),
        "threads": str(threads.ALL),
        "system": platform.platform(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "opencv": cv2.__version__,
    }
    if torch.cuda.is_available():
        facts["gpu"] = torch.cuda.get_device_name(0)
        facts["cuda"] = str(torch.version.cuda)
        facts["cudnn"] = str(torch.backends.cudnn.version())  # type: ignore[no-untyped-call]
    return facts


def bench_picture(picture_hw: tuple[int, int]) -> RgbArray:
    """A picture with detail at every scale, the same each time: (H, W, 3) uint8 RGB, read-only."""
    height, width = picture_hw
    rng = np.random.default_rng(0)
    rgb = np.zeros((height, width, 3), np.float32)
    for cells in (4, 16, 64, 256):
        noise = rng.random((cells, cells, 3), np.float32)
        rgb += cv2.resize(noise, (width, height), interpolation=cv2.INTER_LINEAR)
    picture = (rgb * (255 / 4)).astype(np.uint8)
    picture.flags.writeable = False
    return picture


def _timed_ms(run: Callable[[], None]) -> float:
    started_s = time.perf_counter()
    run()
    return 1e3 * (time.perf_counter() - started_s)


def p95(values: Sequence[float]) -> float:
    """The 95th percentile."""
    return float(np.percentile(values, 95))


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} x {names[0]}" if names else platform.machine()


def memory_meter(device: torch.device) -> MemoryMeter:
    """Of the memory that is added from here on: the device's own with CUDA, else the process's on Linux."""
    if device.type == "cuda":
        return _CudaMeter(device)
    _start()
    return _LinuxMeter()


@cache
def _start() -> None:
    """Have torch and oneDNN take what they take once, some 60 MB, so that it is not counted for the first model.

    In bfloat16, which brings what float32 needs as well.
    """
    with suppress(FathomError):  # then the first figure is larger
        engine = Engine.load(_FIRST_MODEL, "bf16", "cpu")
        try:
            engine.enter_thread()
            engine.prepare(_FIRST_HW)
            engine.infer(bench_picture(_FIRST_HW), _FIRST_HW)
        finally:
            engine.close()


class _CudaMeter:
    """What torch holds of the device, the graphs' memory included; not what tuning took for a moment."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._before = torch.cuda.memory_reserved(device)

    def added_mb(self) -> float | None:
        return (torch.cuda.memory_reserved(self._device) - self._before) / 2**20


class _LinuxMeter:
    """The kernel keeps the peak of the resident memory (VmHWM) and starts it anew when asked to."""

    def __init__(self) -> None:
        try:
            Path("/proc/self/clear_refs").write_text("5")
            self._before: float | None = self._read("VmRSS")
        except OSError:
            self._before = None

    def added_mb(self) -> float | None:
        return None if self._before is None else self._read("VmHWM") - self._before

    @staticmethod
    def _read(name: str) -> float:
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1]) / 1024
        raise OSError(f"the kernel does not tell {name}")

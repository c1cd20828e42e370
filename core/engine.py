"""The engine: one loaded network on one device in one precision, from a picture to its inverse depth."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import torch
from torch import Tensor

from core import allocator, threads
from core.device_errors import kind_of
from core.errors import EngineError, NonFinite, NoSuchDevice
from core.first_model import first_model, frame_ms
from core.messages import DepthArray, ModelInfo, RgbArray
from core.model.dpt import DPT
from core.model_messages import AUTO_MODEL
from core.precision import decoder_precision, pick_precision
from core.readout import Readout
from core.runner import Runner, make_runner
from core.team_size import MOST_FRAMES
from core.weights.catalogue import locate
from core.weights.provenance import sha256_of
from core.weights.reader import read_weights

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}

Progress = Callable[[float], None]


class Engine:
    """Owns a network and its device memory; how it is run there is the runner's business.

    Used by: one thread at a time. The loader thread builds it, then hands it to the inference thread, which runs
    and closes it; `prepare` alone may be called beside `infer`, and beside `close`, which waits for it and for
    what was begun.
    """

    def __init__(self, runner: Runner, info: ModelInfo) -> None:
        self.info = info
        self.devices = available_devices()
        self._runner = runner
        self._closed = False
        self._preparing = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None  # for frames beside each other

    @classmethod
    def load(cls, model: str, precision: str, device: str, progress: Progress = lambda share: None) -> "Engine":
        """Place `model` (a name, a file or "auto") on `device` ("auto", "cpu", "cuda:0") in `precision`.

        Raises: WeightsError for the file; OutOfMemory, DeviceLost; EngineError for a device or precision that is
        not there.
        """
        target = pick_device(device)
        chosen = pick_precision(precision, target)
        if model == AUTO_MODEL:
            runs_on = f"{device_name(target)}, {chosen}"
            model = first_model(runs_on, lambda each: frame_ms(cls.load(each, chosen, device, progress), progress))
        path = locate(model)
        weights = read_weights(path, progress=lambda share: progress(0.7 * share))
        sha256 = sha256_of(path, lambda share: progress(0.7 + 0.1 * share))
        try:
            with torch.device("meta"):
                network = DPT(weights.config)
            network.load_state_dict(weights.state, strict=True, assign=True)
            decoder = DTYPES[decoder_precision(chosen, target)]
            network = network.eval().requires_grad_(False).to(target)
            runner = make_runner(network.to_precision(DTYPES[chosen], decoder=decoder), target)
        except (RuntimeError, MemoryError) as error:
            kind = kind_of(error) if target.type != "cpu" else EngineError  # beyond the processor there is nothing
            raise kind(f"{weights.name} cannot be placed on {target}: {_first_line(error)}") from error
        progress(1.0)
        return cls(
            runner,
            ModelInfo(
                name=weights.name,
                parameters=sum(p.numel() for p in network.parameters()),
                training_px=weights.config.training_px,
                precision=chosen,
                device=str(target),
                device_name=device_name(target),
                note=weights.note,
                weights_sha256=sha256,
                training_aspect=weights.config.training_aspect,
                loaded_as=model,
            ),
        )

    def enter_thread(self) -> None:
        """Called once by the thread that is to run this engine, before its first `infer`."""
        threads.use_all()
        self._runner.enter_thread()

    def prepare(self, network_hw: tuple[int, int]) -> None:
        """Do the work that depends on the size alone, so that the first frame of that size waits for nothing.

        Does nothing for an engine that was closed meanwhile. Raises: EngineError.
        """
        with self._preparing:
            if self._closed:
                return
            try:
                self._runner.prepare(network_hw)
            except (RuntimeError, MemoryError) as error:
                raise self._failure(network_hw, error) from error

    def infer(self, rgb: RgbArray, network_hw: tuple[int, int]) -> DepthArray:
        """(H, W, 3) uint8 RGB -> (h, w) float32 relative inverse depth, larger is nearer, read-only.

        Raises: NonFinite where the result is not; OutOfMemory, DeviceLost, EngineError for other failures.
        """
        return self.infer_ranged(rgb, network_hw).inverse_depth

    def infer_ranged(self, rgb: RgbArray, network_hw: tuple[int, int]) -> Readout:
        """The same, with the ends of its range, worked out on the device. Raises: as `infer`."""
        try:
            readout = self._runner.infer(rgb, network_hw)
        except (RuntimeError, MemoryError) as error:
            raise self._failure(network_hw, error) from error
        if not readout.finite:
            raise NonFinite(f"{self.info.name} gave values that are not finite in {self.info.precision}")
        return readout

    @property
    def frames_at_once(self) -> int:
        """How many frames are worth having begun and not ended; may change from frame to frame."""
        return self._runner.frames_at_once

    def begin(self, rgb: RgbArray, network_hw: tuple[int, int], ended: Callable[[], None]) -> Future[Readout]:
        """`infer_ranged`, here and now or, where frames are worth running beside each other, on another thread.
        `ended` is called when what it gives or raises is there, from whatever thread that was."""
        future: Future[Readout] = Future()
        future.add_done_callback(lambda _: ended())
        if self._runner.frames_at_once == 1:
            self._run(future, rgb, network_hw)
        else:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(MOST_FRAMES, thread_name_prefix="fathom-network")
            self._pool.submit(self._run, future, rgb, network_hw)
        return future

    def to_input(self, rgb: RgbArray, network_hw: tuple[int, int]) -> Tensor:
        """(H, W, 3) uint8 RGB -> (1, 3, h, w) on the device, as the network takes it."""
        return self._runner.to_input(rgb, network_hw)

    def run(self, image_bchw: Tensor) -> Tensor:
        """The network alone: (1, 3, h, w) -> (1, h, w), both on the device, which may still be at work on it.

        What it gives may be overwritten by the next call.
        """
        return self._runner.run(image_bchw)

    @property
    def weights_mb(self) -> float:
        """Memory of the network's numbers, of an engine that is open."""
        network = self._runner.network
        return sum(each.nbytes for each in (*network.parameters(), *network.buffers())) / 2**20

    def finish(self) -> None:
        """Wait until the device has done what it was given."""
        self._runner.finish()

    def close(self) -> None:
        """Give the memory back, once. The engine cannot be used afterwards."""
        with self._preparing:
            if not self._closed:
                self._closed = True
                if self._pool is not None:
                    self._pool.shutdown()
                self._runner.close()
                allocator.give_back()

    def _run(self, future: "Future[Readout]", rgb: RgbArray, network_hw: tuple[int, int]) -> None:
        try:
            future.set_result(self.infer_ranged(rgb, network_hw))
        except Exception as error:  # noqa: BLE001 - whoever asks for the result gets it
            # Without where it was: that would hold the network's memory until the last who has it lets go.
            error.__cause__ = error.__context__ = None
            future.set_exception(error.with_traceback(None))

    def _failure(self, network_hw: tuple[int, int], error: Exception) -> EngineError:
        height, width = network_hw
        return kind_of(error)(
            f"{self.info.name} failed at {height}x{width} on {self.info.device}: {_first_line(error)}"
        )


def available_devices() -> tuple[str, ...]:
    """What `device` may name on this machine, "auto" first."""
    cuda = [f"cuda:{n}" for n in range(torch.cuda.device_count())]
    mps = ["mps"] if torch.backends.mps.is_available() else []
    return ("auto", *cuda, *mps, "cpu")


def pick_device(wanted: str) -> torch.device:
    """The device for a setting. Raises: NoSuchDevice naming the devices there are."""
    devices = available_devices()
    if wanted == "auto":
        return torch.device(devices[1])
    name = "cuda:0" if wanted == "cuda" else wanted
    if name not in devices:
        raise NoSuchDevice(f"device must be one of {', '.join(devices)} on this machine, got {wanted!r}")
    return torch.device(name)


def device_name(device: torch.device) -> str:
    """For people: "NVIDIA H200", "CPU, 2 threads"."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type == "mps":
        return "Apple GPU"
    return f"CPU, {threads.ALL} threads"


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__

"""Runs a network on a graphics processor: everything between the picture and the depth happens there.

A frame is copied into pinned memory, goes to the device by itself, is resized and normalised there in four small
steps that hide behind that copy, and then one recorded graph does the rest: network, range, check for finite
values. A last copy brings the depth into pinned memory. The host waits once, for that.

A graph is recorded once a network size, in `prepare`. The steps before it depend on the picture's size too and are
not recorded, so a source may change its size from frame to frame.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from core.messages import RgbArray
from core.model.dpt import DPT
from core.preprocess import on_device
from core.program_cache import ProgramCache
from core.readout import Packer, Readout

TF32_CUT_BITS = 13  # of float32's 24
SHARE_OF_MEMORY = 0.25  # of the device's, for the graphs of sizes that are not in use


class Recording(Protocol):
    output: Tensor
    nbytes: int

    def replay(self) -> None: ...


class GraphDevice(Protocol):
    """What the runner needs of a device: `core.cuda_device.Cuda` says what each does."""

    device: torch.device
    memory_bytes: int

    def enter_thread(self) -> None: ...
    def stream(self) -> AbstractContextManager[object]: ...
    def wait(self) -> None: ...
    def host_buffer(self, count: int, dtype: torch.dtype) -> Tensor: ...
    def record(self, work: Callable[[], Tensor]) -> Recording: ...
    def release(self) -> None: ...


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """One size, ready to run. It holds all that its graph reads by address, so that nothing of it moves."""

    image_bchw: Tensor  # (1, 3, h, w) float32, what the graph reads
    recording: Recording  # writes the packed depth
    packer: Packer
    host: Tensor  # pinned: the packed depth on its way
    plan: object  # the position biases, which the network's own cache may have given up long since

    @property
    def nbytes(self) -> int:
        return self.recording.nbytes


class GraphRunner:
    """Owns a network and its graphs on one device. A `core.runner.Runner`."""

    def __init__(self, network: DPT, device: GraphDevice) -> None:
        self.network = network
        self._device = device
        self._programs: ProgramCache[Program] = ProgramCache(int(SHARE_OF_MEMORY * device.memory_bytes))
        self._upload = _Upload(device)
        if next(network.fusion.parameters()).dtype != torch.float32:
            for conv in (network.head.conv1, network.head.conv2):
                if conv.weight.dtype == torch.float32:
                    _let_head_round(conv)

    @property
    def frames_at_once(self) -> int:
        """The device does one after the other."""
        return 1

    def enter_thread(self) -> None:
        self._device.enter_thread()

    @torch.inference_mode()
    def prepare(self, network_hw: tuple[int, int]) -> None:
        """Tunes, warms up and records, on a stream of its own beside the frames that run meanwhile."""
        self._program(network_hw)

    @torch.inference_mode()
    def infer(self, rgb: RgbArray, network_hw: tuple[int, int]) -> Readout:
        program = self._program(network_hw)
        with self._device.stream():
            program.image_bchw.copy_(self._resized(rgb, network_hw))
            program.recording.replay()
            program.host.copy_(program.recording.output, non_blocking=True)
        self._device.wait()
        return program.packer.unpack(program.host.numpy().copy())

    @torch.inference_mode()
    def to_input(self, rgb: RgbArray, network_hw: tuple[int, int]) -> Tensor:
        with self._device.stream():
            image_bchw = self._resized(rgb, network_hw)
        self._device.wait()
        return image_bchw

    @torch.inference_mode()
    def run(self, image_bchw: Tensor) -> Tensor:
        program = self._program((image_bchw.shape[2], image_bchw.shape[3]))
        with self._device.stream():
            program.image_bchw.copy_(image_bchw)
            program.recording.replay()
        return program.packer.depth(program.recording.output)

    def finish(self) -> None:
        self._device.wait()

    def close(self) -> None:
        with suppress(RuntimeError):  # a device that is lost has nothing to wait for
            self._device.wait()
        self._programs.clear()
        self._upload.close()
        del self.network
        with suppress(RuntimeError):
            self._device.release()

    def _resized(self, rgb: RgbArray, network_hw: tuple[int, int]) -> Tensor:
        return on_device(self._upload(rgb), network_hw, antialias=self.network.config.antialias)

    def _program(self, network_hw: tuple[int, int]) -> Program:
        program, gave_up_others = self._programs.get(network_hw, lambda: self._make(network_hw))
        if gave_up_others:
            self._device.release()
        return program

    def _make(self, network_hw: tuple[int, int]) -> Program:
        try:
            return self._record(network_hw)
        except torch.OutOfMemoryError:
            pass  # outside this clause the exception no longer holds what was made so far
        self._programs.keep_only_newest()
        self._device.release()
        return self._record(network_hw)

    def _record(self, network_hw: tuple[int, int]) -> Program:
        network, device = self.network, self._device.device
        network.prepare(network_hw)
        plan = network.encoder.plan(network_hw)
        packer = Packer(network_hw, device)
        image_bchw = torch.zeros(1, 3, *network_hw, device=device).to(memory_format=torch.channels_last)
        host = self._device.host_buffer(packer.length, torch.float32)
        recording = self._device.record(lambda: packer.pack(network(image_bchw)[0]))
        return Program(image_bchw, recording, packer, host, plan)


class _Upload:
    """Brings pictures to the device through one pinned buffer, as large as the largest picture so far.

    Used by: the thread that runs the frames. A picture must have arrived before the next one is brought.
    """

    def __init__(self, device: GraphDevice) -> None:
        self._device = device
        self._host: Tensor | None = None
        self._there: Tensor | None = None

    def __call__(self, rgb: RgbArray) -> Tensor:
        """(H, W, 3) uint8 on the host -> the same on the device, where it may not have arrived yet."""
        host, there = self._host, self._there
        if host is None or there is None or len(host) < rgb.size:
            host = self._device.host_buffer(rgb.size, torch.uint8)
            there = torch.empty(rgb.size, dtype=torch.uint8, device=self._device.device)
            self._host, self._there = host, there  # both or, where memory is short, neither
        staged, picture = host[: rgb.size].view(rgb.shape), there[: rgb.size].view(rgb.shape)
        np.copyto(staged.numpy(), rgb)
        return picture.copy_(staged, non_blocking=True)

    def close(self) -> None:
        self._host = self._there = None


@torch.no_grad()
def _let_head_round(conv: nn.Conv2d) -> None:
    """Run this float32 convolution of a half-precision network on the tensor cores, in TF32.

    What comes out is float32 still, so no bands appear; what goes in has 11 bits, as in float16. The weights are
    rounded to them once, as tensor cores may cut the others off.
    The head is a sixth of base's work, and in float32 proper a tensor core's sixteenth as fast.
    """
    split = conv.weight * (2**TF32_CUT_BITS + 1)
    conv.weight.copy_(split - (split - conv.weight))  # Dekker's split: the sum's own rounding does it
    conv.register_forward_pre_hook(lambda *_: _allow_tf32(allowed=True))
    conv.register_forward_hook(lambda *_: _allow_tf32(allowed=False))


def _allow_tf32(*, allowed: bool) -> None:
    torch.backends.cudnn.allow_tf32 = allowed

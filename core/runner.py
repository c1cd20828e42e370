"""How a network is run on a kind of device: the one part of the engine that differs between them."""

import logging
import threading
import time
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from core import threads
from core.device_errors import Failure
from core.messages import RgbArray
from core.model.dpt import DPT
from core.model.size_plan import BYTES_KEPT
from core.preprocess import to_network_input
from core.program_cache import ProgramCache
from core.readout import Packer, Readout
from core.team_size import TeamSize
from core.traced_network import CAN_TRACE, TracedNetwork

_log = logging.getLogger(__name__)


class Runner(Protocol):
    """Owns a network on its device. Used by: one thread at a time; `prepare` alone may run beside the others, and
    `infer` beside itself as often as `frames_at_once` says.

    Errors are torch's own, RuntimeErrors; the engine says what they mean.
    """

    network: DPT

    @property
    def frames_at_once(self) -> int:
        """How many frames are worth computing beside each other; may change from frame to frame."""

    def enter_thread(self) -> None:
        """Called once by the thread that is to run the network, before its first `infer`."""

    def prepare(self, network_hw: tuple[int, int]) -> None:
        """Do the work that depends on the size alone."""

    def infer(self, rgb: RgbArray, network_hw: tuple[int, int]) -> Readout:
        """(H, W, 3) uint8 RGB -> what the network makes of it, on the host."""

    def to_input(self, rgb: RgbArray, network_hw: tuple[int, int]) -> Tensor:
        """(H, W, 3) uint8 RGB -> (1, 3, h, w) float32 on the device."""

    def run(self, image_bchw: Tensor) -> Tensor:
        """The network alone: (1, 3, h, w) -> (1, h, w) on the device, which may still be at work on it.

        What it gives may be overwritten by the next call.
        """

    def finish(self) -> None:
        """Wait until the device has done what it was given."""

    def close(self) -> None:
        """Give the memory back, also on a device that is lost. The runner cannot be used afterwards."""


def make_runner(network: DPT, device: torch.device) -> Runner:
    """The runner for a network that lies on `device` already."""
    if device.type == "cuda":
        from core.cuda_device import Cuda
        from core.graph_runner import GraphRunner

        return GraphRunner(network, Cuda(device))
    return DirectRunner(network, device)


class DirectRunner:
    """Runs the network where nothing has to be sent to a device and waited for: on the CPU, and on MPS.

    On the CPU a size that was prepared runs as a program without Python; any other, and all on MPS, operation by
    operation from Python. On the CPU frames may run beside each other.
    """

    def __init__(self, network: DPT, device: torch.device) -> None:
        self.network = network
        self._device = device
        self._programs: ProgramCache[TracedNetwork] = ProgramCache(BYTES_KEPT)
        self._packer: Packer | None = None  # of the size run last
        self._teams: TeamSize | None = None
        self._thread = 0  # the one that entered
        self._choosing = threading.Lock()  # guards the choice of a team

    @property
    def frames_at_once(self) -> int:
        return self._teams.team.frames if self._teams is not None else 1

    def enter_thread(self) -> None:
        self._teams = TeamSize(threads.ALL) if self._device.type == "cpu" else None
        self._thread = threading.get_ident()

    @torch.inference_mode()
    def prepare(self, network_hw: tuple[int, int]) -> None:
        self.network.prepare(network_hw)
        if CAN_TRACE and self._device.type == "cpu":
            try:
                self._programs.get(network_hw, lambda: self._trace(network_hw))
            except RuntimeError as error:  # it runs from Python all the same, or fails there and is dealt with
                _log.warning("tracing at %dx%d: %s", *network_hw, Failure.of(error).line)

    @torch.inference_mode()
    def infer(self, rgb: RgbArray, network_hw: tuple[int, int]) -> Readout:
        packer = self._packer
        if packer is None or packer.network_hw != network_hw:
            packer = self._packer = Packer(network_hw, self._device)
        if self._teams is None:
            return self._infer(rgb, packer)
        with self._choosing:
            team = self._teams.begin(network_hw)
        if threading.get_ident() != self._thread:  # that one alone may have a team, see core/threads.py
            team = team._replace(threads=1)
        threads.use(team.threads)
        began_s = time.perf_counter()
        readout = self._infer(rgb, packer)
        ended_s = time.perf_counter()
        with self._choosing:
            self._teams.note(team, ended_s - began_s, ended_s)
        return readout

    def _infer(self, rgb: RgbArray, packer: Packer) -> Readout:
        depth_bhw = self.run(self.to_input(rgb, packer.network_hw))
        return packer.unpack(packer.pack(depth_bhw[0]).cpu().numpy())

    @torch.inference_mode()
    def to_input(self, rgb: RgbArray, network_hw: tuple[int, int]) -> Tensor:
        return to_network_input(rgb, network_hw, self._device, antialias=self.network.config.antialias)

    @torch.inference_mode()
    def run(self, image_bchw: Tensor) -> Tensor:
        network = self._programs.find((image_bchw.shape[2], image_bchw.shape[3])) or self.network
        depth_bhw: Tensor = network(image_bchw)
        return depth_bhw

    def finish(self) -> None:
        if self._device.type == "mps":
            torch.mps.synchronize()

    def close(self) -> None:
        del self.network
        self._programs.clear()
        self._packer = None
        if self._device.type == "mps":
            torch.mps.empty_cache()

    def _trace(self, network_hw: tuple[int, int]) -> TracedNetwork:
        black = np.zeros((*network_hw, 3), np.uint8)
        return TracedNetwork(self.network, self.to_input(black, network_hw))

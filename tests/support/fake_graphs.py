"""A graphics processor made of the CPU: `core.graph_runner.GraphDevice` that notes what is asked of it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

LONG_S = 20.0


class FakeRecording:
    """Does the work again, into the tensor it gave when it was recorded."""

    def __init__(self, device: "FakeGraphs", work: Callable[[], Tensor], nbytes: int) -> None:
        self.output = work()
        self.nbytes = nbytes
        self._device = device
        self._work = work

    def replay(self) -> None:
        self._device.note("replay")
        self.output.copy_(self._work())


class FakeGraphs:
    """`steps`: everything asked for, in order. What `fails` holds is raised by the next recordings, one each."""

    def __init__(self, memory_bytes: int = 1 << 40, graph_bytes: int = 1) -> None:
        self.device = torch.device("cpu")
        self.memory_bytes = memory_bytes
        self.steps: list[str] = []
        self.buffers: list[int] = []  # bytes of each host buffer
        self.fails: list[Exception] = []
        self.fails_waiting: Exception | None = None
        self.gate: threading.Event | None = None  # holds each recording until set
        self.recording = threading.Event()  # one has begun
        self._graph_bytes = graph_bytes
        self._inside = threading.local()

    def note(self, step: str) -> None:
        where = "on the stream: " if getattr(self._inside, "stream", False) else ""
        self.steps.append(where + step)

    def enter_thread(self) -> None:
        self.note("enter thread")

    @contextmanager
    def stream(self) -> Iterator[None]:
        self._inside.stream = True
        try:
            yield
        finally:
            self._inside.stream = False

    def wait(self) -> None:
        self.note("wait")
        if self.fails_waiting is not None:
            raise self.fails_waiting

    def host_buffer(self, count: int, dtype: torch.dtype) -> Tensor:
        self.buffers.append(count * dtype.itemsize)
        return torch.empty(count, dtype=dtype)

    def record(self, work: Callable[[], Tensor]) -> FakeRecording:
        self.note("record")
        self.recording.set()
        if self.gate is not None:
            assert self.gate.wait(LONG_S)
        if self.fails:
            raise self.fails.pop(0)
        return FakeRecording(self, work, self._graph_bytes)

    def release(self) -> None:
        self.note("release")

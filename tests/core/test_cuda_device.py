"""How `Cuda` asks torch.cuda for things, seen by a torch.cuda that only writes down; the real one is tested in
test_cuda_engine.py."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from core import cuda_device
from core.cuda_device import WARM_UP_RUNS, Cuda

DEVICE = torch.device("cuda:1")
SWITCHES = [
    (torch.backends.cudnn, "benchmark", True),
    (torch.backends.cudnn, "allow_tf32", False),
    (torch.backends.cuda.matmul, "allow_tf32", False),
    (torch.backends.cuda.matmul, "allow_fp16_reduced_precision_reduction", False),
    (torch.backends.cuda.matmul, "allow_bf16_reduced_precision_reduction", False),
]


class WritingCuda:
    """Stands for torch.cuda. `calls` is what was asked, in order; streams are numbered, 0 is the default one."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.end_fails = False
        self._streams = 0
        self._current = 0
        self._reserved = iter((1000, 1700))

    def Stream(self, device: torch.device) -> SimpleNamespace:
        self._streams += 1
        return self._stream(self._streams)

    def _stream(self, number: int) -> SimpleNamespace:
        return SimpleNamespace(
            number=number,
            wait_stream=lambda other: self.calls.append(f"{number} waits for {other.number}"),
            synchronize=lambda: self.calls.append(f"synchronize {number}"),
        )

    def Event(self) -> SimpleNamespace:
        return SimpleNamespace(
            record=lambda stream: self.calls.append(f"event on {stream.number}"),
            synchronize=lambda: self.calls.append("event passed"),
        )

    def CUDAGraph(self) -> SimpleNamespace:
        def end() -> None:
            self.calls.append("end")
            if self.end_fails:
                raise RuntimeError("the capture is broken")

        return SimpleNamespace(
            capture_begin=lambda capture_error_mode: self.calls.append(
                f"begin {capture_error_mode} on {self._current}"
            ),
            capture_end=end,
            replay=lambda: self.calls.append(f"replay on {self._current}"),
        )

    @contextmanager
    def stream(self, stream: SimpleNamespace) -> Iterator[None]:
        before, self._current = self._current, stream.number
        try:
            yield
        finally:
            self._current = before

    @contextmanager
    def device(self, device: torch.device) -> Iterator[None]:
        self.calls.append(f"on {device}")
        yield

    def current_stream(self, device: torch.device) -> SimpleNamespace:
        return self._stream(self._current)

    def get_device_properties(self, device: torch.device) -> SimpleNamespace:
        return SimpleNamespace(total_memory=8 << 30)

    def memory_reserved(self, device: torch.device) -> int:
        return next(self._reserved)

    def empty_cache(self) -> None:
        self.calls.append("empty cache")

    def synchronize(self, device: torch.device) -> None:
        self.calls.append(f"synchronize {device}")

    def set_device(self, device: torch.device) -> None:
        self.calls.append(f"set {device}")

    def work(self) -> torch.Tensor:
        self.calls.append(f"work on {self._current}")
        return torch.zeros(1)


@pytest.fixture
def cuda(monkeypatch: pytest.MonkeyPatch) -> WritingCuda:
    writing = WritingCuda()
    monkeypatch.setattr(cuda_device.torch, "cuda", writing)
    clear = lambda: writing.calls.append("clear scratch")  # noqa: E731
    monkeypatch.setattr(torch._C, "_cuda_clearCublasWorkspaces", clear, raising=False)
    return writing


def switches() -> list[Any]:
    return [getattr(owner, name) for owner, name, _ in SWITCHES]


def test_frames_run_on_a_stream_of_their_own_after_what_the_thread_began(cuda: WritingCuda) -> None:
    device = Cuda(DEVICE)
    assert device.memory_bytes == 8 << 30
    device.enter_thread()
    with device.stream():
        cuda.work()
    device.wait()
    assert cuda.calls == [
        "synchronize cuda:1",
        "set cuda:1",
        "1 waits for 0",
        "work on 1",
        "event on 1",
        "event passed",
    ]


def test_a_recording_warms_up_and_records_beside_the_frames_and_counts_its_memory(cuda: WritingCuda) -> None:
    device = Cuda(DEVICE)
    cuda.calls.clear()
    recording = device.record(cuda.work)
    assert recording.nbytes == 700
    assert cuda.calls == [
        "on cuda:1",
        "2 waits for 0",
        *["work on 2"] * WARM_UP_RUNS,
        "synchronize 2",
        "clear scratch",
        "empty cache",
        "begin thread_local on 2",
        "work on 2",
        "end",
        "clear scratch",
        "synchronize 2",
    ]
    with device.stream():
        recording.replay()
    assert cuda.calls[-1] == "replay on 1"


def test_a_recording_has_its_own_switches_and_puts_the_old_ones_back(cuda: WritingCuda) -> None:
    before = switches()
    seen: list[list[Any]] = []

    def work() -> torch.Tensor:
        seen.append([*switches(), torch.backends.cuda.cudnn_sdp_enabled()])
        return torch.zeros(1)

    assert torch.backends.cuda.cudnn_sdp_enabled()
    Cuda(DEVICE).record(work)
    assert seen == [[*(wanted for _, _, wanted in SWITCHES), False]] * (WARM_UP_RUNS + 1)
    assert switches() == before
    assert torch.backends.cuda.cudnn_sdp_enabled()


@pytest.mark.parametrize("end_fails", [False, True])
def test_a_recording_that_fails_half_way_is_ended_and_says_why(cuda: WritingCuda, *, end_fails: bool) -> None:
    device = Cuda(DEVICE)
    before = switches()
    cuda.end_fails = end_fails
    cuda._reserved = iter((0, 0, 0))

    def work() -> torch.Tensor:
        if any(call.startswith("begin") for call in cuda.calls):
            raise torch.OutOfMemoryError("no memory")
        return torch.zeros(1)

    with pytest.raises(torch.OutOfMemoryError):
        device.record(work)
    assert cuda.calls[-2:] == ["end", "clear scratch"]
    assert switches() == before
    device.release()  # nobody holds the lock
    assert cuda.calls[-1] == "empty cache"


def test_memory_is_not_given_back_while_another_thread_records(cuda: WritingCuda) -> None:
    device = Cuda(DEVICE)
    began, go_on = threading.Event(), threading.Event()

    def work() -> torch.Tensor:
        began.set()
        assert go_on.wait(20)
        return cuda.work()

    recorder = threading.Thread(target=lambda: device.record(work))
    releaser = threading.Thread(target=device.release)
    recorder.start()
    try:
        assert began.wait(20)
        releaser.start()
    finally:
        go_on.set()
        recorder.join()
        releaser.join()
    end = cuda.calls.index("end")
    assert cuda.calls.index("empty cache") < end  # the recording's own
    assert cuda.calls[end + 3 :] == ["on cuda:1", "empty cache"]

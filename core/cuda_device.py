"""One CUDA device as an engine uses it: a stream, pinned memory, recorded graphs.

Nothing else in Fathom calls torch.cuda but to list the devices, so the rest of the path runs in tests without one.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

import torch
from torch import Tensor

WARM_UP_RUNS = 3  # the first picks the convolutions' algorithms; lazy set-up is over before the recording

# Held while a graph is recorded and while memory goes back to the driver, by whichever engine: torch cannot empty
# its cache during a recording, and a recording changes torch's process-wide switches.
_ALONE = threading.Lock()


class CudaRecording:
    """Work recorded as a CUDA graph: one launch instead of hundreds. Its memory is its own."""

    def __init__(self, graph: torch.cuda.CUDAGraph, output: Tensor, nbytes: int) -> None:
        self.output = output
        self.nbytes = nbytes
        self._graph = graph

    def replay(self) -> None:
        """Do the work again, on the calling thread's stream: reads what the work read, writes `output`."""
        self._graph.replay()


class Cuda:
    """A device and the one stream that an engine's frames run on.

    Used by: one thread at a time; `record` and `release` by any.
    """

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.memory_bytes = torch.cuda.get_device_properties(device).total_memory
        self._stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
        self._recording_stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
        self._done = torch.cuda.Event()  # type: ignore[no-untyped-call]
        torch.cuda.synchronize(device)  # the weights lie there, whichever stream brought them

    def enter_thread(self) -> None:
        """The current device is a matter of each thread."""
        torch.cuda.set_device(self.device)

    def stream(self) -> AbstractContextManager[object]:
        """Inside, what the calling thread starts on the device goes to the engine's stream, after all that the
        thread has started so far. Nobody waits for it."""
        self._stream.wait_stream(torch.cuda.current_stream(self.device))
        return torch.cuda.stream(self._stream)

    def wait(self) -> None:
        """Until all that was given to the stream is done."""
        self._done.record(self._stream)
        self._done.synchronize()

    def host_buffer(self, count: int, dtype: torch.dtype) -> Tensor:
        """Pinned: the device copies to and from it by itself."""
        return torch.empty(count, dtype=dtype, pin_memory=True)

    def record(self, work: Callable[[], Tensor]) -> CudaRecording:
        """Record `work`, which gives a tensor that each replay writes anew; other threads' work goes on meanwhile.

        Everything `work` reads must lie where it lies for as long as the recording is used.
        Raises: torch.OutOfMemoryError, RuntimeError; nothing is left behind.
        """
        with _ALONE, torch.cuda.device(self.device), _switches():
            stream = self._recording_stream
            stream.wait_stream(torch.cuda.current_stream(self.device))
            with torch.cuda.stream(stream):
                for _ in range(WARM_UP_RUNS):
                    work()
                stream.synchronize()
                # Nothing of the warm-up's may end in the graph. cuBLAS keeps its scratch memory for the stream's
                # next work, so a graph that runs would share it with the next recording's warm-up.
                torch._C._cuda_clearCublasWorkspaces()
                torch.cuda.empty_cache()
                before = torch.cuda.memory_reserved(self.device)
                try:
                    graph, output = _captured(work)
                finally:
                    torch._C._cuda_clearCublasWorkspaces()  # the graph's is the graph's alone
                stream.synchronize()
            return CudaRecording(graph, output, torch.cuda.memory_reserved(self.device) - before)

    def release(self) -> None:
        """Give memory that nobody holds back to the driver."""
        with _ALONE, torch.cuda.device(self.device):
            torch.cuda.empty_cache()


def _captured(work: Callable[[], Tensor]) -> tuple[torch.cuda.CUDAGraph, Tensor]:
    """`work` as a graph, on the current stream.

    Not by way of `torch.cuda.graph`, which in some versions collects garbage first, with all threads held up.
    """
    graph = torch.cuda.CUDAGraph()
    graph.capture_begin(capture_error_mode="thread_local")
    try:
        output = work()
    except BaseException:
        with suppress(RuntimeError):  # the capture is broken, which `work` has said already
            graph.capture_end()
        raise
    graph.capture_end()
    return graph, output


@contextmanager
def _switches() -> Iterator[None]:
    """torch's process-wide switches as a recording needs them, put back afterwards. Graphs keep what they were
    recorded with, so other engines' frames are not touched."""
    cudnn, matmul = torch.backends.cudnn, torch.backends.cuda.matmul
    wanted: tuple[tuple[Any, str, bool], ...] = (
        (cudnn, "benchmark", True),  # tunes at every new size, which a recording is the place for
        (cudnn, "allow_tf32", False),  # on in torch by default, and 1e-3 off
        (matmul, "allow_tf32", False),
        (matmul, "allow_fp16_reduced_precision_reduction", False),
        (matmul, "allow_bf16_reduced_precision_reduction", False),
    )
    before = [getattr(owner, name) for owner, name, _ in wanted]
    # cuDNN's attention, torch's first choice from Hopper on, plans each shape anew for half a second, and windows
    # have many; the memory-efficient kernel takes the bias as well.
    had_cudnn_attention = torch.backends.cuda.cudnn_sdp_enabled()  # type: ignore[no-untyped-call]
    try:
        torch.backends.cuda.enable_cudnn_sdp(False)
        for owner, name, value in wanted:
            setattr(owner, name, value)
        yield
    finally:
        torch.backends.cuda.enable_cudnn_sdp(had_cudnn_attention)
        for (owner, name, _), value in zip(wanted, before, strict=True):
            setattr(owner, name, value)

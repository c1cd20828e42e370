"""What torch's errors mean, in the words torch uses."""

import pytest
import torch

from core.device_errors import kind_of
from core.errors import DeviceLost, EngineError, NonFinite, OutOfMemory

HUGE = 10**15


def of_the_cpu() -> Exception:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(HUGE)
    return caught.value


@pytest.mark.parametrize(
    "error",
    [
        of_the_cpu(),
        MemoryError(),
        torch.OutOfMemoryError("Tried to allocate 2.00 GiB"),
        RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB."),
        RuntimeError("CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported"),
        torch.AcceleratorError("CUDA error: out of memory"),
        RuntimeError("MPS backend out of memory (MPS allocated: 18.12 GB)"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:127] DefaultCPUAllocator: not enough memory: you tried"),
        RuntimeError("CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED"),
        OutOfMemory("mapped already"),
    ],
    ids=lambda error: str(error).partition("\n")[0][:40],
)
def test_memory_that_ran_out(error: Exception) -> None:
    assert kind_of(error) is OutOfMemory


@pytest.mark.parametrize(
    "error",
    [
        torch.AcceleratorError("an illegal memory access was encountered"),
        RuntimeError("CUDA error: an illegal memory access was encountered"),
        RuntimeError("CUDA error: unspecified launch failure"),
        RuntimeError("CUDA error: device lost"),
        RuntimeError("CUDA driver error: invalid device context"),
        RuntimeError("HIP error: the operation cannot be performed in the present state"),
        RuntimeError("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"),
        RuntimeError("cuDNN error: CUDNN_STATUS_INTERNAL_ERROR"),
        DeviceLost("mapped already"),
    ],
    ids=lambda error: str(error)[:40],
)
def test_a_device_that_is_lost(error: Exception) -> None:
    assert kind_of(error) is DeviceLost


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (RuntimeError("shape '[1, 3]' is invalid for input of size 4"), EngineError),
        (RuntimeError("cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_COMPILATION_FAILED"), EngineError),
        (ValueError("no"), EngineError),
        (EngineError("of our own"), EngineError),
        (NonFinite("nan"), NonFinite),
    ],
)
def test_everything_else(error: Exception, kind: type[EngineError]) -> None:
    assert kind_of(error) is kind

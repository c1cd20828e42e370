"""What an error met while a network runs means: memory that ran out, a device that is lost, or something else.

Imports no torch: an error of torch's can only come where torch is imported already.
"""

import re
import sys
from typing import NamedTuple

from core.errors import DeviceLost, EngineError, OutOfMemory

_NO_MEMORY = re.compile(
    r"out of memory|can't allocate memory|cannot allocate memory|not enough memory|insufficient memory|bad_alloc"
    r"|_STATUS_(\w+_)?ALLOC(ATION)?_FAILED",
    re.IGNORECASE,
)
_LOST = re.compile(
    r"\b(CUDA|HIP|driver) error\b|_STATUS_(EXECUTION_FAILED|INTERNAL_ERROR(?!_)|MAPPING_ERROR|NOT_INITIALIZED)"
    r"|device (was |is |has been )?(lost|removed)|fallen off the bus",
    re.IGNORECASE,
)


def kind_of(error: BaseException) -> type[EngineError]:
    """OutOfMemory, DeviceLost, or EngineError for everything else.

    After a CUDA error that is not about memory, every later call in this process fails too, so that the device is
    as good as lost. Source: CUDA C++ programming guide, "Error checking"; torch's texts in c10/cuda and c10/core.
    """
    if isinstance(error, EngineError):
        return type(error)
    torch = sys.modules.get("torch")
    text = str(error)
    if isinstance(error, MemoryError) or _NO_MEMORY.search(text):
        return OutOfMemory
    if torch is not None and isinstance(error, torch.OutOfMemoryError):
        return OutOfMemory
    if _LOST.search(text) or isinstance(error, getattr(torch, "AcceleratorError", ())):
        return DeviceLost
    return EngineError


class Failure(NamedTuple):
    """What is kept of an error: its traceback would hold the tensors of the frame, whose memory is wanted back."""

    kind: type[EngineError]
    line: str

    @classmethod
    def of(cls, error: BaseException) -> "Failure":
        return cls(kind_of(error), str(error).strip().partition("\n")[0] or type(error).__name__)

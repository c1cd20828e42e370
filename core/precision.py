"""Which number format the network computes in: what "auto" means here, and what is safer than what.

Importing this loads no torch: the inference thread needs to know what is safer before there is an engine.
"""

import time
from functools import cache
from typing import TYPE_CHECKING

from core.errors import EngineError

if TYPE_CHECKING:
    import torch

PRECISIONS = ("fp32", "bf16", "fp16")  # from safe to daring
PRECISION_CHOICES = ("auto", *PRECISIONS)
SAFER = {"fp16": "bf16", "bf16": "fp32"}  # bfloat16 has float32's range, float32 its own exactness besides
CLEARLY_FASTER = 1.15
_RUNS = 20  # some 50 ms: a moment in which something else ran must not decide it


def pick_precision(wanted: str, device: "torch.device") -> str:
    """The precision for a setting. Raises: EngineError naming the precisions there are.

    "auto" is fp16 on a graphics processor. On the CPU it is what was measured: processors that have bfloat16
    instructions need not be faster with them, nor what runs on them.
    """
    if wanted == "auto":
        return "fp16" if device.type != "cpu" else ("bf16" if bf16_is_faster() else "fp32")
    if wanted not in PRECISIONS:
        raise EngineError(f"precision must be {', '.join(PRECISION_CHOICES)}, got {wanted!r}")
    return wanted


def decoder_precision(chosen: str, device: "torch.device") -> str:
    """What the decoder runs in when the rest runs in `chosen`: on a CPU float32, which has Winograd's convolution
    there, unless bfloat16 is faster all the same. More exact than was asked for, and no slower."""
    if device.type != "cpu" or (chosen == "bf16" and bf16_is_faster()):
        return chosen
    return "fp32"


def trains_in_bf16(device: "torch.device") -> bool:
    """Whether a training that begins there had better take its products in bfloat16."""
    return device.type == "cuda" or (device.type == "cpu" and bf16_is_faster())


@cache
def bf16_is_faster() -> bool:
    """Whether this CPU runs the decoder's 3x3 convolutions clearly faster in bfloat16; measured once."""
    import torch

    if not torch.cpu.get_capabilities().get("avx512_bf16", False):
        return False  # emulated: always slower
    times_ms: dict[torch.dtype, list[float]] = {torch.float32: [], torch.bfloat16: []}
    with torch.inference_mode():
        work = {dtype: _convolution(dtype) for dtype in times_ms}
        for run in range(1 + _RUNS):  # turn by turn, so that a busy machine slows both down
            for dtype, (conv, image_bchw) in work.items():
                began_s = time.perf_counter()
                conv(image_bchw)
                if run:  # the first sets up
                    times_ms[dtype].append(1e3 * (time.perf_counter() - began_s))
    # The fastest runs are those that nobody disturbed.
    return min(times_ms[torch.float32]) >= CLEARLY_FASTER * min(times_ms[torch.bfloat16])


def _convolution(dtype: "torch.dtype") -> "tuple[torch.nn.Conv2d, torch.Tensor]":
    """0.3 GFLOP of what the decoder mostly does, at a size at which it does it."""
    import torch

    from core.model.convolution import Conv3x3

    conv = Conv3x3(128, 128).to(dtype)
    conv.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    conv.make_fast()
    return conv, torch.ones(1, 128, 32, 32, dtype=dtype).to(memory_format=torch.channels_last)

"""Vectors of every pixel as three planes, (3, B, H, W): torch works far faster on planes than on triples.

And how what is worked out on the host gets to where the planes are.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


def moved(values: NDArray[np.generic], device: torch.device | str) -> Tensor:
    """A host array on the device, float32 where it has fractions; the host waits for the copy at most."""
    fractions = np.issubdtype(values.dtype, np.floating)
    array = np.ascontiguousarray(values, np.float32 if fractions else None)
    return torch.from_numpy(array).to(device, non_blocking=True)


def planes(triples: Tensor) -> Tensor:
    """(B, H, W, C) -> (C, B, H, W)."""
    return triples.movedim(-1, 0).contiguous()


def dot(a: Tensor, b: Tensor) -> Tensor:
    return torch.mul(a[0], b[0]).addcmul_(a[1], b[1]).addcmul_(a[2], b[2])


def cross(a: Tensor, b: Tensor) -> Tensor:
    product = torch.empty_like(a)
    for axis, (first, second) in enumerate(((1, 2), (2, 0), (0, 1))):
        torch.mul(a[first], b[second], out=product[axis]).addcmul_(a[second], b[first], value=-1)
    return product


def unit(vectors: Tensor) -> Tensor:
    return vectors * dot(vectors, vectors).clamp_(min=1e-12).rsqrt_()


def step_across(values: Tensor) -> Tensor:
    """What changes from each column to the next, (..., H, W) like the values; the last repeats."""
    step = torch.empty_like(values)
    torch.sub(values[..., 1:], values[..., :-1], out=step[..., :-1])
    step[..., -1] = step[..., -2]
    return step


def step_down(values: Tensor) -> Tensor:
    """The same from each row to the next."""
    step = torch.empty_like(values)
    torch.sub(values[..., 1:, :], values[..., :-1, :], out=step[..., :-1, :])
    step[..., -1, :] = step[..., -2, :]
    return step

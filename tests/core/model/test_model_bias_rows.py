"""The position bias in the form that fused attention on CUDA takes as it is."""

import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention

from core.model.size_plan import CUDA_ROW, in_rows_of

HEADS = 3


def bias_for(tokens: int) -> torch.Tensor:
    return torch.rand(HEADS, tokens, tokens, generator=torch.Generator().manual_seed(tokens))


@pytest.mark.parametrize("window_hw", [(19, 11), (3, 3), (6, 6), (10, 10), (1, 1)])
def test_every_row_begins_where_the_kernel_wants_it_and_nothing_else_changes(window_hw: tuple[int, int]) -> None:
    bias = bias_for(window_hw[0] * window_hw[1])
    laid_out = in_rows_of(CUDA_ROW, bias)
    assert torch.equal(laid_out, bias)
    *steps, last = laid_out[None].stride()
    assert last == 1
    assert all(step % CUDA_ROW == 0 for step in steps)


@pytest.mark.parametrize("side", [4, 8, 12, 16, 24])
def test_a_bias_that_lies_so_already_is_not_copied(side: int) -> None:
    bias = bias_for(side * side)
    assert in_rows_of(CUDA_ROW, bias) is bias


def test_attention_takes_it() -> None:
    bias = bias_for(9)
    q, k, v = torch.rand(3, 5, HEADS, 9, 8, generator=torch.Generator().manual_seed(0))
    plain = scaled_dot_product_attention(q, k, v, attn_mask=bias[None])
    assert torch.allclose(scaled_dot_product_attention(q, k, v, attn_mask=in_rows_of(8, bias)[None]), plain)

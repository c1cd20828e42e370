"""Pictures whose host's part was done by other processes."""

from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, resource_tracker

import pytest
import torch

from core.synthetic.rendering import render
from core.synthetic.workers import Renderers

SIZE = (32, 40)


@pytest.fixture(autouse=True)
def without_tracker() -> Iterator[None]:
    """The process in which Python keeps account of shared memory ends with the program, or here."""
    yield
    resource_tracker._resource_tracker._stop()


def test_they_are_the_same_in_turn_and_out_of_turn_and_nothing_stays() -> None:
    with Renderers(1) as renderers:
        for seeds in (range(3, 5), range(5, 7), [9, 1]):
            got, wanted = renderers(seeds, SIZE), render(seeds, SIZE)
            assert torch.equal(got.rgb, wanted.rgb)
            assert torch.equal(got.inverse_depth, wanted.inverse_depth)
        assert active_children()
    assert not active_children()
    renderers.close()


def test_a_killed_process_is_an_error_and_not_a_wait() -> None:
    with Renderers(1) as renderers:
        renderers(range(2), SIZE)
        for child in active_children():
            child.kill()
            child.join()
        with pytest.raises(BrokenProcessPool):
            renderers(range(100, 102), SIZE)

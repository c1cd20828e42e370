"""Pictures whose host's part was done by other processes."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing import active_children, resource_tracker
from pathlib import Path

import pytest
import torch

from core.errors import TrainingError
from core.synthetic.rendering import render
from core.synthetic.workers import Renderers

SIZE = (32, 40)
AT_WORK = """
import sys
from core.synthetic.workers import Renderers

if __name__ == "__main__":
    renderers = Renderers(1)
    renderers(range(2), (32, 40))
    print("at work", flush=True)
    sys.stdin.read()
"""


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
        with pytest.raises(TrainingError, match="was killed"):
            renderers(range(100, 102), SIZE)


def test_they_end_with_a_program_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "at_work.py"
    script.write_text(AT_WORK)
    with subprocess.Popen(
        [sys.executable, script],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as program:
        assert program.stdout is not None
        try:
            assert program.stdout.readline() == b"at work\n"
            program.kill()
            program.communicate(timeout=30)  # to the end of an output that all its processes hold open
        finally:
            with suppress(ProcessLookupError):  # nobody is left, unless this failed
                os.killpg(program.pid, signal.SIGKILL)

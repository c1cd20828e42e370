"""Reading weights that are to be refused, with no memory to spare."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import WeightsError
from core.weights.reader import read_weights


@contextlib.contextmanager
def little_memory(allowed_bytes: int = 512 << 20) -> Iterator[None]:
    """Asking for much more memory than there is in use now fails, whether or not it is then touched."""
    if not sys.platform.startswith("linux"):
        yield
        return
    import resource

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * os.sysconf("SC_PAGE_SIZE") + allowed_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def refusal(path: Path) -> str:
    """The one line with which `path` is refused."""
    with little_memory(), pytest.raises(WeightsError) as caught:
        read_weights(path)
    assert not isinstance(caught.value.__cause__, MemoryError)
    line = str(caught.value)
    assert line.isprintable()
    assert len(line) < 600
    assert path.name in line
    return line

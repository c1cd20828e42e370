"""How a download is proved, and where it may come from."""

import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from core.weights.catalogue import locate
from core.weights.http_file import FetchCancelled
from tests.support.checkpoints import TOY
from tests.support.file_server import FileServer
from tests.support.published_toys import fetch, locate_fails, refused

ROOT = Path(__file__).resolve().parents[3]


def test_what_has_come_is_checked_with_progress_and_kept_when_that_is_stopped(server: FileServer) -> None:
    shares: list[float] = []
    with pytest.raises(FetchCancelled):
        fetch("toy-128", cancelled=lambda: len(shares) > 0, checking=shares.append)
    assert locate_fails("toy-128")
    fetch("toy-128", checking=shares.append)
    assert len(server.requests) == 1, "all of it had come"
    assert shares[1:] == sorted(shares[1:])
    assert 0.9 < shares[-1] <= 1.0


def test_no_torch_is_needed(server: FileServer, tmp_path: Path) -> None:
    """A file that comes is proved without it: 900 MB of weights need not fit beside what runs."""
    program = (
        "import sys; from core.model.config import PUBLISHED, DPTConfig\n"
        "from core.weights import catalogue, download; from core.weights.published import *\n"
        f"PUBLISHED['toy'] = DPTConfig(**{asdict(TOY)!r})\n"
        "toy = PublishedModel('toy-128', 'toy', 1, Publisher.MIDAS, 'dpt_toy.pt', 800_000, 'MIT')\n"
        "download.PUBLISHED_MODELS = catalogue.PUBLISHED_MODELS = {'toy-128': toy}\n"
        "download.fetch('toy-128', lambda done, total: None, lambda: False); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
    assert locate("toy-128").is_file()


@pytest.mark.parametrize("mirror", ["ftp://10.0.0.2/models", "models", "file:///etc"])
def test_a_mirror_that_is_no_web_address(server: FileServer, monkeypatch: pytest.MonkeyPatch, mirror: str) -> None:
    monkeypatch.setenv("FATHOM_MODEL_MIRROR", mirror)
    assert "FATHOM_MODEL_MIRROR must begin with http" in refused("toy-128")
    assert server.requests == []

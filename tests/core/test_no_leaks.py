"""Changes of source, model, size and precision in a row, with the real things, leave nothing behind."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MOST_GROWTH_BYTES = 30 * 2**20


@pytest.mark.timeout(600)  # 40 s on two cores that are free
@pytest.mark.skipif(sys.platform != "linux", reason="counts files and memory through /proc")
def test_fifty_changes_leak_no_thread_no_file_and_little_memory(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "support.many_changes", str(tmp_path)],
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
        capture_output=True,
        text=True,
        timeout=580,
    )
    assert run.returncode == 0, run.stderr
    grown = json.loads(run.stdout)
    assert grown["threads"] <= 1  # a capture may still be letting go
    assert grown["files"] <= 1
    assert grown["bytes"] < MOST_GROWTH_BYTES
    assert grown["faults"] == []

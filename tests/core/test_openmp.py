import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOLD = "from core import openmp; openmp.wait_briefly(); import os, torch; print(os.environ.get('GOMP_SPINCOUNT'))"


@pytest.mark.parametrize(
    ("chosen", "spins"), [({}, "10000"), ({"GOMP_SPINCOUNT": "7"}, "7"), ({"OMP_WAIT_POLICY": "active"}, "None")]
)
def test_torch_is_told_before_it_is_imported_and_a_persons_choice_stays(
    chosen: dict[str, str], spins: str
) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("GOMP_SPINCOUNT",)}
    run = subprocess.run(
        [sys.executable, "-c", TOLD],
        cwd=ROOT,
        env={**environment, **chosen},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert run.stdout.strip() == spins

"""In processes of their own: what is told to the C library cannot be taken back."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FRAMES = 20
PROGRAM = f"""
import resource, sys
from core import allocator
if sys.argv[1] == "kept":
    allocator.keep_memory()

def frame():
    for megabytes in (1, 8, 40):
        b"x" * (megabytes << 20)

def resident_mb():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() >> 20

frame()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range({FRAMES}):
    frame()
faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
held = resident_mb()
allocator.give_back()
print(faults, held - resident_mb())
"""

glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="tells glibc how to keep memory")


def faults_and_given_back(how: str) -> tuple[int, int]:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, how], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    faults, megabytes = map(int, run.stdout.split())
    return faults, megabytes


@glibc
def test_a_frames_memory_is_there_for_the_next_and_given_back_when_asked() -> None:
    faults, given_back_mb = faults_and_given_back("kept")
    assert faults < FRAMES, "hardly one a frame"
    assert given_back_mb >= 40
    plain_faults, _ = faults_and_given_back("as it is")
    assert plain_faults > 100 * FRAMES, "or there is nothing to gain"

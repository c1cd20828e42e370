"""How long the threads of torch's team wait awake for each other, which has to be said before torch is imported.

At each of the hundreds of meeting points in a frame, GNU OpenMP lets a thread spin for milliseconds before it
sleeps. On a machine with nothing else to do that is right. Where another program keeps one of two processors busy,
the one spins while the other, which it waits for, waits for a processor: fathom-nano took 1 to 2.5 seconds a
frame. With short waits it takes 0.2 to 0.3 there, and alone as long as ever.

Source: libgomp's manual, GOMP_SPINCOUNT.
"""

import os

_SPINS = "10000"  # at 30,000 half of the harm is back; at 300 a frame takes half as long again on a free machine


def wait_briefly() -> None:
    """For this process; what a person has set stays."""
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", _SPINS)

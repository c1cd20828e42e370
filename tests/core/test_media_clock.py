import pytest

import core.media_clock
from core.media_clock import MediaClock
from support.fakes import picture


def test_pacing_keeps_the_files_own_times(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(core.media_clock.time, "monotonic", lambda: now[0])
    clock = MediaClock(paced=True)
    assert clock.due_s(picture(0, 5.0)) == 100.0, "the first is shown at once"
    clock.shown(picture(0, 5.0))
    assert clock.due_s(picture(1, 5.4)) == pytest.approx(100.4), "uneven times are kept"
    clock.shown(picture(1, 5.4))
    assert clock.due_s(None) == pytest.approx(100.8), "the last stays for as long as the one before"
    now[0] = 100.7
    assert clock.due_s(picture(2, 5.5)) == pytest.approx(100.5), "a little late is caught up"
    now[0] = 103.0
    assert clock.due_s(picture(2, 5.5)) == 103.0, "much too late goes on from here"
    clock.restart()
    assert clock.due_s(picture(9, 60.0)) == 103.0
    clock.restart()
    clock.shown(picture(9, 60.0))
    assert clock.due_s(None) == pytest.approx(103.4), "what a jump left out is no time to stand at the end"
    assert MediaClock(paced=False).due_s(picture(0, 1.0)) is None

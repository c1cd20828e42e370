import threading
import time

import pytest

from core.transport import Seek, Step, Transport, Turn
from support.fakes import LONG_S


def test_orders_are_taken_before_the_next_picture_and_the_newest_seek_wins() -> None:
    transport = Transport(loop=False)
    transport.resend()
    transport.seek(1.0)
    transport.seek(-5.0)
    assert transport.next(due_s=None) == Seek(0.0)
    assert transport.next(due_s=None) is Turn.PLAY


def test_steps_pause_and_add_up() -> None:
    transport = Transport(loop=False)
    transport.step(1)
    transport.step(1)
    transport.step(-3)
    assert transport.paused
    assert transport.next(due_s=None) == Step(-1)


def test_steps_that_are_taken_while_another_is_ordered_are_done_once(monkeypatch: pytest.MonkeyPatch) -> None:
    transport = Transport(loop=False)
    order, taken = transport._order, []

    def take() -> None:
        if transport._changed.acquire(blocking=False):
            taken.append(transport.poll())
            transport._changed.release()

    def order_as_another_takes(**values: bool | float) -> None:
        taker = threading.Thread(target=take)
        taker.start()
        taker.join(LONG_S)
        order(**values)

    monkeypatch.setattr(transport, "_order", order_as_another_takes)
    transport.step(1)
    transport.step(1)
    assert [*taken, transport.poll()] == [Step(2)]


def test_playing_after_the_end_starts_again_only_when_asked() -> None:
    transport = Transport(loop=False)
    transport.seek(2.0)
    assert transport.next(due_s=None, ended=True) == Seek(2.0)
    transport.play()
    assert transport.next(due_s=None, ended=True) == Seek(0.0)


def test_a_loop_starts_again_by_itself_but_not_while_paused() -> None:
    transport = Transport(loop=True)
    assert transport.next(due_s=None, ended=True) == Seek(0.0)
    transport.pause()
    assert transport.next(due_s=None, ended=True) is Turn.LOOK
    transport.resend()
    assert transport.next(due_s=None, ended=True) is Turn.RESEND


def test_resending_is_for_pictures_that_stand() -> None:
    transport = Transport(loop=False)
    transport.resend()
    assert transport.next(due_s=None) is Turn.PLAY
    transport.pause()
    assert transport.next(due_s=None) is Turn.LOOK
    transport.resend()
    assert transport.next(due_s=None) is Turn.RESEND


def test_an_order_interrupts_the_waiting() -> None:
    transport = Transport(loop=False)
    taken: list[object] = []
    waiting = threading.Thread(target=lambda: taken.append(transport.next(due_s=time.monotonic() + 10 * LONG_S)))
    waiting.start()
    transport.stop()
    waiting.join(LONG_S)
    assert taken == [Turn.STOP]


def test_a_live_source_takes_steps_but_no_positions() -> None:
    transport = Transport(loop=True)
    transport.seek(3.0)
    assert transport.poll() is None
    transport.step(2)
    assert transport.poll() == Step(2)
    transport.stop()
    assert transport.poll() is Turn.STOP


def test_a_seek_is_on_its_way_until_its_picture_has_come() -> None:
    transport = Transport(loop=False)
    assert transport.sought_s is None
    transport.seek(10.0)
    transport.arrived()
    assert transport.sought_s == 10.0, "a picture that was taken before"
    transport.next(due_s=None)
    transport.seek(15.0)
    transport.arrived()
    assert transport.sought_s == 15.0, "that of the seek before"
    transport.next(due_s=None)
    transport.arrived()
    assert transport.sought_s is None


def test_a_live_source_goes_nowhere() -> None:
    transport = Transport(loop=False)
    transport.seek(10.0)
    transport.poll()
    assert transport.sought_s is None

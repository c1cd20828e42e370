"""Both hand-offs between threads: what is kept, what is counted, how they end."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.handoff import Closed, FrameQueue, LatestSlot

Handoff: TypeAlias = LatestSlot[int] | FrameQueue[int]
WAIT_S = 60.0  # for what must happen; never passes in a good run


def in_a_thread(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, name="other side")
    thread.start()
    return thread


class Watched(threading.Condition):
    """A condition that tells when somebody waits on it, so that a test needs no sleep."""

    def __init__(self) -> None:
        super().__init__()
        self.somebody_waits = threading.Event()

    def wait(self, timeout: float | None = None) -> bool:
        self.somebody_waits.set()
        return super().wait(timeout)


def until_closed(handoff: Handoff) -> Iterator[int]:
    with suppress(Closed):
        while True:
            item = handoff.take(WAIT_S)
            assert item is not None, "the other side is stuck"
            yield item


def watch(handoff: Handoff) -> Watched:
    handoff._changed = watched = Watched()
    return watched


@given(st.lists(st.sampled_from(["put", "take"])))
def test_the_slot_gives_the_newest_once_and_counts_the_rest(steps: list[str]) -> None:
    slot: LatestSlot[int] = LatestSlot()
    put, taken, waiting = 0, [], None
    for step in steps:
        if step == "put":
            slot.put(put)
            waiting, put = put, put + 1
        else:
            item = slot.take(timeout_s=0)
            assert item == waiting
            waiting = None
            taken += [item] if item is not None else []
    assert taken == sorted(taken)
    assert slot.dropped == put - len(taken) - (waiting is not None)


@given(st.integers(1, 5), st.lists(st.sampled_from(["put", "take"])))
def test_the_queue_gives_every_item_in_order(capacity: int, steps: list[str]) -> None:
    queue: FrameQueue[int] = FrameQueue(capacity)
    put = taken = 0
    for step in steps:
        if step == "put" and put - taken < capacity:
            queue.put(put)
            put += 1
        elif step == "take":
            item = queue.take(timeout_s=0)
            assert item == (taken if taken < put else None)
            taken += item is not None
    assert queue.dropped == 0


def test_a_falsy_item_is_an_item() -> None:
    slot: LatestSlot[int] = LatestSlot()
    slot.put(0)
    assert slot.take() == 0
    queue: FrameQueue[str] = FrameQueue(1)
    queue.put("")
    assert queue.take() == ""


def test_a_reader_waits_for_the_slot_and_is_woken() -> None:
    slot: LatestSlot[int] = LatestSlot()
    watched = watch(slot)
    got: list[int | None] = []
    reader = in_a_thread(lambda: got.append(slot.take(WAIT_S)))
    assert watched.somebody_waits.wait(WAIT_S)
    slot.put(7)
    reader.join(WAIT_S)
    assert got == [7]
    assert slot.dropped == 0


def test_a_full_queue_holds_its_writer_until_there_is_room() -> None:
    queue: FrameQueue[int] = FrameQueue(2)
    for item in (0, 1):
        queue.put(item)
    watched = watch(queue)
    written = threading.Event()

    def write() -> None:
        queue.put(2)
        written.set()

    writer = in_a_thread(write)
    assert watched.somebody_waits.wait(WAIT_S)
    assert not written.is_set()
    assert queue.take() == 0
    writer.join(WAIT_S)
    assert written.is_set()
    assert [queue.take(), queue.take()] == [1, 2]


@pytest.mark.parametrize("make", [LatestSlot, lambda: FrameQueue(2)], ids=["slot", "queue"])
class TestBoth:
    def test_what_lies_here_can_still_be_taken(self, make: Callable[[], Handoff]) -> None:
        handoff = make()
        handoff.put(1)
        handoff.close()
        handoff.close()
        assert handoff.take() == 1
        for _ in range(2):
            with pytest.raises(Closed):
                handoff.take()

    def test_a_reader_may_wait_for_something_else_as_well(self, make: Callable[[], Handoff]) -> None:
        handoff = make()
        watched, other, got = watch(handoff), threading.Event(), []
        reader = in_a_thread(lambda: got.append(handoff.take(WAIT_S, other.is_set)))
        assert watched.somebody_waits.wait(WAIT_S)
        handoff.look_again()
        other.set()
        handoff.look_again()
        reader.join(WAIT_S)
        assert got == [None]
        handoff.put(5)
        assert handoff.take(WAIT_S, other.is_set) == 5, "what lies here is not held back"

    def test_nothing_more_is_accepted(self, make: Callable[[], Handoff]) -> None:
        handoff = make()
        handoff.close()
        with pytest.raises(Closed):
            handoff.put(1)
        with pytest.raises(Closed):
            handoff.take(timeout_s=0)

    def test_a_waiting_reader_is_told(self, make: Callable[[], Handoff]) -> None:
        handoff = make()
        watched = watch(handoff)
        told = threading.Event()

        def read() -> None:
            try:
                handoff.take()
            except Closed:
                told.set()

        reader = in_a_thread(read)
        assert watched.somebody_waits.wait(WAIT_S)
        handoff.close()
        reader.join(WAIT_S)
        assert told.is_set()


def test_a_writer_that_waits_for_room_is_told_of_the_end() -> None:
    queue: FrameQueue[int] = FrameQueue(1)
    queue.put(0)
    watched = watch(queue)
    told = threading.Event()

    def write() -> None:
        try:
            queue.put(1)
        except Closed:
            told.set()

    writer = in_a_thread(write)
    assert watched.somebody_waits.wait(WAIT_S)
    queue.close()
    writer.join(WAIT_S)
    assert told.is_set()
    assert queue.take() == 0


def test_between_two_threads_the_queue_loses_nothing() -> None:
    queue: FrameQueue[int] = FrameQueue(3)

    def write() -> None:
        for item in range(2000):
            queue.put(item)
        queue.close()

    writer = in_a_thread(write)
    got = list(until_closed(queue))
    writer.join(WAIT_S)
    assert got == list(range(2000))


def test_between_two_threads_the_slot_counts_every_item() -> None:
    slot: LatestSlot[int] = LatestSlot()

    def write() -> None:
        for item in range(2000):
            slot.put(item)
        slot.close()

    writer = in_a_thread(write)
    got = list(until_closed(slot))
    writer.join(WAIT_S)
    assert got[-1] == 1999
    assert got == sorted(set(got))
    assert len(got) + slot.dropped == 2000


@pytest.mark.parametrize("capacity", [0, -1])
def test_a_queue_without_room_is_refused(capacity: int) -> None:
    with pytest.raises(ValueError, match=f"at least one item, not {capacity}"):
        FrameQueue(capacity)

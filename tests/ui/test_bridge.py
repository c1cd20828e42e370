import threading

import pytest
from PyQt6.QtCore import QCoreApplication, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from support.waiting import until
from ui.bridge import Bridge

pytestmark = pytest.mark.window


def test_many_wakes_make_few_refreshes_and_none_is_missed(qapp: QApplication) -> None:
    bridge = Bridge()
    newest, seen, refreshes, posted = [0], [0], [0], [0]

    def refresh() -> None:
        refreshes[0] += 1
        seen[0] = newest[0]

    def count_posts() -> None:
        posted[0] += 1

    bridge.woken.connect(refresh)
    bridge._posted.connect(count_posts, Qt.ConnectionType.DirectConnection)

    def work() -> None:
        for _ in range(250):
            with lock:
                newest[0] += 1
            bridge.wake()

    lock = threading.Lock()
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    until(lambda: seen[0] == 1000)
    assert refreshes[0] <= 2  # the window's thread was held while all of them came
    assert posted[0] == 1  # the rest found one on its way


def test_wakes_while_refreshing_bring_another_refresh(qapp: QApplication) -> None:
    bridge = Bridge()
    states: list[int] = []
    state = [1]

    def refresh() -> None:
        states.append(state[0])
        if state[0] < 5:
            state[0] += 1
            bridge.wake()

    bridge.woken.connect(refresh)
    bridge.wake()
    until(lambda: states and states[-1] == 5)
    assert states == [1, 2, 3, 4, 5]


def test_the_refresh_runs_on_the_windows_thread(qapp: QApplication) -> None:
    bridge = Bridge()
    threads: list[int] = []
    bridge.woken.connect(lambda: threads.append(threading.get_ident()))
    other = threading.Thread(target=bridge.wake)
    other.start()
    other.join()
    until(lambda: threads)
    assert threads == [threading.get_ident()]


def test_a_wake_after_the_end_does_nothing(qapp: QApplication) -> None:
    bridge = Bridge()
    calls: list[int] = []
    bridge.woken.connect(lambda: calls.append(1))
    bridge.wake()
    bridge.close()
    wake = bridge.wake
    bridge.deleteLater()
    del bridge
    QCoreApplication.sendPostedEvents()
    QTest.qWait(10)
    wake()
    QTest.qWait(10)
    assert calls == []

"""What a person does with buttons and menus, and what came of it."""

from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QMenu

from support.fake_session import FakeSession


def click(widget: object) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def pick(menu: QMenu | None, text: str) -> None:
    """Choose the line of a menu that starts with `text`."""
    assert menu is not None
    next(action for action in menu.actions() if action.text().startswith(text)).trigger()


def lines(menu: QMenu | None) -> list[str]:
    assert menu is not None
    return [action.text().partition("\t")[0] for action in menu.actions() if action.text()]


def last_change(session: FakeSession) -> object:
    return session.asked("change")[-1][0]

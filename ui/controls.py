"""The few building blocks that every section of the window shares."""

from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

from PyQt6.QtCore import QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QAction, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStyleOptionButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
    QWidgetAction,
)

from ui import theme

CAPTION_PX = 76  # width of the captions before a control: one column through the whole panel


class Segment(NamedTuple):
    value: str
    text: str
    tip: str
    icon: str = ""


class Segments(QWidget):
    """A row of buttons of which exactly one is down."""

    chosen = pyqtSignal(str)  # by a person, not by set_value

    def __init__(self, name: str, segments: Iterable[Segment], *, tall: bool = False) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(name)
        self.setProperty("tall", tall)
        theme.set_role(self, "segments")
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(2)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QToolButton] = {}
        for value, text, tip, icon in segments:
            button = QToolButton()
            button.setText(text)
            button.setToolTip(tip)
            button.setAccessibleName(f"{name}: {text}")
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            if icon:
                button.setIcon(theme.icon(icon))
                button.setIconSize(QSize(20, 20))
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            button.clicked.connect(lambda _checked, chosen=value: self.chosen.emit(chosen))
            button.toggled.connect(partial(self._toggled, button))
            self._group.addButton(button)
            self.buttons[value] = button
            row.addWidget(button)

    def value(self) -> str:
        return next((value for value, button in self.buttons.items() if button.isChecked()), "")

    def set_value(self, value: str) -> None:
        self.buttons[value].setChecked(True)

    def _toggled(self, button: QToolButton, on: bool) -> None:
        """Tab comes to the one that is down; from there the arrows choose another."""
        if on:
            had_keys = any(each.hasFocus() for each in self.buttons.values())
            for each in self.buttons.values():
                each.setFocusPolicy(Qt.FocusPolicy.TabFocus if each is button else Qt.FocusPolicy.NoFocus)
            if had_keys:
                button.setFocus()


class ElidedLabel(QLabel):
    """One line that ends in … where it does not fit; the whole text is its tooltip then."""

    def __init__(self, role: str = "", mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
        super().__init__()
        self._whole = ""
        self._mode = mode
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setTextFormat(Qt.TextFormat.PlainText)
        if role:
            theme.set_role(self, role)

    def set_whole(self, text: str) -> None:
        if text != self._whole:
            self._whole = text
            self.setAccessibleName(text)
            self._fit()

    def whole(self) -> str:
        return self._whole

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        shown = QFontMetrics(self.font()).elidedText(self._whole, self._mode, max(self.width(), 0))
        self.setText(shown)
        self.setToolTip(self._whole if shown != self._whole else "")


class PickerButton(QPushButton):
    """A wide button with an icon and a name that opens a menu; the name is elided to fit."""

    def __init__(self, what: str, *, spared_px: int = 72) -> None:
        """`spared_px`: what icon, sign of the menu and paddings need beside the name."""
        super().__init__()
        self._what = what
        self._spared_px = spared_px
        self._whole = ""
        theme.set_role(self, "picker")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setIconSize(QSize(18, 18))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_choice(self, text: str, icon: str = "") -> None:
        self._whole = text
        if icon:
            self.setIcon(theme.icon(icon))
        self.setAccessibleName(f"{self._what}: {text}")
        self._fit()

    def choice(self) -> str:
        return self._whole

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fit()

    def initStyleOption(self, option: QStyleOptionButton | None) -> None:
        """Without the style's own sign of a menu, which cannot be placed without losing the padding."""
        super().initStyleOption(option)
        if option is not None:
            option.features &= ~QStyleOptionButton.ButtonFeature.HasMenu

    def paintEvent(self, event: QPaintEvent | None) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        side = 16
        where = QRect(self.width() - side - 5, (self.height() - side) // 2, side, side)
        theme.icon("chevron-down").paint(painter, where)
        painter.end()

    def _fit(self) -> None:
        room_px = self.width() - self._spared_px
        text = QFontMetrics(self.font()).elidedText(self._whole, Qt.TextElideMode.ElideMiddle, max(room_px, 0))
        self.setText(text.replace("&", "&&"))


def push_button(text: str = "", tip: str = "", *, icon: str = "", role: str = "") -> QPushButton:
    """Like all controls it takes the keys from Tab, not from a click: they stay the window's."""
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if icon:
        button.setIcon(theme.icon(icon))
    if role:
        theme.set_role(button, role)
    return button


def check_box(text: str, tip: str) -> QCheckBox:
    box = QCheckBox(text)
    box.setToolTip(tip)
    box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return box


def icon_button(icon: str, name: str, tip: str, *, checkable: bool = False) -> QToolButton:
    button = QToolButton()
    button.setIcon(theme.icon(icon))
    button.setIconSize(QSize(20, 20))
    button.setAccessibleName(name)
    button.setToolTip(tip)
    button.setCheckable(checkable)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def combo(name: str, tip: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setToolTip(tip)
    box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return box


def caption(text: str, tip: str) -> QLabel:
    label = QLabel(text)
    label.setToolTip(tip)
    label.setFixedWidth(CAPTION_PX)
    return label


def captioned(text: str, control: QWidget, *more: QWidget) -> QWidget:
    """A line of the panel: caption, control that takes the room, and what follows it."""
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme.GRID_PX)
    row.addWidget(caption(text, control.toolTip()))
    row.addWidget(control, stretch=1)
    for widget in more:
        row.addWidget(widget)
    return line


def section(title: str) -> tuple[QWidget, QVBoxLayout]:
    """A part of the panel under its heading."""
    widget = QWidget()
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(theme.GRID_PX)
    heading = QLabel(title)
    theme.set_role(heading, "heading")
    column.addWidget(heading)
    return widget, column


def add_action(menu: QMenu, icon: str, text: str, tip: str = "") -> QAction:
    """A line of `menu`; `text` may end in a tab and what stands at the right."""
    action = QAction(theme.icon(icon), text, menu)
    action.setToolTip(tip)
    menu.addAction(action)
    return action


def add_heading(menu: QMenu, text: str) -> None:
    """A line in `menu` that names the group below it."""
    label = QLabel(text)
    label.setContentsMargins(theme.GRID_PX, 4, theme.GRID_PX, 4)
    theme.set_role(label, "muted")
    heading = QWidgetAction(menu)
    heading.setDefaultWidget(label)
    heading.setEnabled(False)
    menu.addAction(heading)


def rule() -> QFrame:
    line = QFrame()
    theme.set_role(line, "line")
    return line

"""Fields that a number is typed into, and give the keyboard back when it was."""

from PyQt6.QtCore import QEvent, QLocale, QObject, QSignalBlocker, Qt
from PyQt6.QtGui import QFocusEvent
from PyQt6.QtWidgets import QApplication, QDoubleSpinBox, QWidget

from app.settings import OPTIONS


class NumberField(QDoubleSpinBox):
    """What was typed counts from Enter, Tab or a click anywhere else; Esc drops it (`Commands.leave`)."""

    def __init__(self, name: str, tip: str) -> None:
        super().__init__()
        self.setLocale(QLocale.c())
        self.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # not by the wheel, which scrolls
        self.setAccessibleName(name)
        self.setToolTip(tip)
        line = self.lineEdit()
        if line is not None:
            line.returnPressed.connect(self.clearFocus)  # done: the keys belong to the window again

    def show_value(self, value: float) -> None:
        """Not while another is being typed."""
        if not self.hasFocus():
            with QSignalBlocker(self):
                self.setValue(value)

    def drop(self) -> None:
        """Forget what was typed."""
        self.setValue(self.value())
        self.clearFocus()

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        super().focusInEvent(event)
        if (app := QApplication.instance()) is not None:
            app.installEventFilter(self)

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        if (app := QApplication.instance()) is not None:
            app.removeEventFilter(self)
        super().focusOutEvent(event)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Buttons take no focus from a click, so the field sees to it that what was typed counts before theirs."""
        if event is not None and event.type() == QEvent.Type.MouseButtonPress:
            is_elsewhere = isinstance(watched, QWidget) and watched is not self and not self.isAncestorOf(watched)
            if is_elsewhere:
                self.clearFocus()
        return super().eventFilter(watched, event)


class SettingField(NumberField):
    """Of a setting that is a whole number, with the limits and the help that the setting has."""

    def __init__(self, setting: str, *, suffix: str, accessible_name: str, step: float = 1.0) -> None:
        limits = OPTIONS[setting]
        super().__init__(accessible_name, limits.help)
        self.setRange(limits.low or 0.0, limits.high or 0.0)
        self.setDecimals(0)
        self.setSuffix(suffix)
        self.setSingleStep(step)

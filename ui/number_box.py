"""A field for a setting that is a whole number, with the limits and the help that the setting has."""

from PyQt6.QtCore import QLocale
from PyQt6.QtWidgets import QDoubleSpinBox

from app.settings import OPTIONS


class NumberBox(QDoubleSpinBox):
    def __init__(self, setting: str, *, suffix: str, accessible_name: str, step: float = 1.0) -> None:
        super().__init__()
        limits = OPTIONS[setting]
        self.setLocale(QLocale.c())
        self.setRange(limits.low or 0.0, limits.high or 0.0)
        self.setDecimals(0)
        self.setSuffix(suffix)
        self.setSingleStep(step)
        self.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.setKeyboardTracking(False)
        self.setAccessibleName(accessible_name)
        self.setToolTip(limits.help)
        line = self.lineEdit()
        if line is not None:
            line.returnPressed.connect(self.clearFocus)  # done: the keys belong to the window again

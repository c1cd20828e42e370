"""The choice of colours, each shown as a strip of what it looks like."""

from functools import cache

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QIcon, QPixmap
from PyQt6.QtWidgets import QComboBox, QSizePolicy

from app.settings import COLORMAPS
from core.colormaps import table
from ui.images import image_of

_SWATCH_PX = QSize(72, 14)


class ColormapCombo(QComboBox):
    chosen = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Colour map")
        self.setToolTip("Colours of depth: the left end is far, the right end near. (M, Shift M)")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setIconSize(_SWATCH_PX)
        self.setMaxVisibleItems(len(COLORMAPS))
        for name in COLORMAPS:
            self.addItem(_swatch(name), name.capitalize(), name)
        self.activated.connect(lambda index: self.chosen.emit(self.itemData(index)))

    def set_value(self, name: str) -> None:
        self.setCurrentIndex(self.findData(name))

    def step(self, steps: int) -> None:
        """The next or the previous one, round and round."""
        self.setCurrentIndex((self.currentIndex() + steps) % self.count())
        self.chosen.emit(self.currentData())


@cache
def _swatch(name: str) -> QIcon:
    return QIcon(QPixmap.fromImage(image_of(table(name)[None])).scaled(_SWATCH_PX * 2))

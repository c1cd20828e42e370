"""How the cells of a comparison lie: as many columns as show the pictures largest."""

import math

from PyQt6.QtCore import QRect, QSize
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QWidget

GAP_PX = 2


def columns_of(cells: int, room_wh: tuple[float, float], picture_hw: tuple[int, int], beside_px: float) -> int:
    """How many columns show pictures of `picture_hw` largest in `room_wh` logical pixels.

    `beside_px`: what a cell needs above and below its picture. Fewer columns where two are as good.
    """

    def scale(columns: int) -> float:
        rows = math.ceil(cells / columns)
        height, width = picture_hw
        return min(room_wh[0] / columns / width, max(room_wh[1] / rows - beside_px, 1.0) / height)

    return max(range(1, max(cells, 1) + 1), key=lambda columns: (round(scale(columns), 6), -columns))


def places(cells: int, columns: int, room_wh: tuple[int, int]) -> list[QRect]:
    """Cells of one size, to the pixel, row by row, with a gap between them."""
    rows = math.ceil(cells / columns)
    lefts = [round(column * (room_wh[0] + GAP_PX) / columns) for column in range(columns + 1)]
    tops = [round(row * (room_wh[1] + GAP_PX) / rows) for row in range(rows + 1)]
    found = []
    for number in range(cells):
        row, column = divmod(number, columns)
        width, height = lefts[column + 1] - lefts[column] - GAP_PX, tops[row + 1] - tops[row] - GAP_PX
        found.append(QRect(lefts[column], tops[row], max(width, 0), max(height, 0)))
    return found


class Grid(QWidget):
    """Places cells by hand: a layout would give more room to those with longer texts. Used by: window thread."""

    def __init__(self, beside_px: int) -> None:
        """`beside_px`: what a cell needs above and below its picture."""
        super().__init__()
        self._beside_px = beside_px
        self._cells: list[QWidget] = []
        self._is_flat = False
        self._picture_hw = (3, 4)
        self.columns = 1

    def set_cells(self, cells: list[QWidget], *, flat: bool) -> None:
        """Show these, in this order, `flat` all in one row; those that were shown before are hidden."""
        if cells == self._cells and flat is self._is_flat:
            return
        self._is_flat = flat
        for cell in self._cells:
            if cell not in cells:
                cell.hide()
        self._cells = list(cells)
        self._lay_out()
        for cell in cells:
            cell.setParent(self)
            cell.show()
        self.updateGeometry()

    def set_picture(self, picture_hw: tuple[int, int]) -> None:
        if picture_hw != self._picture_hw:
            self._picture_hw = picture_hw
            self._lay_out()

    def sizeHint(self) -> QSize:
        return QSize(400, max((cell.sizeHint().height() for cell in self._cells), default=0))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height() if self._is_flat else 0)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        if not self._cells:
            return
        room_wh, count = (self.width(), self.height()), len(self._cells)
        self.columns = count
        if not self._is_flat:
            self.columns = columns_of(count, room_wh, self._picture_hw, self._beside_px)
        for cell, place in zip(self._cells, places(count, self.columns, room_wh), strict=True):
            cell.setGeometry(place)

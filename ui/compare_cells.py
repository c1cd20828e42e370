"""One cell for each lane, as long as the lane lives."""

from PyQt6.QtCore import QObject, pyqtSignal

from core.comparing.view import LaneView
from ui import theme
from ui.compare_cell import LaneCell
from ui.compare_link import ViewportLink


class LaneCells(QObject):
    """Owns the cells and gives each a colour that no other has. All signals carry the number of a lane.

    Used by: window thread.
    """

    reference_asked = pyqtSignal(int)
    removed = pyqtSignal(int)
    retried = pyqtSignal(int)
    shown_asked = pyqtSignal(int)  # beside the reference, in layouts of two
    choice_asked = pyqtSignal(int, object)  # and the widget it is to open under
    painted = pyqtSignal(float, float)  # as Viewport's, of any cell

    def __init__(self, link: ViewportLink, parent: QObject) -> None:
        super().__init__(parent)
        self._link = link
        self.by_number: dict[int, LaneCell] = {}

    def of(self, lane: LaneView) -> LaneCell:
        return self.by_number[lane.number]

    def keep(self, numbers: list[int]) -> None:
        """Have a cell for each of these lanes and for no other."""
        for number in self.by_number.keys() - set(numbers):
            cell = self.by_number.pop(number)
            self._link.remove(cell.viewport)
            cell.hide()
            cell.setParent(None)
            cell.deleteLater()
        for number in numbers:
            if number not in self.by_number:
                self.by_number[number] = self._new(number)

    def _new(self, number: int) -> LaneCell:
        taken = {cell.colour for cell in self.by_number.values()}
        cell = LaneCell(number, next(colour for colour in theme.LANES if colour not in taken))
        header = cell.header
        header.reference_asked.connect(lambda: self.reference_asked.emit(number))
        header.removed.connect(lambda: self.removed.emit(number))
        header.shown_asked.connect(lambda: self.shown_asked.emit(number))
        header.choice_asked.connect(lambda: self.choice_asked.emit(number, header.name))
        cell.retried.connect(lambda: self.retried.emit(number))
        cell.viewport.painted.connect(self.painted)
        self._link.add(cell.viewport)
        return cell

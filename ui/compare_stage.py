"""All that is shown while lanes are compared: bar, cells or pair, legend, notes, chart."""

import time
from dataclasses import replace

from PyQt6.QtCore import QSize, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.settings import DEFAULTS, Settings
from core.comparing.view import ComparisonView, LaneView
from core.look import Look, View
from core.messages import DepthResult, Frame
from ui.compare_bar import CompareBar
from ui.compare_cell import BESIDE_PX
from ui.compare_cells import LaneCells
from ui.compare_chart import Chart
from ui.compare_grid import Grid
from ui.compare_header import HEIGHT_PX as HEADER_PX
from ui.compare_header import lane_title
from ui.compare_legend import DifferenceLegend
from ui.compare_link import ViewportLink
from ui.compare_looks import DIFFERENCE_LOOK, LaneLooks
from ui.compare_pair import PairView, Side
from ui.compare_picture import PictureCell
from ui.compare_probe import depth_under, difference_under
from ui.controls import ElidedLabel
from ui.probe import probe

FLAT = ("wipe", "blink")  # layouts of two lanes in one place; all lanes are cards below it
_CHART_FROM_PX = 470  # a lower stage keeps its room for pictures


class CompareStage(QWidget):
    """Shows what `ComparisonView` says and tells what a person wants of it. Used by: window thread."""

    probed = pyqtSignal(object)  # Probe in the reference lane, or None
    painted = pyqtSignal(float, float)  # as Viewport's, once for each result of the reference lane
    wipe_dragged = pyqtSignal(float)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("compareStage")
        self.bar = CompareBar()
        self.grid = Grid(BESIDE_PX)
        self.pair = PairView()
        self.legend = DifferenceLegend()
        self.notes = ElidedLabel("notes")
        self.chart = Chart()
        self.picture = PictureCell()
        self.link = ViewportLink(self)
        self.lanes = LaneCells(self.link, self)
        self.view: ComparisonView | None = None
        self._looks = LaneLooks()
        self._settings = DEFAULTS
        self._other = -1  # number of the lane beside the reference in layouts of two
        self._differences: dict[int, DepthResult] = {}  # maps of differences as results, by the lane's number
        self._told: DepthResult | None = None  # whose paint was told last
        self._lay_out()
        for viewport in (self.pair.viewport, self.picture.viewport):
            self.link.add(viewport)
        self.link.moved.connect(self._show_values)
        self.pair.viewport.wipe_dragged.connect(self.wipe_dragged)
        for painted in (self.pair.viewport.painted, self.lanes.painted):
            painted.connect(self._tell_painted)
        self.lanes.shown_asked.connect(self._choose_other)

    @property
    def pictures_top_px(self) -> int:
        """From where nothing that must stay in reach is covered."""
        return self.bar.height() + HEADER_PX

    # What is shown

    @property
    def reference(self) -> LaneView | None:
        return None if self.view is None else self.view.lane(self.view.reference)

    @property
    def shared_look(self) -> Look | None:
        """The colours of the reference's values; None while there is none."""
        reference = self.reference
        return None if self.view is None or reference is None else self._look_of(reference, self.view)

    @property
    def shares_range(self) -> bool:
        """Whether one range of colours holds for all that is shown."""
        return self._settings.compare_one_range and self._settings.compare_layout != "difference"

    @property
    def other(self) -> LaneView | None:
        """The lane beside the reference in layouts of two: the one chosen, else the next."""
        if self.view is None:
            return None
        others = [lane for lane in self.view.lanes if lane.number != self.view.reference]
        return next((lane for lane in others if lane.number == self._other), others[0] if others else None)

    def set_settings(self, settings: Settings) -> None:
        self._settings = settings
        self.bar.set_settings(settings)
        self._arrange()
        self._show_pictures()

    def show_view(self, view: ComparisonView) -> None:
        """A new view: states and pictures at once, figures with `tick`, but for what a person has just changed."""
        before, self.view = self.view, view
        self.lanes.keep([lane.number for lane in view.lanes])
        for gone in self._differences.keys() - self.lanes.by_number.keys():
            del self._differences[gone]
        self.bar.show_view(view)
        self._looks.follow(view)
        for position, lane in enumerate(view.lanes, 1):
            self.lanes.of(lane).show_lane(lane, view, position=position)
        self._arrange()
        self._show_pictures()
        if before is None or _shape_of(before) != _shape_of(view):
            self.tick()

    def show_frame(self, frame: Frame) -> None:
        """Colour alone, for lanes that have no depth yet and for the picture."""
        reference = self.reference
        if reference is None or reference.result is None:
            self._show_picture(frame, "")
        for cell in self.lanes.by_number.values():
            if cell.viewport.result is None:
                cell.viewport.show_frame(frame)

    def tick(self) -> None:
        """Figures, chart and notes: what changes faster than twice a second cannot be read."""
        view = self.view
        if view is None:
            return
        for lane in view.lanes:
            self.lanes.of(lane).show_figures(lane, view)
        if not self.chart.isHidden():
            lanes = [(self.lanes.of(lane).colour, lane) for lane in view.lanes]
            self.chart.show_lanes(lanes, time.monotonic(), view.overhead)
        self.notes.set_whole(" · ".join(reversed(view.notes)))
        self.notes.setVisible(bool(view.notes))

    def clear(self) -> None:
        """Comparing has ended: forget the lanes, hold no frame, run no timer."""
        self.view = None
        self._arrange()
        self.pair.rest()
        self.picture.viewport.clear()
        self.lanes.keep([])
        self._differences.clear()
        self._looks = LaneLooks()
        self._told = None
        self.notes.set_whole("")
        self.probed.emit(None)

    def next_pair(self) -> None:
        """Another lane beside the reference, round and round."""
        if self.view is None or self.other is None:
            return
        others = [lane.number for lane in self.view.lanes if lane.number != self.view.reference]
        self._choose_other(others[(others.index(self.other.number) + 1) % len(others)])

    def sizeHint(self) -> QSize:
        return QSize(800, 600)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Show the parts that belong to the layout, and as much as there is room for."""
        settings, view = self._settings, self.view
        flat = settings.compare_layout in FLAT
        self.pair.setVisible(flat)
        self.legend.setVisible(settings.compare_layout == "difference")
        self.chart.setVisible(settings.compare_chart and self.height() >= _CHART_FROM_PX)
        self.pair.blink(settings.blink_fps if settings.compare_layout == "blink" and view is not None else None)
        policies = QSizePolicy.Policy
        self.grid.setSizePolicy(policies.Ignored, policies.Maximum if flat else policies.Expanding)
        if view is None:
            self.grid.set_cells([], flat=flat)
            return
        other = self.other
        for lane in view.lanes:
            cell = self.lanes.of(lane)
            is_reference = lane.number == view.reference
            in_pair = is_reference or (other is not None and lane.number == other.number)
            cell.set_flat(flat=flat)
            cell.header.show_pair(in_pair=in_pair, offered=flat and not is_reference and len(view.lanes) > 2)
        shown: list[QWidget] = [self.lanes.of(lane) for lane in view.lanes]
        if settings.compare_picture and not flat:
            shown.append(self.picture)
        self.grid.set_cells(shown, flat=flat)

    def _choose_other(self, number: int) -> None:
        self._other = number
        self._arrange()
        self._show_pictures()

    # Pictures

    def _show_pictures(self) -> None:
        view, settings = self.view, self._settings
        if view is None:
            return
        reference = self.reference
        if reference is not None and reference.result is not None:
            self._show_picture(reference.result.frame, view.truth)
        if settings.compare_layout in FLAT:
            other = self.other or reference  # a lane that is alone stands beside itself
            if reference is not None and other is not None:
                self.pair.show_pair(self._side(reference, view), self._side(other, view), settings.wipe)
        else:
            for lane in view.lanes:
                cell = self.lanes.of(lane)
                if self._differs(lane, view):
                    cell.show_result(self._difference_of(lane), DIFFERENCE_LOOK)
                else:
                    cell.show_result(lane.result, self._look_of(lane, view))
        self._show_values()

    def _show_picture(self, frame: Frame, truth: str) -> None:
        self.grid.set_picture(frame.rgb.shape[:2])
        self.picture.show_frame(frame, truth)

    def _look_of(self, lane: LaneView, view: ComparisonView) -> Look:
        settings = self._settings
        base = Look(View.DEPTH, settings.colormap, settings.invert)
        is_reference = lane.number == view.reference
        return self._looks.look(lane, base, is_reference=is_reference, one_range=settings.compare_one_range)

    def _differs(self, lane: LaneView, view: ComparisonView) -> bool:
        """Whether its cell shows the difference from the reference."""
        return self._settings.compare_layout == "difference" and lane.number != view.reference

    def _difference_of(self, lane: LaneView) -> DepthResult | None:
        """The same object as long as the map is the same, so that it is painted once."""
        if lane.result is None or lane.difference is None:
            return None
        kept = self._differences.get(lane.number)
        if kept is None or kept.inverse_depth is not lane.difference:
            kept = replace(lane.result, inverse_depth=lane.difference)
            self._differences[lane.number] = kept
        return kept

    def _side(self, lane: LaneView, view: ComparisonView) -> Side:
        return Side(lane.result, self._look_of(lane, view), lane_title(lane), self.lanes.of(lane).colour)

    # The cursor, and what was painted

    def _show_values(self) -> None:
        view, place = self.view, self.link.place
        if view is None:
            return
        texts = {lane.number: self._words_under(lane, view) for lane in view.lanes}
        for number, text in texts.items():
            self.lanes.by_number[number].show_value(text)
        reference, other = self.reference, self.other
        if reference is not None and other is not None:
            self.pair.show_values(texts[reference.number], texts[other.number])
        result = reference.result if reference is not None else None
        self.probed.emit(None if place is None or result is None else probe(result, place))

    def _words_under(self, lane: LaneView, view: ComparisonView) -> str:
        place = self.link.place
        if place is None:
            return ""
        if self._differs(lane, view):
            return difference_under(self._difference_of(lane), place)
        return depth_under(lane, place, fitted=self._settings.compare_one_range)

    def _tell_painted(self, latency_ms: float, at_s: float) -> None:
        reference = self.reference
        if reference is not None and reference.result is not None and reference.result is not self._told:
            self._told = reference.result
            self.painted.emit(latency_ms, at_s)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.pair, stretch=1)
        column.addWidget(self.grid, stretch=1)
        for part in (self.legend, self.notes, self.chart):
            column.addWidget(part)
        self.picture.setParent(self.grid)
        self.picture.hide()


def _shape_of(view: ComparisonView) -> tuple[object, ...]:
    """What a person changes: figures follow it at once."""
    lanes = tuple((lane.number, lane.state, lane.info) for lane in view.lanes)
    return lanes, view.reference, view.same_frame, view.truth

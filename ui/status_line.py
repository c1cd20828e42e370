"""The line at the bottom: rates, latency, what runs where, drops, and the depth under the cursor."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QWidget

from core.comparing.measures import LiveError
from ui import theme
from ui.probe import Probe
from ui.wording import value_text

HEIGHT_PX = 28
_GAP_PX = 14


@dataclass(frozen=True, slots=True)
class Figures:
    """What the line shows; None where there is no figure, which shows as a dash."""

    source_fps: float | None = None
    depth_fps: float | None = None
    window_fps: float | None = None
    latency_ms: float | None = None
    age_ms: float | None = None
    network_hw: tuple[int, int] | None = None
    precision: str = ""
    device: str = ""
    dropped: int | None = None
    non_finite: int = 0
    error: LiveError | None = None


class _Cell(NamedTuple):
    caption: str
    widest: str  # a text that needs all the room the figure may ever need
    tip: str
    text: Callable[[Figures], str]  # empty: the cell takes no room
    leaves: int  # where there is no room, the highest number leaves first


_CELLS = (
    _Cell("source", "000.0 fps", "Pictures a second that the source delivers", lambda f: _fps(f.source_fps), 3),
    _Cell("depth", "000.0 fps", "Depth results a second", lambda f: _fps(f.depth_fps), 0),
    _Cell("window", "000.0 fps", "New depth results a second that were painted", lambda f: _fps(f.window_fps), 7),
    _Cell(
        "latency",
        "0000 ms",
        "From the moment a picture was captured until its depth was painted",
        lambda f: _ms(f.latency_ms),
        1,
    ),
    _Cell("age", "000 ms", "How old the depth on the screen is now", lambda f: _age(f.age_ms), 8),
    _Cell(
        "network",
        "0000 × 0000",
        "Width × height of what the network sees",
        lambda f: f"{f.network_hw[1]} × {f.network_hw[0]}" if f.network_hw else "–",
        2,
    ),
    _Cell("", "fp32", "Precision: the number format the network computes in", lambda f: f.precision, 5),
    _Cell(
        "", "", "Where the network runs; recorded: none runs, a recording holds this depth", lambda f: f.device, 6
    ),
    _Cell(
        "dropped",
        "00000",
        "Pictures that a newer one replaced before the network was free",
        lambda f: "–" if f.dropped is None else str(f.dropped),
        4,
    ),
    _Cell(
        "error",
        "",
        "AbsRel: by how much depth is off from the true one, on average, once scale and shift are fitted.\n"
        "row: that of saying that what is lower in the picture is nearer, which any network has to beat.",
        lambda f: _error(f.error) if f.error else "",
        3,
    ),
    _Cell(
        "not finite",
        "",
        "Pictures whose depth was not finite: the depth before them stayed on the screen",
        lambda f: str(f.non_finite) if f.non_finite else "",
        4,
    ),
)


class StatusLine(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("status")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Status")
        self.setFixedHeight(HEIGHT_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(_GAP_PX)
        self.figures: list[QLabel] = []
        self._parts: list[QWidget] = []
        for cell in _CELLS:
            part, figure = _part(cell)
            self.figures.append(figure)
            self._parts.append(part)
            row.addWidget(part)
        row.addStretch()
        self.probe = QLabel()
        self.probe.setFont(theme.tabular(self.probe.font()))
        theme.set_role(self.probe, "figure")
        self.probe.setToolTip(
            "Depth under the cursor and the pixel of the picture.\n"
            "The value is relative: it has no unit, and larger is nearer."
        )
        row.addWidget(self.probe)
        self.show_figures(Figures())
        self.show_probe(None)

    def show_figures(self, figures: Figures) -> None:
        changed_room = False
        for cell, label in zip(_CELLS, self.figures, strict=True):
            text = cell.text(figures)
            if text != label.text():
                changed_room = changed_room or not cell.widest or not text or not label.text()
                label.setText(text)
        if changed_room:
            self._fit()

    def show_probe(self, probe: Probe | None) -> None:
        if probe is None:
            self.probe.setText("")
        else:
            value = value_text(probe.inverse_depth)
            self.probe.setText(f"depth {value} at {probe.x_px}, {probe.y_px} (relative, larger is nearer)")

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self):  # type: ignore[no-untyped-def]
        return super().minimumSizeHint().boundedTo(self.size())

    def _fit(self) -> None:
        """Let the least needed figures leave where the line is short. Room for the probe is always kept."""
        probe_px = self.probe.fontMetrics().horizontalAdvance(
            "depth 0000.0 at 0000, 0000 (relative, larger is nearer)"
        )
        room_px = self.width() - 24 - probe_px - _GAP_PX
        cells = zip(_CELLS, self._parts, self.figures, strict=True)
        for _, part, figure in sorted(cells, key=lambda cell: cell[0].leaves):
            if figure.text():
                room_px -= part.sizeHint().width() + _GAP_PX
            part.setVisible(bool(figure.text()) and room_px >= 0)


def _part(cell: _Cell) -> tuple[QWidget, QLabel]:
    part = QWidget()
    part.setToolTip(cell.tip)
    row = QHBoxLayout(part)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(5)
    if cell.caption:
        row.addWidget(QLabel(cell.caption))
    figure = QLabel()
    theme.set_role(figure, "figure")
    figure.setFont(theme.tabular(figure.font()))
    figure.setAccessibleName(cell.tip)
    if cell.widest:
        figure.setMinimumWidth(figure.fontMetrics().horizontalAdvance(cell.widest))
    row.addWidget(figure)
    return part, figure


def _fps(rate: float | None) -> str:
    if rate is None:
        return "–"
    return f"{rate:.1f} fps" if rate >= 1 else f"{rate:.2f} fps"  # a large network on a processor is that slow


def _ms(span_ms: float | None) -> str:
    return "–" if span_ms is None else f"{span_ms:.0f} ms"


def _error(error: LiveError) -> str:
    row = f" (row {error.row.abs_rel:.3f})" if error.row is not None else ""
    return f"{error.score.abs_rel:.3f}{row}"


def _age(span_ms: float | None) -> str:
    if span_ms is None:
        return "–"
    return f"{span_ms:.0f} ms" if span_ms < 1000 else f"{min(span_ms / 1e3, 99.9):.1f} s"

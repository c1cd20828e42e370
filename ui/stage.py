"""The picture with its ruler, and everything that floats over it."""

from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QObject, QSize, Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui import theme
from ui.banner import Banner
from ui.chip import Chip, Toast
from ui.notes import Note
from ui.probe import Probe
from ui.recording_badge import RecordingBadge
from ui.ruler import Ruler
from ui.viewport import Viewport

if TYPE_CHECKING:
    from ui.compare_stage import CompareStage

_EDGE_PX = 12


class Stage(QWidget):
    """Places the floating parts by hand: they must not move the picture."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("stage")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.viewport = Viewport()
        self.ruler = Ruler()
        self.viewport.probed.connect(self.show_probe)
        self._lanes: CompareStage | None = None  # shown instead of the viewport
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addWidget(self.viewport, stretch=1)
        self._row.addWidget(self.ruler)
        self.dim = _overlay(self, "dim")
        self.chip = Chip()
        self.corner = Chip()
        self.badge = RecordingBadge()
        self.banner = Banner()
        self.toast = Toast()
        self.drop = _overlay(self, "drop")
        self._drop_words = QLabel()
        self._drop_words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._drop_words.setTextFormat(Qt.TextFormat.PlainText)
        QVBoxLayout(self.drop).addWidget(self._drop_words)
        for part in (self.chip, self.corner, self.badge, self.banner, self.toast):
            part.setParent(self)
            part.hide()
            part.resized.connect(self._place)
        self.drop.raise_()
        self._has_picture = False

    def show_note(self, note: Note, *, has_picture: bool) -> None:
        if has_picture is not self._has_picture:
            self._has_picture = has_picture
            self._place()
        self.dim.setVisible(note.dimmed)
        self.chip.say(note.text, note.progress)

    def show_instead(self, lanes: "CompareStage | None") -> None:
        """Show `lanes`, which are compared, in the place of the one picture; None: the picture again."""
        for shown in (self._lanes, self.viewport):
            if shown is not None:
                shown.hide()
        self._lanes = lanes
        if lanes is None:
            self.viewport.show()
            self._place()
            return
        if self._row.indexOf(lanes) < 0:
            self._row.insertWidget(0, lanes, stretch=1)
            lanes.lower()  # under all that floats
            lanes.bar.installEventFilter(self)
        lanes.show()
        self._place()

    def show_ruler(self, *, wanted: bool, has_depth: bool) -> None:
        """Before there is depth there is nothing to measure; its place is kept, so the picture does not jump."""
        policy = self.ruler.sizePolicy()
        policy.setRetainSizeWhenHidden(wanted)
        self.ruler.setSizePolicy(policy)
        self.ruler.setVisible(wanted and has_depth)

    def show_probe(self, found: Probe | None) -> None:
        """Where the depth under the cursor lies on the ruler."""
        self.ruler.set_value(None if found is None else found.inverse_depth)

    def show_drop(self, words: str) -> None:
        """Say what a drop would do; an empty text ends it."""
        self._drop_words.setText(words)
        self.drop.setVisible(bool(words))

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.Resize:  # the bar over the lanes took another line
            self._place()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """Banner at the top, corner and badge below it; chip in the middle or, over a picture, between these two;
        toast at the bottom. Over lanes all begin where the pictures do: bar and headers stay in reach.
        """
        room_px = max(self.width() - 2 * _EDGE_PX, 1)
        self.dim.setGeometry(self.rect())
        self.drop.setGeometry(self.rect().adjusted(_EDGE_PX, _EDGE_PX, -_EDGE_PX, -_EDGE_PX))
        top = _EDGE_PX + (0 if self._lanes is None else self._lanes.pictures_top_px)
        if not self.banner.isHidden():
            self.banner.setGeometry(_EDGE_PX, top, room_px, max(self.banner.heightForWidth(room_px), 1))
            top += self.banner.height() + theme.GRID_PX
        _fit(self.corner, room_px)
        self.corner.move(_EDGE_PX, top)
        self.badge.resize(self.badge.sizeHint().boundedTo(QSize(room_px, self.height())))
        shown = self.viewport if self._lanes is None else self._lanes
        self.badge.move(shown.width() - self.badge.width() - _EDGE_PX, top)
        _fit(self.chip, room_px)
        across = (self.width() - self.chip.width()) // 2
        self.chip.move(across, top if self._has_picture else (self.height() - self.chip.height()) // 2)
        _fit(self.toast, room_px)
        self.toast.move((self.width() - self.toast.width()) // 2, self.height() - self.toast.height() - _EDGE_PX)


def _fit(part: Chip | Toast, room_px: int) -> None:
    """Give `part` the size its text needs, in more lines where one is too long."""
    part.text.setWordWrap(False)
    wanted = part.sizeHint()
    if wanted.width() > room_px:
        part.text.setWordWrap(True)
        part.resize(room_px, part.heightForWidth(room_px))
    else:
        part.resize(wanted)


def _overlay(parent: QWidget, name: str) -> QFrame:
    frame = QFrame(parent)
    frame.setObjectName(name)
    frame.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    frame.hide()
    return frame

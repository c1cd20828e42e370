"""Every key of the window in one table: the window's actions and the sheet of keys are both made from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QAbstractButton, QAbstractSlider, QComboBox, QWidget


class When(Enum):
    """A key means one thing while one network runs live and may mean another while lanes are compared."""

    ALWAYS = "always"
    LIVE = "live"
    COMPARING = "comparing"


@dataclass(frozen=True, slots=True)
class Shortcut:
    name: str  # of the action in the window
    keys: tuple[str, ...]  # as QKeySequence reads them; the sheet shows them in this order
    text: str  # what it does, for the sheet
    group: str
    repeats: bool = False  # goes on while the key is held
    when: When = When.ALWAYS


PLAY, VIEW, NETWORK, SOURCE, WINDOW, COMPARE = "Play", "View", "Network", "Source", "Window", "While comparing"

SHORTCUTS = (
    Shortcut("toggle_pause", ("Space",), "Pause or play", PLAY),
    Shortcut("step_back", ("Left",), "One frame back", PLAY, repeats=True),
    Shortcut("step_forward", ("Right",), "One frame on", PLAY, repeats=True),
    Shortcut("jump_back", ("Shift+Left",), "5 seconds back", PLAY, repeats=True),
    Shortcut("jump_forward", ("Shift+Right",), "5 seconds on", PLAY, repeats=True),
    Shortcut("go_to_start", ("Home",), "To the start", PLAY),
    Shortcut("snapshot", ("S",), "Save a snapshot", PLAY),
    Shortcut("record", ("R",), "Start or end a recording", PLAY),
    Shortcut("save_last", ("Shift+R",), "Save the last seconds", PLAY),
    Shortcut("view_colour", ("1",), "Colour", VIEW, when=When.LIVE),
    Shortcut("view_depth", ("2",), "Depth", VIEW, when=When.LIVE),
    Shortcut("view_side", ("3",), "Side by side", VIEW, when=When.LIVE),
    Shortcut("view_overlay", ("4",), "Overlay", VIEW, when=When.LIVE),
    Shortcut("view_wipe", ("5",), "Wipe", VIEW, when=When.LIVE),
    Shortcut("next_colormap", ("M",), "Next colour map", VIEW, repeats=True),
    Shortcut("previous_colormap", ("Shift+M",), "Colour map before", VIEW, repeats=True),
    Shortcut("invert", ("I",), "Swap near and far colours", VIEW),
    Shortcut("lock_range", ("L",), "Lock or free the range", VIEW, when=When.LIVE),
    Shortcut("ruler", ("U",), "Ruler of depth values", VIEW),
    Shortcut("smaller", ("[",), "Smaller: faster", NETWORK, repeats=True, when=When.LIVE),
    Shortcut("larger", ("]",), "Larger: finer", NETWORK, repeats=True, when=When.LIVE),
    Shortcut("auto_size", ("A",), "Automatic size: holds a rate", NETWORK, when=When.LIVE),
    Shortcut("next_model", ("N",), "Next model on this computer", NETWORK, when=When.LIVE),
    Shortcut("run_model", ("Shift+N",), "Recorded depth, or a model’s", NETWORK, when=When.LIVE),
    Shortcut("compare", ("C",), "Compare models live", NETWORK),
    Shortcut("models", ("Ctrl+M",), "All models", NETWORK),
    Shortcut("open_file", ("O", "Ctrl+O"), "Open a file", SOURCE),
    Shortcut("open_address", ("Ctrl+L",), "Open an address", SOURCE),
    Shortcut("open_demo", ("D",), "Demo scene", SOURCE),
    Shortcut("panel", ("P",), "Show or hide the panel", WINDOW),
    Shortcut("full_screen", ("F", "F11"), "Full screen", WINDOW),
    Shortcut("leave", ("Esc",), "Close what is open", WINDOW),
    Shortcut("help", ("F1", "?"), "This sheet", WINDOW),
    Shortcut("quit", ("Ctrl+Q",), "Quit", WINDOW),
    Shortcut("reference_1", ("1",), "Lane 1 as reference", COMPARE, when=When.COMPARING),
    Shortcut("reference_2", ("2",), "Lane 2 as reference", COMPARE, when=When.COMPARING),
    Shortcut("reference_3", ("3",), "Lane 3 as reference", COMPARE, when=When.COMPARING),
    Shortcut("reference_4", ("4",), "Lane 4 as reference", COMPARE, when=When.COMPARING),
    Shortcut("compare_grid", ("G",), "Grid", COMPARE, when=When.COMPARING),
    Shortcut("compare_wipe", ("W",), "Wipe between two", COMPARE, when=When.COMPARING),
    Shortcut("compare_blink", ("B",), "Blink between two", COMPARE, when=When.COMPARING),
    Shortcut("compare_difference", ("E",), "Difference from reference", COMPARE, when=When.COMPARING),
    Shortcut("hold_other", ("X",), "The other of two, while held", COMPARE, when=When.COMPARING),
    Shortcut("next_pair", ("V",), "Another lane beside it", COMPARE, when=When.COMPARING),
    Shortcut("same_frame", ("T",), "Same frame in all lanes", COMPARE, when=When.COMPARING),
    Shortcut("compare_range", ("Y",), "One range, or each its own", COMPARE, when=When.COMPARING),
    Shortcut("compare_picture", ("K",), "Show or hide the picture", COMPARE, when=When.COMPARING),
    Shortcut("compare_chart", ("H",), "Show or hide the chart", COMPARE, when=When.COMPARING),
    Shortcut("add_lane", ("+",), "Add a lane", COMPARE, when=When.COMPARING),
)
BY_NAME = {shortcut.name: shortcut for shortcut in SHORTCUTS}

_SHOWN = {"Left": "←", "Right": "→"}


def shown(key: str) -> str:
    """A key as people know it: `Shift+Left` is `Shift ←`."""
    parts = key.split("+") if key != "+" else [key]
    return " ".join(_SHOWN.get(part, part) for part in parts)


def hint(name: str) -> str:
    """` (Space)`: the keys of an action, to end a tooltip with."""
    return f" ({', '.join(shown(key) for key in BY_NAME[name].keys)})"


def make_actions(window: QWidget, handlers: Mapping[str, Callable[[], object]]) -> dict[str, QAction]:
    """One action of `window` for each line of the table. Raises: KeyError for a line without a handler."""
    actions = {}
    for shortcut in SHORTCUTS:
        handler = handlers[shortcut.name]
        action = QAction(shortcut.text, window)
        action.setShortcuts([QKeySequence(key) for key in shortcut.keys])
        action.setAutoRepeat(shortcut.repeats)
        action.triggered.connect(lambda _checked, call=handler: call())
        window.addAction(action)
        actions[shortcut.name] = action
    return actions


def enable_for(actions: Mapping[str, QAction], *, comparing: bool) -> None:
    """Let the keys mean what they mean now. A key that has two meanings has one action at work at a time."""
    now = When.COMPARING if comparing else When.LIVE
    for name, action in actions.items():
        action.setEnabled(BY_NAME[name].when in (When.ALWAYS, now))


_SIDEWAYS = (Qt.Key.Key_Left, Qt.Key.Key_Right)
_MOVES = (
    *_SIDEWAYS,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
)


def keeps(widget: QWidget | None, key: int, modifiers: Qt.KeyboardModifier) -> bool:
    """Whether the focused `widget` needs this key for itself, so that no shortcut may take it.

    A slider keeps its arrows, a button and a closed choice Space, one of several buttons of which one is down
    the arrows to the next. Text fields see to themselves.
    """
    if modifiers & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
        return False
    if isinstance(widget, QAbstractSlider):
        return key in _MOVES
    if isinstance(widget, QAbstractButton) and widget.group() is not None and key in _SIDEWAYS:
        return True
    return isinstance(widget, QAbstractButton | QComboBox) and key == Qt.Key.Key_Space

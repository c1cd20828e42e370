"""Colours, style sheet and icons: the one place where the window's appearance is decided."""

from functools import cache
from pathlib import Path
from string import Template

from PyQt6.QtGui import QColor, QFont, QIcon, QPalette
from PyQt6.QtWidgets import QApplication, QWidget

ASSETS = Path(__file__).resolve().parent.parent / "assets"
ICONS = ASSETS / "icons"
GRID_PX = 8

COLOURS = {
    "ground": "#101317",
    "panel": "#171b20",
    "raised": "#222830",
    "hover": "#2b323c",
    "line": "#252b33",
    "border": "#38414d",
    "faint": "#66717f",
    "muted": "#9aa4b2",
    "text": "#e4e8ed",
    "accent": "#3fb6c6",
    "accent_hover": "#63cad7",
    "accent_dim": "#1f4d56",
    "on_accent": "#0b1417",
    "warning": "#f0b35f",
    "warning_dim": "#6d5430",
    "recording": "#e5534b",
    "dim": "rgba(8, 10, 13, 150)",
    "drop": "rgba(16, 30, 34, 200)",
    "pill": "rgba(12, 15, 18, 190)",
}
# Lanes of a comparison: told apart on a dark ground, also by people who do not tell red from green.
LANES = ("#5aa9f8", "#f29b45", "#2fc4a0", "#cb86e4")


def apply(app: QApplication) -> None:
    """Dress the whole application: Fusion as a base, then our colours, 13 px type and style sheet."""
    app.setStyle("Fusion")
    app.setPalette(_palette())
    font = QFont(app.font())
    font.setPixelSize(13)
    app.setFont(font)
    sheet = Template((ASSETS / "theme.qss").read_text(encoding="utf-8"))
    app.setStyleSheet(sheet.substitute(COLOURS, icons=ICONS.as_posix()))


@cache
def icon(name: str) -> QIcon:
    """The drawing assets/icons/NAME.svg, sharp at every screen scale."""
    path = ICONS / f"{name}.svg"
    if not path.is_file():
        raise FileNotFoundError(f"no icon called {name} in {ICONS}")
    return QIcon(str(path))


def set_role(widget: QWidget, role: str) -> None:
    """Give `widget` a role of the style sheet, also after it was shown in another."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        style = widget.style()
        if style is not None:
            style.unpolish(widget)
            style.polish(widget)


def tabular(font: QFont) -> QFont:
    """`font` with digits of one width, so figures that change do not jitter."""
    steady = QFont(font)
    steady.setFeature(QFont.Tag("tnum"), 1)
    return steady


def _palette() -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for which, name in {
        role.Window: "ground",
        role.Base: "ground",
        role.AlternateBase: "panel",
        role.Button: "raised",
        role.Mid: "border",
        role.Highlight: "accent",
        role.Link: "accent",
        role.HighlightedText: "on_accent",
        role.Text: "text",
        role.WindowText: "text",
        role.ButtonText: "text",
        role.BrightText: "text",
        role.ToolTipBase: "raised",
        role.ToolTipText: "text",
        role.PlaceholderText: "faint",
    }.items():
        palette.setColor(which, QColor(COLOURS[name]))
    for which in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(COLOURS["faint"]))
    return palette

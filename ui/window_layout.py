"""How the window's parts lie: the stage over the transport bar, the panel beside them, the status line below."""

from typing import TYPE_CHECKING

from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout

if TYPE_CHECKING:
    from ui.main_window import MainWindow


def lay_out(window: "MainWindow") -> None:
    """Once, when all parts are made; sheets stay hidden and lie over the rest. Used by: window thread."""
    left = QVBoxLayout()
    left.setSpacing(0)
    left.addWidget(window.stage, stretch=1)
    left.addWidget(window.transport)
    upper = QHBoxLayout()
    upper.setSpacing(0)
    upper.addLayout(left, stretch=1)
    upper.addWidget(window.panel)
    whole = QVBoxLayout(window)
    whole.setContentsMargins(0, 0, 0, 0)
    whole.setSpacing(0)
    whole.addLayout(upper, stretch=1)
    whole.addWidget(window.status_line)
    for sheet in (window.help_sheet, window.models.manager):
        sheet.setParent(window)
        sheet.hide()

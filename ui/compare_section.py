"""The panel's way into comparing, and out of it."""

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from ui.controls import push_button, section
from ui.shortcuts import hint


class CompareSection(QWidget):
    asked = pyqtSignal()  # to begin comparing, or to end it

    def __init__(self) -> None:
        super().__init__()
        self.button = push_button(icon="compare")
        self.button.clicked.connect(self.asked)
        body, column = section("Compare")
        column.addWidget(self.button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(body)
        self.show_comparing(on=False)

    def show_comparing(self, *, on: bool) -> None:
        self.button.setText("End comparing" if on else "Compare models live")
        tip = "Go on with one model" if on else "Two to four models, sizes or precisions on the same frames"
        self.button.setToolTip(tip + hint("compare"))

"""A window whose manager of models is open, and its rows."""

from collections.abc import Callable
from dataclasses import replace

from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from core.messages import ModelEntry
from core.model_messages import ModelFigures, ModelKind
from support.fake_session import BASE, CLIP, NANO, TINY, FakeSession
from ui.main_window import MainWindow
from ui.model_row import ModelRow

OpenWindow = Callable[..., tuple[MainWindow, FakeSession]]

FIGURES = ModelFigures("39 fps", "RTX 3090", "0.079", "AbsRel, ETH3D", "MiDaS’s own table", ("DIW, WHDR: 0.1095",))
OWN = ModelEntry(
    "/data/own.pt",
    "a file of your own",
    "/data/own.pt",
    256,
    39_800_000,
    kind=ModelKind.FILE,
    file_bytes=172_000_000,
)
GONE = replace(OWN, name="/data/gone.pt", path="/data/gone.pt", problem="/data/gone.pt is not there any more")


def click(widget: object) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def opened(open_window: OpenWindow, *entries: ModelEntry) -> tuple[MainWindow, FakeSession]:
    """A window whose manager is open over these models."""
    window, session = open_window()
    session.known_models = entries or (NANO, TINY, replace(BASE, figures=FIGURES))
    session.play_source(CLIP)
    window.actions_by_name["models"].trigger()
    assert window.models.manager.isVisible()
    assert session.asked("refresh_models") == [()]
    return window, session


def row(window: MainWindow, name: str) -> ModelRow:
    return window.models.manager.rows[name]

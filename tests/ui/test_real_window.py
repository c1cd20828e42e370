"""A real window with the real session and network: plays a clip, changes model, size and view, and shows depth."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QImage
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from app.session import Session
from app.settings import Settings
from app.settings_store import SettingsStore
from support.checkpoints import save_midas
from support.plain_clips import write_clip
from support.waiting import until
from ui.application import run
from ui.bridge import Bridge
from ui.main_window import MainWindow

pytestmark = pytest.mark.window

SMALL = {"size": "96", "aspect": "square", "precision": "fp32", "device": "cpu"}


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip.mkv", [index / 30 for index in range(60)], 320, 180)


@pytest.fixture
def window(dressed: QApplication, clip: Path, tmp_path: Path) -> Iterator[MainWindow]:
    bridge = Bridge()
    store = SettingsStore(tmp_path / "settings.json")
    made = MainWindow(Session(Settings(source=str(clip), view="depth", **SMALL), bridge.wake, store), bridge)
    made.show()
    made.activateWindow()
    assert QTest.qWaitForWindowActive(made)
    yield made
    made.close()
    made.deleteLater()


def pixels(window: MainWindow) -> np.ndarray:
    """The viewport as it is on the screen: (H, W, 3) RGB."""
    grabbed = window.stage.viewport.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(grabbed.constBits().asarray(grabbed.sizeInBytes()), np.uint8)
    return rows.reshape(grabbed.height(), grabbed.bytesPerLine())[:, : 3 * grabbed.width()].reshape(
        grabbed.height(), grabbed.width(), 3
    )


def next_paint(window: MainWindow) -> None:
    before = window.painted
    until(lambda: window.painted > before + 1)


def test_a_clip_plays_and_model_size_and_view_change_while_it_does(window: MainWindow, tmp_path: Path) -> None:
    until(lambda: window.painted >= 3)
    assert window.newest is not None
    assert (window.newest.model.name, window.newest.network_hw) == ("fathom-nano", (96, 96))
    depth = pixels(window).astype(int)
    colourful = (
        np.abs(depth[..., 0] - depth[..., 2]) > 40
    )  # inferno's purple and orange, not the grey of the window
    assert colourful.mean() > 0.1

    QTest.keyClick(window, Qt.Key.Key_1)  # colour
    next_paint(window)
    colour = pixels(window).astype(int)
    middle = colour[colour.shape[0] // 2]
    lit = middle[middle.sum(axis=1) > 60]
    assert (lit[:, 0] > lit[:, 2] + 20).mean() > 0.5, "the clip is a ramp of red"
    assert np.abs(colour - depth).mean() > 5

    QTest.keyClick(window, Qt.Key.Key_BracketRight)
    until(lambda: window.newest is not None and window.newest.network_hw == (128, 128))

    toy = save_midas(tmp_path / "toy.pt")
    window.change(model=str(toy))
    until(lambda: window.newest is not None and window.newest.model.name == "toy")
    window.change(aspect="keep")
    until(lambda: window.newest is not None and window.newest.network_hw == (96, 160))
    next_paint(window)
    assert window.status.faults == ()


def test_the_program_s_own_screenshot_shows_the_clip_and_its_depth(
    dressed: QApplication, clip: Path, tmp_path: Path
) -> None:
    picture = tmp_path / "window.png"
    settings = Settings(source=str(clip), view="side", **SMALL)
    assert run(settings, None, exit_after_s=6.0, screenshot=picture) == 0
    image = QImage(str(picture)).convertToFormat(QImage.Format.Format_RGB888)
    assert (image.width(), image.height()) == (1280, 800)
    rows = np.frombuffer(image.constBits().asarray(image.sizeInBytes()), np.uint8)
    shown = rows.reshape(800, -1)[:, :3840].reshape(800, 1280, 3).astype(int)
    red = (shown[..., 0] > shown[..., 1] + 60) & (shown[..., 1] < 60) & (shown[..., 2] < 30)
    assert red[:, :900].mean() > 0.03, "the clip"
    purple = (shown[..., 2] > shown[..., 1] + 40) & (shown[..., 0] > shown[..., 1] + 20)
    assert purple[:, :900].mean() > 0.01, "its depth"
    assert len(np.unique(shown.reshape(-1, 3), axis=0)) > 500

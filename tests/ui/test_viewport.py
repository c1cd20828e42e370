"""The viewport in a real window, on both of its canvases, against the picture that core.compose makes."""

import time
from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtTest import QSignalSpy
from PyQt6.QtWidgets import QApplication, QVBoxLayout, QWidget

from core.compose import render
from core.errors import WindowError
from core.look import View
from core.messages import Frame
from support.viewports import LOOK, gradient, hover, on_screen, paint, ramp, result, shown
from ui import gl_program
from ui.fit import fit
from ui.gl import runs_on_the_processor
from ui.gl_canvas import GlCanvas
from ui.images import array_of, image_of
from ui.probe import Probe, probe
from ui.raster_canvas import RasterCanvas
from ui.viewport import Viewport

pytestmark = pytest.mark.window

BACKGROUND = (14, 16, 19)


# The picture


@pytest.mark.parametrize("view", View)
@pytest.mark.parametrize("invert", [False, True])
def test_the_picture_is_what_compose_makes(viewport, view, invert):
    look = replace(LOOK, view=view, invert=invert, opacity=0.4, wipe=0.3)
    what = result()
    viewport.set_look(look)
    paint(viewport, what)
    got = array_of(viewport.picture()).astype(int)
    expected = render(look, what.frame.rgb, what.inverse_depth).astype(int)
    assert got.shape == expected.shape
    # QPainter mixes colours between depth values, the others mix the depths.
    assert np.abs(got - expected).max() <= (3 if isinstance(viewport._canvas, GlCanvas) else 8)


@pytest.mark.parametrize("colormap", ["inferno", "turbo", "spectral", "grey"])
def test_colour_maps_of_the_picture_are_those_of_compose(viewport, colormap):
    look = replace(LOOK, colormap=colormap)
    what = result(depth=ramp(64, 96))
    viewport.set_look(look)
    paint(viewport, what)
    got = array_of(viewport.picture()).astype(int)
    assert np.abs(got - render(look, what.frame.rgb, what.inverse_depth)).mean() < 1.5


@pytest.mark.parametrize("width", [1, 2, 3, 5, 158, 159, 160, 161])
def test_rows_stay_straight_at_every_width(viewport, width):
    what = result(rgb=gradient(90, width), depth=ramp(20, max(width // 4, 1)))
    viewport.set_look(replace(LOOK, view=View.COLOUR))
    paint(viewport, what)
    assert np.array_equal(array_of(viewport.picture()), what.frame.rgb)


def test_what_is_no_number_is_black(viewport):
    depth = ramp()
    depth[10:20, 10:20] = np.nan
    depth[25:30, 30:40] = np.inf
    viewport.set_look(LOOK)
    paint(viewport, result(depth=depth))
    got = array_of(viewport.picture())
    assert got[54, 51].max() == 0
    assert got[100, 120].max() == 0
    assert got[5, 5].max() > 0


def test_there_is_no_picture_before_there_is_one(viewport):
    assert viewport.picture().isNull()


def test_a_read_only_crop_with_gaps_between_its_rows_is_taken(viewport):
    rgb = gradient(200, 300)[10:130:2, 20:181:2]
    viewport.set_look(replace(LOOK, view=View.COLOUR))
    paint(viewport, result(rgb=rgb, depth=ramp(64, 96)[::2, ::3]))
    assert np.array_equal(array_of(viewport.picture()), rgb)


# The screen


def test_an_empty_viewport_is_dark(viewport):
    pixels = on_screen(viewport)
    assert (pixels == BACKGROUND).all()


def test_the_picture_fills_the_viewport_in_its_aspect(viewport):
    viewport.set_look(replace(LOOK, view=View.COLOUR))
    paint(viewport, result(rgb=np.full((100, 400, 3), 200, np.uint8)))
    pixels = on_screen(viewport)
    assert (pixels[:160] == BACKGROUND).all()
    assert (np.abs(pixels[160:320].astype(int) - 200) <= 1).all()
    assert (pixels[320:] == BACKGROUND).all()


@pytest.mark.parametrize("view", View)
def test_the_screen_shows_the_composed_picture_where_fit_says(viewport, view):
    look = replace(LOOK, view=view, opacity=0.5)
    what = result(rgb=gradient(240, 320))
    viewport.set_look(look)
    paint(viewport, what)
    pixels = on_screen(viewport).astype(int)
    sheet = render(look, what.frame.rgb, what.inverse_depth).astype(int)
    for pane, offset in zip(fit(view, (240, 320), (640, 480), wipe=look.wipe), (0, 320), strict=False):
        for u, v in ((70 / 320, 70 / 240), (250 / 320, 170 / 240)):  # inside squares of one blue
            x, y = pane.picture.x + u * pane.picture.width, pane.picture.y + v * pane.picture.height
            if pane.visible.contains(x, y):
                expected = sheet[int(v * 240), int(u * 320) + (offset if view is View.SIDE else 0)]
                assert np.abs(pixels[int(y), int(x)] - expected).max() <= 12


def test_the_wipe_has_a_light_edge_and_a_handle_on_it(viewport):
    viewport.set_look(replace(LOOK, view=View.WIPE))
    paint(viewport, result(rgb=np.zeros((240, 320, 3), np.uint8)))
    pixels = on_screen(viewport)
    assert pixels[50, 320].min() > 230
    assert pixels[240, 311].min() > 230  # in the handle, left of the edge
    assert pixels[300, 311].max() == 0


def test_the_probed_place_is_marked_in_the_other_pane_alone(viewport):
    viewport.set_look(replace(LOOK, view=View.SIDE))
    paint(viewport, result(rgb=np.zeros((240, 320, 3), np.uint8)))
    colour, depth = fit(View.SIDE, (240, 320), (640, 480))
    before = on_screen(viewport)
    x, y = round(depth.picture.x + depth.picture.width / 2), round(depth.picture.y + depth.picture.height / 2)
    hover(viewport, x, y)
    after = on_screen(viewport)
    changed = np.argwhere((before != after).any(axis=2))
    assert len(changed)
    middle = colour.picture.y + colour.picture.height / 2, colour.picture.x + colour.picture.width / 2
    assert np.abs(changed - middle).max() <= 13
    assert after[changed[:, 0], changed[:, 1]].max() > 200


def test_results_of_changing_sizes_follow_each_other(viewport):
    viewport.set_look(replace(LOOK, view=View.SIDE))
    for index, (picture_hw, network_hw) in enumerate(
        [
            ((120, 161), (64, 64)),
            ((720, 404), (96, 64)),
            ((1, 1), (1, 1)),
            ((50, 801), (64, 352)),
            ((120, 161), (64, 64)),
        ]
    ):
        what = result(gradient(*picture_hw), ramp(*network_hw), index)
        paint(viewport, what)
        got = array_of(viewport.picture())
        assert np.array_equal(got[:, : picture_hw[1]], what.frame.rgb)


def test_each_result_is_told_painted_once(viewport):
    told = []
    viewport.painted.connect(lambda latency_ms, at_s: told.append((latency_ms, at_s)))
    what = result()
    paint(viewport, what)
    look = LOOK
    for step in range(3):  # paints that show no new result
        look = replace(look, opacity=step / 10)
        viewport.set_look(look)
        viewport.grab()
        QApplication.processEvents()
    assert len(told) == 1
    latency_ms, at_s = told[0]
    assert latency_ms == pytest.approx(1e3 * (at_s - what.frame.captured_at_s))
    paint(viewport, result(index=1))
    assert len(told) == 2


def test_a_frame_shows_alone_until_there_is_depth_of_its_source(viewport):
    viewport.set_look(LOOK)
    frame = Frame(0, time.monotonic(), gradient(), source_id=7)
    viewport.show_frame(frame)
    assert np.array_equal(array_of(viewport.picture()), frame.rgb)
    what = result(index=1, source_id=7)
    paint(viewport, what)
    depth_picture = array_of(viewport.picture())
    viewport.show_frame(Frame(2, time.monotonic(), 255 - gradient(), source_id=7))
    assert np.array_equal(array_of(viewport.picture()), depth_picture)  # depth stays with its own colour
    other = Frame(0, time.monotonic(), 255 - gradient(), source_id=8)
    viewport.show_frame(other)
    assert np.array_equal(array_of(viewport.picture()), other.rgb)


def test_clearing_forgets_everything(viewport):
    viewport.set_look(LOOK)
    paint(viewport, result())
    told = QSignalSpy(viewport.probed)
    hover(viewport, 320, 240)
    viewport.clear()
    assert viewport.picture().isNull()
    assert told[-1] == [None]
    assert (on_screen(viewport) == BACKGROUND).all()


def test_it_goes_on_in_another_window(viewport):
    viewport.set_look(LOOK)
    what = result()
    paint(viewport, what)
    before = array_of(viewport.picture())
    other = QWidget()
    QVBoxLayout(other).addWidget(viewport)
    shown(other)
    paint(viewport, result(index=1))
    assert np.array_equal(array_of(viewport.picture()), before)
    viewport.setParent(None)
    shown(viewport)
    paint(viewport, result(index=2))
    assert np.array_equal(array_of(viewport.picture()), before)
    other.close()
    other.deleteLater()


# When OpenGL cannot be had


def test_a_driver_that_refuses_a_shader_is_answered_with_the_other_canvas(qapp, monkeypatch, tmp_path, caplog):
    for shader in gl_program.SHADERS.glob("*.glsl"):
        (tmp_path / shader.name).write_text(shader.read_text())
    (tmp_path / "picture_fragment.glsl").write_text("void main() { this is no shader }")
    monkeypatch.setattr(gl_program, "SHADERS", tmp_path)
    widget = shown(Viewport(opengl=True))
    widget.set_look(replace(LOOK, view=View.COLOUR))
    widget.show_frame(Frame(0, time.monotonic(), gradient()))
    QApplication.processEvents()
    assert isinstance(widget._canvas, RasterCanvas)
    assert "refuses the shader picture_fragment.glsl" in caplog.text
    paint(widget, result())
    assert np.array_equal(array_of(widget.picture()), gradient())
    widget.close()
    widget.deleteLater()


def test_a_missing_shader_is_named(viewport, monkeypatch, tmp_path):
    if not isinstance(viewport._canvas, GlCanvas):
        pytest.skip("no shaders here")
    monkeypatch.setattr(gl_program, "SHADERS", tmp_path)
    viewport._canvas.makeCurrent()
    with pytest.raises(WindowError, match=r"picture_vertex\.glsl cannot be read"):
        gl_program.Program("picture_fragment")
    viewport._canvas.doneCurrent()


@pytest.mark.parametrize(
    ("renderer", "software"),
    [
        ("llvmpipe (LLVM 15.0.6, 256 bits)", True),
        ("Google SwiftShader", True),
        ("GDI Generic", True),
        ("Microsoft Basic Render Driver", True),
        ("Mesa Intel(R) UHD Graphics 620 (KBL GT2)", False),
        ("NVIDIA GeForce RTX 4090/PCIe/SSE2", False),
        ("Apple M2", False),
    ],
)
def test_software_is_told_from_a_graphics_processor(renderer, software):
    assert runs_on_the_processor(renderer) is software


# Its parts


def test_the_probe_reads_between_depth_values():
    depth = np.array([[0.0, 10.0], [20.0, 30.0]], np.float32)
    what = result(rgb=gradient(4, 4), depth=depth)
    assert probe(what, (0.5, 0.5)) == Probe(2, 2, 15.0)
    assert probe(what, (0.0, 0.0)) == Probe(0, 0, 0.0)
    assert probe(what, (1.0, 1.0)) == Probe(3, 3, 30.0)
    assert probe(what, (0.25, 0.75)) == Probe(1, 3, 20.0)


@pytest.mark.parametrize("width", [1, 2, 3, 4, 5, 161])
def test_an_image_keeps_its_rows_and_outlives_its_array(width):
    rgb = gradient(7, width)
    image = image_of(rgb)
    expected = rgb.copy()
    rgb[:] = 0
    assert np.array_equal(array_of(image), expected)

"""Where the picture lies in the viewport."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.look import View
from ui.fit import GAP, Content, Rect, Zoom, fit, pane_at, panned, sheet, whole, wipe_edge, zoomed

sides = st.integers(1, 4000)
lengths = st.floats(40, 4000)
shares = st.floats(0, 1)


def test_one_picture_is_centred_in_its_aspect():
    (pane,) = fit(View.DEPTH, (540, 960), (1280, 800))
    assert pane.content is Content.DEPTH
    assert pane.picture == Rect(0, 40, 1280, 720)
    (pane,) = fit(View.COLOUR, (720, 404), (1280, 800))
    assert pane.picture == pytest.approx(Rect((1280 - 404 / 0.9) / 2, 0, 404 / 0.9, 800))


@pytest.mark.parametrize(
    ("picture_hw", "viewport_wh", "stacked"),
    [
        ((540, 960), (1280, 800), False),  # stacked would show them larger, but hardly
        ((540, 960), (1400, 500), False),
        ((540, 960), (900, 1000), True),
        ((540, 960), (500, 900), True),
        ((960, 540), (1280, 800), False),
        ((960, 540), (400, 2000), True),
        ((500, 500), (1000, 900), False),
    ],
)
def test_side_by_side_stacks_where_that_is_clearly_larger(picture_hw, viewport_wh, stacked):
    colour, depth = fit(View.SIDE, picture_hw, viewport_wh)
    assert (colour.content, depth.content) == (Content.COLOUR, Content.DEPTH)
    assert (colour.picture.y < depth.picture.y) is stacked
    assert (colour.picture.x < depth.picture.x) is not stacked


def test_the_two_panes_lie_next_to_each_other():
    colour, depth = fit(View.SIDE, (960, 540), (1280, 800))
    assert depth.picture.x - colour.picture.right == pytest.approx(GAP)
    assert colour.picture.x == pytest.approx(1280 - depth.picture.right)


@given(st.sampled_from(View), sides, sides, lengths, lengths)
def test_the_whole_picture_shows_in_its_aspect_and_inside_the_viewport(view, height, width, w, h):
    for pane in fit(view, (height, width), (w, h)):
        picture = pane.picture
        assert picture.width / picture.height == pytest.approx(width / height, rel=1e-6)
        assert picture.x >= -1e-6
        assert picture.y >= -1e-6
        assert picture.right <= w + 1e-6
        assert picture.bottom <= h + 1e-6


@given(sides, sides, lengths, lengths, shares)
def test_the_panes_of_a_wipe_meet_at_the_edge_and_share_the_picture(height, width, w, h, wipe):
    left, right = fit(View.WIPE, (height, width), (w, h), wipe=wipe)
    assert left.picture == right.picture
    assert left.cell.right == right.cell.x == pytest.approx(wipe_edge(left.picture, wipe))
    assert left.visible.width + right.visible.width == pytest.approx(left.picture.width)


@given(st.sampled_from(View), shares, shares, st.floats(1, 30), shares, shares)
def test_a_place_maps_to_the_viewport_and_back(view, u, v, scale, zoom_x, zoom_y):
    for pane in fit(view, (480, 640), (1000, 700), Zoom(scale, zoom_x, zoom_y)):
        x = pane.picture.x + u * pane.picture.width
        y = pane.picture.y + v * pane.picture.height
        if pane.visible.contains(x, y):
            assert pane.place_at(x, y) == pytest.approx((u, v), abs=1e-9)
        else:
            assert pane.place_at(x, y) is None


@given(st.sampled_from(View), st.floats(0.2, 8), st.floats(1, 8), shares, shares)
def test_zooming_keeps_what_lies_under_the_mouse(view, factor, scale, u, v):
    zoom = Zoom(scale)
    panes = fit(view, (480, 640), (1000, 700), zoom)
    x, y = u * 1000, v * 700
    pane = pane_at(panes, x, y)
    if pane is None:
        return
    before = pane.place_at(x, y)
    after_zoom = zoomed(zoom, factor, whole(pane, panes), x, y)
    after_panes = fit(view, (480, 640), (1000, 700), after_zoom)
    after = next(other for other in after_panes if other.content is pane.content)
    picture = after.picture
    cell = whole(after, after_panes).cell
    if factor >= 1 and picture.width > cell.width and picture.height > cell.height and scale * factor < 32:
        kept = (x - picture.x) / picture.width, (y - picture.y) / picture.height
        bare = pane.picture.width < cell.width or pane.picture.height < cell.height  # it was centred, now it fills
        if not bare:
            assert kept == pytest.approx(before, abs=1e-6)


@given(st.sampled_from(View), st.floats(-2000, 2000), st.floats(-2000, 2000), st.floats(1, 20))
def test_panning_never_bares_the_border(view, dx, dy, scale):
    zoom = Zoom(scale)
    panes = fit(view, (480, 640), (1000, 700), zoom)
    moved = panned(zoom, dx, dy, whole(panes[0], panes))
    for pane in fit(view, (480, 640), (1000, 700), moved):
        cell = whole(pane, fit(view, (480, 640), (1000, 700), moved)).cell
        if pane.picture.width >= cell.width:
            assert pane.picture.x <= cell.x + 1e-6
            assert pane.picture.right >= cell.right - 1e-6
    assert moved.scale == scale


def test_panning_moves_the_picture_with_the_mouse():
    zoom = Zoom(4.0)
    panes = fit(View.COLOUR, (480, 640), (1000, 700), zoom)
    after = fit(View.COLOUR, (480, 640), (1000, 700), panned(zoom, 30, -20, panes[0]))
    assert after[0].picture.x == pytest.approx(panes[0].picture.x + 30)
    assert after[0].picture.y == pytest.approx(panes[0].picture.y - 20)


def test_zooming_out_ends_at_the_whole_picture():
    (pane,) = fit(View.COLOUR, (480, 640), (1000, 700), Zoom(1.5, 0.2, 0.2))
    assert zoomed(Zoom(1.5, 0.2, 0.2), 0.1, pane, 500, 300) == Zoom()


def test_a_sheet_has_the_pictures_own_pixels():
    size_wh, (colour, depth) = sheet(View.SIDE, (60, 81), 0.5)
    assert size_wh == (162, 60)
    assert colour.picture == Rect(0, 0, 81, 60)
    assert depth.picture == Rect(81, 0, 81, 60)
    size_wh, (pane,) = sheet(View.OVERLAY, (60, 81), 0.5)
    assert (size_wh, pane.picture) == ((81, 60), Rect(0, 0, 81, 60))


def test_a_viewport_without_room_shows_nothing_and_fails_at_nothing():
    for view in View:
        for pane in fit(view, (480, 640), (0.0, 0.0), Zoom(3.0)):
            assert pane.place_at(0.0, 0.0) is None

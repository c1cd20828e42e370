"""The page: well formed, whole without anything beside it, and true to the figures."""

import base64
import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from core.comparing.charts import Bar, Series, bar_chart, line_chart, thinned, ticks_up_to
from core.comparing.comparison import Comparison
from core.comparing.lane_wish import LaneWish
from core.comparing.lanes import Lane
from core.comparing.page import as_html
from core.comparing.pictures import (
    THUMBNAIL_PX,
    as_data_uri,
    difference_map,
    paint_difference,
    sheet_row,
)
from core.comparing.running import Outcome
from core.comparing.view import FULL_DIFFERENCE
from core.comparing.wording import figure, percent
from core.look import Look
from core.messages import ModelInfo, SourceInfo, SourceKind
from core.opencv import cv2
from support.results import result

FACTS = {"fathom": "0", "torch": "2", "processor": "2 x <Fast> & Co"}
SVG = "{http://www.w3.org/2000/svg}"


def outcome(*, frames: int = 3, truth: bool = False, name: str = "clip.mp4", failing: bool = False) -> Outcome:
    """Two lanes on frames of 48x64; with `failing` a third one that never ran."""
    model = ModelInfo("nano", 3_300_000, 256, "fp32", "cpu", "CPU")
    lanes = [Lane(LaneWish("nano", "64"), info=model, network_hw=(24, 32), memory_mb=80.0) for _ in range(2)]
    if failing:
        lanes.append(Lane(LaneWish("<missing>", "64"), failure="there is no model called '<missing>'"))
    source = SourceInfo(SourceKind.VIDEO, name, "rtsp://user:secret@host/x", 64, 48)
    made = Outcome(Comparison(lanes, 0), source)
    for index in range(frames):
        first = result(index, model=model)
        tilted = first.inverse_depth + np.linspace(0, 1, 32, dtype=np.float32)
        second = replace(first, inverse_depth=tilted)
        for lane in lanes[:2]:
            lane.times_ms.append(10.0 + index)
        results = [first, second, *([None] if failing else [])]
        depth = first.inverse_depth + 1 if truth else None
        made.comparison.add(first.frame, results, depth, name="photo & depth" if truth else "")
        made.sheet.append(sheet_row(first.frame, results, 0, depth, Look()))
    return made


def page(made: Outcome) -> str:
    return as_html(made, FACTS, made_at="today", colormap="inferno")


def tree(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text.removeprefix("<!DOCTYPE html>"))  # noqa: S314 - our own


@pytest.mark.parametrize("truth", [False, True])
def test_the_page_is_well_formed_and_needs_nothing_beside_it(truth: bool) -> None:
    text = page(outcome(truth=truth, failing=True, name="<b>clip</b> & more"))
    root = tree(text)
    addresses = [value for node in root.iter() for key, value in node.attrib.items() if key in ("src", "href")]
    assert len(addresses) == 3 * (5 if truth else 4)
    for address in addresses:
        assert address.startswith("data:image/jpeg;base64,")
        picture = cv2.imdecode(np.frombuffer(base64.b64decode(address.partition(",")[2]), np.uint8), 1)
        assert picture.shape == (48, 64, 3)
    outside = re.findall(r"(?:src|href|url|@import)\W{0,3}https?:|<script|<link|<iframe", text)
    assert not outside
    assert "default-src 'none'" in text
    assert "secret" not in text
    assert "<b>clip" not in text


def test_the_page_is_light_and_dark_and_printable() -> None:
    text = page(outcome())
    for wanted in (
        "color-scheme: light dark",
        "prefers-color-scheme: dark",
        "@media print",
        "break-inside: avoid",
    ):
        assert wanted in text


def test_the_page_tells_every_lane_s_figures() -> None:
    made = outcome(truth=True, failing=True)
    said = " ".join("".join(tree(page(made)).itertext()).split())
    agreement, score, row = (
        made.comparison.agreement_of(1),
        made.comparison.score_of(1),
        made.comparison.trivial_score("row"),
    )
    assert agreement is not None
    assert score is not None
    assert row is not None
    for wanted in (
        *(figure(each.abs_rel) for each in (agreement, score, row)),
        *(percent(each.delta1_error) for each in (agreement, score, row)),
        *("11.0 ms", "90.9 fps", "3.3 M", "80.0 MB", "reference", "trivial answer", "photo & depth"),
        *("there is no model called '<missing>'", "3 pictures", "2 x <Fast> & Co"),
    ):
        assert wanted in said, wanted


def test_there_is_a_chart_of_speed_agreement_and_truth() -> None:
    def titles(made: Outcome) -> list[str]:
        return [node.attrib["aria-label"] for node in tree(page(made)).iter(f"{SVG}svg")]

    plain = ["Time of a frame", "Milliseconds, frame by frame", "AbsRel against the reference"]
    assert titles(outcome()) == plain
    assert titles(outcome(truth=True)) == [*plain, "AbsRel against the truth"]


def test_a_page_without_a_frame_still_says_what_failed() -> None:
    lanes = [Lane(LaneWish("missing"), failure="no such model")]
    source = SourceInfo(SourceKind.VIDEO, "clip.mp4", "clip.mp4", 64, 48)
    assert "no such model" in page(Outcome(Comparison(lanes, 0), source))


def test_a_line_keeps_to_its_chart_and_its_gaps() -> None:
    series = [Series("a", [0.0, 4.0, None, 2.0], "#123456"), Series("b", [None, None, None, None], "#654321")]
    root = tree(line_chart("t", series, "frames"))
    (line,) = root.iter(f"{SVG}polyline")
    (dot,) = root.iter(f"{SVG}circle")
    points = [tuple(map(float, point.split(","))) for point in line.attrib["points"].split()]
    assert points == [(56.0, 186.0), (pytest.approx(56 + 452 / 3, abs=0.1), 12.0)]
    assert (float(dot.attrib["cx"]), float(dot.attrib["cy"])) == (508.0, 99.0)


def test_bars_are_in_proportion() -> None:
    bars = [Bar("a", 10.0, 20.0, "10 ms", "#123456"), Bar("b", 5.0, None, "5 ms", "#654321")]
    root = tree(bar_chart("t", bars))
    first, second = (float(node.attrib["width"]) for node in root.iter(f"{SVG}rect"))
    assert first == pytest.approx(2 * second)
    assert len(list(root.iter(f"{SVG}line"))) == 2, "the way to the 95th percentile and its end"
    assert tree(bar_chart("none", [])).tag == f"{SVG}svg"


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [(0.41, [0, 0.2, 0.4, 0.6]), (807, [0, 250, 500, 750, 1000]), (1, [0, 0.25, 0.5, 0.75, 1])],
)
def test_ticks_are_round_numbers(highest: float, ticks: list[float]) -> None:
    assert ticks_up_to(highest) == ticks


@pytest.mark.parametrize("highest", [0.0, 1e-12, 3e-5, 123456.0])
def test_ticks_reach_every_value(highest: float) -> None:
    found = ticks_up_to(highest)
    assert found[0] == 0
    assert found[-1] >= highest * 0.999
    assert 2 <= len(found) <= 7


def test_many_frames_are_drawn_as_medians() -> None:
    values = [1.0] * 999 + [500.0]
    found = thinned(values)
    assert len(found) <= 240
    assert set(found) == {1.0}
    assert thinned([None] * 500)[0] is None


def test_the_difference_is_what_the_fit_leaves_as_a_share_of_the_reference_s_range() -> None:
    reference = np.repeat(np.linspace(0, 10, 50, dtype=np.float32)[:, None], 40, axis=1)
    same = difference_map(reference * 3 + 7, reference)
    assert same is not None
    assert np.abs(same).max() < 1e-5
    nearer = reference.copy()
    nearer[20:24, 20:24] += 5
    found = difference_map(nearer, reference)
    assert found is not None
    assert 0.4 < found[22, 22] < 0.6
    assert difference_map(np.full_like(reference, np.nan), reference) is None


def test_red_is_nearer_and_blue_is_farther() -> None:
    painted = paint_difference(np.array([[-1, -FULL_DIFFERENCE, 0, FULL_DIFFERENCE, 1, np.nan]], np.float32))[0]
    red, blue = painted[:, 0].astype(int), painted[:, 2].astype(int)
    assert (red[3:5] > blue[3:5] + 100).all()
    assert (blue[:2] > red[:2] + 100).all()
    assert len({tuple(colour) for colour in painted[[0, 1]]}) == 1, "stronger than the strongest there is not"
    assert red[2] == blue[2] > 200
    assert red[5] == blue[5] < 120


def test_thumbnails_are_small_and_lanes_share_the_reference_s_colours() -> None:
    first = result(0, picture_hw=(480, 640))
    scaled = replace(first, inverse_depth=first.inverse_depth * 3 + 100, low=0.0, high=1.0)
    row = sheet_row(first.frame, [first, scaled], 0, None, Look())
    assert row.colour.shape == (THUMBNAIL_PX * 3 // 4, THUMBNAIL_PX, 3)
    one, other = row.lanes
    assert one is not None
    assert other is not None
    assert one.difference is None
    assert other.difference is not None
    assert np.abs(one.depth.astype(int) - other.depth.astype(int)).max() <= 6
    assert np.abs(other.difference.astype(int) - 238).max() <= 2


def test_truth_measured_at_few_pixels_can_be_seen() -> None:
    first = result(0, picture_hw=(480, 640))
    sparse = np.full((480, 640), np.nan, np.float32)
    sparse[100, 200], sparse[300, 400] = 0.5, 1.0
    truth = sheet_row(first.frame, [first], 0, sparse, Look()).truth
    assert truth is not None
    assert (truth != 96).any(axis=2).sum() == 2
    unknown = sheet_row(first.frame, [first], 0, np.full((4, 4), np.nan, np.float32), Look()).truth
    assert unknown is not None
    assert (unknown == 96).all()


def test_a_picture_in_the_page_is_a_jpeg() -> None:
    assert as_data_uri(np.zeros((4, 4, 3), np.uint8)).startswith("data:image/jpeg;base64,/9j/")

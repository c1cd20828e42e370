"""`compare` as a person runs it, with the built-in model at a small size."""

import csv
import io
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import core.comparing.running
from app.cli import main
from core.opencv import cv2

SMALL = ["--sizes", "64", "--precisions", "fp32", "--device", "cpu"]
NANO = ["--models", "fathom-nano"]


def run(*args: str | Path) -> int:
    def window(*_: Any) -> int:
        raise AssertionError("compare opens no window")

    return main(["compare", *(str(arg) for arg in args)], window)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Three photos, two of them with their depth."""
    folder = tmp_path / "photos"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for name in ("a", "b", "c"):
        cv2.imwrite(str(folder / f"{name}.png"), rng.integers(0, 255, (60, 80, 3), dtype=np.uint8))
        if name != "c":
            rows = np.repeat(np.linspace(0.2, 1, 60, dtype=np.float32)[:, None], 80, axis=1)
            np.savez(folder / f"{name}.npz", inverse_depth=rows + rng.uniform(0, 0.01, rows.shape).astype("f4"))
    return folder


def test_lanes_on_photos_with_their_depth(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures, table, report = tmp_path / "new" / "f.json", tmp_path / "new" / "f.csv", tmp_path / "report"
    wanted = ["--sizes", "64,96", "--precisions", "fp32", "--device", "cpu", "--reference", "fathom-nano 96"]
    assert run(photos, *NANO, *wanted, "--json", figures, "--csv", table, "--report", report) == 0
    content = json.loads(figures.read_text())
    assert content["reference"] == 1
    assert [(lane["height"], lane["frames"]) for lane in content["lanes"]] == [(64, 3), (96, 3)]
    assert content["lanes"][1]["reference"] is None
    assert 0 < content["lanes"][0]["reference"]["abs_rel"] < 5
    assert content["lanes"][0]["parameters"] > 2e6
    assert content["trivial"]["row"]["abs_rel"] < 0.05, "the depth is one of rows"
    assert content["trivial"]["constant"]["abs_rel"] > 0.3
    assert [frame["picture"] for frame in content["frames"]] == ["a", "b", "c"]
    assert [frame["lanes"][0]["truth"] is not None for frame in content["frames"]] == [True, True, False]
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert len(rows) == 3 * 2 + 2 * 2, (
        "a row a lane and picture, and of the trivial answers where the truth is known"
    )
    text = (report / "index.html").read_text()
    assert text.count("data:image/jpeg") == 3 * (1 + 1 + 2) + 2
    assert not re.search(r"(src|href)=.https?:", text)
    said = capsys.readouterr().out
    for name in ("fathom-nano 64x64 fp32", "fathom-nano 96x128 fp32", "trivial: row", "reference", "index.html"):
        assert name in said
    assert re.search(r"^c +– +– +– +–$", said, re.MULTILINE), "a picture without a truth"


@pytest.mark.skipif(sys.platform == "darwin", reason="its file systems take no such name")
def test_names_and_letters_that_cannot_be_shown_lose_nothing(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for suffix in (".png", ".npz"):
        (photos / f"b{suffix}").rename(photos / os.fsdecode(b"b\xe9" + suffix.encode()))
    shown = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, encoding="cp1252", errors="strict"))
    table, report = tmp_path / "f.csv", tmp_path / "report"
    assert run(photos, *NANO, *SMALL, "--csv", table, "--report", report) == 0
    sys.stdout.flush()
    assert rb"\u03b4>1.25" in shown.getvalue()
    assert rb"b\udce9" in shown.getvalue()
    assert "b?" in table.read_text()
    assert (report / "index.html").exists()


def test_demo_is_measured_against_its_own_truth(tmp_path: Path) -> None:
    figures = tmp_path / "f.json"
    assert run("demo", *NANO, *SMALL, "--frames", "3", "--json", figures) == 0
    content = json.loads(figures.read_text())
    assert [frame["time_s"] for frame in content["frames"]] == pytest.approx([20 / 6, 10, 50 / 3], abs=0.04)
    assert 0.2 < content["trivial"]["row"]["abs_rel"] < 0.35
    assert 0.2 < content["trivial"]["constant"]["abs_rel"] < 0.5
    assert 0 < content["lanes"][0]["truth"]["abs_rel"] < 0.5


def test_a_model_that_fails_is_a_line_of_the_table_and_the_others_go_on(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = tmp_path / "f.json"
    assert run(photos, "--models", "no-such-model,fathom-nano", *SMALL, "--json", figures) == 1
    first, second = json.loads(figures.read_text())["lanes"]
    assert "no-such-model" in first["failure"]
    assert (first["frames"], second["frames"]) == (0, 3)
    said = capsys.readouterr()
    assert re.search(r"^no-such-model 64 fp32 +there is no model called 'no-such-model'", said.out, re.MULTILINE)
    assert "takes its place" in said.err


def test_ctrl_c_writes_what_was_done(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run_lanes = core.comparing.running.run_lanes

    def interrupted_at_the_third(lanes: Any, frame: Any) -> Any:
        if frame.index == 2:
            raise KeyboardInterrupt
        return run_lanes(lanes, frame)

    monkeypatch.setattr(core.comparing.running, "run_lanes", interrupted_at_the_third)
    figures = tmp_path / "f.json"
    assert run(photos, *NANO, *SMALL, "--json", figures, "--report", tmp_path / "r") == 0
    assert len(json.loads(figures.read_text())["frames"]) == 2
    assert "stopped after 2 frames" in capsys.readouterr().err
    assert (tmp_path / "r" / "index.html").exists()


def test_a_truth_that_cannot_be_read_is_told_and_the_others_count(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (photos / "a.npz").write_bytes(b"no archive")
    figures = tmp_path / "f.json"
    assert run(photos, *NANO, *SMALL, "--json", figures) == 1
    assert "a.npz" in capsys.readouterr().err
    truths = [frame["lanes"][0]["truth"] for frame in json.loads(figures.read_text())["frames"]]
    assert [truth is not None for truth in truths] == [False, True, False]


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["demo"], 2, "--models"),
        (["demo", "--models", ","], 2, "--models names nothing"),
        (["demo", *NANO, "--sizes", "100"], 2, "multiples of 32"),
        (["demo", *NANO, "--precisions", "fp8"], 2, "'fp8'"),
        (["demo", *NANO, "--device", "tpu"], 2, "'tpu'"),
        (["demo", *NANO, "--frames", "0"], 2, "--frames must be at least 1"),
        (["demo", *NANO, *SMALL, "--reference", "other"], 2, "(fathom-nano 64 fp32), got 'other'"),
        (["missing.mp4", *NANO], 1, "missing.mp4"),
        (["demo", *NANO, "--json", "/proc/nowhere/f.json"], 1, "/proc/nowhere"),
        (["demo", *NANO, "--report", "/proc/nowhere"], 1, "/proc/nowhere"),
    ],
)
def test_wrong_use_exits_2_and_a_failure_1_with_one_line(
    args: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*args) == code
    line = capsys.readouterr().err.strip()
    assert said in line
    assert "\n" not in line
    assert "Traceback" not in line


def test_what_is_written_is_nothing_that_is_read_and_no_other_file(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = photos / "a.png"
    before = photo.read_bytes()
    twice = tmp_path / "f"
    for source, files, told in (
        (photo, ["--csv", photo], "a.png is what is read"),
        (photos, ["--json", photo], "a.png is what is read"),
        ("demo", ["--csv", twice, "--json", twice], "a name of its own"),
    ):
        assert run(source, *NANO, *SMALL, *files, "--frames", "1") == 1
        assert told in capsys.readouterr().err
    assert photo.read_bytes() == before


def test_a_page_takes_the_place_of_an_older_one_and_of_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "index.html"
    page.write_text("<!DOCTYPE html><title>Home</title>")
    asked = ("demo", *NANO, *SMALL, "--frames", "1", "--report", tmp_path)
    assert run(*asked) == 1
    assert "no page of Fathom's" in capsys.readouterr().err
    assert "Home" in page.read_text()
    page.unlink()
    assert run(*asked) == 0
    first = page.read_text()
    page.write_text(first + "<!-- older -->")
    assert run(*asked) == 0
    assert "older" not in page.read_text()


@pytest.mark.shared
def test_real_pairs_from_a_folder(shared: Path, tmp_path: Path) -> None:
    """Measured depth, dense and sparse. The trivial answers do not depend on any network."""
    figures = tmp_path / "f.json"
    assert run(shared / "media" / "pairs", *NANO, *SMALL, "--json", figures) == 0
    content = json.loads(figures.read_text())
    assert len(content["frames"]) == 9
    assert all(frame["lanes"][0]["truth"] for frame in content["frames"])
    row, constant = content["trivial"]["row"], content["trivial"]["constant"]
    assert (row["abs_rel"], row["delta1_error"]) == pytest.approx((0.263, 0.429), abs=0.001)
    assert (constant["abs_rel"], constant["delta1_error"]) == pytest.approx((0.322, 0.612), abs=0.001)

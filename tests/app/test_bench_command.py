"""`bench` as a person runs it, with the built-in model at a small size."""

import json
from pathlib import Path
from typing import Any

import pytest

import core.bench
from app.cli import main
from core.opencv import cv2

SHORT = ["bench", "--seconds", "0", "--precisions", "fp32", "--devices", "cpu"]
WANTED = {
    *("model", "height", "width", "precision", "device"),
    *("model_ms", "model_ms_p95", "end_to_end_ms", "fps", "memory_mb"),
}


def run(*args: str | Path) -> int:
    def window(*_: Any) -> int:
        raise AssertionError("bench opens no window")

    return main([*SHORT, *(str(arg) for arg in args)], window)


def test_every_case_is_a_row_of_the_table_the_json_and_the_chart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, chart = tmp_path / "new" / "figures.json", tmp_path / "new" / "chart.png"
    assert run("--sizes", "64,64x96", "--json", table, "--chart", chart) == 0
    content = json.loads(table.read_text())
    assert {"fathom", "torch", "processor", "python"} <= set(content["machine"])
    assert [(row["height"], row["width"]) for row in content["rows"]] == [(64, 64), (64, 96)]
    for row in content["rows"]:
        assert set(row) >= WANTED
        assert row["precision"] == "fp32"
        assert 0 < row["model_ms"] <= row["model_ms_p95"]
        assert row["fps"] == pytest.approx(1e3 / row["end_to_end_ms"])
    shown = capsys.readouterr().out.splitlines()
    assert [line.split()[:3] for line in shown[2:4]] == [
        ["fathom-nano", "64x64", "fp32"],
        ["fathom-nano", "64x96", "fp32"],
    ]
    assert [line.partition(":")[0] for line in shown[4:]] == [str(table), str(chart)]
    assert cv2.imread(str(chart)) is not None


def test_a_case_that_fails_is_named_and_the_others_are_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "figures.json"
    assert run("--sizes", "64", "--models", "no-such-model,fathom-nano", "--json", table) == 1
    assert [row["model"] for row in json.loads(table.read_text())["rows"]] == ["fathom-nano"]
    assert "no-such-model" in capsys.readouterr().err


def test_one_file_that_cannot_be_written_costs_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chart = tmp_path / "chart.png"
    assert run("--sizes", "64", "--json", "/proc/nowhere/figures.json", "--chart", chart) == 1
    assert "/proc/nowhere" in capsys.readouterr().err
    assert cv2.imread(str(chart)) is not None


def test_what_is_written_is_no_model_and_no_other_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "own.png"
    own.write_bytes(b"a model of one's own")
    assert run("--models", own, "--chart", own) == 1
    assert "own.png is what is read" in capsys.readouterr().err
    assert run("--json", tmp_path / "a.png", "--chart", tmp_path / "a.png") == 1
    assert "a name of its own" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["own.png"]


def test_what_torch_takes_once_is_not_counted_for_the_first_model(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    load = core.bench.Engine.load

    def loaded(*args: str) -> Any:
        steps.append("load")
        return load(*args)

    monkeypatch.setattr(core.bench.Engine, "load", loaded)
    monkeypatch.setattr(core.bench, "_LinuxMeter", lambda: steps.append("meter"))
    core.bench._start.cache_clear()
    for _ in range(2):
        core.bench.memory_meter(core.bench.pick_device("cpu"))
    assert steps == ["load", "meter", "meter"]


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["--chart", "chart.jpg"], 2, "--chart must be a .png file, got chart.jpg"),
        (["--precisions", "fp8"], 2, "got 'fp8'"),
        (["--models", ","], 2, "--models names nothing"),
        (["--seconds", "nan"], 2, "--seconds must be 0 or more"),
        (["--sizes", "63"], 2, "63"),
    ],
)
def test_wrong_use_is_one_line(args: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*args) == code
    line = capsys.readouterr().err.strip()
    assert said in line
    assert "\n" not in line

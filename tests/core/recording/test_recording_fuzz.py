"""No input crashes the reader or makes it take memory: also not one whose checksums are right."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import SourceError
from core.recording import matroska_input
from core.recording.ebml import Id, binary, id_bytes, master, text
from core.recording.facts import DepthFormat, RecordingFacts
from core.recording.matroska_file import MatroskaFile
from core.recording.matroska_head import Tracks
from core.recording.reader import DepthVideoReader
from core.recording.signature import is_recording
from support.recordings import FACTS, write_recording

MOST_FRAMES = 100
MOST_GROWTH_BYTES = 400 * 2**20


@pytest.fixture(autouse=True)
def checksums_are_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """As an attacker would make them: what is behind them is reached."""
    monkeypatch.setattr(matroska_input, "is_intact", lambda body, **_: True)


@pytest.fixture(autouse=True)
def memory_is_spared() -> Iterator[None]:
    before = peak_bytes()
    yield
    assert peak_bytes() - before < MOST_GROWTH_BYTES


def peak_bytes() -> int:
    if sys.platform == "win32":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def read_with_all_means(path: Path) -> str:
    """Open, play, jump. Only a SourceError may come out of it; gives its line."""
    is_recording(path)
    try:
        with DepthVideoReader(path) as reader:
            for time_s in (0.15, 1e9, 0.0):
                frames = 0
                while (frame := reader.read()) is not None and frames < MOST_FRAMES:
                    frames += 1
                    assert frame.rgb.shape == (*reader.facts.picture_hw, 3)
                    assert frame.inverse_depth.shape == reader.facts.network_hw
                assert reader.duration_s >= 0
                reader.seek(time_s)
            reader.read()
    except SourceError as error:
        return str(error)
    return ""


@pytest.fixture(scope="module", params=["gray16", "float32"])
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    depth_format: DepthFormat = request.param
    path = tmp_path_factory.mktemp("whole") / "a.mkv"
    write_recording(path, [0, 0.1, 0.2, 1.3], depth_format, picture_hw=(17, 33), depth_hw=(8, 12))
    return path.read_bytes()


@pytest.mark.parametrize("seed", range(8))
def test_changed_bytes(tmp_path: Path, whole: bytes, seed: int) -> None:
    path = tmp_path / "a.mkv"
    rng = np.random.default_rng(seed)
    for _ in range(60):
        data = np.frombuffer(whole, np.uint8).copy()
        places = rng.integers(0, len(data), int(rng.integers(1, 12)))
        data[places] = rng.choice([0, 1, 0x7F, 0x80, 0xFF, int(rng.integers(256))], len(places))
        path.write_bytes(data.tobytes())
        read_with_all_means(path)


@pytest.mark.parametrize("seed", range(4))
def test_pieces_out_of_place(tmp_path: Path, whole: bytes, seed: int) -> None:
    path = tmp_path / "a.mkv"
    rng = np.random.default_rng(100 + seed)
    for _ in range(40):
        start, end, to = sorted(rng.integers(0, len(whole), 3).tolist())
        piece = whole[start:end]
        changed = [
            whole[:start] + whole[end:],
            whole[:to] + piece + whole[to:],
            piece,
            whole[:start] + piece[::-1],
        ]
        path.write_bytes(changed[int(rng.integers(len(changed)))])
        read_with_all_means(path)


def test_noise(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    rng = np.random.default_rng(7)
    for size in rng.integers(0, 3000, 100).tolist():
        path.write_bytes(id_bytes(Id.EBML) + rng.bytes(size))
        assert read_with_all_means(path)


SIDES = [0, 1, 65, 16384, 2**24, 2**31, 2**62]


@pytest.mark.parametrize("hw", [(side, 64) for side in SIDES] + [(48, side) for side in SIDES] + [(2**14, 2**13)])
@pytest.mark.parametrize("track", ["colour", "depth"])
def test_sizes_that_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, track: str, hw: tuple[int, int]) -> None:
    """Refused, or found out by the first frame, before there is a picture of that size."""
    begin = MatroskaFile.begin

    def lie(self: MatroskaFile, tracks: Tracks, facts: RecordingFacts) -> None:
        if track == "colour":
            begin(self, replace(tracks, coded_hw=hw, picture_hw=hw), replace(facts, picture_hw=hw))
        else:
            begin(self, replace(tracks, depth_hw=hw), facts)

    monkeypatch.setattr(MatroskaFile, "begin", lie)
    path = write_recording(tmp_path / "a.mkv", [0], depth_hw=(30, 40), finish=False)
    line = read_with_all_means(path)
    assert "claims" in line or "no frame of it can be read" in line


HEAD = binary(Id.EBML, b"")
TAGS = master(
    Id.TAGS,
    master(
        Id.TAG,
        *(
            master(Id.SIMPLE_TAG, text(Id.TAG_NAME, name), text(Id.TAG_STRING, value))
            for name, value in FACTS.as_tags().items()
        ),
    ),
)


@pytest.mark.parametrize(
    "parts",
    [
        TAGS,
        master(Id.TRACKS, bytes(2**20)) + TAGS,
        TAGS + binary(Id.TRACKS, b"\xae\x80" * 2**19),
        TAGS + binary(Id.VOID, b"")[:1] * 2**16,
        TAGS + b"\xec\x80" * 2**18,
        binary(Id.TAGS, b"\x73\x73\x80" * 2**18),
        id_bytes(Id.CLUSTER) + b"\x01" + 7 * b"\xff",
        id_bytes(Id.CLUSTER) + b"\x01" + 6 * b"\xff" + b"\xfe",
        id_bytes(Id.TAGS) + b"\x01" + 6 * b"\xff" + b"\xfe" + bytes(1000),
    ],
    ids=[
        "tags alone",
        "zeros",
        "many tracks",
        "half voids",
        "many voids",
        "many tags",
        "endless",
        "vast",
        "vast tags",
    ],
)
def test_hostile_heads(tmp_path: Path, parts: bytes) -> None:
    path = tmp_path / "a.mkv"
    path.write_bytes(HEAD + binary(Id.SEGMENT, parts))
    assert read_with_all_means(path)


@pytest.mark.parametrize(
    "scales",
    [
        "",
        "{}",
        "[]",
        "null",
        "[" * 500,
        '{"frame": -1, "offset": 0, "scale": 1}',
        '{"frame": 0, "offset": NaN, "scale": 1}',
        '{"frame": 0, "offset": 0, "scale": Infinity}',
        '{"frame": 1e999, "offset": 0, "scale": 1}',
        '{"frame": "x", "offset": 0, "scale": 1}',
        '{"frame": 0, "offset": {}, "scale": 1}',
        '{"frame": ' + "9" * 900 + "}",
        '"' + "x" * 5000 + '"',
        "\udcff".encode("utf-8", "surrogateescape").decode("latin-1"),
    ],
)
def test_hostile_scales(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scales: str) -> None:
    monkeypatch.setattr("core.recording.depth_video.json.dumps", lambda about: scales)
    path = write_recording(tmp_path / "a.mkv", [0, 0.1])
    assert "a frame has no scale" in read_with_all_means(path)


def test_values_beyond_float32_are_infinite_not_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scales = '{"frame": 0, "offset": 1e300, "scale": 1e300}'
    monkeypatch.setattr("core.recording.depth_video.json.dumps", lambda about: scales)
    with DepthVideoReader(write_recording(tmp_path / "a.mkv", [0])) as reader:
        frame = reader.read()
    assert frame is not None
    assert np.isinf(frame.inverse_depth).all()


def test_times_that_go_back(tmp_path: Path, whole: bytes) -> None:
    data = bytearray(whole)
    second = whole.index(id_bytes(Id.CLUSTER), whole.index(id_bytes(Id.CLUSTER)) + 1)
    at = whole.index(id_bytes(Id.TIMESTAMP) + b"\x01", second) + 9
    data[at : at + 8] = bytes(8)
    path = tmp_path / "a.mkv"
    path.write_bytes(data)
    assert "the times go back" in read_with_all_means(path)

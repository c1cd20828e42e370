"""Runs a comparison from the source's opening to the last frame: what `compare` does, without a window."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from core.comparing.comparison import Comparison
from core.comparing.ground_truth import GroundTruth, truth_of
from core.comparing.lane_wish import LaneWish
from core.comparing.lanes import Lane, run_lanes
from core.comparing.pictures import SheetRow, sheet_row
from core.comparing.sampling import expected_frames, frames_of
from core.errors import SourceError
from core.look import Look
from core.messages import DepthArray, Frame, SourceInfo
from core.sources.opener import open_source
from core.sources.source import Source

MOST_SHEET_ROWS = 12

Progress = Callable[[str, int, int | None], None]  # what is done now, frames done, frames expected
MakeLane = Callable[[LaneWish], Lane]
OpenSource = Callable[[str, str], Source]


@dataclass(slots=True, eq=False)
class Outcome:
    """What a run came to, also one that was interrupted."""

    comparison: Comparison
    source: SourceInfo
    sheet: list[SheetRow] = field(default_factory=list)  # some of the frames, evenly
    problems: list[str] = field(default_factory=list)  # a line each; the run went on
    was_interrupted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareWish:
    """What to compare, on what."""

    address: str
    camera_mode: str
    lanes: Sequence[LaneWish]
    reference: int = 0
    frames: int | None = None  # None: every frame of a file
    look: Look | None = None  # the colours of the contact sheet; None: none is made


def compare(
    wish: CompareWish, progress: Progress, make_lane: MakeLane = Lane, open_source: OpenSource = open_source
) -> Outcome:
    """Run every lane on every frame. Ctrl-C, also while models are loaded, ends it with what was done so far.

    A lane that fails, a truth that cannot be read and damage in the source become lines in the outcome.
    Raises: SourceError where the source cannot be opened; SettingError for a live source without an end.
    """
    source = open_source(wish.address, wish.camera_mode)
    lanes = [make_lane(each) for each in wish.lanes]
    outcome = Outcome(Comparison(lanes, wish.reference), source.info)
    try:
        _run(wish, source, outcome, progress)
    except KeyboardInterrupt:
        outcome.was_interrupted = True
    finally:
        for lane in lanes:
            lane.close()
        source.close()
    return outcome


def _run(wish: CompareWish, source: Source, outcome: Outcome, progress: Progress) -> None:
    expected = expected_frames(source.info, wish.frames)
    frames = _until_damaged(frames_of(source, wish.frames), outcome)
    first = next(frames, None)
    if first is None:
        return
    _open(outcome, first, progress)
    truth = truth_of(source.info)
    sheet = _Sheet(outcome.sheet)
    for done, frame in enumerate(chain([first], frames)):
        if all(lane.failure for lane in outcome.comparison.lanes):
            return
        progress("comparing", done, expected)
        results = run_lanes(outcome.comparison.lanes, frame)
        true_depth = _truth(truth, frame, outcome)
        name = "" if truth is None else truth.name_of(frame)
        outcome.comparison.add(frame, results, true_depth, name)
        if wish.look is not None and sheet.wants(frame.index):
            sheet.add(sheet_row(frame, results, outcome.comparison.reference, true_depth, wish.look))
    progress("comparing", len(outcome.comparison.frames), expected)


def _open(outcome: Outcome, first: Frame, progress: Progress) -> None:
    """Load the lanes; where the reference cannot be, the first that can takes its place."""
    comparison = outcome.comparison
    for lane in comparison.lanes:
        progress(f"loading {lane.wish.model}", 0, None)
        lane.open(first.rgb)
    failed = comparison.lanes[comparison.reference]
    if failed.failure:
        running = [number for number, lane in enumerate(comparison.lanes) if not lane.failure]
        if running:
            comparison.reference = running[0]
            chosen = comparison.lanes[running[0]].label
            outcome.problems.append(f"the reference {failed.label} cannot be run: {chosen} takes its place")


def _truth(truth: GroundTruth | None, frame: Frame, outcome: Outcome) -> DepthArray | None:
    try:
        return None if truth is None else truth.of(frame)
    except SourceError as error:
        outcome.problems.append(str(error))
        return None


def _until_damaged(frames: Iterator[Frame], outcome: Outcome) -> Iterator[Frame]:
    """What can be read; the damage becomes a line. A source that gives nothing at all is an error."""
    given = 0
    try:
        for frame in frames:
            yield frame
            given += 1
    except SourceError as error:
        if not given:
            raise
        outcome.problems.append(str(error))


class _Sheet:
    """Keeps rows of evenly spread frames without knowing how many will come: every one, then every second, …"""

    def __init__(self, rows: list[SheetRow]) -> None:
        self._rows = rows
        self._stride = 1

    def wants(self, index: int) -> bool:
        return index % self._stride == 0

    def add(self, row: SheetRow) -> None:
        self._rows.append(row)
        if len(self._rows) > MOST_SHEET_ROWS:
            self._stride *= 2
            self._rows[:] = [each for each in self._rows if each.index % self._stride == 0]

"""What the window shows of networks that run side by side on the same frames. Needs numpy at most.

`Session.comparison()` gives the newest; nobody edits one. Lanes are told apart by their number, which a lane keeps
as long as it lives, whatever it runs.
"""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from core.comparing.lane_wish import LaneWish
from core.comparing.measures import Agreement, Fit, Score
from core.messages import DepthArray, DepthResult, ModelInfo

FEWEST_LANES, MOST_LANES = 1, 4  # comparing begins with two; the last one stays
HISTORY_S = 60.0
HISTORY_STEP_S = 0.2  # one point of a lane's history at most so often
FULL_DIFFERENCE = 0.25  # of the reference's range of inverse depth: what a difference map shows strongest

Series = NDArray[np.float32]  # (points,), oldest first, read-only


class LaneState(StrEnum):
    LOADING = "loading"  # its model is read, or a size is prepared; the other lanes go on
    RUNNING = "running"
    FAILED = "failed"  # `detail` says why; `Session.use_lane` tries again
    PUT_ASIDE = "put aside"  # its memory was needed by others; `Session.use_lane` brings it back


@dataclass(frozen=True, slots=True, eq=False)
class LaneHistory:
    """The last minute of a lane. All series have one length; NaN where a figure does not exist."""

    time_s: NDArray[np.float64]  # (points,), `time.monotonic()`
    ms: Series  # of the frame run at that time
    pearson: Series  # agreement with the lane that was the reference then
    abs_rel: Series
    delta1_error: Series


@dataclass(frozen=True, slots=True, eq=False)
class LaneView:
    """One lane as it stands."""

    number: int
    wish: LaneWish
    label: str  # "fathom-nano 256x256 fp32": what runs, as far as that is known
    state: LaneState
    detail: str = ""  # "loading, 45 %"; why it failed; "3 frames gave values that are not finite"
    progress: float | None = None  # 0 to 1 while its model is read
    info: ModelInfo | None = None  # with name, precision, parameters, device; None until it is loaded
    memory_mb: float | None = None  # its weights and what running it took
    median_ms: float | None = None  # of the last frames: from the picture to depth on the host
    fps_alone: float | None = None  # what it would reach if nothing else ran
    fps: float = 0.0  # what it reaches beside the others
    result: DepthResult | None = None  # its newest; `result.frame.index` says which frame it shows
    behind: int = 0  # frames of the source that came after the one it shows
    # With the reference lane, on the frame `measured_index`, which is the newest that both ran. None for the
    # reference itself, and where nothing could be compared yet
    agreement: Agreement | None = None  # on a sample of the pixels of the reference's grid
    difference: DepthArray | None = None  # (h, w) of the reference: above 0 nearer, as a share of its range
    measured_index: int | None = None
    # Brings its inverse depth onto the reference's; outlasts the agreement while either is loaded anew
    fit: Fit | None = None
    # Against the truth, where that is known: demo, recordings of it, photos with measured depth
    score: Score | None = None
    score_index: int | None = None  # of the frame it belongs to
    history: LaneHistory | None = None

    @property
    def parameters(self) -> int | None:
        return self.info.parameters if self.info is not None else None

    def own_range(self, low: float, high: float) -> tuple[float, float] | None:
        """Which of its own values look like `low` and `high` of the reference, so that a renderer shows the lane
        in the common colours: low > high where it sees near and far the other way round. None without a fit."""
        fit = self.fit
        if fit is None or (own_low := fit.undone(low)) is None or (own_high := fit.undone(high)) is None:
            return None
        return own_low, own_high


@dataclass(frozen=True, slots=True, eq=False)
class ComparisonView:
    """All lanes, in the order they are shown."""

    lanes: tuple[LaneView, ...]
    reference: int  # the number of the lane that the others are compared with
    same_frame: bool  # the switch: every lane runs every frame, and all views change together
    is_together: bool = False  # whether all lanes that run show one and the same frame now
    low: float | None = None  # range of the reference lane's inverse depth, which all share after the fit
    high: float | None = None
    overhead: float | None = None  # what comparing costs besides the lanes, as a share of their time
    truth: str = ""  # "rendered" or "measured" where the truth is known
    trivial: dict[str, Score | None] = field(
        default_factory=dict
    )  # "constant" and "row": what any lane has to beat
    budget_mb: float | None = None  # memory that models may hold beside each other
    notes: tuple[str, ...] = ()  # the newest few, oldest first: "swin2-large-384 left memory: …"

    def lane(self, number: int) -> LaneView | None:
        return next((lane for lane in self.lanes if lane.number == number), None)

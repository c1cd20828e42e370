"""What a comparison found: figures for every frame and lane, and what they come to."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.comparing.agreement import agreement
from core.comparing.lanes import Lane, check_same_frame
from core.comparing.measures import Agreement, Score
from core.comparing.truth import TRIVIAL, overall, score, trivial_scores
from core.messages import DepthArray, DepthResult, Frame


@dataclass(frozen=True, slots=True)
class LaneFigures:
    """One lane on one frame."""

    ms: float
    agreement: Agreement | None  # with the reference lane; None for that lane itself and where it has no depth
    score: Score | None  # against the truth; None where none is known


@dataclass(frozen=True, slots=True)
class FrameFigures:
    """All lanes on one frame."""

    index: int
    media_time_s: float | None
    name: str  # of the picture, where it has one
    lanes: tuple[LaneFigures | None, ...]  # None: that lane gave no depth of this frame
    trivial: dict[str, Score | None]  # the trivial answers against the truth; empty where none is known


@dataclass(slots=True, eq=False)
class Comparison:
    """Gathers figures, a frame at a time, in the order of `lanes`. Used by: one thread."""

    lanes: Sequence[Lane]
    reference: int  # which lane the others are compared with
    frames: list[FrameFigures] = field(default_factory=list)

    def add(
        self,
        frame: Frame,
        results: Sequence[DepthResult | None],
        true_depth: DepthArray | None = None,
        name: str = "",
    ) -> FrameFigures:
        """Work out one frame's figures from every lane's depth of it.

        Raises: EngineError where a result belongs to another frame.
        """
        check_same_frame(results)
        reference = results[self.reference]
        figures = FrameFigures(
            frame.index,
            frame.media_time_s,
            name,
            tuple(
                None if result is None else self._of_lane(number, result, reference, true_depth)
                for number, result in enumerate(results)
            ),
            {} if true_depth is None else trivial_scores(true_depth),
        )
        self.frames.append(figures)
        return figures

    def _of_lane(
        self, number: int, result: DepthResult, reference: DepthResult | None, true_depth: DepthArray | None
    ) -> LaneFigures:
        compared = number != self.reference and reference is not None
        return LaneFigures(
            result.infer_ms,
            agreement(result.inverse_depth, reference.inverse_depth) if compared and reference else None,
            None if true_depth is None else score(result.inverse_depth, true_depth),
        )

    @property
    def has_truth(self) -> bool:
        return any(frame.trivial for frame in self.frames)

    def agreement_of(self, lane: int) -> Score | None:
        """With the reference lane, the mean over all frames; None for the reference itself."""
        found = [each.agreement for each in self.of_lane(lane) if each is not None and each.agreement is not None]
        return overall(Score(each.pearson, each.abs_rel, each.delta1_error) for each in found)

    def score_of(self, lane: int) -> Score | None:
        """Against the truth, the mean over all pictures that have one."""
        return overall(each.score for each in self.of_lane(lane) if each is not None)

    def trivial_score(self, name: str) -> Score | None:
        """What a trivial answer (a name in TRIVIAL) reaches on the same pictures."""
        return overall(frame.trivial[name] for frame in self.frames if name in frame.trivial)

    def trivial_overall(self) -> dict[str, Score | None]:
        return {name: self.trivial_score(name) for name in TRIVIAL} if self.has_truth else {}

    def of_lane(self, lane: int) -> list[LaneFigures | None]:
        """One value a frame."""
        return [frame.lanes[lane] for frame in self.frames]

    def frames_of(self, lane: int) -> int:
        """How many frames the lane gave depth of."""
        return sum(each is not None for each in self.of_lane(lane))

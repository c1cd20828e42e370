"""The figures of a comparison as JSON and CSV: what other programs read. The README names their keys."""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from core.comparing.comparison import Comparison, FrameFigures, LaneFigures
from core.comparing.measures import Agreement, Score
from core.messages import SourceInfo

_SCORE = ("pearson", "abs_rel", "delta1_error")
COLUMNS = (
    *("frame", "time_s", "picture", "lane", "model", "height", "width", "precision", "device", "ms"),
    *(f"reference_{name}" for name in _SCORE),
    *(f"truth_{name}" for name in _SCORE),
)


def as_json(comparison: Comparison, source: SourceInfo, facts: Mapping[str, str]) -> str:
    """`machine`, `source`, `reference` (the number of a lane, from 0), `lanes`, `trivial` and `frames`.

    A lane and a frame hold null where there is no figure. All errors are shares: 0.1 is 10 %.
    """
    content = {
        "machine": dict(facts),
        "source": {"kind": source.kind.value, "name": source.name},
        "reference": comparison.reference,
        "lanes": [lane_facts(comparison, number) for number in range(len(comparison.lanes))],
        "trivial": {name: score_facts(each) for name, each in comparison.trivial_overall().items()},
        "frames": [_frame_facts(frame) for frame in comparison.frames],
    }
    return json.dumps(content, indent=2, allow_nan=False) + "\n"


def lane_facts(comparison: Comparison, number: int) -> dict[str, Any]:
    """All that is known of a lane: what it is, what it costs, how near it comes to the reference and the truth."""
    lane = comparison.lanes[number]
    info = lane.info
    return {
        "label": lane.label,
        "model": lane.wish.model,
        "height": lane.network_hw[0] if lane.network_hw else None,
        "width": lane.network_hw[1] if lane.network_hw else None,
        "precision": info.precision if info else lane.wish.precision,
        "device": info.device if info else lane.wish.device,
        "parameters": info.parameters if info else None,
        "memory_mb": lane.memory_mb,
        "frames": comparison.frames_of(number),
        "median_ms": lane.median_ms,
        "p95_ms": lane.p95_ms,
        "fps": lane.fps_alone,
        "non_finite": lane.non_finite,
        "failure": lane.failure or None,
        "reference": score_facts(comparison.agreement_of(number)),
        "truth": score_facts(comparison.score_of(number)),
    }


def score_facts(score: Score | Agreement | None) -> dict[str, float | None] | None:
    return None if score is None else {name: getattr(score, name) for name in _SCORE}


def as_csv(comparison: Comparison) -> str:
    """One row a frame and lane, and with a truth one for each trivial answer; empty where there is no figure."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    lanes = [lane_facts(comparison, number) for number in range(len(comparison.lanes))]
    for frame in comparison.frames:
        place = {"frame": frame.index, "time_s": frame.media_time_s, "picture": frame.name}
        for lane, figures in zip(lanes, frame.lanes, strict=True):
            if figures is not None:
                what = {name: lane[name] for name in ("model", "height", "width", "precision", "device")}
                writer.writerow({**place, "lane": lane["label"], **what, **_lane_row(figures)})
        for name, score in frame.trivial.items():
            writer.writerow({**place, "lane": name, **_prefixed("truth", score)})
    return text.getvalue()


def _lane_row(figures: LaneFigures) -> dict[str, Any]:
    return {
        "ms": figures.ms,
        **_prefixed("reference", figures.agreement),
        **_prefixed("truth", figures.score),
    }


def _prefixed(prefix: str, score: Score | Agreement | None) -> dict[str, Any]:
    return {f"{prefix}_{name}": value for name, value in (score_facts(score) or {}).items()}


def _frame_facts(frame: FrameFigures) -> dict[str, Any]:
    return {
        "index": frame.index,
        "time_s": frame.media_time_s,
        "picture": frame.name or None,
        "lanes": [
            None
            if each is None
            else {"ms": each.ms, "reference": score_facts(each.agreement), "truth": score_facts(each.score)}
            for each in frame.lanes
        ],
        "trivial": {name: score_facts(score) for name, score in frame.trivial.items()},
    }

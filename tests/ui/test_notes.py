from dataclasses import replace

import pytest

from core.messages import ModelState, SourceState, Status
from support.fake_session import CLIP, RUNNING
from ui.notes import Note, corner_of, note_of

WELL = Status(SourceState.PLAYING, CLIP, model_state=ModelState.READY, model=RUNNING)


@pytest.mark.parametrize(
    ("changes", "has_picture", "has_depth", "note"),
    [
        ({}, True, True, Note()),
        ({}, True, False, Note("Waiting for the first depth…")),
        (
            {"model_state": ModelState.LOADING, "model_detail": "loading swin2", "model_progress": 0.5},
            True,
            True,
            Note(),
        ),
        (
            {"model_state": ModelState.LOADING, "model_detail": "loading nano", "model_progress": 0.5},
            True,
            False,
            Note("Loading nano…", 0.5),
        ),
        (
            {"model_state": ModelState.LOADING, "model_detail": "loading nano", "model": None, "runs_model": True},
            True,
            True,
            Note("Loading nano…"),
        ),
        ({"model_state": ModelState.FAILED, "model": None, "runs_model": True}, True, True, Note()),
        ({"model_state": ModelState.FAILED}, True, False, Note("No depth: the model could not be loaded")),
        ({"source_detail": "opening b.mp4"}, True, True, Note("Opening b.mp4…")),
        ({"source_state": SourceState.OPENING, "source_detail": "opening a"}, False, False, Note("Opening a…")),
        (
            {"source_state": SourceState.RECONNECTING, "source_detail": "lost; trying again in 2 s"},
            True,
            True,
            Note("Lost; trying again in 2 s", dimmed=True),
        ),
        ({"source_state": SourceState.FAILED}, True, True, Note("The source has stopped", dimmed=True)),
        (
            {"source_state": SourceState.FAILED},
            False,
            False,
            Note("No picture. Choose another source in the panel (P)."),
        ),
        ({"source_state": SourceState.NONE, "source": None}, False, False, Note("Starting…")),
        ({"source_state": SourceState.PAUSED}, True, True, Note()),
    ],
)
def test_the_note_of_each_state(
    changes: dict[str, object], has_picture: bool, has_depth: bool, note: Note
) -> None:
    assert note_of(replace(WELL, **changes), has_picture=has_picture, has_depth=has_depth) == note


def test_what_stands_still_is_marked() -> None:
    marked = {state: corner_of(state) for state in SourceState if corner_of(state)}
    assert marked == {SourceState.PAUSED: "Paused", SourceState.ENDED: "Ended"}

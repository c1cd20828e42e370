"""What the chip over the picture says: the states a person would otherwise wonder about."""

from typing import NamedTuple

from core.messages import ModelState, SourceState, Status
from ui.wording import sentence


class Note(NamedTuple):
    text: str = ""
    progress: float | None = None  # 0 to 1
    dimmed: bool = False  # the picture under it is old


def note_of(status: Status, *, has_picture: bool, has_depth: bool) -> Note:
    """The note for `status`, given what the viewport shows. Empty while all is well."""
    detail = sentence(status.source_detail)
    match status.source_state:
        case SourceState.RECONNECTING:
            return Note(detail or "Source lost, trying again", dimmed=has_picture)
        case SourceState.OPENING:
            return Note(f"{detail or 'Opening'}…")
        case SourceState.FAILED if not has_picture:
            return Note("No picture. Choose another source in the panel (P).")
        case SourceState.FAILED:
            return Note("The source has stopped", dimmed=True)
    if detail:  # another source is being opened while this one goes on
        return Note(f"{detail}…")
    awaits_model = status.runs_model and status.model is None and status.model_state is ModelState.LOADING
    if has_depth and not awaits_model:  # until then a recording shows its own
        return Note()
    match status.model_state:
        case ModelState.LOADING:
            return Note(f"{sentence(status.model_detail) or 'Loading the model'}…", status.model_progress)
        case ModelState.FAILED:
            return Note("No depth: the model could not be loaded")
    if status.source_state is SourceState.NONE:
        return Note("Starting…")
    return Note("Waiting for the first depth…")


def corner_of(state: SourceState) -> str:
    """The word in the picture's corner while it stands still, so that nobody takes it for live."""
    return {SourceState.PAUSED: "Paused", SourceState.ENDED: "Ended"}.get(state, "")

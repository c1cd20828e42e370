"""Take a model away: what Fathom fetched is deleted, a file of a person's own is forgotten and stays where it is.

Imports no torch.
"""

import contextlib
from pathlib import Path

from core.errors import WeightsError
from core.messages import ModelEntry
from core.model_messages import ModelKind
from core.weights import hf_config, provenance
from core.weights.catalogue import entries, suggestion, unusable
from core.weights.folder_lock import FILE_NAME as LOCK_NAME
from core.weights.folder_lock import Busy, alone_in
from core.weights.own_files import forget_file
from core.weights.parts import discard
from core.weights.places import part_path, published_path
from core.weights.provenance import remembered
from core.weights.published import PUBLISHED_MODELS


def remove(name: str) -> str:
    """Remove the model called `name`, or what there is of its download; gives what was done, in one line.

    Raises: WeightsError where it is not Fathom's to delete, or the disk refuses.
    """
    known = (*entries(), *unusable())
    entry = next((entry for entry in known if name in (entry.name, entry.path)), None)
    if entry is None:
        raise WeightsError(f"there is no model called {name!r}{suggestion(name, [e.name for e in known])}")
    match entry.kind:
        case ModelKind.BUILT_IN:
            raise WeightsError(f"{entry.name} is part of Fathom and cannot be removed")
        case ModelKind.FOLDER:
            raise WeightsError(
                f"{entry.path} was not fetched by Fathom, so it is yours: delete the file yourself to remove it"
            )
        case ModelKind.FILE:
            forget_file(Path(entry.name))
            return f"{entry.name} is off the list; the file stays where it is"
        case ModelKind.PUBLISHED:
            return _remove_published(entry)


def _remove_published(entry: ModelEntry) -> str:
    final = published_path(PUBLISHED_MODELS[entry.name])
    folder = final.parent
    if entry.path is None and not part_path(final).exists():
        raise WeightsError(f"{entry.name} is not on this computer: there is nothing to remove")
    try:
        with alone_in(folder):
            if final.is_file() and not _was_fetched(final):
                raise WeightsError(
                    f"{final} was not fetched by Fathom, so it is yours: delete the file yourself to remove it"
                )
            discard(part_path(final))
            discard(part_path(folder / hf_config.FILE_NAME))
            final.unlink(missing_ok=True)
            (folder / hf_config.FILE_NAME).unlink(missing_ok=True)
            (folder / provenance.FILE_NAME).unlink(missing_ok=True)  # last: it says that the rest may go
            with contextlib.suppress(OSError):  # a file of somebody else's keeps the folder
                (folder / LOCK_NAME).unlink()
        with contextlib.suppress(OSError):
            folder.rmdir()
    except Busy:
        raise WeightsError(f"{entry.name} is being downloaded by another Fathom: stop it there first") from None
    except OSError as error:
        raise WeightsError(f"{folder} cannot be changed: {error.strerror or error}") from error
    freed = (entry.file_bytes or entry.part_bytes) / 1e6
    return f"{entry.name} was removed; {freed:.0f} MB are free again"


def _was_fetched(final: Path) -> bool:
    try:
        return remembered(final) is not None
    except WeightsError:  # damaged, but it is our note
        return True

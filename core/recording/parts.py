"""What is the same throughout one file of a recording, and what the file says of itself."""

import time
from datetime import UTC, datetime, timedelta

from core.messages import DepthResult, SourceInfo, SourceKind
from core.recording.facts import RecordingFacts
from core.sources.address import without_credentials


def part_of(result: DepthResult, source: SourceInfo | None) -> tuple[object, ...]:
    """Results for which this is equal belong in one file; with another one, a new part begins.

    Photos of a folder differ in size all the time: their colour is scaled to the first, and their files are there.
    """
    model = result.model
    photos = source is not None and source.kind is SourceKind.PICTURES
    return (
        result.frame.source_id,
        None if photos else result.frame.rgb.shape,
        result.network_hw,
        result.aspect,
        (model.name, model.weights_sha256, model.precision, model.device),
    )


def facts_of(result: DepthResult, source: SourceInfo | None, program_version: str) -> RecordingFacts:
    """Of a file whose first frame is that of `result`."""
    model = result.model
    ago = timedelta(seconds=time.monotonic() - result.frame.captured_at_s)
    return RecordingFacts(
        model=model.name,
        weights_sha256=model.weights_sha256,
        precision=model.precision,
        device=model.device_name,
        aspect=result.aspect,
        source=_address(source),
        started_utc=(datetime.now(UTC) - ago).isoformat(timespec="milliseconds"),
        program_version=program_version,
    )


def _address(source: SourceInfo | None) -> str:
    """What opens the source again, but for passwords; empty where the source is gone already."""
    if source is None:
        return ""
    return without_credentials(source.address) if source.kind is SourceKind.STREAM else source.address

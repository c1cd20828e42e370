"""Models, downloads and the work on model files in words; no widget in here."""

from core.messages import ModelEntry
from core.model_messages import Download, DownloadState, ModelTask, TaskKind, TaskState
from ui.wording import sentence, size_text


def parameters_text(parameters: int) -> str:
    """`3.3 M`, `100 M`; a dash where nobody knows."""
    if not parameters:
        return "–"
    return f"{parameters / 1e6:.1f} M" if parameters < 1e7 else f"{parameters / 1e6:.0f} M"


def left_text(seconds: float) -> str:
    """`20 s left`, `3 min left`, `2 h left`."""
    if seconds < 90:
        return f"{max(round(seconds), 1)} s left"
    return f"{round(seconds / 60)} min left" if seconds < 5400 else f"{round(seconds / 3600)} h left"


def download_share(download: Download) -> float | None:
    """0 to 1; None while nobody knows how much there will be."""
    if download.state is DownloadState.CHECKING:
        return download.checked
    return download.done_bytes / download.total_bytes if download.total_bytes else None


def download_text(download: Download) -> str:
    """What a download does: `Downloading swin2-base-384: 41 of 436 MB`."""
    match download.state:
        case DownloadState.WAITING:
            return f"{download.name} waits for its turn"
        case DownloadState.CHECKING:
            return f"Checking {download.name}"
        case DownloadState.FAILED:
            return sentence(download.line)
    return f"Downloading {download.name}: {amount_text(download)}"


def amount_text(download: Download) -> str:
    """`41 of 436 MB`, or what has come where nobody knows how much there will be."""
    if not download.total_bytes:
        return size_text(download.done_bytes) if download.done_bytes else "connecting"
    return f"{download.done_bytes / 1e6:.0f} of {download.total_bytes / 1e6:.0f} MB"


def speed_text(download: Download) -> str:
    """`12.3 MB/s, 20 s left`; empty before there is a rate."""
    if download.bytes_per_s < 1 or not download.total_bytes:
        return ""
    left_s = (download.total_bytes - download.done_bytes) / download.bytes_per_s
    return f"{download.bytes_per_s / 1e6:.1f} MB/s, {left_text(left_s)}"


def progress_text(download: Download) -> str:
    """What a download does, where its name stands beside it: `41 of 436 MB, 12.3 MB/s, 32 s left`."""
    match download.state:
        case DownloadState.WAITING:
            return "Waits for its turn"
        case DownloadState.CHECKING:
            return "Checking what has come"
    parts = (sentence(amount_text(download)), speed_text(download), download.line)
    return ", ".join(part for part in parts if part)


def kept_share(entry: ModelEntry) -> float:
    """How much of a model that was paused has come, 0 to 1."""
    return min(entry.part_bytes / entry.download_bytes, 1.0) if entry.download_bytes else 0.0


def fetch_text(entry: ModelEntry) -> str:
    """What the button says that brings a model: what is still to come of it."""
    if not entry.part_bytes or not entry.download_bytes:
        return f"Download {size_text(entry.download_bytes)}".strip()
    return f"Resume, {size_text(max(entry.download_bytes - entry.part_bytes, 0))} left"


_DOING = {
    TaskKind.OPEN: "Opening",
    TaskKind.VERIFY: "Checking",
    TaskKind.CONVERT: "Converting",
    TaskKind.REMOVE: "Removing",
}


def task_text(task: ModelTask) -> str:
    """What a piece of work does, or what came of it."""
    if task.state in (TaskState.DONE, TaskState.FAILED):
        return sentence(task.line)
    return f"{_DOING[task.kind]}…"


def subline(entry: ModelEntry) -> str:
    """Under a model's name: from whom, under which licence, and what it was trained at."""
    if entry.problem:
        return "Cannot be used"
    publisher = {"Hugging Face DPT": "Hugging Face"}.get(entry.layout, entry.layout)
    licence = f"{entry.licence} licence" if entry.licence else "licence not told"
    parts = (publisher, licence, f"trained at {entry.training_px} px")
    return " · ".join(part for part in parts if part)


def facts(entry: ModelEntry) -> list[tuple[str, str]]:
    """All that is known of a model, as captions and values; what nobody knows is left out."""
    checksum = ""
    if entry.sha256:
        told = "the publisher’s, and what came has it"
        whose = told if entry.published_sha256 else "of what came; the publisher tells none"
        checksum = f"{entry.sha256}\n{whose}"
    figures = entry.figures
    table = {
        "Note": sentence(entry.note),
        "Network": entry.network,
        "Numbers": entry.dtype,
        "Licence": entry.licence or ("not told by the file" if entry.path and not entry.problem else ""),
        "From": entry.origin,
        "File": entry.path or "",
        "SHA-256": checksum,
        "Errors": "\n".join(figures.others) if figures else "",
        "Figures": f"{figures.whose}; speed on {figures.speed_on}" if figures else "",
    }
    return [(caption, value) for caption, value in table.items() if value]

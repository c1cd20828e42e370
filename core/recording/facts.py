"""What a recording says of itself, in the tags of its Matroska file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

DepthFormat: TypeAlias = Literal["gray16", "float32"]

FORMAT_VERSION = 1
VALUE = {
    "gray16": "relative inverse depth, larger is nearer; value = offset + scale * code",
    "float32": "relative inverse depth, larger is nearer; upper half: high 16 bits of float32, lower half: low 16",
}
TAG_PREFIX = "FATHOM_"
_LONGEST_TEXT = 2000  # characters; a source may be an address without end


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFacts:
    """How the depth of a recording came about. Whoever records gives the first block, the writer the others."""

    model: str
    weights_sha256: str
    precision: str  # what ran: "fp32", "bf16", "fp16"
    device: str
    aspect: str  # "square" or "keep"
    source: str  # the address that opened it, without passwords
    started_utc: str  # ISO 8601
    program_version: str

    format_version: int = FORMAT_VERSION
    depth_format: DepthFormat = "gray16"
    value: str = VALUE["gray16"]
    network_hw: tuple[int, int] = (0, 0)
    picture_hw: tuple[int, int] = (0, 0)  # of the colour; the track may hold a row and a column more
    offset: float = 0.0  # of the first frame
    scale: float = 0.0
    clipped_pixels: int = 0  # those whose depth was not finite
    drops: int = 0  # pictures that never became part of the recording, as a newer one replaced them
    frames: int = 0  # as of the last time the tags were written: each second, and at the end
    finished: bool = False  # False: the program ended in the middle of it

    def as_tags(self) -> dict[str, str]:
        """Name and text of each tag."""
        texts = {
            "FORMAT_VERSION": str(self.format_version),
            "PROGRAM_VERSION": self.program_version,
            "MODEL": self.model,
            "WEIGHTS_SHA256": self.weights_sha256,
            "NETWORK_SIZE": _as_text(self.network_hw),
            "PICTURE_SIZE": _as_text(self.picture_hw),
            "PRECISION": self.precision,
            "DEVICE": self.device,
            "ASPECT": self.aspect,
            "VALUE": self.value,
            "DEPTH_FORMAT": self.depth_format,
            "OFFSET": repr(self.offset),
            "SCALE": repr(self.scale),
            "CLIPPED_PIXELS": str(self.clipped_pixels),
            "SOURCE": self.source,
            "STARTED_UTC": self.started_utc,
            "DROPS": str(self.drops),
            "FRAMES": str(self.frames),
            "FINISHED": "yes" if self.finished else "no",
        }
        return {TAG_PREFIX + name: text.replace("\0", "")[:_LONGEST_TEXT] for name, text in texts.items()}

    @classmethod
    def from_tags(cls, tags: Mapping[str, str]) -> "RecordingFacts":
        """Raises: ValueError where `tags` are not those of a recording that can be read here."""

        def text(name: str) -> str:
            return tags.get(TAG_PREFIX + name, "")

        version = int(text("FORMAT_VERSION") or 0)
        if not 1 <= version <= FORMAT_VERSION:
            raise ValueError(f"format version {version}, versions 1 to {FORMAT_VERSION} can be read")
        depth_format = text("DEPTH_FORMAT")
        if depth_format not in ("gray16", "float32"):
            raise ValueError(f"depth format {depth_format[:20]!r}, gray16 and float32 can be read")
        return cls(
            model=text("MODEL"),
            weights_sha256=text("WEIGHTS_SHA256"),
            precision=text("PRECISION"),
            device=text("DEVICE"),
            aspect=text("ASPECT"),
            source=text("SOURCE"),
            started_utc=text("STARTED_UTC"),
            program_version=text("PROGRAM_VERSION"),
            format_version=version,
            depth_format="gray16" if depth_format == "gray16" else "float32",
            value=text("VALUE"),
            network_hw=_from_text(text("NETWORK_SIZE")),
            picture_hw=_from_text(text("PICTURE_SIZE")),
            offset=float(text("OFFSET") or 0.0),
            scale=float(text("SCALE") or 0.0),
            clipped_pixels=_count(text("CLIPPED_PIXELS")),
            drops=_count(text("DROPS")),
            frames=_count(text("FRAMES")),
            finished=text("FINISHED") == "yes",
        )


def _count(text: str) -> int:
    count = int(text or 0)
    if not 0 <= count < 2**53:
        raise ValueError(f"a count of {text[:20]}")
    return count


def _as_text(size_hw: tuple[int, int]) -> str:
    """Width first, as people write it."""
    return f"{size_hw[1]}x{size_hw[0]}"


def _from_text(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(height), int(width)

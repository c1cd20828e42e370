"""What `torch.save` writes: a zip of one pickle and the tensors' bytes. Nothing in it is ever run or trusted.

The zip is checked first (sizes, no compression, checksums), then the names the pickle asks for, and only then
torch reads it, with `weights_only=True` and the tensors mapped from the file rather than allocated.
"""

import pickletools
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from core.errors import WeightsError
from core.weights.wording import listed, shown

MAX_PICKLE_BYTES = 8 << 20  # the large published model's is 60 kB
MAX_DIRECTORY_BYTES = 16 << 20
WEIGHT_DTYPES = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
_CHUNK_BYTES = 1 << 20
_WRAPPERS = ("model", "state_dict")  # where training scripts put the weights beside the optimizer's state
_REBUILDERS = {"torch._utils _rebuild_tensor_v2", "torch._utils _rebuild_parameter", "collections OrderedDict"}


class TorchArchive:
    """An open archive of tensors, mapped read-only from the file. Raises: WeightsError."""

    def __init__(self, path: Path) -> None:
        self.metadata: Mapping[str, str] = {}
        self._path = path
        if path.suffix == ".safetensors":  # torch would believe the name rather than the content
            raise WeightsError(f"{path.name} is what torch.save writes, not safetensors: rename it to end in .pt")
        try:
            self._check_directory()
            self._check_pickle()
            content = self._load()
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
            raise WeightsError(f"{path.name} is a damaged or cut-off torch file; fetch it again") from error
        self._tensors = _tensors_of(content, path.name)
        self._check_extents()
        self.shapes: Mapping[str, tuple[int, ...]] = {k: tuple(t.shape) for k, t in self._tensors.items()}

    def load(self, key: str) -> Tensor:
        tensor = self._tensors[key]
        if tensor.dtype not in WEIGHT_DTYPES:
            kind = str(tensor.dtype).removeprefix("torch.")
            raise WeightsError(f"{self._path.name} holds {key} as {kind}; weights are floating-point numbers")
        return tensor.detach().clone(memory_format=torch.contiguous_format)

    def check(self) -> None:
        """Read every byte once against the zip's checksums; mapping the tensors alone would not."""
        try:
            with zipfile.ZipFile(self._path) as archive:
                for entry in archive.infolist():
                    with archive.open(entry) as record:
                        while record.read(_CHUNK_BYTES):
                            pass
        except (zipfile.BadZipFile, EOFError) as error:
            raise WeightsError(f"{self._path.name} is damaged ({error}); fetch or copy it again") from error

    def close(self) -> None:
        self._tensors = {}

    def _check_directory(self) -> None:
        """Sizes that cannot be meant are refused here, from the zip's directory alone."""
        name = self._path.name
        file_bytes = self._path.stat().st_size
        if _directory_bytes(self._path) > MAX_DIRECTORY_BYTES:
            raise WeightsError(f"{name} lists more parts than any model has: refused")
        with zipfile.ZipFile(self._path) as archive:
            entries = archive.infolist()
        names = [entry.filename for entry in entries]
        if any(entry.compress_type or entry.compress_size != entry.file_size for entry in entries):
            raise WeightsError(f"{name} is a compressed zip, which torch never writes; unpack it first")
        if len(set(names)) != len(names) or sum(entry.file_size for entry in entries) > file_bytes:
            raise WeightsError(f"{name} claims more data than the file holds: refused")
        if any(part.endswith("/constants.pkl") for part in names):
            raise WeightsError(f"{name} is a TorchScript program; wanted its weights, a state dict saved by torch")
        pickles = [entry for entry in entries if re.fullmatch(r"[^/]+/data\.pkl", entry.filename)]
        if len(pickles) != 1:
            raise WeightsError(f"{name} is a zip, but not one of torch; wanted MiDaS .pt weights or .safetensors")
        if pickles[0].file_size > MAX_PICKLE_BYTES:
            raise WeightsError(
                f"{name} has a pickle larger than any model needs ({pickles[0].file_size} bytes): refused"
            )
        self._pickle = pickles[0].filename
        self._record_bytes = {entry.file_size for entry in entries}

    def _check_pickle(self) -> None:
        """Name what the pickle asks for beyond tensors, before torch reads it."""
        with zipfile.ZipFile(self._path) as archive:
            code = archive.read(self._pickle)
        foreign = sorted({wanted for wanted in _names_asked_for(code) if not _is_tensor_part(wanted)})
        if foreign:
            names = listed([wanted.replace(" ", ".") for wanted in foreign])
            raise WeightsError(
                f"{self._path.name} wants to run {names} when it is opened: refused, nothing was run. "
                "Wanted a file with nothing but weights in it"
            )

    def _load(self) -> Any:
        try:
            return torch.load(self._path, map_location="cpu", weights_only=True, mmap=True)
        except OSError:
            raise
        except Exception as error:  # the pickle is a stranger's: anything can come of reading it
            raise WeightsError(f"{self._path.name} is damaged or holds more than weights: refused") from error

    def _check_extents(self) -> None:
        """No tensor may claim more numbers than it has in the file: a stride of 0 repeats one a trillion times."""
        total = 0
        for key, tensor in self._tensors.items():
            claimed = tensor.numel() * tensor.element_size()
            total += claimed
            stored = tensor.untyped_storage().nbytes()
            if claimed > stored or (claimed and stored not in self._record_bytes):
                claim = f"{shown(key)} the shape {shown(tuple(tensor.shape))}"
                raise WeightsError(f"{self._path.name} gives {claim} without the data for it: refused")
        if total > self._path.stat().st_size:
            raise WeightsError(f"{self._path.name} claims more data than the file holds: refused")


def _directory_bytes(path: Path) -> int:
    """How large the zip's directory says it is, before it is read. Source: zip specification, 4.3.14 to 4.3.16."""
    with path.open("rb") as file:
        file.seek(-min(path.stat().st_size, 1 << 17), 2)
        tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 16:
        raise zipfile.BadZipFile("no end of the directory")
    size = int.from_bytes(tail[end + 12 : end + 16], "little")
    end64 = tail.rfind(b"PK\x06\x06", 0, end)
    if size == 0xFFFFFFFF and end64 >= 0:
        size = int.from_bytes(tail[end64 + 40 : end64 + 48], "little")
    return size


def _names_asked_for(code: bytes) -> Iterator[str]:
    """Every "module name" pair the pickle looks up, found without running it. Raises: ValueError."""
    for opcode, argument, _ in pickletools.genops(code):
        if opcode.name == "PROTO" and argument != 2:
            raise WeightsError(
                f"it is a pickle of protocol {argument}; torch writes and reads protocol 2: save it again"
            )
        if opcode.name in ("GLOBAL", "INST"):
            yield str(argument)
        elif opcode.name == "STACK_GLOBAL":
            yield "an object by a computed name"


def _is_tensor_part(wanted: str) -> bool:
    module, _, name = wanted.partition(" ")
    in_torch = module in ("torch", "torch.storage")
    is_dtype = module == "torch" and isinstance(getattr(torch, name, None), torch.dtype)
    return wanted in _REBUILDERS or is_dtype or (in_torch and name.endswith("Storage"))


def _tensors_of(content: Any, name: str) -> dict[str, Tensor]:
    """The table of weights, plain or inside what a training script saved."""
    if isinstance(content, dict) and not any(isinstance(value, Tensor) for value in content.values()):
        content = next((content[key] for key in _WRAPPERS if isinstance(content.get(key), dict)), content)
    if not isinstance(content, dict) or not any(isinstance(value, Tensor) for value in content.values()):
        raise WeightsError(f"{name} holds no table of weights; wanted a state dict, alone or under 'model'")
    strange = [
        str(key)
        for key, value in content.items()
        if not isinstance(key, str) or not isinstance(value, Tensor) or value.layout is not torch.strided
    ]
    if strange:
        raise WeightsError(f"{name} has {len(strange)} entries that are no weights: {listed(strange)}")
    return content

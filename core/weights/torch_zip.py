"""The container that `torch.save` writes, judged before anything in it is read. Imports no torch.

It is a zip of one pickle and the tensors' bytes, uncompressed. What is checked here are sizes, names and
checksums: first the zip's directory, then every name the pickle asks for.
"""

import contextlib
import pickletools
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from core.errors import WeightsError
from core.weights.wording import listed

MAX_PICKLE_BYTES = 8 << 20  # the large published model's is 60 kB
MAX_DIRECTORY_BYTES = 16 << 20
ITEM_BYTES = {  # of what a pickle may ask torch for, by the name of its dtype
    "float16": 2, "half": 2, "bfloat16": 2, "float32": 4, "float": 4, "float64": 8, "double": 8,
    "uint8": 1, "int8": 1, "int16": 2, "short": 2, "int32": 4, "int": 4, "int64": 8, "long": 8, "bool": 1,
    "complex64": 8, "complex128": 16,
}  # fmt: skip
_CHUNK_BYTES = 1 << 20
_WRAPPERS = ("model", "state_dict")  # where training scripts put the weights beside the optimizer's state
_REBUILDERS = {"torch._utils _rebuild_tensor_v2", "torch._utils _rebuild_parameter", "collections OrderedDict"}

T = TypeVar("T")


class TorchZip:
    """A torch archive whose directory and pickle were found to be harmless. Holds no file open.

    Raises: WeightsError, OSError.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.records: Mapping[str, int] = {}  # the tensors' parts by their key, and how many bytes each has
        self.pickle = b""
        if path.suffix == ".safetensors":  # torch would believe the name rather than the content
            raise WeightsError(f"{path.name} is what torch.save writes, not safetensors: rename it to end in .pt")
        with refusing_damage(path.name):
            self._check_directory()
            self._check_pickle()

    def check(self, progress: Callable[[float], None] = lambda share: None) -> None:
        """Read every byte once against the zip's checksums. `progress` gets 0 to 1; what it raises ends the check.

        Raises: WeightsError, OSError.
        """
        try:
            with zipfile.ZipFile(self.path) as archive:
                entries = archive.infolist()
                total = max(sum(entry.file_size for entry in entries), 1)
                done = 0
                for entry in entries:
                    with archive.open(entry) as record:
                        while chunk := record.read(_CHUNK_BYTES):
                            done += len(chunk)
                            progress(min(done / total, 1.0))
        except (zipfile.BadZipFile, EOFError, RuntimeError) as error:  # the last: a part that is encrypted
            raise WeightsError(f"{self.path.name} is damaged ({error}); fetch or copy it again") from error

    def _check_directory(self) -> None:
        """Sizes that cannot be meant are refused here, from the zip's directory alone."""
        name = self.path.name
        file_bytes = self.path.stat().st_size
        if _directory_bytes(self.path) > MAX_DIRECTORY_BYTES:
            raise WeightsError(f"{name} lists more parts than any model has: refused")
        with zipfile.ZipFile(self.path) as archive:
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
        data = pickles[0].filename.removesuffix("data.pkl") + "data/"
        self.records = {
            entry.filename.removeprefix(data): entry.file_size
            for entry in entries
            if entry.filename.startswith(data)
        }
        with zipfile.ZipFile(self.path) as archive:
            self.pickle = archive.read(pickles[0])

    def _check_pickle(self) -> None:
        """Name what the pickle asks for beyond tensors, before anybody unpickles it."""
        foreign = sorted({wanted for wanted in _names_asked_for(self.pickle) if not _is_tensor_part(wanted)})
        if foreign:
            names = listed([wanted.replace(" ", ".") for wanted in foreign])
            raise WeightsError(
                f"{self.path.name} wants to run {names} when it is opened: refused, nothing was run. "
                "Wanted a file with nothing but weights in it"
            )


@contextlib.contextmanager
def refusing_damage(name: str) -> Iterator[None]:
    """Turns what a damaged zip or pickle makes of a reader into one line. Raises: WeightsError."""
    try:
        yield
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise WeightsError(f"{name} is a damaged or cut-off torch file; fetch it again") from error


def weights_in(content: Any, name: str, tensor: type[T], usable: Callable[[T], bool]) -> dict[str, T]:
    """The table of weights in what was unpickled, plain or inside what a training script saved.

    Raises: WeightsError where there is none, or it holds anything but `usable` tensors.
    """
    if isinstance(content, dict) and not any(isinstance(value, tensor) for value in content.values()):
        content = next((content[key] for key in _WRAPPERS if isinstance(content.get(key), dict)), content)
    if not isinstance(content, dict) or not any(isinstance(value, tensor) for value in content.values()):
        raise WeightsError(f"{name} holds no table of weights; wanted a state dict, alone or under 'model'")
    strange = [
        str(key)
        for key, value in content.items()
        if not isinstance(key, str) or not isinstance(value, tensor) or not usable(value)
    ]
    if strange:
        raise WeightsError(f"{name} has {len(strange)} entries that are no weights: {listed(strange)}")
    return content


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
        if opcode.name in ("PUT", "BINPUT", "LONG_BINPUT") and (argument or 0) > len(code):
            raise ValueError("an unpickler would make room for as many things as this number says")
        if opcode.name in ("GLOBAL", "INST"):
            yield str(argument)
        elif opcode.name == "STACK_GLOBAL":
            yield "an object by a computed name"


def _is_tensor_part(wanted: str) -> bool:
    module, _, name = wanted.partition(" ")
    is_dtype = module == "torch" and name in ITEM_BYTES
    is_storage = module in ("torch", "torch.storage") and name.endswith("Storage")
    return wanted in _REBUILDERS or is_dtype or is_storage

"""All that decides a training, read from one TOML file beside the model that comes out of it."""

import re
import tomllib
from dataclasses import MISSING, Field, dataclass, fields
from pathlib import Path
from typing import Any

from core.errors import EngineError, TrainingError
from core.model.config import DPTConfig, check_size
from core.network_size import MAX_PX

Hw = tuple[int, int]

MOST_SEED = 1 << 16  # each has pictures of its own, and all lie below those of the evaluation
_OWN_TABLES = {"network", "phases"}


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the training that sees pictures of these sizes, one size a step, in turn by chance."""

    until: float  # share of the whole training, 0 to 1, at which the next phase begins
    sizes: tuple[Hw, ...]


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """One training. The same config, code and kind of device give the same weights.

    Raises: TrainingError naming the first value that does not fit.
    """

    name: str  # of the model and its file
    network: DPTConfig
    phases: tuple[Phase, ...]
    seed: int
    steps: int
    pixels: int  # of all pictures of a step together: the batch is as large as they allow
    rendered_hw: Hw  # what the scenes are rendered at; training sees crops of it
    pictures: int  # rendered ones kept at a time
    uses: float  # how often a picture is trained on before another takes its place, on average
    learning_rate: float
    weight_decay: float
    warm_up: float  # share of the training
    averaging: float  # of the weights: what share of the average stays in each step
    gradient_weight: float
    tether_weight: float
    evaluate_every: int  # steps
    evaluated_pictures: int
    renewed: tuple[str, ...] = ()  # branches that begin anew where weights are gone on with: "stage.block.mlp"

    def __post_init__(self) -> None:
        _require(
            bool(self.name) and self.name.isprintable() and Path(self.name).name == self.name,
            f"name must be that of a file, without its folder, got {self.name!r}",
        )
        _require(
            self.network.training_px <= MAX_PX,
            f"network.training_px must be at most {MAX_PX}, got {self.network.training_px}",
        )
        for name in ("steps", "pixels", "pictures", "evaluate_every", "evaluated_pictures"):
            _require(getattr(self, name) >= 1, f"{name} must be at least 1, got {getattr(self, name)}")
        _require(1 <= self.seed < MOST_SEED, f"seed must be from 1 to {MOST_SEED - 1}, got {self.seed}")
        for name in ("uses", "learning_rate"):
            _require(getattr(self, name) > 0, f"{name} must be above 0, got {getattr(self, name)}")
        for name in ("warm_up", "averaging"):
            _require(0 <= getattr(self, name) < 1, f"{name} must be from 0 to below 1, got {getattr(self, name)}")
        for name in ("weight_decay", "gradient_weight", "tether_weight"):
            _require(getattr(self, name) >= 0, f"{name} must be 0 or more, got {getattr(self, name)}")
        for branch in self.renewed:
            _require(
                isinstance(branch, str) and re.fullmatch(r"[0-3]\.\d+\.(attention|mlp)", branch) is not None,
                f'renewed must be branches as ["3.0.mlp", "2.1.attention"], got {branch!r}',
            )
            stage, block, _ = branch.split(".")
            blocks = self.network.depths[int(stage)]
            _require(int(block) < blocks, f"renewed names {branch}, but stage {stage} has {blocks} blocks")
        ends = [phase.until for phase in self.phases]
        _require(bool(ends) and ends == sorted(set(ends)) and ends[-1] == 1.0, "phases must rise to until = 1.0")
        for phase in self.phases:
            _require(
                isinstance(phase.sizes, tuple) and len(phase.sizes) > 0,
                f"each phase needs at least one size, as [[64, 96]], got {phase.sizes!r}",
            )
        for hw in (self.rendered_hw, *(hw for phase in self.phases for hw in phase.sizes)):
            _require(_is_hw(hw), f"a size must be [height, width] in whole pixels, got {hw!r}")
            try:
                check_size(hw)
            except EngineError as error:
                raise TrainingError(f"no training can be made so: {error}") from error
            _require(self.pixels >= hw[0] * hw[1], f"pixels must hold a picture of {hw[0]}x{hw[1]}")

    def sizes_at(self, progress: float) -> tuple[Hw, ...]:
        """What the phase at this share of the training sees."""
        return next((phase.sizes for phase in self.phases if progress < phase.until), self.phases[-1].sizes)

    def batch(self, hw: Hw) -> int:
        return self.pixels // (hw[0] * hw[1])


def read_config(path: Path) -> TrainConfig:
    """Raises: TrainingError where the file cannot be read or is no such config."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise TrainingError(f"{path} cannot be read: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TrainingError(f"{path} is no TOML file: {error}") from error
    try:
        return TrainConfig(
            network=_of(DPTConfig, table["network"], "network"),
            phases=tuple(_of(Phase, phase, "phases") for phase in table["phases"]),
            **_values(TrainConfig, {k: v for k, v in table.items() if k not in _OWN_TABLES}, "", _OWN_TABLES),
        )
    except KeyError as error:
        raise TrainingError(f"{path} lacks [{error.args[0]}]; the configs beside the models have it") from error
    except (TrainingError, EngineError, TypeError) as error:
        raise TrainingError(f"{path}: {error}") from error


def _of(kind: type[Any], table: object, where: str) -> Any:
    if not isinstance(table, dict):
        raise TrainingError(f"{where} must be a table, got {table!r}")
    return kind(**_values(kind, table, f"{where}."))


def _values(kind: type[Any], table: dict[str, Any], where: str, apart: set[str] | None = None) -> dict[str, Any]:
    """`table` with lists as tuples, each number of the field's type. Raises: TrainingError for a wrong name."""
    known: dict[str, Any] = {item.name: item.type for item in fields(kind) if item.name not in (apart or set())}
    for name in table:
        if name not in known:
            raise TrainingError(f"there is no {where}{name}: it must be one of {', '.join(sorted(known))}")
    values = {}
    for name, value in table.items():
        if known[name] in (int, float, str) and not _fits(value, known[name]):
            raise TrainingError(f"{where}{name} must be of type {known[name].__name__}, got {value!r}")
        values[name] = _frozen(value)
    missing = [item.name for item in fields(kind) if item.name in known and _is_required(item, table)]
    if missing:
        raise TrainingError(f"{where}{missing[0]} is missing")
    return values


def _is_required(item: "Field[Any]", table: dict[str, Any]) -> bool:
    return item.name not in table and item.default is MISSING


def _fits(value: object, kind: type[Any]) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, (int, float) if kind is float else kind)


def _is_hw(value: object) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and all(_fits(side, int) for side in value)


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _require(holds: bool, problem: str) -> None:
    if not holds:
        raise TrainingError(f"no training can be made so: {problem}")

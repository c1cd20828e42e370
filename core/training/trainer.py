"""The training of a network on rendered scenes: one loop, the same on the CPU and on CUDA."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from core.errors import TrainingError, WeightsError
from core.model.dpt import DPT
from core.precision import trains_in_bf16
from core.training import saved_state
from core.training.augment import augment
from core.training.averaging import WeightAverage
from core.training.config import TrainConfig
from core.training.loss import Loss, loss_of
from core.training.optimiser import Optimiser
from core.training.picture_store import RENDERED_AT_ONCE, Batch, PictureStore, Render
from core.training.saved_state import SavedState
from core.weights.own_format import Weights, write_weights
from core.weights.reader import read_weights

LONGEST_STEP = 1.0  # gradients are shortened to this length; a rare picture must not undo what others taught
FIRST_STOCK = 8  # what part of all pictures that are kept is there before the first step
FINAL_RATE = 0.01  # of the learning rate: where the cosine ends
ORIGIN = "Fathom, trained on rendered scenes"
NOTE = "trained on rendered scenes only; rough on real pictures"


@dataclass(slots=True, eq=False)
class Trainer:
    """One training in its folder. Used by: one thread.

    `minutes` shortens it: progress, which learning rate and phases follow, is the larger share of the steps and of
    that time. Then what comes out depends on the machine's speed.
    """

    config: TrainConfig
    folder: Path
    device: str
    render: Render
    minutes: float = math.inf
    step: int = 0
    seen: int = 0  # pictures trained on, each as often as it was
    elapsed_s: float = 0.0
    in_bf16: bool = field(init=False)  # the products; as it began, on whatever machine it goes on
    store: PictureStore = field(init=False)
    network: DPT = field(init=False)
    average: WeightAverage = field(init=False)
    _optimiser: Optimiser = field(init=False)
    _generator: torch.Generator = field(init=False)

    def __post_init__(self) -> None:
        config = self.config
        self.in_bf16 = trains_in_bf16(torch.device(self.device))
        torch.manual_seed(config.seed)
        self._generator = torch.Generator().manual_seed(config.seed)
        self.network = DPT(config.network).to(self.device)
        self.average = WeightAverage(self.network, config.averaging)
        self._optimiser = Optimiser(self.network, config.weight_decay)
        self.store = PictureStore(self.render, config.rendered_hw, config.pictures, self.device, config.seed)

    @property
    def progress(self) -> float:
        """Share of the training that is done, 0 to 1."""
        return min(max(self.step / self.config.steps, self.elapsed_s / (60 * self.minutes)), 1.0)

    def resume(self) -> bool:
        """Go on from what `folder` holds, if it holds anything. Raises: TrainingError."""
        saved = saved_state.load(self.folder, self.config)
        if saved is None:
            return False
        try:
            self.network.load_state_dict(saved.network)
            self.average.load(saved.average)
            self._optimiser.load(saved.optimiser)
            self._generator.set_state(saved.generator)
        except (RuntimeError, ValueError, KeyError) as error:
            raise TrainingError(
                f"{self.folder} holds a state that does not fit: delete it to begin anew"
            ) from error
        self.step, self.seen, self.elapsed_s, self.in_bf16 = (
            saved.step,
            saved.seen,
            saved.elapsed_s,
            saved.in_bf16,
        )
        return True

    def stock_up(self, progress: Callable[[int], None], ended: Callable[[], bool]) -> None:
        """Render what the next step draws from, which takes a while: a first stock, or all that was there before a
        `resume`."""
        self.store.go_to(self._pictures_due(), progress, ended)

    def start_from(self, weights: Path) -> None:
        """Begin with a model's weights instead of random ones, but for `renewed` branches and blocks it lacks.

        Raises: WeightsError where they cannot be read or are of another network; its depths may differ.
        """
        found = read_weights(weights)
        wanted = self.config.network
        if replace(found.config, depths=wanted.depths) != wanted:
            raise WeightsError(f"{weights} is another network than {self.config.name}: its config differs")
        own = self.network.state_dict()
        anew = tuple(_prefixes(self.config.renewed))
        for name, tensor in found.state.items():
            if name in own and not name.startswith(anew):
                own[name] = tensor.float()
        self.network.load_state_dict(own)
        self.average = WeightAverage(self.network, self.config.averaging)

    def train_step(self) -> Loss:
        """One batch through the network and back; renders what has its turn first.

        Raises: TrainingError where the loss is not finite.
        """
        began_s = time.monotonic()
        config = self.config
        self.network.train()
        hw = self._pick(config.sizes_at(self.progress))
        self.store.go_to(self._pictures_due())
        colour, truth = self._batch(self.store.draw(config.batch(hw), self._generator), hw)
        with torch.autocast(torch.device(self.device).type, torch.bfloat16, enabled=self.in_bf16):
            predicted = self.network(colour)
        loss = loss_of(predicted.float(), truth, config.gradient_weight, config.tether_weight)
        self._optimiser.clear()
        loss.total.backward()  # type: ignore[no-untyped-call]
        length = torch.nn.utils.clip_grad_norm_(self.network.parameters(), LONGEST_STEP)
        if not torch.isfinite(length):
            raise TrainingError(f"the gradient at step {self.step} is not finite: lower learning_rate")
        self._optimiser.step(learning_rate(config, self.progress))
        self.average.update(self.network, self.step)
        self.step += 1
        self.seen += len(colour)
        self.elapsed_s += time.monotonic() - began_s
        return Loss(*(term.detach() for term in loss))

    def save(self) -> None:
        """All that `resume` needs. Raises: TrainingError."""
        saved_state.save(
            self.folder,
            self.config,
            SavedState(
                self.step,
                self.seen,
                self.elapsed_s,
                self.in_bf16,
                _on_host(self.network.state_dict()),
                _on_host(self.average.state),
                _on_host(self._optimiser.state),
                self._generator.get_state(),
            ),
        )

    def averaged(self) -> DPT:
        """A network of the averaged weights, to evaluate."""
        network = DPT(self.config.network).to(self.device)
        network.load_state_dict(self.average.state)
        return network.eval()

    def write_model(self, path: Path) -> None:
        """The averaged weights as a model in float16. Raises: WeightsError."""
        state = {name: tensor.float().cpu() for name, tensor in self.average.state.items()}
        write_weights(path, Weights(self.config.network, state, self.config.name, ORIGIN, "MIT", NOTE), "float16")

    def _pictures_due(self) -> int:
        """How many are to have been rendered by now: a first stock, then as many as are used up, in whole lots.

        On a GPU 32 pictures take three times as long as one, and helpers prepare the next lot of the same size.
        """
        first = max(self.config.pictures // FIRST_STOCK, 1)
        lot = min(RENDERED_AT_ONCE, first)
        return (first + int(self.seen / self.config.uses)) // lot * lot

    def _batch(self, batch: Batch, hw: tuple[int, int]) -> tuple[Tensor, Tensor]:
        return augment(batch.rgb, batch.inverse_depth, hw, self._generator)

    def _pick(self, sizes: tuple[tuple[int, int], ...]) -> tuple[int, int]:
        return sizes[int(torch.randint(len(sizes), (1,), generator=self._generator))]


def _prefixes(branches: tuple[str, ...]) -> Iterator[str]:
    """Of the names of a branch's weights and its norm's: "3.0.mlp" is the MLP of the last stage's first block."""
    for branch in branches:
        stage, block, kind = branch.split(".")
        of_block = f"encoder.stages.{stage}.blocks.{block}"
        yield f"{of_block}.{kind}."
        yield f"{of_block}.{'norm1' if kind == 'attention' else 'norm2'}."


def learning_rate(config: TrainConfig, progress: float) -> float:
    """A straight rise, then half a cosine down."""
    if progress < config.warm_up:
        return config.learning_rate * max(progress / config.warm_up, FINAL_RATE)
    share = (progress - config.warm_up) / (1 - config.warm_up)
    return config.learning_rate * (FINAL_RATE + (1 - FINAL_RATE) * (1 + math.cos(math.pi * share)) / 2)


def _on_host(content: Any) -> Any:
    if isinstance(content, Tensor):
        return content.detach().cpu()
    if isinstance(content, dict):
        return {key: _on_host(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_on_host(value) for value in content]
    return content

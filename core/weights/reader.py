"""From a file of any known layout to weights for the network: complete and finite, or an error."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import torch
from torch import Tensor

from core.errors import WeightsError
from core.weights import own_format
from core.weights.checkpoint import Checkpoint, open_checkpoint
from core.weights.keymap import OWN
from core.weights.own_format import Weights
from core.weights.plan import plan_of, texts_of_file

_CHECKED = 0.3  # share of the progress once the container's checksums are read


def read_weights(path: Path, progress: Callable[[float], None] | None = None) -> Weights:
    """Read MiDaS, Hugging Face or Fathom weights, told apart by content. `progress` gets 0 to 1.

    Nothing in the file is run, and nothing is allocated before the whole file is known to make sense. The tensors
    keep the dtype they are stored in. Raises: WeightsError with one line. Used by: loader thread.
    """
    report = progress or (lambda share: None)
    try:
        with closing(open_checkpoint(path)) as checkpoint:
            plan = plan_of(path, checkpoint.shapes, checkpoint.metadata)
            report(0.0)
            checkpoint.check()
            report(_CHECKED)
            state = {}
            for count, (key, sources) in enumerate(plan.sources.items(), 1):
                state[key] = _load(checkpoint, sources)
                report(_CHECKED + (1.0 - _CHECKED) * count / len(plan.sources))
            if plan.layout is OWN:
                own_format.check_content(checkpoint.metadata, state)
            texts = texts_of_file(path, checkpoint.metadata, plan.layout)
        return Weights(config=plan.config, state=state, layout=plan.layout.name, **texts)
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror or error}") from error
    except (MemoryError, RuntimeError) as error:  # torch raises the latter when there is no memory
        raise WeightsError(f"{path} cannot be loaded: {str(error).partition(chr(10))[0][:200]}") from error
    except WeightsError as error:
        if path.name in str(error):
            raise
        raise WeightsError(f"{path.name}: {error}") from error


def _load(checkpoint: Checkpoint, sources: tuple[str, ...]) -> Tensor:
    tensors = [checkpoint.load(source) for source in sources]
    for source, tensor in zip(sources, tensors, strict=True):
        low, high = torch.aminmax(tensor)
        if not (torch.isfinite(low) and torch.isfinite(high)):
            raise WeightsError(f"{source} holds values that are not finite: the file is damaged or badly trained")
    return tensors[0] if len(tensors) == 1 else torch.cat(tensors)

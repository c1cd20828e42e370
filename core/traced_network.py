"""The network written down once for a size, as a program that runs without Python. For the CPU.

Called from Python, the network starts some five hundred operations a frame and takes the interpreter's lock back
after each. Whoever else runs Python meanwhile, be it the window's painting or a decoder, gives it up only every
5 ms: beside one busy Python thread a frame of fathom-nano takes 1.5 s so, and 22 ms as a program.

Source: torch.jit.trace. It is done here by two of its own steps, because as a whole it never gives back what it
makes: 30 MB a size. torch.export and torch.compile, which are to follow it, still start each operation from Python
or need a compiler where the program runs.
"""

import sys
import threading
import warnings
from typing import cast

import torch
from torch import Tensor

from core.model.dpt import DPT
from core.model.fast_layers import FastLayer

CAN_TRACE = sys.version_info < (3, 14) and hasattr(torch._C, "_create_graph_by_tracing")  # beyond, torch does not
_warnings = threading.Lock()  # the filters of warnings belong to all threads


class TracedNetwork:
    """A network at one size. Re-entrant, as the network is; gives what it gives, bit for bit.

    It shares the network's weights and the size's plan. Weights that change later are not followed.
    """

    def __init__(self, network: DPT, image_bchw: Tensor) -> None:
        """`image_bchw`: a picture of the size, whatever it shows, laid out in memory as all others will be."""
        layers = (module.packed for module in network.modules() if isinstance(module, FastLayer))
        self._packed = tuple(packed for packed in layers if packed is not None)
        with _warnings, warnings.catch_warnings(), torch.inference_mode(False), torch.no_grad():
            warnings.simplefilter("ignore")  # that shapes become constants, as they should
            graph, *_ = torch._C._create_graph_by_tracing(
                lambda image, *packed: network(image),
                (image_bchw.clone(), *self._packed),  # clone: tracing takes nothing made for inference alone
                lambda tensor: "",  # no names
                True,
                False,
                None,
                [],
            )
        self._program = torch._C._create_function_from_graph("network", graph)
        plan = network.encoder.plan((image_bchw.shape[2], image_bchw.shape[3]))
        self.nbytes = sum(bias.nbytes for bias in plan.biases.values())

    def __call__(self, image_bchw: Tensor) -> Tensor:
        """(1, 3, H, W) -> inverse depth (1, H, W). Raises: RuntimeError."""
        try:
            # As it stands: what torch would do to it costs the first frames seconds and gives nothing.
            with torch.jit.optimized_execution(False):  # type: ignore[attr-defined]
                return cast(Tensor, self._program(image_bchw, *self._packed))
        except RuntimeError as error:
            raise RuntimeError(_cause(error)) from error


def _cause(error: RuntimeError) -> str:
    """What went wrong, without where in the program: torch puts it last."""
    return str(error).strip().rpartition("\n")[2].removeprefix("RuntimeError: ")

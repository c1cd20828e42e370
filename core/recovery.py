"""What is done when the network fails: another size, precision or device, and a line that says so."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from core.device_errors import Failure
from core.engine_handover import EngineHandover
from core.errors import DeviceLost, OutOfMemory
from core.loading import Loader
from core.messages import Action, ModelState
from core.network_size import Size
from core.precision import SAFER
from core.size_choice import SizeChoice
from core.status_board import StatusBoard

if TYPE_CHECKING:
    from core.engine import Engine

_log = logging.getLogger(__name__)


class Recovery:
    """Remembers how the running engine failed until it is known how to go on. Used by: the inference thread."""

    def __init__(
        self,
        board: StatusBoard,
        loader: Loader,
        engines: EngineHandover,
        sizes: SizeChoice,
        free_memory: Callable[[], bool],
    ) -> None:
        """`free_memory` gives back what is kept for later, and says whether there was anything."""
        self._board = board
        self._loader = loader
        self._engines = engines
        self._sizes = sizes
        self._free_memory = free_memory
        self.engine_runs()

    def engine_runs(self) -> None:
        """Another one, which has not failed yet."""
        self._trouble = ""  # the line of a failure, told once it is known how things go on
        self._needs_memory = False  # and whether it was for want of memory
        self._has_failed = False  # which the board shows
        self._gave_non_finite = False  # and what can be done about it was done

    def went_well(self, hw: Size, picture_hw: Size) -> None:
        """At that size, for a picture of that size."""
        if self._has_failed:
            self._has_failed = False
            self._board.change(model_state=ModelState.READY)
        self._sizes.worked(hw)
        if self._trouble:
            line = f"{self._trouble}; going on at {hw[0]}x{hw[1]}"
            self._trouble = ""
            self._board.fault(line, Action.KEEP_SIZE, self._sizes.setting_for(hw, picture_hw))

    def non_finite(self, engine: "Engine", line: str) -> None:
        """The last good depth is held; have the model go on in a safer precision where there is one."""
        if self._gave_non_finite:
            return  # the safer engine is on its way, or there is none
        self._gave_non_finite = True
        safer = SAFER.get(engine.info.precision)
        if safer is not None:
            self._board.fault(f"{line}: going on in {safer}", Action.KEEP_PRECISION, safer)
            self._loader.fall_back(precision=safer)
        else:
            self._fail(line)

    def failed(self, engine: "Engine", hw: Size, failure: Failure) -> bool:
        """Have another size tried after a failure at `hw`; False where the device is lost, and left."""
        _log.warning("at %dx%d: %s", *hw, failure.line)
        if failure.kind is OutOfMemory and self._free_memory():
            self._sizes.try_again(hw)
            return True  # the same one again, now that there is more
        if failure.kind is DeviceLost and engine.info.device != "cpu":
            self._leave_device(engine, failure.line)
            return False
        self._sizes.failed(hw, failure.kind)
        if not self._trouble:
            self._trouble, self._needs_memory = failure.line, failure.kind is OutOfMemory
        return True

    def give_up(self, engine: "Engine") -> None:
        """There is no size left to try: build the model where there may be more memory, or say that it failed."""
        line, self._trouble = self._trouble, ""
        if line and self._needs_memory and engine.info.device != "cpu":
            self._leave_device(engine, line)
        elif line:
            self._fail(line)

    def _leave_device(self, engine: "Engine", line: str) -> None:
        self._engines.drop()
        self._board.change(model=None, model_state=ModelState.LOADING)
        self._board.fault(f"{line}; going on with the processor", Action.USE_DEVICE, engine.info.device)
        self._loader.fall_back(device="cpu", precision="auto")

    def _fail(self, line: str) -> None:
        self._has_failed = True
        self._board.change(model_state=ModelState.FAILED)
        self._board.fault(line, Action.USE_BUILT_IN_MODEL)

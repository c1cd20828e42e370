"""Which size the network runs at: the one asked for, one that holds a rate, or one that works where that fails."""

from dataclasses import dataclass

from core.auto_size import AutoSize
from core.errors import EngineError, OutOfMemory
from core.messages import ModelInfo, RgbArray
from core.network_size import (
    AUTO,
    SQUARE,
    TRAINED,
    Size,
    Trained,
    auto_sizes,
    fixed_aspect,
    network_hw,
    size_for,
    size_setting,
    smaller_sizes,
)

TARGET_FPS = 30.0
MOST_STUMBLES = 3
FIRST_AUTO_PX = 192  # where `auto` begins with a network it knows nothing of: fast to be wrong about


@dataclass(frozen=True, slots=True)
class SizeWish:
    """The settings it follows."""

    size: str = TRAINED
    aspect: str = TRAINED
    target_fps: float = TARGET_FPS


@dataclass(frozen=True, slots=True)
class _Unknown:
    """Stands in for a network until there is one."""

    training_px: int = FIRST_AUTO_PX
    training_aspect: str = SQUARE


@dataclass(frozen=True, slots=True)
class Choice:
    """The size to run at now, None where none works, and one to prepare meanwhile."""

    run: Size | None
    prepare: Size | None = None


class SizeChoice:
    """A size takes over once it is prepared; until then the one in use goes on.

    Used by: the inference thread; `ask` and `coming` by any, `is_ready` by the loader's.
    """

    def __init__(self) -> None:
        self._asked = SizeWish()
        self._heeded = self._asked  # what the rest was worked out for
        self._auto = AutoSize(TARGET_FPS)
        self._model: ModelInfo | None = None
        self._ready: set[Size] = set()  # to run
        self._early: set[Size] = set()  # of those that are still being prepared: they will be faster
        self._in_use: Size | None = None
        self._preparing: Size | None = None
        self._good: Size | None = None  # the last at which this engine gave depth
        self._stumbles = 0  # failures at that one in a row
        self._refused: set[Size] = set()  # at which it failed
        self._too_large = float("inf")  # pixels: there was no memory for so many
        self._last: RgbArray | None = None  # the picture noted last

    def ask(self, wish: SizeWish) -> None:
        self._asked = wish

    @property
    def aspect(self) -> str:
        """How pictures come to the network's size now: "square" or "keep"."""
        return fixed_aspect(self._asked.aspect, self._trained)

    @property
    def coming(self) -> Size | None:
        """What another engine had better be prepared for."""
        return self._preparing or self._in_use

    def start_engine(self, model: ModelInfo) -> None:
        """Another engine runs from now on; it is prepared for `coming`."""
        old, self._model = self._model, model
        if old is None or (old.name, old.device) != (model.name, model.device):
            self._auto.restart()
        self._ready = {self.coming} if self.coming is not None else set()
        self._early.clear()
        self._preparing = self._good = None
        self._forgive()

    def choose(self, picture_hw: Size, *, is_recorded: bool, at_once: bool) -> Choice:
        """For a picture of that size. `at_once`: wait for it to be prepared rather than go on at another.

        A recording keeps the size that `auto` has found, or takes the one the network was trained at.
        """
        if self._asked is not self._heeded:
            self._heeded = self._asked
            self._auto.set_target(self._heeded.target_fps)
            self._forgive()  # whoever asks again wants it tried again
        wanted = self._wanted(picture_hw, is_recorded=is_recorded)
        if wanted is None:
            return Choice(None)
        if self._in_use is None or wanted in self._ready or at_once:
            prepare = None if wanted in self._ready else wanted  # for the frames that follow
            if prepare is not None:
                self._early.add(prepare)
            self._ready.add(wanted)
            self._in_use = wanted
            return Choice(wanted, prepare)
        if wanted != self._preparing:
            self._preparing = wanted
            return Choice(self._in_use, prepare=wanted)
        return Choice(self._in_use)

    def is_ready(self, size: Size) -> None:
        self._ready.add(size)
        self._early.discard(size)

    def worked(self, size: Size) -> None:
        """It gave depth."""
        self._good = size
        self._stumbles = 0

    def note(self, size: Size, rgb: RgbArray, busy_s: float, at_s: float) -> None:
        """How long the network took. A picture that stands and is shown again is no reason to move, nor is a size
        that is not prepared yet."""
        if rgb is not self._last:
            self._last = rgb
            if self._asked.size == AUTO and size not in self._early:
                self._auto.note(size, busy_s, at_s)

    def failed(self, size: Size, kind: type[EngineError]) -> None:
        """Not to be tried again, and without memory nothing larger either, until somebody asks anew.

        One that worked before is tried some times more, for what went wrong may have been the picture.
        """
        if kind is OutOfMemory:
            self._too_large = min(self._too_large, size[0] * size[1])
        else:
            self._stumbles += size == self._good
            if size != self._good or self._stumbles >= MOST_STUMBLES:
                self._refused.add(size)
        if self._in_use == size and not self._fits(size):
            self._in_use = None
        if self._preparing == size:
            self._preparing = None
        self._early.discard(size)

    def try_again(self, size: Size) -> None:
        """It failed for a reason that is gone."""
        if self._preparing == size:
            self._preparing = None

    def setting_for(self, size: Size, picture_hw: Size) -> str:
        """What to set `size` to, to stay at this one."""
        return size_setting(size, self.aspect, picture_hw)

    def _wanted(self, picture_hw: Size, *, is_recorded: bool) -> Size | None:
        wish = self._heeded
        if wish.size == AUTO:
            return self._wanted_by_rate(picture_hw, is_recorded=is_recorded)
        wanted = size_for(wish.size, wish.aspect, self._trained, picture_hw)
        if self._fits(wanted):
            return wanted
        good = self._good if self._good is not None and self._fits(self._good) else None
        if wanted[0] * wanted[1] < self._too_large:
            return good  # it fails, but not for being too large
        for smaller in smaller_sizes(wanted):
            if good is not None and good[0] * good[1] >= smaller[0] * smaller[1]:
                return good
            if self._fits(smaller):
                return smaller
        return good

    def _wanted_by_rate(self, picture_hw: Size, *, is_recorded: bool) -> Size | None:
        training_px = self._trained.training_px
        aspect = fixed_aspect(self._heeded.aspect, self._trained)
        sizes = [size for size in auto_sizes(aspect, picture_hw, training_px) if self._fits(size)]
        if not sizes:
            return None
        first_px = training_px if is_recorded else min(FIRST_AUTO_PX, training_px)
        return self._auto.choose_from(sizes, network_hw(str(first_px), aspect, picture_hw))

    @property
    def _trained(self) -> Trained:
        return self._model or _Unknown()

    def _fits(self, size: Size) -> bool:
        return size[0] * size[1] < self._too_large and size not in self._refused

    def _forgive(self) -> None:
        self._stumbles = 0
        self._refused.clear()
        self._too_large = float("inf")

"""The recorded programs of the sizes used last: bounded in number and in memory, each made once."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

PROGRAMS_KEPT = 4
ALWAYS_KEPT = 2  # the newest and the one that runs meanwhile: neither is ever given up for memory


class Sized(Protocol):
    @property
    def nbytes(self) -> int:
        """Memory of the device that is given back once nobody holds this any more."""


P = TypeVar("P", bound=Sized)


class ProgramCache(Generic[P]):
    """Programs by size. Used by: any thread; a program at hand waits for no other being made.

    A program that is given up is merely forgotten: a thread that runs it holds it until its frame is done.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._programs: OrderedDict[tuple[int, int], P] = OrderedDict()  # the one used last comes last
        self._lock = threading.Lock()  # guards the table, held for moments
        self._making = threading.Lock()  # one at a time, so each is made once

    def get(self, network_hw: tuple[int, int], make: Callable[[], P]) -> tuple[P, bool]:
        """The program of this size, from `make` where there is none, and whether others were given up for it."""
        program = self.find(network_hw)
        if program is not None:
            return program, False
        with self._making:
            program = self.find(network_hw)
            if program is not None:
                return program, False
            program = make()
            with self._lock:
                self._programs[network_hw] = program
                return program, self._shrink()

    def find(self, network_hw: tuple[int, int]) -> P | None:
        """The program of this size, which is then the one used last; None where there is none."""
        with self._lock:
            program = self._programs.get(network_hw)
            if program is not None:
                self._programs.move_to_end(network_hw)
            return program

    def keep_only_newest(self) -> None:
        """Forget all but the program used last, to make room."""
        with self._lock:
            while len(self._programs) > 1:
                self._programs.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._programs.clear()

    def sizes(self) -> tuple[tuple[int, int], ...]:
        """The sizes kept, the one used last at the end."""
        with self._lock:
            return tuple(self._programs)

    def _shrink(self) -> bool:
        before = len(self._programs)
        while len(self._programs) > PROGRAMS_KEPT or (
            len(self._programs) > ALWAYS_KEPT and sum(p.nbytes for p in self._programs.values()) > self._most_bytes
        ):
            self._programs.popitem(last=False)
        return len(self._programs) < before

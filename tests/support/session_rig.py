"""A session over a pipeline with stand-in sources and engines."""

from collections.abc import Callable

from app.session import Session
from app.settings import Settings
from app.settings_store import SettingsStore
from core.errors import SourceError
from core.messages import DepthResult, Fault
from core.pipeline import Pipeline
from core.sources.source import Source
from support.fakes import FakeEngine, FakeFile, Waker


class Rig:
    """A session that opens `FakeFile`s and loads `FakeEngine`s, and what it asked for."""

    def __init__(self, settings: Settings, store: SettingsStore | None = None) -> None:
        self.woken = Waker()
        self.opened: list[tuple[str, str]] = []
        self.loaded: list[tuple[str, str, str]] = []
        self.refused: set[str] = set()
        self.make_engine: Callable[[str, str], FakeEngine] = lambda model, precision: FakeEngine(model)
        self.make_source: Callable[[str], Source] = lambda address: FakeFile(count=10_000, name=address)
        self.session = Session(settings, self.woken, store, self._pipeline, tuple)

    def _pipeline(self, wake: Callable[[], None]) -> Pipeline:
        return Pipeline(wake, opener=self._open, load=self._load)

    def _open(self, address: str, camera_mode: str, cancelled: Callable[[], bool]) -> Source:
        self.opened.append((address, camera_mode))
        if address in self.refused:
            raise SourceError(f"{address} is refused")
        return self.make_source(address)

    def _load(self, model: str, precision: str, device: str, progress: Callable[[float], None]) -> FakeEngine:
        self.loaded.append((model, precision, device))
        return self.make_engine(model, precision)

    def until(self, true: Callable[[], object]) -> None:
        self.woken.until(true)

    def result(self) -> DepthResult | None:
        return self.session.newest_result()

    def fault(self) -> Fault:
        """Wait for a fault to be there, and give the newest."""
        self.until(lambda: self.session.status().faults)
        return self.session.status().faults[-1]

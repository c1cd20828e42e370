"""The part of the session that is about models: the list, downloads, and the work on their files."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from app.downloads import Downloads
from app.model_files import ModelFiles
from app.settings import Settings
from core.comparing.view import ComparisonView
from core.messages import ModelEntry, Status
from core.status_board import StatusBoard


class SessionModels(ABC):
    """`Session` inherits it. Every method but `_close_models` returns at once; `status` tells how all of it goes.

    Used by: the window thread.
    """

    settings: Settings

    def __init__(self, board: StatusBoard) -> None:
        self._model_files = ModelFiles(board, self._models_in_use)
        self._downloads = Downloads(board, self._fetched, self._model_files.refresh_now)
        self._run_when_fetched = ""  # the model that a person waits for

    @abstractmethod
    def change(self, **values: Any) -> None: ...

    @abstractmethod
    def status(self) -> Status: ...

    @abstractmethod
    def comparison(self) -> ComparisonView | None: ...

    def models(self) -> tuple[ModelEntry, ...]:
        """Those that can be picked."""
        return self._model_files.entries

    def unusable_models(self) -> tuple[ModelEntry, ...]:
        """Files in the models folder, or opened once, that cannot be used; each with its `problem`."""
        return self._model_files.unusable

    def refresh_models(self) -> None:
        """Look at the disk again: files come and go without Fathom."""
        self._model_files.refresh()

    def fetch_model(self, name: str, *, run: bool = True) -> None:
        """Download a model of the catalogue when its turn comes; then `run` it, if no other was chosen since."""
        if run:
            self._run_when_fetched = name
        self._model_files.put_away(name)
        entry = self._model_files.entry(name)
        self._downloads.ask(name, entry.part_bytes if entry is not None else 0)

    def pause_fetch(self, name: str) -> None:
        """Stop a download, or put a failed one away; `fetch_model` goes on where it stopped."""
        self._downloads.stop(name)

    def open_model_file(self, path: str, *, run: bool = True) -> None:
        """Put a file of the person's own on the list, and `run` it; a fault where it holds no model."""
        file = Path(path).expanduser().absolute()

        def then() -> None:
            if run:
                known = next((entry.name for entry in self.models() if entry.path == str(file)), str(file))
                self.change(model=known)

        self._model_files.open(file, then)

    def verify_model(self, name: str) -> None:
        self._model_files.verify(name)

    def convert_model(self, name: str, target: Path, dtype: str, *, over: bool = False) -> None:
        """Write a model as Fathom's own file; an existing `target` is replaced only with `over`."""
        self._model_files.convert(name, target, dtype, over=over)

    def remove_model(self, name: str) -> None:
        """Delete what was fetched of a model, or forget a file of the person's own. What is in use stays."""
        self._model_files.remove(name, self._downloads.stop(name))

    def stop_model_task(self, name: str) -> None:
        """Give up the work on a model's file, or put its outcome away."""
        self._model_files.stop(name)

    def _fetch_again(self, name: str) -> None:
        """After a failure: it is run if that was wanted before."""
        self.fetch_model(name, run=self._run_when_fetched == name)

    def _fetched(self, name: str) -> None:
        """On the downloads' thread."""
        self._model_files.refresh_now()
        if self._run_when_fetched == name:
            self.change(model=name)

    def _models_in_use(self) -> set[str]:
        """Names of the models that run, also in lanes, or are to run. On the thread of the model files."""
        wanted, running = self.settings.model, self.status().model
        compared = self.comparison()
        in_use = {wanted} | {lane.wish.model for lane in (compared.lanes if compared is not None else ())}
        if running is not None:
            in_use.add(running.loaded_as)
        return in_use | {entry.name for entry in self.models() if entry.path in in_use}

    def _close_models(self) -> None:
        self._downloads.close()
        self._model_files.close()

import threading
from collections.abc import Callable

import pytest
import torch

from core import threads
from core.loading import load_engine


def in_a_thread(run: Callable[[], int]) -> int:
    given: list[int] = []
    thread = threading.Thread(target=lambda: given.append(run()))
    thread.start()
    thread.join()
    return given[0]


def test_only_the_thread_that_runs_the_network_has_a_team(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the order: the loader's one thread must not become the inference's, nor the other way round."""
    monkeypatch.setattr(threads, "ALL", 3)
    before = torch.get_num_threads()
    loaded, entered = threading.Event(), threading.Event()
    counts: dict[str, int] = {}

    def load() -> int:
        engine = load_engine("fathom-nano", "fp32", "cpu", lambda share: None)
        engines.append(engine)
        loaded.set()
        assert entered.wait(20)
        counts["loader"] = torch.get_num_threads()
        return 0

    def infer() -> int:
        assert loaded.wait(20)
        engines[0].enter_thread()
        entered.set()
        counts["inference"] = torch.get_num_threads()
        return 0

    engines: list = []
    pair = [threading.Thread(target=load), threading.Thread(target=infer)]
    for thread in pair:
        thread.start()
    for thread in pair:
        thread.join()
    try:
        assert counts == {"loader": 1, "inference": 3}
        assert torch.get_num_threads() == before, "the thread of the caller is left as it was"
        threads.use_one()
        assert in_a_thread(torch.get_num_threads) == 1, "what computes first after that gets one too"
    finally:
        torch.set_num_threads(before)

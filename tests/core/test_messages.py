"""Times that the frame carries."""

import pytest

from support.fake_session import a_result


def test_a_result_tells_how_long_each_step_took() -> None:
    result = a_result()  # captured 80 ms before it was finished, taken 60 ms before
    assert result.waited_ms == pytest.approx(20.0)
    assert result.infer_ms == pytest.approx(60.0)
    assert result.frame.age_ms(result.finished_at_s + 0.1) == pytest.approx(180.0)

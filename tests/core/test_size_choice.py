"""Which size runs, while it is asked for, prepared, found too large, or chosen by itself."""

from dataclasses import replace

import numpy as np
import pytest

from core.errors import EngineError, OutOfMemory
from core.messages import ModelInfo
from core.network_size import Size
from core.size_choice import MOST_STUMBLES, Choice, SizeChoice, SizeWish

MODEL = ModelInfo("toy", 1, 256, "fp32", "cuda:0", "a graphics processor")
PICTURE_HW = (720, 1280)


def choose(sizes: SizeChoice, picture_hw: Size = PICTURE_HW, *, at_once: bool = False) -> Choice:
    return sizes.choose(picture_hw, is_recorded=at_once, at_once=at_once)


def running(size: str = "256", aspect: str = "square", picture_hw: Size = PICTURE_HW) -> SizeChoice:
    sizes = SizeChoice()
    sizes.start_engine(MODEL)
    sizes.ask(SizeWish(size, aspect))
    run = choose(sizes, picture_hw).run
    assert run is not None
    sizes.is_ready(run)
    sizes.worked(run)
    return sizes


def test_the_first_size_runs_unprepared_and_the_next_one_when_it_is_ready() -> None:
    sizes = running()
    sizes.ask(SizeWish("384", "keep"))
    assert choose(sizes) == Choice((256, 256), prepare=(288, 512))
    assert choose(sizes) == Choice((256, 256)), "prepared once"
    assert sizes.coming == (288, 512)
    sizes.is_ready((288, 512))
    assert choose(sizes) == Choice((288, 512))
    sizes.ask(SizeWish("256"))
    assert choose(sizes) == Choice((256, 256)), "it was prepared before"


def test_the_newest_of_several_wishes_wins() -> None:
    sizes = running()
    for px in ("320", "352", "384"):
        sizes.ask(SizeWish(px))
    assert choose(sizes) == Choice((256, 256), prepare=(384, 384))


def test_a_model_runs_at_the_size_it_was_trained_at_until_another_is_asked_for() -> None:
    sizes = SizeChoice()
    sizes.ask(SizeWish("trained"))
    sizes.start_engine(MODEL)
    assert choose(sizes).run == (256, 256)
    sizes.start_engine(replace(MODEL, name="larger", training_px=384))
    assert choose(sizes) == Choice((256, 256), prepare=(384, 384)), "the old size goes on until it is ready"
    sizes.is_ready((384, 384))
    assert choose(sizes).run == (384, 384)
    assert sizes.aspect == "square"
    sizes.ask(SizeWish("trained", "keep"))
    assert choose(sizes).prepare == (288, 512)
    assert sizes.aspect == "keep"
    sizes.ask(SizeWish("trained", "square"))
    sizes.start_engine(replace(MODEL, name="own", training_px=192, training_aspect="keep"))
    assert (choose(sizes).prepare, sizes.aspect) == ((192, 192), "square")
    sizes.ask(SizeWish("trained", "trained"))
    assert (choose(sizes).prepare, sizes.aspect) == ((160, 256), "keep")


def test_where_no_frame_may_differ_the_size_is_there_at_once() -> None:
    sizes = running()
    sizes.ask(SizeWish("384"))
    assert choose(sizes, at_once=True) == Choice((384, 384), prepare=(384, 384)), "for the frames that follow"
    assert choose(sizes, at_once=True) == Choice((384, 384))


def test_the_first_size_runs_at_once_and_is_prepared_meanwhile() -> None:
    sizes = SizeChoice()
    sizes.start_engine(MODEL)
    assert choose(sizes) == Choice((256, 256), prepare=(256, 256))
    assert choose(sizes) == Choice((256, 256))


def test_another_engine_is_prepared_for_what_runs_and_what_comes() -> None:
    sizes = running()
    sizes.ask(SizeWish("384"))
    choose(sizes)
    sizes.start_engine(MODEL)
    assert choose(sizes) == Choice((384, 384))


@pytest.mark.parametrize(
    ("asked", "aspect", "expected"),
    [("1536", "square", (1152, 1152)), ("1536", "keep", (640, 1152)), ("512x1024", "square", (352, 736))],
)
def test_for_want_of_memory_the_next_smaller_size_of_the_same_shape(
    asked: str, aspect: str, expected: Size
) -> None:
    sizes = running(asked, aspect)
    tried = choose(sizes).run
    assert tried is not None
    sizes.failed(tried, OutOfMemory)
    assert choose(sizes).run == expected


def test_it_goes_down_to_what_worked_before_and_no_lower() -> None:
    sizes = running("448")
    sizes.ask(SizeWish("1024"))
    for _ in range(5):
        choice = choose(sizes)
        sizes.failed(choice.prepare or (0, 0), OutOfMemory)
        if choice.prepare == (576, 576):
            break
    assert choose(sizes) == Choice((448, 448))


def test_where_even_the_least_useful_size_has_no_memory_there_is_none() -> None:
    sizes = running("128")
    sizes.failed((128, 128), OutOfMemory)
    assert choose(sizes) == Choice(None)
    sizes.ask(SizeWish("256"))
    assert choose(sizes).run == (256, 256), "whoever asks anew wants it tried"


def test_another_failure_leads_back_to_what_worked() -> None:
    sizes = running()
    sizes.ask(SizeWish("512"))
    assert choose(sizes).prepare == (512, 512)
    sizes.failed((512, 512), EngineError)
    assert choose(sizes) == Choice((256, 256))


def test_a_size_that_worked_is_given_up_after_some_failures_in_a_row() -> None:
    sizes = running()
    for _ in range(MOST_STUMBLES - 1):
        sizes.failed((256, 256), EngineError)
    sizes.worked((256, 256))
    for _ in range(MOST_STUMBLES):
        assert choose(sizes).run == (256, 256)
        sizes.failed((256, 256), EngineError)
    assert choose(sizes) == Choice(None)


def feed(
    sizes: SizeChoice,
    busy_s: float,
    frames: int,
    *,
    still: bool = False,
    start_s: float = 0.0,
    picture_hw: Size = PICTURE_HW,
) -> None:
    """Frames that the network takes `busy_s` for, whatever their size."""
    rgb = np.zeros((2, 2, 3), np.uint8)
    for number in range(frames):
        choice = choose(sizes, picture_hw)
        if choice.prepare is not None:
            sizes.is_ready(choice.prepare)
        run = choose(sizes, picture_hw).run
        assert run is not None
        sizes.note(run, rgb if still else rgb.copy(), busy_s, start_s + (number + 1) * max(busy_s, 1 / 30))


def test_auto_becomes_smaller_and_larger_within_its_bounds() -> None:
    sizes = running("auto", "keep")
    assert choose(sizes).run == (160, 256)
    feed(sizes, 0.001, 900)
    assert choose(sizes).run == (384, 672), "twice what the network was trained at"
    feed(sizes, 1.0, 20, start_s=100.0)
    assert choose(sizes).run == (64, 96)


def test_auto_leaves_a_picture_that_stands_alone() -> None:
    sizes = running("auto")
    feed(sizes, 2.0, 50, still=True)
    assert choose(sizes).run == (192, 192)


def test_auto_waits_until_a_size_that_runs_already_is_prepared() -> None:
    sizes = SizeChoice()
    sizes.ask(SizeWish("auto"))
    sizes.start_engine(MODEL)
    first = choose(sizes)
    assert first == Choice((192, 192), prepare=(192, 192))
    for number in range(8):
        assert choose(sizes).run == (192, 192)
        sizes.note((192, 192), np.zeros((2, 2, 3), np.uint8), 0.3, 0.3 * number)
    sizes.is_ready((192, 192))
    feed(sizes, 0.3, 8, start_s=3.0)
    assert choose(sizes).run == (64, 64), "it is slow once it is prepared, too"


def test_a_fixed_size_is_left_alone() -> None:
    sizes = running("256")
    feed(sizes, 2.0, 50)
    assert choose(sizes) == Choice((256, 256))


def test_auto_stays_below_what_had_no_memory() -> None:
    sizes = running("auto")
    feed(sizes, 0.001, 900)
    assert choose(sizes).run == (512, 512)
    sizes.failed((512, 512), OutOfMemory)
    assert choose(sizes).run == (480, 480)
    feed(sizes, 0.001, 3000, start_s=100.0)
    assert choose(sizes).run == (480, 480)


def test_a_recording_is_made_at_the_size_of_the_training() -> None:
    sizes = SizeChoice()
    sizes.ask(SizeWish("auto"))
    sizes.start_engine(MODEL)
    assert choose(sizes, at_once=True).run == (256, 256)


def test_a_small_picture_is_enlarged_as_far_as_the_network_was_trained() -> None:
    sizes = running("auto", picture_hw=(48, 64))
    feed(sizes, 0.001, 2000, picture_hw=(48, 64))
    assert choose(sizes, (48, 64)).run == (256, 256)

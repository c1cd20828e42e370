"""Every declared setting, its default and its limits."""

import json
from dataclasses import FrozenInstanceError, asdict, fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.settings import COLORMAPS, DEFAULTS, OPTIONS, Settings, changed, check, from_json
from core.errors import FathomError, SettingError
from core.look import View


@pytest.mark.parametrize("name", OPTIONS)
def test_every_default_passes_its_own_check_and_a_trip_through_json(name: str) -> None:
    default = getattr(DEFAULTS, name)
    assert check(name, default) == default
    back = from_json(name, json.loads(json.dumps(default)))
    assert back == default
    assert type(back) is type(default)


@pytest.mark.parametrize("name", OPTIONS)
def test_every_setting_explains_itself(name: str) -> None:
    option = OPTIONS[name]
    assert option.help
    assert (option.low is None) == (option.high is None)
    assert bool(option.pattern) == bool(option.form)


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize("value", [None, b"x", {}, ["a"], object(), 10**400])
def test_every_setting_refuses_what_is_of_no_use_to_it(name: str, value: Any) -> None:
    with pytest.raises(SettingError, match=f"^{name} must "):
        check(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("size", "512"),
        ("size", "288x512"),
        ("size", "auto"),
        ("size", "trained"),
        ("aspect", "keep"),
        ("precision", "bf16"),
        ("device", "cuda"),
        ("device", "cuda:1"),
        ("device", "mps"),
        ("camera_mode", "640x480@15"),
        ("camera_mode", "1920x1080@29.97"),
        ("opacity", 0.0),
        ("opacity", 1.0),
        ("range_low", -1e30),
        ("recent_sources", ("camera", "clip.mp4")),
        ("lanes", ("256 auto cpu square fathom-nano", "288x512 bf16 auto keep /my models/a.pt")),
        ("reference_lane", 4),
        ("window_geometry", "AdnQywADAAA="),
    ],
)
def test_good_values_are_kept(name: str, value: Any) -> None:
    assert getattr(changed(DEFAULTS, **{name: value}), name) == value


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("size", "250", "size must be PX or HxW"),
        ("size", 256, "size must be a text, got 256"),
        ("aspect", "wide", "aspect must be one of trained, square, keep, got 'wide'"),
        ("view", "3d", "view must be one of colour, depth, side, overlay, wipe, got '3d'"),
        ("device", "gpu", "device must be auto, cpu, cuda, cuda:N or mps, got 'gpu'"),
        ("device", "cpu\n", "device must be auto"),
        ("device", "cuda:", "device must be auto"),
        ("camera_mode", "1280x720", "camera_mode must be WxH@FPS, like 1280x720@30, got '1280x720'"),
        ("camera_mode", "0x0@0", "camera_mode must be WxH@FPS"),
        ("opacity", 1.01, "opacity must lie from 0 to 1, got 1.01"),
        ("opacity", float("nan"), "opacity must be a finite number, got nan"),
        ("range_high", float("inf"), "range_high must be a finite number, got inf"),
        ("range_low", True, "range_low must be a finite number, got True"),
        ("loop", 1, "loop must be true or false, got 1"),
        ("recent_sources", ("a", 1), "recent_sources must be a list of texts"),
        ("recent_sources", "camera", "recent_sources must be a list of texts"),
        ("window_geometry", "<b>", "window_geometry must be base64"),
        ("reference_lane", True, "reference_lane must be a whole number, got True"),
        ("reference_lane", 5, "reference_lane must lie from 1 to 4, got 5"),
        ("lanes", ("fathom-nano",), "a lane must be SIZE PRECISION DEVICE ASPECT MODEL, got 'fathom-nano'"),
        ("lanes", ("250 auto cpu square a",), "size must be PX or HxW"),
        (
            "lanes",
            ("256 int8 cpu square a",),
            "a lane's precision must be one of auto, fp32, bf16, fp16, got 'int8'",
        ),
        ("brightness", 1, "there is no setting 'brightness': there are source, model, "),
    ],
)
def test_bad_values_get_one_line_and_change_nothing(name: str, value: Any, line: str) -> None:
    with pytest.raises(SettingError) as caught:
        changed(DEFAULTS, **{name: value})
    assert str(caught.value).startswith(line)
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, FathomError)


def test_a_whole_number_becomes_the_float_it_means() -> None:
    settings = changed(DEFAULTS, opacity=1, range_high=12)
    assert (settings.opacity, settings.range_high) == (1.0, 12.0)
    assert type(settings.opacity) is type(settings.range_high) is float


def test_settings_are_values() -> None:
    assert Settings() == DEFAULTS
    assert hash(changed(DEFAULTS, loop=False)) == hash(Settings(loop=False))
    with pytest.raises(FrozenInstanceError):
        DEFAULTS.loop = False  # type: ignore[misc]


def test_choices_name_what_there_is() -> None:
    assert OPTIONS["view"].choices == tuple(view.value for view in View)
    assert OPTIONS["colormap"].choices == COLORMAPS
    assert len(COLORMAPS) >= 8
    assert [name for name, option in OPTIONS.items() if option.flag] == [
        "model",
        "size",
        "target_fps",
        "aspect",
        "precision",
        "device",
    ]
    assert list(OPTIONS) == [item.name for item in fields(Settings)] == list(asdict(DEFAULTS))


@given(st.floats(0.0, 1.0), st.floats(allow_nan=False, allow_infinity=False))
def test_any_finite_numbers_survive_json(share: float, end: float) -> None:
    settings = Settings(opacity=share, range_low=end)
    back = {name: from_json(name, value) for name, value in json.loads(json.dumps(asdict(settings))).items()}
    assert Settings(**back) == settings

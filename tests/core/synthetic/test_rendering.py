"""Rendered pictures as a whole: the same for the same seed, alone or among others, of any size."""

from pathlib import Path

import numpy as np
import pytest
import torch

from core.opencv import cv2
from core.synthetic.contact_sheet import main, sheet
from core.synthetic.rendering import drawn, prepared, render
from support.no_device import NO_DEVICE, OneDevice

SIZE = (48, 64)


def test_the_same_seed_gives_the_same_picture() -> None:
    first, again = render(range(5, 9), SIZE), render(range(5, 9), SIZE)
    assert torch.equal(first.rgb, again.rgb)
    assert torch.equal(first.inverse_depth, again.inverse_depth)


def test_a_picture_does_not_depend_on_what_else_is_in_the_batch() -> None:
    together, alone = render([11, 4, 23], SIZE), render([4], SIZE)
    close = torch.isclose(together.inverse_depth[1], alone.inverse_depth[0], rtol=1e-5, atol=1e-6)
    assert close.float().mean() > 0.999
    difference = (together.rgb[1].int() - alone.rgb[0].int()).abs()
    assert (difference <= 2).float().mean() > 0.99


def test_drawing_asks_its_device_for_no_value_and_never_mixes_it_with_the_host() -> None:
    work = prepared(range(6), SIZE)
    with OneDevice() as device:
        given = drawn(work, str(NO_DEVICE))
    assert given.rgb.device == given.inverse_depth.device == NO_DEVICE
    assert device.operations > 1000


def test_no_two_seeds_give_the_same_depth() -> None:
    depth = render(range(12), SIZE).inverse_depth.flatten(1)
    alike = torch.corrcoef(depth).fill_diagonal_(0)
    assert alike.abs().max() < 0.999


@pytest.mark.parametrize("size_hw", [(33, 70), (80, 17), (16, 16)])
def test_any_size_will_do(size_hw: tuple[int, int]) -> None:
    rendered = render([1, 2], size_hw)
    assert rendered.rgb.shape == (2, *size_hw, 3)
    assert rendered.rgb.dtype == torch.uint8
    assert rendered.inverse_depth.shape == (2, *size_hw)
    assert rendered.inverse_depth.dtype == torch.float32
    assert torch.all(torch.isfinite(rendered.inverse_depth))
    assert torch.all(rendered.inverse_depth >= 0)


def test_a_larger_picture_shows_the_same_scene() -> None:
    small, large = render([3], (48, 48)).inverse_depth, render([3], (144, 144)).inverse_depth
    middle = large[:, 1::3, 1::3]
    assert (torch.isclose(small, middle, rtol=1e-3)).float().mean() > 0.98


def test_a_contact_sheet_holds_each_picture_beside_its_depth(tmp_path: Path) -> None:
    out = tmp_path / "sheet.png"
    main(["--seeds", "2:5", "--size", "40x32", "--columns", "2", "--out", str(out)])
    picture = cv2.imread(str(out))
    assert picture is not None
    assert picture.shape == (2 * 34, 2 * 82, 3)
    rgb = render(range(2, 5), (32, 40)).rgb[0].numpy()
    assert np.array_equal(picture[:32, :40, ::-1], rgb)
    assert not picture[34:, 82:].any()  # the place of a fourth picture
    assert np.array_equal(sheet(range(2, 5), (32, 40), 2), picture[..., ::-1])


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["--seeds", "5:2"], "FIRST:END"),
        (["--seeds", "-3"], "FIRST:END"),
        (["--size", "192"], "WIDTHxHEIGHT"),
        (["--size", "0x9"], "WIDTHxHEIGHT"),
        (["--columns", "0"], "from 1"),
    ],
)
def test_wrong_wishes_are_refused_in_a_line(
    arguments: list[str], wanted: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*arguments, "--out", str(tmp_path / "sheet.png")])
    assert stopped.value.code == 2
    assert wanted in capsys.readouterr().err


@pytest.mark.parametrize("name", ["sheet.txt", "missing/sheet.png"])
def test_a_place_that_cannot_be_written_is_refused_before_the_work(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--seeds", "0:100000", "--out", str(tmp_path / name)])
    assert stopped.value.code == 2
    assert "wanted a .png" in capsys.readouterr().err

"""Lays rendered pictures and their depth side by side on one sheet, to look at.

python -m core.synthetic.contact_sheet --seeds 0:64 --size 192x192 --out sheet.png
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.colormaps import table
from core.opencv import cv2
from core.synthetic.rendering import Rendered, render

BATCH = 16
GAP_PX = 2


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m core.synthetic.contact_sheet", description=__doc__)
    parser.add_argument("--seeds", type=_seeds, default=range(32), metavar="FIRST:END", help="which pictures")
    parser.add_argument("--size", type=_size, default=(192, 192), metavar="WIDTHxHEIGHT")
    parser.add_argument("--columns", type=_columns, default=4, help="pictures in a row, each with its depth")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--out", type=Path, required=True, metavar="PNG")
    wish = parser.parse_args(arguments)
    if wish.out.suffix.lower() != ".png" or not wish.out.parent.is_dir():
        parser.error(f"--out: wanted a .png in a folder that is there, got {wish.out}")
    picture = sheet(wish.seeds, wish.size, wish.columns, wish.device)
    if not cv2.imwrite(str(wish.out), np.ascontiguousarray(picture[..., ::-1])):
        parser.exit(1, f"could not write {wish.out}: is the disk full, or may nothing be written there?\n")


def sheet(seeds: range, size_hw: tuple[int, int], columns: int = 4, device: str = "cpu") -> NDArray[np.uint8]:
    """(H, W, 3) RGB: pictures in the seeds' order, each with its depth to the right, near red and far blue."""
    cells: list[NDArray[np.uint8]] = []
    for start in range(0, len(seeds), BATCH):
        cells += _cells(render(seeds[start : start + BATCH], size_hw, device))
    blank = np.zeros_like(cells[0])
    cells += [blank] * (-len(cells) % columns)
    rows = [np.concatenate(cells[start : start + columns], axis=1) for start in range(0, len(cells), columns)]
    return np.concatenate(rows)


def _cells(rendered: Rendered) -> list[NDArray[np.uint8]]:
    cells = []
    colours = table("turbo")
    for rgb, inverse in zip(rendered.rgb.cpu().numpy(), rendered.inverse_depth.cpu().numpy(), strict=True):
        low, high = np.percentile(inverse, (1, 99))
        share = np.clip((inverse - low) / max(high - low, 1e-9), 0, 1)
        both = np.concatenate((rgb, colours[np.rint(255 * share).astype(np.uint8)]), axis=1)
        cells.append(np.pad(both, ((0, GAP_PX), (0, GAP_PX), (0, 0))))
    return cells


def _seeds(text: str) -> range:
    first, _, end = text.partition(":")
    try:
        seeds = range(int(first), int(end)) if end else range(int(first), int(first) + 1)
    except ValueError:
        seeds = range(0)
    if not seeds or seeds.start < 0:
        raise argparse.ArgumentTypeError(f"wanted FIRST:END such as 0:64, got {text!r}")
    return seeds


def _columns(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"wanted a number of pictures from 1, got {text!r}")
    return int(text)


def _size(text: str) -> tuple[int, int]:
    """WIDTHxHEIGHT -> (height, width)."""
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise argparse.ArgumentTypeError(f"wanted WIDTHxHEIGHT such as 192x192, got {text!r}")
    return int(height), int(width)


if __name__ == "__main__":
    main()

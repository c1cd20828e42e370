"""Seeded stand-ins for the published networks, and pictures to run them on, from ../shared/reference."""

import subprocess
import sys
from pathlib import Path

import numpy as np

from core.messages import RgbArray
from core.model.taming import calibration_pictures
from core.opencv import cv2


def stand_in(shared: Path, folder: Path, layout: str, *, loud: int = 0) -> Path:
    """A file in the layout of `midas_swin2_tiny_256` or the like, with the weights of seed 7; written once."""
    path = folder / f"{layout}.loud{loud}{'.safetensors' if layout.startswith('hf_') else '.pt'}"
    if not path.exists():
        script = str(shared / "reference" / "make_checkpoint.py")
        made = [sys.executable, script, layout, "--seed", "7", "--loud", str(loud), "--out", str(path)]
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
    return path


def room(shared: Path) -> RgbArray:
    """The picture that the expected numbers belong to: (256, 256, 3) uint8 RGB."""
    return cv2.cvtColor(cv2.imread(str(shared / "reference" / "room_256.png")), cv2.COLOR_BGR2RGB)


def hostile_pictures() -> list[RgbArray]:
    """(64, 64, 3) uint8 RGB each: noise, a ramp, a checkerboard of single pixels, one bright pixel in the dark."""
    pixels = (calibration_pictures().permute(0, 2, 3, 1).numpy() * 127.5 + 127.5).astype(np.uint8)
    return [np.ascontiguousarray(picture) for picture in pixels]

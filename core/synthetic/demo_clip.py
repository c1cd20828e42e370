"""Renders the demo scene into `assets/demo.mp4`: `python -m core.synthetic.demo_clip`, after each change of it.

It takes twenty minutes on one processor. Rendered live, it would leave the network nothing; decoding a frame takes
1 ms. The true depth is not stored, as it is quickly found again (`true_depth.py`).
"""

import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from core.messages import RgbArray
from core.opencv import cv2
from core.sources.demo import CLIP
from core.synthetic.demo_scene import CAMERA_SEED, LOOP_S, MATERIAL_SEED, SIZE_HW, light, scene_at
from core.synthetic.rendering import drawn, planned

FPS = 30
FRAMES = round(LOOP_S * FPS)
_FINER = 2  # times the clip's pixels in each direction, of which the mean is taken: no jagged edges


def picture_at(time_s: float) -> RgbArray:
    """(H, W, 3) of the scene at that time."""
    height, width = SIZE_HW
    fine_hw = (_FINER * height, _FINER * width)
    work = planned([scene_at(time_s / LOOP_S)], [light()], [MATERIAL_SEED], [CAMERA_SEED], fine_hw)
    fine = drawn(work, "cpu").rgb[0].numpy()
    return np.asarray(cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def draw(path: Path) -> None:
    """Write every frame of the loop, H.264 without B-frames, so that a jump to any of them is quick.

    Takes the place of what is at `path` when it is whole.
    """
    unfinished = path.with_suffix(".part")
    with av.open(str(unfinished), "w", format="mp4", options={"movflags": "faststart"}) as container:
        encoder = {"crf": "20", "preset": "veryslow", "bf": "0", "g": str(FPS)}
        stream = container.add_stream("libx264", rate=FPS, options=encoder)
        stream.height, stream.width = SIZE_HW
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, FPS)
        for index in range(FRAMES):
            frame = av.VideoFrame.from_ndarray(picture_at(index / FPS), format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, FPS)
            container.mux(stream.encode(frame))
            print(f"\r{index + 1} of {FRAMES} frames", end="", file=sys.stderr)
        container.mux(stream.encode(None))
    unfinished.replace(path)


if __name__ == "__main__":
    draw(CLIP)
    print(f"\n{CLIP}: {CLIP.stat().st_size / 1e6:.1f} MB", file=sys.stderr)

"""Draws the demo scene into `assets/demo.mp4`: `python -m core.synthetic.demo_clip`, after each change of it.

Drawn live, a frame took 12 ms of Python, during which the inference thread got no word in: fathom-nano fell from
14 depth results a second to 3 on two cores. Decoding the same frame takes 1 ms and leaves Python's lock free.
"""

import sys
from fractions import Fraction
from pathlib import Path

import av

from core.synthetic.living_room import build_room
from core.synthetic.movers import LOOP_S, SIZE_PX, moment
from core.synthetic.painting import Painter

CLIP = Path(__file__).resolve().parents[2] / "assets" / "demo.mp4"
FPS = 30
FRAMES = round(LOOP_S * FPS)


def draw(path: Path) -> None:
    """Write every frame of the loop, H.264 without B-frames, so that a jump to any of them is quick."""
    painter = Painter(build_room(), SIZE_PX)
    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as container:
        encoder = {"crf": "19", "preset": "veryslow", "bf": "0", "g": str(FPS)}
        stream = container.add_stream("libx264", rate=FPS, options=encoder)
        stream.width, stream.height = SIZE_PX
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, FPS)
        for index in range(FRAMES):
            frame = av.VideoFrame.from_ndarray(painter.paint(moment(index / FPS)), format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


if __name__ == "__main__":
    draw(CLIP)
    print(f"{CLIP}: {FRAMES} frames, {CLIP.stat().st_size / 1e6:.1f} MB", file=sys.stderr)

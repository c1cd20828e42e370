"""`cameras`: the webcams of this computer, their addresses and modes."""

import argparse
from itertools import groupby

from core.messages import CameraInfo, CameraMode
from core.sources.cameras import list_cameras

_HEADINGS = ("NAME", "ADDRESS", "MODES")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "cameras", help="list the cameras of this computer: names, addresses, modes", description=__doc__
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the table. Returns 0, also where there is no camera: that is an answer, not a failure."""
    cameras = list_cameras()
    if not cameras:
        print("No camera was found. Plug one in, or open a file, an rtsp:// or http:// address, or demo.")
        return 0
    print("\n".join(table(cameras)))
    print("\nOpen one by its address, or with camera:NAME, where NAME may be a part of its name.")
    return 0


def table(cameras: tuple[CameraInfo, ...]) -> list[str]:
    """Aligned lines: a heading, then one line for each camera and further ones for its other pixel formats."""
    rows = [_HEADINGS]
    for camera in cameras:
        name, address = camera.name, camera.address
        for modes in _by_format(camera.modes) or ["not told before it is opened"]:
            rows.append((name, address, modes))
            name = address = ""
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    return [f"{name:{widths[0]}}  {address:{widths[1]}}  {modes}" for name, address, modes in rows]


def _by_format(modes: tuple[CameraMode, ...]) -> list[str]:
    """`"MJPG 1280x720@30 640x480@30,60"`: one text for each pixel format, the fastest rates of a size last."""
    texts = []
    for fourcc, same_format in groupby(sorted(modes, key=lambda mode: mode.fourcc), key=lambda mode: mode.fourcc):
        rates: dict[tuple[int, int], set[float]] = {}
        for mode in same_format:
            rates.setdefault((mode.width_px, mode.height_px), set()).add(mode.fps)
        sizes = [
            f"{width}x{height}@{','.join(f'{fps:g}' for fps in sorted(rates[width, height]))}"
            for width, height in sorted(rates, reverse=True)
        ]
        texts.append(" ".join([fourcc, *sizes]).strip())
    return texts

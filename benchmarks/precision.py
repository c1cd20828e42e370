"""How far half precision lies from float32: the table of core/model/README.md, "Precision".

    .venv/bin/python benchmarks/precision.py --models tiny,base,large --loud 0,14,18

Writes seeded stand-ins in MiDaS's layout (`../shared/reference/make_checkpoint.py`) into a temporary folder, runs
each on `../shared/reference/room_256.png` at its training size, all but the head in half as on a graphics
processor, and prints ‖half − float32‖ / ‖float32 − mean‖. A loud file holds branches 2^K larger, which float16 as
it is cannot.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT.parent / "shared" / "reference"
sys.path.insert(0, str(ROOT))

from core.engine import DTYPES  # noqa: E402 - after the path is set
from core.messages import DepthArray, RgbArray  # noqa: E402
from core.model.dpt import DPT  # noqa: E402
from core.opencv import cv2  # noqa: E402
from core.preprocess import to_network_input  # noqa: E402
from core.weights.reader import read_weights  # noqa: E402

LAYOUTS = {"tiny": "midas_swin2_tiny_256", "base": "midas_swin2_base_384", "large": "midas_swin2_large_384"}


def stand_in(layout: str, loud: int, folder: Path) -> Path:
    """Written once a folder."""
    path = folder / f"{layout}.loud{loud}.pt"
    if not path.exists():
        script = str(REFERENCE / "make_checkpoint.py")
        command = [sys.executable, script, layout, "--seed", "7", "--loud", str(loud), "--out", str(path)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return path


def depth_of(path: Path, precision: str, device: str, rgb: RgbArray, side_px: int) -> DepthArray:
    weights = read_weights(path)
    network = DPT(weights.config)
    network.load_state_dict(weights.state)
    network = network.eval().requires_grad_(False).to(device).to_precision(DTYPES[precision])
    with torch.inference_mode():
        depth_bhw = network(
            to_network_input(rgb, (side_px, side_px), torch.device(device), antialias=network.config.antialias)
        )
    depth: DepthArray = depth_bhw[0].cpu().numpy()
    return depth


def difference(got: DepthArray, expected: DepthArray) -> float:
    return float(np.linalg.norm(got - expected) / np.linalg.norm(expected - expected.mean()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", default="tiny,base,large")
    parser.add_argument("--loud", default="0,14,18", metavar="K,K…", help="powers of two; 0: the plain file")
    parser.add_argument("--precisions", default="fp16,bf16")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--folder", type=Path, help="keep the stand-ins here (large is 0.9 GB)")
    chosen = parser.parse_args()
    rgb = cv2.cvtColor(cv2.imread(str(REFERENCE / "room_256.png")), cv2.COLOR_BGR2RGB)
    precisions = chosen.precisions.split(",")
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.folder or Path(temporary)
        print("| model | file |", " | ".join(precisions), "|")
        print("|---|---|" + "--:|" * len(precisions))
        for model in chosen.models.split(","):
            layout = LAYOUTS[model]
            side_px = int(layout.rpartition("_")[2])
            for loud in map(int, chosen.loud.split(",")):
                path = stand_in(layout, loud, folder)
                exact = depth_of(path, "fp32", chosen.device, rgb, side_px)
                errors = [
                    difference(depth_of(path, precision, chosen.device, rgb, side_px), exact)
                    for precision in precisions
                ]
                file = f"loud {loud}" if loud else "plain"
                print(f"| {model} | {file} |", " | ".join(f"{error:.1e}" for error in errors), "|", flush=True)
                if chosen.folder is None:
                    path.unlink()


if __name__ == "__main__":
    main()

"""The same weights in Fathom and in transformers' DPT, timed in one process, turn by turn.

    pip install transformers          # a need of this benchmark alone
    .venv/bin/python benchmarks/against_transformers.py --models tiny,base --precisions fp32,bf16 --device cpu
    .venv/bin/python benchmarks/against_transformers.py --models tiny,base,large --precisions fp16 --device cuda

The weights are seeded stand-ins in the published Hugging Face layout (`../shared/reference/make_checkpoint.py`),
the picture is a batch of one at the training size, on the device already; the network alone is timed, until the
device is done. Each runs as it comes: torch's default switches for both, graphs for Fathom where it uses them.
Prints medians, the ratio, and how far the two outputs lie apart.
"""

import argparse
import gc
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT.parent / "shared" / "reference"
sys.path.insert(0, str(ROOT))

from core.bench import machine  # noqa: E402 - after the path is set
from core.engine import DTYPES, Engine  # noqa: E402
from core.model.config import PUBLISHED  # noqa: E402

LAYOUTS = {"tiny": "tiny_256", "base": "base_384", "large": "large_384"}
WARM_UP_RUNS = 3


def theirs(size: str, checkpoint: Path, dtype: torch.dtype, device: str) -> torch.nn.Module:
    """transformers' DPT over Swin V2, as Intel's dpt-swinv2 repositories configure it."""
    from safetensors.torch import load_file
    from transformers import DPTConfig, DPTForDepthEstimation, Swinv2Config

    ours = PUBLISHED[f"swin2-{LAYOUTS[size].replace('_', '-')}"]
    backbone = Swinv2Config(
        image_size=ours.training_px,
        embed_dim=ours.embed_dim,
        depths=list(ours.depths),
        num_heads=list(ours.heads),
        window_size=ours.window,
        pretrained_window_sizes=list(ours.pretrained_windows),
        drop_path_rate=0.0,
        out_features=["stage1", "stage2", "stage3", "stage4"],
    )
    channels = [ours.embed_dim * 2**stage for stage in range(4)]
    model = DPTForDepthEstimation(
        DPTConfig(
            backbone_config=backbone,
            neck_hidden_sizes=channels,
            fusion_hidden_size=ours.decoder_channels,
            reassemble_factors=[],
            add_projection=False,
        )
    )
    missing, unexpected = model.load_state_dict(load_file(checkpoint), strict=False)
    if missing or unexpected:
        sys.exit(f"transformers does not take the stand-in: missing {missing[:3]}, unexpected {unexpected[:3]}")
    return model.eval().to(device, dtype)


def timed_ms(run: Callable[[], object], device: str) -> float:
    started_s = time.perf_counter()
    run()
    if device.startswith("cuda"):
        torch.cuda.synchronize()
    return 1e3 * (time.perf_counter() - started_s)


def compare(size: str, precision: str, device: str, checkpoint: Path, rounds: int) -> dict[str, object]:
    engine = Engine.load(str(checkpoint), precision, device)
    try:
        return compare_with(engine, theirs(size, checkpoint, DTYPES[precision], device), size, device, rounds)
    finally:
        engine.close()
        gc.collect()  # theirs: its parts refer to each other


@torch.inference_mode()
def compare_with(engine: Engine, model: torch.nn.Module, size: str, device: str, rounds: int) -> dict[str, object]:
    px, precision = engine.info.training_px, engine.info.precision
    torch.manual_seed(0)
    image = (torch.rand(1, 3, px, px) * 2 - 1).to(device, DTYPES[precision])
    engine.enter_thread()
    engine.prepare((px, px))
    runs: dict[str, Callable[[], torch.Tensor]] = {
        "fathom": lambda: engine.run(image),
        "transformers": lambda: model(image).predicted_depth,
    }
    outputs: dict[str, torch.Tensor] = {}
    for _ in range(WARM_UP_RUNS):
        for name, run in runs.items():
            output = run()
            engine.finish()
            outputs[name] = output.float().cpu()
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            times[name].append(timed_ms(run, device))
    ours_out, theirs_out = outputs["fathom"], outputs["transformers"]
    medians = {name: statistics.median(values) for name, values in times.items()}
    return {
        "model": size,
        "size": px,
        "precision": precision,
        "device": engine.info.device_name,
        "fathom_ms": round(medians["fathom"], 2),
        "transformers_ms": round(medians["transformers"], 2),
        "times_as_fast": round(medians["transformers"] / medians["fathom"], 2),
        "outputs_apart": float((ours_out - theirs_out).norm() / (theirs_out - theirs_out.mean()).norm()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", default="tiny,base", help="of tiny, base, large")
    parser.add_argument("--precisions", default="fp32,bf16")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    import transformers

    facts = {**machine(), "transformers": transformers.__version__}
    print(", ".join(f"{name} {value}" for name, value in facts.items()))
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for size in args.models.split(","):
            checkpoint = Path(folder) / f"{size}.safetensors"
            maker = [sys.executable, str(REFERENCE / "make_checkpoint.py"), f"hf_swinv2_{LAYOUTS[size]}"]
            subprocess.run([*maker, "--out", str(checkpoint)], check=True, stdout=subprocess.DEVNULL)
            for precision in args.precisions.split(","):
                rows.append(compare(size, precision, args.device, checkpoint, args.rounds))
                print(rows[-1], flush=True)
                if args.json:  # after each, so that one that fails costs none of the others
                    args.json.write_text(json.dumps({"machine": facts, "rows": rows}, indent=2) + "\n")
            checkpoint.unlink()


if __name__ == "__main__":
    main()

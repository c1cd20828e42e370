"""What was wanted of an H200 beside what `benchmarks/gpu.sh` got: reads the folder of its results.

    python3 benchmarks/gpu_summary.py gpu-results

Exits 1 where an H200 misses something; on any other machine the figures are for reading only.
"""

import json
import sys
from pathlib import Path
from typing import Any

MOST_MS = {"swin2-tiny-256": 1.5, "swin2-base-384": 3.0, "swin2-large-384": 4.0}  # uint8 in, depth out, fp16
LEAST_RATIO = 6.0  # times as fast as transformers in the same run


def rows_of(path: Path) -> tuple[list[dict[str, Any]], dict[str, str]]:
    if not path.exists():
        return [], {}
    content = json.loads(path.read_text(encoding="utf-8"))
    return content["rows"], content["machine"]


def main() -> int:
    folder = Path(sys.argv[1])
    rows, facts = [], {}
    for path in sorted(folder.glob("bench-*.json")):
        more, facts = rows_of(path)
        rows += more
    ratios, _ = rows_of(folder / "comparison.json")
    held = "H200" in facts.get("gpu", "")
    missed = []
    for model, most_ms in MOST_MS.items():
        row = next((r for r in rows if model in r["model"] and r["precision"] == "fp16"), None)
        ratio = next((r for r in ratios if r["model"] in model.split("-") and r["precision"] == "fp16"), None)
        whole_ms = row["end_to_end_ms"] if row else None
        times = ratio["times_as_fast"] if ratio else None
        alone_ms = row["model_ms"] if row else None
        print(
            f"{model}: wanted {most_ms} ms, got {shown(whole_ms)}, the network alone {shown(alone_ms)}; ", end=""
        )
        print(f"wanted {LEAST_RATIO:g} times transformers, got {shown(times)}")
        if whole_ms is None or whole_ms > most_ms or times is None or times < LEAST_RATIO:
            missed.append(model)
    if not held:
        print(f"wanted of an H200; this is {facts.get('gpu') or facts.get('processor', 'unknown')}")
    return 1 if held and missed else 0


def shown(value: float | None) -> str:
    return "nothing" if value is None else f"{value:.2f}"


if __name__ == "__main__":
    sys.exit(main())

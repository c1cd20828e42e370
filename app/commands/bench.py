"""`bench`: how fast the models run here, as a table, a chart and as JSON."""

import argparse
import itertools
import json
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path

from tqdm import tqdm

from app.commands.common import a_path, check_apart, split, write_files
from app.version import VERSION
from core.errors import FathomError, SettingError
from core.network_size import network_hw
from core.precision import PRECISION_CHOICES

BAR = "{desc} {percentage:3.0f}% |{bar}| {elapsed}, {remaining} left"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser("bench", help="how fast the models run on this machine")
    parser.add_argument("--models", default="fathom-nano", metavar="A,B", help="names or files (fathom-nano)")
    parser.add_argument("--sizes", default="256", metavar="PX,HxW", help="what the network sees (256)")
    parser.add_argument(
        "--precisions", default="auto", metavar="P,Q", help=f"of {', '.join(PRECISION_CHOICES)} (auto)"
    )
    parser.add_argument("--devices", default="auto", metavar="D,E", help="auto, cpu, cuda, cuda:N, mps (auto)")
    parser.add_argument("--seconds", type=float, default=4.0, metavar="S", help="how long each is timed (4)")
    parser.add_argument("--json", type=a_path, metavar="F", help="also write the figures to this file")
    parser.add_argument("--chart", type=a_path, metavar="PNG", help="also draw them into this file")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Raises: FathomError; a case that cannot run is named, and the others are measured all the same."""
    lists = {name: split(name, getattr(args, name)) for name in ("models", "sizes", "precisions", "devices")}
    for precision in lists["precisions"]:
        if precision not in PRECISION_CHOICES:
            raise SettingError(f"--precisions must be among {', '.join(PRECISION_CHOICES)}, got {precision!r}")
    if args.chart is not None and args.chart.suffix.lower() != ".png":
        raise SettingError(f"--chart must be a .png file, got {args.chart}")
    if not args.seconds >= 0:
        raise SettingError(f"--seconds must be 0 or more, got {args.seconds:g}")
    check_apart([file for file in (args.json, args.chart) if file is not None], lists["models"])

    from core.bench import BenchCase, BenchRow, machine, measure
    from core.messages import WEBCAM_HW

    cases = [BenchCase(*values) for values in itertools.product(*lists.values())]
    sizes = {size: network_hw(size, "square", WEBCAM_HW) for size in lists["sizes"]}
    rows: list[BenchRow] = []
    with tqdm(total=len(cases), bar_format=BAR, disable=None) as bar:
        for number, case in enumerate(cases):
            bar.set_description_str(f"{case.model} {case.size} {case.precision} {case.device}")
            progress = partial(_advance, bar, number)
            try:
                rows.append(measure(case, sizes[case.size], args.seconds, progress))
            except FathomError as error:
                tqdm.write(str(error), file=sys.stderr)
            progress(1.0)
    facts = {"fathom": VERSION, **machine()}
    _print_table([asdict(row) for row in rows], facts)
    files: dict[Path, bytes] = {}
    if args.json is not None:
        text = json.dumps({"machine": facts, "rows": [asdict(row) for row in rows]}, indent=2) + "\n"
        files[args.json] = text.encode()
    if args.chart is not None and rows:
        from core.bench_chart import as_png

        files[args.chart] = as_png(rows, facts)
    write_files(files)
    return 0 if len(rows) == len(cases) else 1


def _advance(bar: tqdm, number: int, share: float) -> None:
    """`share` of case `number`, counted from 0, is done."""
    bar.update(number + share - bar.n)


def _print_table(rows: list[dict[str, object]], facts: dict[str, str]) -> None:
    print(", ".join(f"{name} {value}" for name, value in facts.items()))
    form = "{:<20} {:>9} {:>5} {:>7} {:>9} {:>7} {:>11} {:>7} {:>7} {:>8}"
    print(form.format("model", "size", "prec", "device", "model ms", "p95", "end-to-end", "p95", "fps", "MB"))
    for row in rows:
        figures = [
            "-" if row[name] is None else f"{row[name]:.1f}"
            for name in ("model_ms", "model_ms_p95", "end_to_end_ms", "end_to_end_ms_p95", "fps", "memory_mb")
        ]
        size = f"{row['height']}x{row['width']}"
        print(form.format(str(row["model"]), size, str(row["precision"]), str(row["device"]), *figures))

"""What holds the house together: light imports, empty package files, a README that is up to date."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ("torch", "cv2", "av", "safetensors")
LIGHT_OF_CORE = (
    "messages",
    "errors",
    "look",
    "handoff",
    "network_size",
    "colormaps",
    "depth_range",
    "comparing.view",
    "comparing.measures",
    "comparing.lane_wish",
)


def modules_of(folder: str) -> list[str]:
    files = sorted((ROOT / folder).rglob("*.py"))
    return [".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for file in files]


def loaded_after_importing(modules: list[str]) -> set[str]:
    """Top names of what a fresh Python has loaded after importing `modules`."""
    code = (
        "import importlib, json, sys\n"
        f"for name in {modules!r}: importlib.import_module(name)\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    return set(json.loads(run.stdout))


def test_the_light_modules_of_core_need_numpy_at_most() -> None:
    loaded = loaded_after_importing([f"core.{name}" for name in LIGHT_OF_CORE])
    assert not loaded & {*HEAVY, "PyQt6", "app", "ui"}


def test_the_window_is_there_before_torch_is_imported() -> None:
    loaded = loaded_after_importing(["main", *modules_of("ui")])
    assert "PyQt6" in loaded
    assert not loaded & set(HEAVY)


def test_the_command_line_needs_neither_qt_nor_torch() -> None:
    loaded = loaded_after_importing(["main", *modules_of("app")])
    assert not loaded & {*HEAVY, "PyQt6", "ui"}


@pytest.mark.parametrize("folder", ["core", "app", "ui"])
def test_package_files_are_empty(folder: str) -> None:
    folders = {file.parent for file in (ROOT / folder).rglob("*.py")}
    for package in folders:
        file = package / "__init__.py"
        assert file.is_file(), f"{package} is no package"
        assert file.read_text(encoding="utf-8") == "", f"{file} is not empty"


def test_nothing_imports_main() -> None:
    for folder in ("core", "app", "ui"):
        for file in (ROOT / folder).rglob("*.py"):
            assert "main" not in imports_of(file), file


def test_opencv_is_imported_in_one_place() -> None:
    importers = {file for file in (ROOT / "core").rglob("*.py") if "cv2" in imports_of(file)}
    assert importers == {ROOT / "core/opencv.py"}


def imports_of(file: Path) -> set[str]:
    """Top names of what `file` imports anywhere."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


def test_no_file_does_too_much() -> None:
    files = [file for folder in ("core", "app", "ui") for file in (ROOT / folder).rglob("*.py")]
    lengths = {str(file.relative_to(ROOT)): len(file.read_text(encoding="utf-8").splitlines()) for file in files}
    too_long = {name: lines for name, lines in lengths.items() if lines > 400}
    assert not too_long, "cut them by duty; 100 to 300 lines read well"


def test_the_readmes_tables_are_up_to_date() -> None:
    from docs.tables import README, filled

    text = README.read_text(encoding="utf-8")
    assert filled(text) == text, "run `python -m docs.tables`"


def test_every_file_the_readme_names_is_there() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    links = [part.partition(")")[0] for part in text.split("](")[1:]]
    missing = [link for link in links if "://" not in link and not (ROOT / link).is_file()]
    assert not missing

"""A machine to start the launcher on, with stubs for what is slow or fetches; nothing is fetched."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Stands for python3 and for .venv/bin/python: notes what it is asked, does the quick things with a real Python.
PYTHON = r"""#!/bin/sh
note() {{ printf '%s\n' "$*" >>"{calls}"; }}
case "$*" in
    *"sys.version_info >= (3, 11)"*) [ ! -e "{folder}/old-python" ] || exit 1 ;;
    --version) [ ! -e "{folder}/old-python" ] || {{ echo "Python 3.9.2"; exit; }} ;;
    *"import ensurepip, venv"*) [ ! -e "{folder}/no-ensurepip" ] || exit 1 ;;
    *urllib.request*) note probe; [ -e "{folder}/index-answers" ] || exit 1; exit ;;
    "-m venv "*)
        note venv
        mkdir -p "$3/bin"
        cp "$0" "$3/bin/python"
        exit ;;
    "-m pip "*)
        shift 2
        note pip "$*"
        if [ -e "{folder}/pip-waits" ]; then echo here >"{folder}/pip-waits"; read -r _ <"{folder}/pip-goes-on"; fi
        if [ -e "{folder}/pip-fails" ]; then echo "ERROR: the disk is full"; exit 1; fi
        echo "  Downloading torch-2.13.0.whl (191.8 MB)"
        exit ;;
    "-m pytest"* | "-m ruff"* | "-m mypy"* | *importlinter*)
        note "in $PWD:" "$*"
        [ ! -e "{folder}/mypy-fails" ] || [ "$2" != mypy ] || exit 1
        exit ;;
    */main.py*)
        note "PYTHONPATH=${{PYTHONPATH-unset}}"
        for word; do note "<$word>"; done
        [ ! -e "{folder}/main-fails" ] || exit 7
        exit ;;
esac
exec "{real}" "$@"
"""
LDCONFIG = r"""#!/bin/sh
[ -e "{folder}/libraries-there" ] || exit 0
for name in {names}; do printf '\t%s (libc6,x86-64) => /lib/%s\n' "$name" "$name"; done
"""
APT = r"""#!/bin/sh
echo "apt $*" >>"{calls}"
case "$*" in
    *" update") : >"{folder}/lists-there" ;;
    *) [ -e "{folder}/lists-there" ] || exit 100
       : >"{folder}/libraries-there"
       rm -f "{folder}/no-ensurepip" ;;
esac
"""
SUDO = r"""#!/bin/sh
echo "sudo $1" >>"{calls}"
[ "$1" = -n ] || exit 1
shift
[ "$1" = true ] || exec "$@"
"""
TOOLS = ("cat", "cksum", "cp", "env", "mkdir", "mktemp", "readlink", "rm", "tail", "uname")


class Machine:
    """A checkout in a folder whose name has a space, and a PATH with nothing on it but what `have` put there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.checkout = folder / "a checkout"
        self.programs = folder / "programs"
        self.calls_file = folder / "calls"
        self.checkout.mkdir()
        self.programs.mkdir()
        for name in ("fathom", "constraints.txt", "pyproject.toml"):
            shutil.copy(ROOT / name, self.checkout)
        for name in TOOLS:
            (self.programs / name).symlink_to(shutil.which(name) or pytest.skip(f"no {name}"))
        self.program("python3", PYTHON)
        self.program("Xvfb", "")
        self.program("id", "echo 0")
        names = (self.checkout / "fathom").read_text().split("\nlibraries='")[1].split("'")[0].split()
        self.program("ldconfig", LDCONFIG, names=" ".join(pair.split(":")[0] for pair in names))
        self.set("libraries-there")

    def program(self, name: str, text: str, **values: str) -> None:
        path = self.programs / name
        body = text.format(folder=self.folder, calls=self.calls_file, real=sys.executable, **values)
        path.write_text(body if body.startswith("#!") else f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)

    def set(self, fact: str) -> Path:
        path = self.folder / fact
        path.touch()
        return path

    def environment(self, **more: str) -> dict[str, str]:
        return {"PATH": str(self.programs), "HOME": str(self.folder), "TMPDIR": str(self.folder), **more}

    def start(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.checkout / "fathom"), *arguments],
            env=self.environment(**environment),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def start_beside(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [str(self.checkout / "fathom"), *arguments],
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def calls(self) -> list[str]:
        """What the stubs were asked since the last look."""
        lines = self.calls_file.read_text().splitlines() if self.calls_file.exists() else []
        self.calls_file.write_text("")
        return lines

    def let_pip_wait(self) -> None:
        """From now on pip waits; opening `pip-waits` waits for it to come, writing `pip-goes-on` lets it go."""
        os.mkfifo(self.folder / "pip-waits")
        os.mkfifo(self.folder / "pip-goes-on")

    def wait_for_pip(self) -> None:
        assert (self.folder / "pip-waits").read_text() == "here\n"

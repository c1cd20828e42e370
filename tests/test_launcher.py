"""The launcher's decisions on machines that have this and lack that."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from support.machine import APT, PYTHON, Machine

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell script")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def kinds(calls: list[str]) -> list[str]:
    return [call.split()[0] for call in calls]


def test_the_first_start_sets_up_and_hands_every_argument_on(machine: Machine) -> None:
    run = machine.start("image", "a b.png", "--out", "it's", "", PYTHONPATH="/elsewhere")
    assert run.returncode == 0, run.stderr
    calls = machine.calls()
    assert kinds(calls)[:3] == ["venv", "probe", "pip"]
    assert calls[3] == "PYTHONPATH=unset"
    main = str(machine.checkout / "main.py")
    assert calls[4:] == [f"<{word}>" for word in (main, "image", "a b.png", "--out", "it's", "")]
    assert run.stdout == ""
    assert "setting up" in run.stderr
    assert "Downloading torch-2.13.0.whl (191.8 MB)" in run.stderr
    assert not list(machine.folder.glob("fathom-set-up.*")), "the log of a good set-up is not kept"


def test_pip_gets_the_constraints_and_what_the_project_asks_for(machine: Machine) -> None:
    machine.start()
    pip = next(call for call in machine.calls() if call.startswith("pip"))
    assert f"--constraint {machine.checkout}/constraints.txt" in pip
    asked = (machine.checkout / ".venv/requirements.txt").read_text()
    assert "pyqt6>=" in asked
    assert "pytest" not in asked


def test_a_second_start_sets_nothing_up(machine: Machine) -> None:
    machine.start()
    machine.calls()
    run = machine.start("demo")
    assert run.stderr == ""
    assert kinds(machine.calls()) == ["PYTHONPATH=unset", f"<{machine.folder}/a", "<demo>"]


def test_the_exit_code_is_the_programs(machine: Machine) -> None:
    machine.set("main-fails")
    assert machine.start().returncode == 7


def test_it_can_be_started_through_a_link_and_without_a_path(machine: Machine) -> None:
    link = machine.folder / "link"
    link.symlink_to(machine.checkout / "fathom")
    run = subprocess.run([str(link)], env=machine.environment(), capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    assert f"<{machine.checkout}/main.py>" in machine.calls()
    run = subprocess.run(
        ["/bin/sh", "fathom"],
        env=machine.environment(CDPATH="/"),
        cwd=machine.checkout,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    assert f"<{machine.checkout}/main.py>" in machine.calls()


@pytest.mark.parametrize("name", ["constraints.txt", "pyproject.toml"])
def test_new_versions_are_installed_into_the_environment_there_is(machine: Machine, name: str) -> None:
    machine.start()
    machine.calls()
    with (machine.checkout / name).open("a") as file:
        file.write("\n# changed\n")
    run = machine.start()
    assert "up to date" in run.stderr
    calls = machine.calls()
    assert "venv" not in kinds(calls)
    assert kinds(calls).count("pip") == 1


def test_an_environment_made_by_hand_is_used_not_replaced(machine: Machine) -> None:
    environment = machine.checkout / ".venv"
    (environment / "bin").mkdir(parents=True)
    shutil.copy(machine.programs / "python3", environment / "bin/python")
    (environment / "mine").touch()
    assert machine.start().returncode == 0
    assert "venv" not in kinds(machine.calls())
    assert (environment / "mine").exists()


def test_an_environment_whose_python_is_gone_is_made_again(machine: Machine) -> None:
    machine.start()
    machine.calls()
    (machine.checkout / ".venv/bin/python").unlink()
    assert machine.start().returncode == 0
    assert kinds(machine.calls())[:3] == ["venv", "probe", "pip"]


@pytest.mark.parametrize("what", ["demo", "test"])
def test_a_set_up_that_was_killed_is_done_again_from_the_start(machine: Machine, what: str) -> None:
    if what == "test":
        machine.start()  # the program is whole; what the tools' set-up was changing is not
    machine.let_pip_wait()
    start = machine.start_beside(what)
    machine.wait_for_pip()
    os.killpg(start.pid, signal.SIGKILL)
    start.communicate(timeout=60)
    for name in ("pip-waits", "pip-goes-on"):
        (machine.folder / name).unlink()
    machine.calls()
    run = machine.start()
    assert run.returncode == 0, run.stderr
    assert kinds(machine.calls())[:3] == ["venv", "probe", "pip"]


def test_two_starts_at_once_set_up_once(machine: Machine) -> None:
    machine.let_pip_wait()
    first = machine.start_beside()
    machine.wait_for_pip()
    second = machine.start_beside()
    assert second.stderr is not None
    assert second.stderr.readline() == "fathom: another start is setting up, waiting for it\n"
    (machine.folder / "pip-waits").unlink()
    (machine.folder / "pip-goes-on").write_text("go\n")
    for start in (first, second):
        start.communicate(timeout=60)
        assert start.returncode == 0
    calls = machine.calls()
    assert kinds(calls).count("venv") == 1
    assert kinds(calls).count("pip") == 1
    assert kinds(calls).count("PYTHONPATH=unset") == 2


def test_what_pip_could_not_do_is_shown_and_the_next_start_goes_on(machine: Machine) -> None:
    fails = machine.set("pip-fails")
    run = machine.start()
    assert run.returncode == 1
    assert "ERROR: the disk is full" in run.stderr
    last = run.stderr.splitlines()[-1]
    assert "start again" in last
    (log,) = machine.folder.glob("fathom-set-up.*")
    assert str(log) in last
    fails.unlink()
    machine.calls()
    assert machine.start().returncode == 0
    assert "venv" not in kinds(machine.calls())


def test_failing_tools_leave_the_program_as_it_was(machine: Machine) -> None:
    machine.start()
    fails = machine.set("pip-fails")
    assert machine.start("test").returncode == 1
    fails.unlink()
    machine.calls()
    assert machine.start().stderr == ""
    assert "pip" not in kinds(machine.calls())


def test_a_python_that_is_too_old_gets_one_line(machine: Machine) -> None:
    machine.set("old-python")
    run = machine.start()
    assert run.returncode == 1
    assert run.stderr.count("\n") == 1
    assert "wanted Python 3.11 or newer, got Python 3.9.2" in run.stderr
    assert not (machine.checkout / ".venv").exists()


def test_without_any_python_there_is_one_line(machine: Machine) -> None:
    (machine.programs / "python3").unlink()
    run = machine.start()
    assert run.returncode == 1
    assert run.stderr.count("\n") == 1
    assert "wanted Python 3.11 or newer, got none" in run.stderr


def test_a_named_python_is_the_only_one_asked(machine: Machine) -> None:
    (machine.programs / "python3").rename(machine.folder / "my python")
    assert machine.start(FATHOM_PYTHON=str(machine.folder / "my python")).returncode == 0
    machine.program("python3", PYTHON)
    shutil.rmtree(machine.checkout / ".venv")
    run = machine.start(FATHOM_PYTHON="/nowhere/python")
    assert run.returncode == 1
    assert "wanted Python 3.11 or newer, got none" in run.stderr


def test_apt_brings_missing_libraries_after_fetching_its_lists(machine: Machine) -> None:
    (machine.folder / "libraries-there").unlink()
    machine.program("apt-get", APT)
    run = machine.start()
    assert run.returncode == 0, run.stderr
    apt = [call for call in machine.calls() if call.startswith("apt")]
    assert [call.split()[-1] == "update" for call in apt] == [False, True, False]
    assert "--no-install-recommends libegl1 libgl1 " in apt[2]
    assert "libraries are missing" not in run.stderr
    machine.start()
    assert not [call for call in machine.calls() if call.startswith("apt")]


def test_without_the_right_to_install_the_packages_are_named_and_the_program_starts(machine: Machine) -> None:
    (machine.folder / "libraries-there").unlink()
    machine.program("apt-get", APT)
    machine.program("id", "echo 1000")
    run = machine.start()
    assert run.returncode == 0
    assert "sudo apt-get install libegl1 libgl1 " in run.stderr
    calls = machine.calls()
    assert not [call for call in calls if call.startswith("apt")]
    assert f"<{machine.checkout}/main.py>" in calls
    assert "libraries are missing" in machine.start().stderr, "said until they are there"
    machine.set("libraries-there")
    assert machine.start().stderr == ""


def test_sudo_is_used_where_it_asks_for_no_password(machine: Machine) -> None:
    (machine.folder / "libraries-there").unlink()
    machine.set("lists-there")
    machine.program("apt-get", APT)
    machine.program("id", "echo 1000")
    machine.program(
        "sudo", 'echo "sudo $1" >>"{calls}"\n[ "$1" = -n ] || exit 1\nshift\n[ "$1" = true ] || exec "$@"'
    )
    assert machine.start().returncode == 0
    calls = machine.calls()
    assert "sudo -n" in calls
    assert [call for call in calls if call.startswith("apt")]


def test_a_system_without_apt_is_told_the_names(machine: Machine) -> None:
    (machine.folder / "libraries-there").unlink()
    run = machine.start()
    assert run.returncode == 0
    assert "Debian's names of their packages: libegl1 " in run.stderr


def test_the_module_that_makes_environments_comes_through_apt_or_is_named(machine: Machine) -> None:
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    machine.set("no-ensurepip")
    run = machine.start()
    assert run.returncode == 1
    assert run.stderr.endswith(f"sudo apt-get install {package}\n")
    machine.program("apt-get", APT)
    assert machine.start().returncode == 0
    assert any(call.endswith(package) for call in machine.calls())


def test_a_machine_without_nvidia_takes_the_small_pytorch_where_it_can_be_had(machine: Machine) -> None:
    machine.set("index-answers")
    machine.start()
    first = next(call for call in machine.calls() if call.startswith("pip"))
    assert first.endswith("--no-deps --index-url https://download.pytorch.org/whl/cpu torch")


def test_a_machine_with_nvidia_takes_the_usual_pytorch(machine: Machine) -> None:
    machine.set("index-answers")
    machine.program("nvidia-smi", "")
    machine.start()
    calls = machine.calls()
    assert "probe" not in kinds(calls)
    assert not [call for call in calls if "--index-url" in call]


def test_a_named_index_is_used_and_must_work(machine: Machine) -> None:
    machine.start(FATHOM_TORCH_INDEX="https://mirror.example/cu130")
    assert any(call.endswith("--index-url https://mirror.example/cu130 torch") for call in machine.calls())
    shutil.rmtree(machine.checkout / ".venv")
    machine.set("pip-fails")
    run = machine.start(FATHOM_TORCH_INDEX="https://mirror.example/cu130")
    assert run.returncode == 1
    assert "PyTorch could not be installed" in run.stderr


def test_tests_get_their_tools_and_run_in_the_checkout(machine: Machine) -> None:
    run = machine.start("test", "-k", "a or b")
    assert run.returncode == 0, run.stderr
    assert machine.calls()[-1] == f"in {machine.checkout}: -m pytest -k a or b"
    assert "pytest" in (machine.checkout / ".venv/requirements.txt").read_text()
    assert machine.start("test").stderr == ""
    assert machine.start("demo").stderr == "", "the program is there with the tools"


def test_xvfb_is_wanted_for_tests_alone(machine: Machine) -> None:
    (machine.programs / "Xvfb").unlink()
    machine.set("lists-there")
    machine.program("apt-get", APT)
    machine.start("demo")
    assert not [call for call in machine.calls() if call.startswith("apt")]
    machine.start("test")
    assert any(call.endswith(" xvfb") for call in machine.calls() if call.startswith("apt"))


def test_check_runs_every_linter_and_fails_when_one_does(machine: Machine) -> None:
    machine.start("check")
    machine.calls()
    machine.set("mypy-fails")
    run = machine.start("check")
    assert run.returncode == 1
    asked = [call.split(": ", 1)[1].split()[:3] for call in machine.calls()]
    assert [words[1] for words in asked[:3]] == ["ruff", "ruff", "mypy"]
    assert len(asked) == 4, "import-linter runs although mypy failed"


def test_the_script_is_executable_and_plain_posix() -> None:
    assert os.access(ROOT / "fathom", os.X_OK)
    assert os.access(ROOT / ".ci/run", os.X_OK)
    for name, arguments in (("dash", ["-n"]), ("shellcheck", ["-s", "sh"])):
        program = shutil.which(name)
        if program:
            run = subprocess.run([program, *arguments, str(ROOT / "fathom")], capture_output=True, text=True)
            assert run.returncode == 0, run.stdout + run.stderr


def test_every_dependency_has_a_pinned_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {re.split(r"[<>=~! ;\[]", text)[0].lower() for text in _all_dependencies(project)}
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {line.split("==")[0].lower() for line in lines if "==" in line}
    assert asked <= pinned, f"without a version: {asked - pinned}"
    assert "torch==2.13.0" in lines


def _all_dependencies(project: dict[str, dict[str, list[str]]]) -> list[str]:
    return [*project["dependencies"], *project["optional-dependencies"]["dev"]]

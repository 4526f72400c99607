"""The script ./run makes its environment once, again when a lock changes, and never twice at a time."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

_PROJECT = Path(__file__).parents[3]
_FAKE_UV = """#!/bin/sh
# Records the call; "venv" makes an environment whose interpreter and command are stand-ins.
printf '%s\\n' "$*" >>"$CALLS"
if [ "$1" = venv ]; then
    mkdir -p "$FAKE_VENV/bin"
    ln -sf "$REAL_PYTHON" "$FAKE_VENV/bin/python"
    printf '#!/bin/sh\\necho "planswitch $*"\\n' >"$FAKE_VENV/bin/planswitch"
    chmod +x "$FAKE_VENV/bin/planswitch"
fi
while [ -n "${GATE:-}" ] && [ -e "$GATE" ]; do sleep 0.02; done
"""


@pytest.fixture(name="clone")
def _clone(tmp_path: Path) -> Path:
    """Return a folder with the script, the locks and a recorder in the place of uv."""
    folder = tmp_path / "a clone"
    shutil.copytree(_PROJECT / "locks", folder / "locks")
    shutil.copy(_PROJECT / "run", folder / "run")
    shutil.copy(_PROJECT / "pyproject.toml", folder / "pyproject.toml")
    tools = folder / "tools"
    tools.mkdir()
    (tools / "uv").write_text(_FAKE_UV)
    (tools / "uv").chmod(0o755)
    return folder


def _environment(clone: Path, **more: str) -> dict[str, str]:
    """Return an environment in which `uv` is the recorder."""
    return {
        **os.environ,
        "PATH": f"{clone / 'tools'}:{os.environ['PATH']}",
        "CALLS": str(clone / "calls"),
        "FAKE_VENV": str(clone / ".venv"),
        "REAL_PYTHON": sys.executable,
        "PYTHON": sys.executable,
        **more,
    }


def _run(clone: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the script and return how it ended."""
    return subprocess.run(
        [clone / "run", *arguments],
        env=_environment(clone, **more),
        cwd=clone.parent,
        capture_output=True,
        text=True,
        check=False,
    )


def _calls(clone: Path) -> list[str]:
    """Return the recorded calls of uv."""
    record = clone / "calls"
    return record.read_text().splitlines() if record.exists() else []


def test_alone_it_lists_the_tasks(clone: Path) -> None:
    """Without a task it lists every task and installs nothing."""
    answer = _run(clone)

    assert answer.returncode == 0
    for task in ("demo", "planswitch", "test", "check", "e2e", "wheels", "bench", "chaos"):
        assert re.search(rf"^  {task} ", answer.stdout, re.MULTILINE)
    assert _calls(clone) == []


def test_an_unknown_task_is_refused(clone: Path) -> None:
    """A task that does not exist ends with the status of a wrong use (docs/cli.md), and is named."""
    answer = _run(clone, "deploy")

    assert answer.returncode == 2
    assert 'there is no task "deploy"' in answer.stderr


def test_it_installs_once_and_is_instant_afterwards(clone: Path) -> None:
    """The first use makes and fills the environment; the second does nothing but the task."""
    first = _run(clone, "planswitch", "doctor", "a b")
    calls = _calls(clone)
    second = _run(clone, "planswitch", "doctor")

    assert first.stdout == "planswitch doctor a b\n"
    assert [call.split()[0] for call in calls] == ["venv", "pip", "pip"]
    assert "--require-hashes" in calls[1]
    assert "--no-deps --no-build-isolation --editable" in calls[2]
    assert (second.stdout, second.stderr) == ("planswitch doctor\n", "")
    assert _calls(clone) == calls


def test_a_changed_lock_is_installed_again(clone: Path) -> None:
    """A changed lock is installed into the environment that is there."""
    _run(clone, "planswitch")
    with (clone / "locks" / "run.txt").open("a") as lock:
        lock.write("# changed\n")
    before = len(_calls(clone))

    _run(clone, "planswitch")

    assert [call.split()[0] for call in _calls(clone)[before:]] == ["pip", "pip"]


def test_two_at_once_install_once(clone: Path) -> None:
    """The second of two first uses waits for the first and finds the work done."""
    gate = clone / "gate"
    gate.touch()
    command, environment = [str(clone / "run"), "planswitch"], _environment(clone, GATE=str(gate))
    pipe = subprocess.PIPE
    first = subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True)
    while not _calls(clone):
        time.sleep(0.02)
    second = subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True)
    assert second.stderr is not None
    waiting = second.stderr.readline()
    gate.unlink()
    answers = [first.communicate()[0], second.communicate()[0]]

    assert "waiting for another ./run" in waiting
    assert answers == ["planswitch \n", "planswitch \n"]
    assert len(_calls(clone)) == 3


def test_an_old_interpreter_is_refused_with_what_to_do(clone: Path) -> None:
    """An interpreter before 3.11 is refused by name before anything is made."""
    old = clone / "tools" / "python-old"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)

    answer = _run(clone, "planswitch", PYTHON=str(old))

    assert answer.returncode == 1
    assert f"PYTHON={old} is not Python 3.11 or newer" in answer.stderr
    assert not (clone / ".venv").exists()


def test_a_missing_venv_module_is_named_with_its_package(clone: Path) -> None:
    """Without uv and without the venv module the message says which package to install."""
    (clone / "tools" / "uv").unlink()
    poor = clone / "tools" / "python-poor"
    poor.write_text(f'#!/bin/sh\ncase "$*" in *ensurepip*) exit 1;; esac\nexec {sys.executable} "$@"\n')
    poor.chmod(0o755)

    answer = _run(clone, "planswitch", PYTHON=str(poor), PATH=f"{clone / 'tools'}:/usr/bin:/bin")

    assert answer.returncode == 1
    assert "apt install python3-venv" in answer.stderr


_FAKE_PYTHON = """#!/bin/sh
# Stands for the environment's interpreter: pytest ends as told; all else is the real one.
if [ "$1 $2" != "-m pytest" ]; then exec "$REAL_PYTHON" "$@"; fi
printf '%s\\n' "$*" >>"$CALLS"
exit "$STATUS"
"""


def test_the_vendors_client_has_an_environment_of_its_own(clone: Path) -> None:
    """`test vendor` installs its lock beside the other environment and runs its tests alone."""
    python = clone / ".venv-vendor" / "bin" / "python"
    made = {"FAKE_VENV": str(clone / ".venv-vendor"), "STATUS": "0"}
    _run(clone, "test", "vendor", "--version", **made)
    installed = _calls(clone)
    python.unlink()
    python.write_text(_FAKE_PYTHON)
    python.chmod(0o755)

    answer = _run(clone, "test", "vendor", "-k", "batch", **made)

    assert answer.returncode == 0, answer.stderr
    assert "locks/vendor.txt" in installed[1]
    assert not (clone / ".venv").exists()
    assert _calls(clone)[len(installed) :][-1].startswith("-m pytest tests/vendor ")


@pytest.mark.parametrize("status", [0, 1, 2], ids=["passed", "failed", "interrupted"])
def test_a_failed_test_fails_the_run_and_is_not_tried_again(clone: Path, status: int) -> None:
    """Pytest is called once, and its status is the script's: a second try would hide what is unsteady."""
    _run(clone, "test", "--version")
    python = clone / ".venv" / "bin" / "python"
    python.unlink()
    python.write_text(_FAKE_PYTHON)
    python.chmod(0o755)
    (clone / "calls").unlink()

    answer = _run(clone, "test", STATUS=str(status))

    (made,) = _calls(clone)
    assert answer.returncode == status, answer.stderr
    assert "--numprocesses" in made
    assert "--ignore=tests/vendor" in made
    assert "--last-failed" not in made


def test_only_a_clock_that_ran_on_is_tried_again() -> None:
    """Pytest begins a test anew for this one error of Temporal's test server, and for no other."""
    settings = tomllib.loads((_PROJECT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
    marked = [
        path.name
        for path in (_PROJECT / "tests").rglob("*.py")
        if path != Path(__file__) and re.search(r"mark\.flaky|reruns", path.read_text())
    ]

    assert [each for each in settings["addopts"] if "rerun" in each] == [
        "--reruns=5",
        "--only-rerun=ClockRanOn",
    ]
    assert marked == []


@pytest.mark.parametrize("lock", sorted(path.name for path in (_PROJECT / "locks").glob("*.txt")))
def test_a_lock_pins_by_hash_and_names_no_host(lock: str) -> None:
    """Every line of a lock pins a version with hashes, and none names a registry."""
    text = (_PROJECT / "locks" / lock).read_text()
    pins = re.findall(r"^[a-z0-9][^\s]*", text, re.MULTILINE)

    assert "://" not in text
    assert "index-url" not in text
    assert all("==" in pin for pin in pins)
    assert len(re.findall(r"^[a-z0-9][^\n]*\\\n    --hash=sha256:", text, re.MULTILINE)) == len(pins)

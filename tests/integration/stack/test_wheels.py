"""Both wheels, installed into empty environments: what lands where, and that the product runs from there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from ops.stack.postgres_binaries import temporary_data_folder
from tools.build_wheels import build_wheels
from tools.tidy_sources import PACKAGES, ROOT, project_sources
from tools.wheel_hook import Layout

_LOOK = Path(__file__).with_name("stored_names.py")
#: What the wheels install, by the names of the repository; and of those what is of the sandbox.
_CLIENT = "client"
_MODULES = (*PACKAGES, _CLIENT, "worker")
_SANDBOX = "sandbox"
#: Ends what hangs.
_SECONDS_MAX = 300
#: What an environment has of its own: pip, and the way to the packages of others.
_NOT_OURS = (
    "pip",
    "setuptools",
    "pkg_resources",
    "_distutils_hack",
    "distutils-precedence.pth",
    "others.pth",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Environment:
    """An environment of its own; the packages of others come from that of the tests, ours never."""

    folder: Path
    #: A folder that has nothing to do with the product.
    elsewhere: Path

    @classmethod
    def made(cls, parent: Path, name: str, *options: str) -> Environment:
        """Make an empty environment."""
        folder, elsewhere = parent / name, parent / f"{name}-elsewhere"
        elsewhere.mkdir(mode=0o755)
        base = [getattr(sys, "_base_executable", sys.executable), "-m", "venv", *options, str(folder)]
        subprocess.run(base, check=True)
        made = cls(folder=folder, elsewhere=elsewhere)
        (made.site / "others.pth").write_text(f"{_packages_of_others(parent)}\n")
        (folder / "bin" / "temporal").symlink_to(Path(sysconfig.get_path("scripts")) / "temporal")
        return made

    @property
    def site(self) -> Path:
        """Return the folder of its packages."""
        return next(self.folder.glob("lib/python*/site-packages"))

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of its programs, from the other folder."""
        variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        return subprocess.run(
            [str(self.folder / "bin" / program), *arguments],
            cwd=self.elsewhere,
            env=variables,
            capture_output=True,
            text=True,
            timeout=_SECONDS_MAX,
            check=False,
        )

    def look(self, *packages: str) -> dict[str, Any]:
        """Return what of packages can't be imported here, and the names that are stored."""
        return _printed(self.run("python", "-I", str(_LOOK), *map(Layout().installed_name, packages)))


@pytest.fixture(scope="module", name="folder")
def _folder() -> Iterator[Path]:
    """Yield a folder that PostgreSQL's account can enter."""
    folder = temporary_data_folder("planswitch-wheels-")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module", name="wheels")
def _wheels(folder: Path) -> Path:
    """Return the folder of both wheels."""
    build_wheels(folder / "wheels")
    return folder / "wheels"


@pytest.fixture(scope="module", name="both")
def _both(folder: Path, wheels: Path) -> Environment:
    """Return an environment with both; each requirement of theirs is looked at."""
    made = Environment.made(folder, "both")
    _install(made, wheels, "planswitch[sandbox]", into=made)
    return made


@pytest.fixture(scope="module", name="alone")
def _alone(folder: Path, wheels: Path, both: Environment) -> Environment:
    """Return an environment with `planswitch` alone."""
    made = Environment.made(folder, "alone", "--without-pip")
    _install(both, wheels, "planswitch", into=made)
    return made


def test_each_wheel_lands_in_one_package_and_has_every_file(wheels: Path) -> None:
    """Site-packages get `planswitch` and `planswitch_sandbox`: no `domain`, `store` or `cli` of anybody."""
    files = {name: _names(wheels, name) for name in ("planswitch", "planswitch_sandbox")}

    for name, found in files.items():
        tops = {each.partition("/")[0] for each in found}
        assert tops == {name, f"{name}-{version('planswitch')}.dist-info"}
        assert any(each.endswith("/licenses/LICENSE") for each in found)
    assert _expected() - files["planswitch"] - files["planswitch_sandbox"] == set()
    assert {"planswitch/worker.py", "planswitch/docs/rules.md"} <= files["planswitch"]


def test_installed_every_module_is_found_and_what_is_stored_keeps_its_name(both: Environment) -> None:
    """No import is left that leads to the repository; events, workflows and steps are called alike."""
    ours = {each.name for each in both.site.iterdir() if not each.name.endswith(".dist-info")}
    command = [sys.executable, str(_LOOK), *_MODULES]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    in_repository = _printed(
        subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    )

    installed = both.look(*_MODULES)

    assert ours - set(_NOT_OURS) == {"planswitch", "planswitch_sandbox"}
    assert installed == in_repository
    assert installed["failed"] == {}
    assert "subscription.opened" in installed["topics"]
    assert "workflow PlanSwitch" in installed["names"]


def test_installed_the_console_has_the_documents(both: Environment) -> None:
    """The link of a reason leads to its paragraph, and decisions are there too."""
    look = "from planswitch.console.pages.docs_pages import names; print(*names())"

    shown = both.run("python", "-I", "-c", look).stdout.split()

    assert shown == sorted(
        path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")
    )


def test_installed_the_demo_runs_from_another_folder(both: Environment) -> None:
    """The whole stack starts its own parts, finds its files, and moves everybody."""
    assert both.run("planswitch", "--version").stdout == f"planswitch {version('planswitch')}\n"

    result = _printed(both.run("planswitch", "demo", "--users", "12", "--json"))

    assert (result["status"], result["moved"], result["failed"]) == ("completed", 12, 0)


@pytest.mark.parametrize("command", ["demo", "up", "sandbox"])
def test_without_the_sandbox_a_command_that_needs_it_names_its_package(
    alone: Environment, command: str
) -> None:
    """It ends with its code, exit code 2 and the command that installs it, before anything is made."""
    ran = alone.run("planswitch", command)

    told = " ".join(ran.stderr.split())
    assert (ran.returncode, ran.stdout) == (2, "")
    assert told.startswith("error SANDBOX_ABSENT: ")
    assert "pip install 'planswitch[sandbox]'" in told
    assert list(alone.elsewhere.iterdir()) == []


def test_without_the_sandbox_only_the_demo_misses_it(alone: Environment) -> None:
    """Worker, projector, console and every other command do not need it."""
    found = alone.look(*(each for each in _MODULES if each != _SANDBOX))

    assert set(found["failed"].values()) == {"planswitch_sandbox"}
    assert {name.rpartition(".")[0] for name in found["failed"]} == {"planswitch.cli.stack"}
    assert all("demo" in name for name in found["failed"])


def _install(pip: Environment, wheels: Path, what: str, *, into: Environment) -> None:
    """Install from a local folder alone: what is not there and not installed is an error."""
    options = ("--no-index", "--find-links", str(wheels), "--disable-pip-version-check", "--quiet")
    python = str(into.folder / "bin" / "python")
    ran = pip.run("python", "-m", "pip", "--python", python, "install", *options, what)
    assert ran.returncode == 0, ran.stderr


def _packages_of_others(parent: Path) -> Path:
    """Return a folder with the packages that the tests have, without this product."""
    folder = parent / "others"
    if not folder.exists():
        folder.mkdir(mode=0o755)
        for site in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
            for path in Path(site).iterdir():
                if not path.name.startswith(("planswitch", "_planswitch")):
                    (folder / path.name).symlink_to(path)
    return folder


def _names(wheels: Path, distribution: str) -> set[str]:
    file = next(wheels.glob(f"{distribution}-*.whl"))
    with zipfile.ZipFile(file) as wheel:
        return set(wheel.namelist())


def _expected() -> set[str]:
    """Return where each file of the product's packages has to be."""
    apart = {f"{folder.relative_to(ROOT).as_posix()}/": f"{name}/" for folder, name in Layout().apart.items()}
    expected = {f"planswitch/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / _CLIENT).rglob("*.py")}
    for path in (source.path for source in project_sources()):
        home = next((each for each in apart if path.startswith(each)), "")
        is_of_project = path in (f"{home}pyproject.toml", f"{home}LICENSE")
        if path.partition("/")[0] in PACKAGES and not is_of_project:
            expected.add(apart.get(home, "planswitch/") + path.removeprefix(home))
    return expected


def _printed(ran: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert ran.returncode == 0, ran.stderr
    printed: dict[str, Any] = json.loads(ran.stdout)
    return printed

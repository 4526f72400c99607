"""The units of deploy/systemd as processes: the commands and variables that systemd would start them with."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ops.processes.processes import start_child
from tools.tidy_sources import ROOT

UNITS = ROOT / "deploy" / "systemd"
_PROGRAM = "/opt/planswitch/bin/planswitch"
_STATE_FOLDER = "/var/lib/planswitch"
_SETTINGS_FOLDER = "/etc/planswitch"


@dataclass(frozen=True, kw_only=True)
class Unit:
    """What a unit says about its process."""

    #: Arguments of the program.
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    #: Files of further variables, later ones first in rank.
    files: tuple[Path, ...]
    #: Key -> values of `[Service]`.
    service: Mapping[str, tuple[str, ...]]


def read_unit(file: Path, *, instance: str = "") -> Unit:
    """Return what a unit says.

    Args:
        file: The unit.
        instance: What stands for `%i`.
    """
    service: dict[str, list[str]] = {}
    is_service = False
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            is_service = line == "[Service]"
        elif is_service and line and not line.startswith("#"):
            key, _, value = line.partition("=")
            service.setdefault(key, []).append(value.replace("%i", instance))
    (command,) = service["ExecStart"]
    program, *arguments = command.split()
    assert program == _PROGRAM
    return Unit(
        arguments=tuple(arguments),
        environment=_variables(service.get("Environment", [])),
        files=tuple(Path(each) for each in service["EnvironmentFile"]),
        service={key: tuple(values) for key, values in service.items()},
    )


def start_unit(unit: Unit, folder: Path, log_file: Path) -> subprocess.Popen[bytes]:
    """Start the process of a unit with nothing of this process's environment but the path.

    Args:
        unit: What it is started with.
        folder: Holds `etc` and `state`, in the places of the folders that the unit names.
        log_file: Receives what it says.
    """
    variables = dict(unit.environment)
    for file in unit.files:
        path = folder / "etc" / file.relative_to(_SETTINGS_FOLDER)
        variables |= _variables(path.read_text(encoding="utf-8").splitlines())
    placed = {
        name: value.replace(_STATE_FOLDER, str(folder / "state")).replace(
            _SETTINGS_FOLDER, str(folder / "etc")
        )
        for name, value in variables.items()
    }
    command = [sys.executable, "-m", "cli.main", *unit.arguments]
    environment = {"PATH": os.environ.get("PATH", os.defpath), **placed}
    return start_child(command, log_file=log_file, environment=environment, folder=ROOT)


def _variables(lines: Iterable[str]) -> dict[str, str]:
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}

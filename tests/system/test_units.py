"""The units of deploy/systemd: systemd takes them, and what they start survives the death of each process."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from ops.stack.postgres_binaries import temporary_data_folder
from tests.support.chaos.stack import CLEAN
from tests.support.system.programs import system_program
from tests.support.system.unit_installation import PROCESSES, UnitInstallation, until
from tests.support.system.units import UNITS

pytestmark = pytest.mark.system

_SWITCHES = 20
_USERS = 30
#: Above it systemd calls the exposure of a process to the rest of the machine more than "OK".
_EXPOSURE_MAX = 20
_ALL = sorted(file.name for file in UNITS.glob("*.service"))


@pytest.mark.parametrize("name", _ALL)
def test_systemd_takes_the_unit_and_finds_it_closed(name: str, tmp_path: Path) -> None:
    """docs/operations.md#systemd: each unit is valid, and its exposure is at most 2.0 of 10."""
    program = system_program("systemd-analyze")
    text = (UNITS / name).read_text(encoding="utf-8")
    unit = tmp_path / name.replace("@", "@1")
    unit.write_text(text.replace("/opt/planswitch/bin/planswitch", sys.executable), encoding="utf-8")

    verified = _ran([program, "verify", "--man=no", unit])
    judged = _ran([program, "security", "--offline=yes", f"--threshold={_EXPOSURE_MAX}", unit])

    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert not verified.stderr
    assert judged.returncode == 0, judged.stdout


def _ran(command: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_twenty_switches_complete_while_each_process_is_killed_in_turn() -> None:
    """docs/operations.md#systemd: two of each process, roles and TLS; no death costs a user or a cent."""
    base = temporary_data_folder("planswitch-units-")
    try:
        with ExitStack() as running:
            installation = UnitInstallation(running, base)
            organizations = [installation.organization(each, _USERS) for each in range(_SWITCHES)]
            switches = []
            for number, organization in enumerate(organizations):
                switches.append(installation.start_switch(organization))
                # Every third switch finds another process dead.
                if number % 3 == 2 and number // 3 < len(PROCESSES) - 1:
                    installation.kill(PROCESSES[number // 3])
            installation.kill(PROCESSES[-1])
            for switch in switches:
                until(partial(installation.is_completed, switch), installation.story)
            for organization in organizations:
                assert installation.referee(organization) == CLEAN
    finally:
        shutil.rmtree(base, ignore_errors=True)

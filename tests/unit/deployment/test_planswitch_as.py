"""The commands of an operator with the settings of a unit (docs/operations.md#systemd)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.support.system.units import UNITS

_URL = "postgresql://planswitch_worker:p%40ss$word@db/planswitch?sslmode=verify-full&sslrootcert=/ca.pem"
_SHARED = "# shared\n\nPLANSWITCH_TEMPORAL_NAMESPACE=default\n#PLANSWITCH_CLOUD_URL=http://127.0.0.1:8534\n"
_PROGRAM = """#!{python}
import json, os, sys
names = ("DATABASE_URL", "PLANSWITCH_PUBLIC_URL", "PLANSWITCH_TEMPORAL_NAMESPACE", "PLANSWITCH_CLOUD_URL")
print(json.dumps([os.geteuid(), sys.argv[1:], os.getcwd(), [os.environ.get(name) for name in names]]))
"""
_NOBODY = 65534


@pytest.fixture
def folder() -> Iterator[Path]:
    """Yield a folder into which every account may look."""
    with tempfile.TemporaryDirectory(prefix="planswitch-as-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def script(folder: Path) -> Path:
    """Return the script with places of this test instead of those of the machine."""
    program, settings = folder / "planswitch", folder / "etc"
    program.write_text(_PROGRAM.format(python=sys.executable), encoding="utf-8")
    program.chmod(0o755)
    settings.mkdir()
    (settings / "planswitch.env").write_text(_SHARED, encoding="utf-8")
    (settings / "worker.env").write_text(
        f'DATABASE_URL={_URL}\nPLANSWITCH_PUBLIC_URL="https://a.example"', encoding="utf-8"
    )
    text = (UNITS / "planswitch-as").read_text(encoding="utf-8")
    for old, new in (
        ("account=planswitch\n", "account=65534\n"),
        ("settings=/etc/planswitch\n", f"settings='{settings}'\n"),
        ("home=/var/lib/planswitch\n", "home=/tmp\n"),
        ("program=/opt/planswitch/bin/planswitch\n", f"program='{program}'\n"),
        ("--init-groups", "--clear-groups"),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    file = folder / "planswitch-as"
    file.write_text(text, encoding="utf-8")
    return file


def _ran(script: Path, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", script, *arguments], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another account")
def test_a_command_gets_the_settings_of_the_unit_and_runs_as_its_account(script: Path) -> None:
    """Addresses keep every character, comments set nothing, and the account is not root."""
    python = Path("/usr/bin/python3")
    if not python.exists():
        pytest.skip("the account needs a Python that it may run")
    program = script.parent / "planswitch"
    program.write_text(_PROGRAM.format(python=python), encoding="utf-8")
    answer = _ran(script, ["worker", "switch", "show", "a b"])

    assert answer.returncode == 0, answer.stderr
    account, arguments, place, values = json.loads(answer.stdout)
    assert (account, arguments, place) == (_NOBODY, ["switch", "show", "a b"], "/tmp")  # noqa: S108
    assert values == [_URL, "https://a.example", "default", None]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Name a unit and a command"),
        (["worker"], "Name a unit and a command"),
        (["serve", "doctor"], "'serve' is no unit; allowed: worker, console, projector, sealer, migrate."),
        (["../worker", "doctor"], "'../worker' is no unit"),
        pytest.param(
            ["sealer", "doctor"],
            "sealer.env can't be read.",
            marks=pytest.mark.skipif(os.geteuid() != 0, reason="others are refused before"),
        ),
    ],
)
def test_a_wrong_call_is_refused_with_a_remedy(script: Path, arguments: list[str], words: str) -> None:
    """Nothing runs with half of the settings: exit code 2, and what is allowed."""
    answer = _ran(script, arguments)

    assert (answer.returncode, answer.stdout) == (2, "")
    assert words in answer.stderr


def test_a_line_that_is_no_setting_is_refused(script: Path) -> None:
    """A file that systemd would take otherwise is no base for a command."""
    (script.parent / "etc" / "planswitch.env").write_text("export A\n", encoding="utf-8")
    if os.geteuid() != 0:
        pytest.skip("others are refused before")
    answer = _ran(script, ["worker", "doctor"])

    assert answer.returncode == 2
    assert "has the line 'export A'." in answer.stderr

"""Root: no part of a stack that root starts runs as root, where another account may read the code."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from ops.processes.errors import RunsAsRoot
from ops.processes.processes import SystemUser, free_port, is_port_open, start_child, stop_child
from ops.stack.accounts import leave_root, unreadable_code
from ops.stack.postgres_binaries import may, server_account, temporary_data_folder, unreachable_part

_ROOT = Path(__file__).parents[3]
#: Ends what hangs.
_START_SECONDS, _STOP_SECONDS = 240.0, 60.0
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root has privileges to leave behind")


@pytest.fixture(name="account")
def _account() -> SystemUser:
    """Return the account that PostgreSQL uses."""
    account = server_account()
    assert account is not None
    return account


@pytest.fixture(name="python")
def _python(account: SystemUser) -> Iterator[Path]:
    """Yield an interpreter that the account may run, with the packages and the code of this one."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    found = [
        Path(sys.base_prefix, "bin", version),
        Path("/usr/bin", version),
        Path("/usr/local/bin", version),
    ]
    bases = [each for each in found if each.exists() and unreachable_part(each.resolve(), account) is None]
    packages = sysconfig.get_path("purelib")
    if not bases or unreachable_part(Path(packages), account) or unreachable_part(_ROOT, account):
        pytest.skip(f"no {version}, or not this code, that {account.name} may read")
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        home.chmod(0o755)
        environment = home / "environment"
        subprocess.run([bases[0], "-m", "venv", "--without-pip", "--symlinks", environment], check=True)
        site = next(environment.glob("lib/python*/site-packages"))
        (site / "code.pth").write_text(f"{packages}\n{_ROOT}\n")
        (environment / "bin" / "temporal").symlink_to(Path(sysconfig.get_path("scripts")) / "temporal")
        yield environment / "bin" / "python"


@pytest.fixture(name="folder")
def _folder() -> Iterator[Path]:
    """Yield a folder with a log and a journal that an earlier version left to root, open for all."""
    parent = temporary_data_folder("planswitch-root-")
    parent.chmod(0o755)
    folder = parent / "stack"
    for name in ("logs/worker.log", "sandbox/journal.jsonl"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).touch(0o644)
    yield folder
    shutil.rmtree(parent, ignore_errors=True)


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "PLANSWITCH_KEEP_ACCOUNT"}
    return {**kept, "PLANSWITCH_DATA_DIR": str(folder)}


def _user_of(process_id: int) -> int:
    return Path(f"/proc/{process_id}").stat().st_uid


@pytest.mark.timeout(900)
def test_no_part_of_a_stack_that_root_starts_is_root(python: Path, folder: Path, account: SystemUser) -> None:
    """Supervisor and parts are the account's, the folder is too and closed, and the console answers."""
    log = folder.parent / "up.log"
    command: list[str | Path] = [python, "-m", "cli.main", "up", "--free-ports"]
    supervisor = start_child(command, log_file=log, environment=_environment(folder), folder=_ROOT)
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not (folder / "stack.json").exists():
            assert supervisor.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        state = json.loads((folder / "stack.json").read_text())
        users = {name: _user_of(number) for name, number in state["children"].items()}
        key = (folder / "keys" / "api.key").read_text()
        listed = httpx2.get(f"{state['urls']['console']}/api/switches", headers={"X-API-Key": key})
        supervised_by = _user_of(supervisor.pid)
    finally:
        stop_child(supervisor, signal_number=signal.SIGTERM, timeout_seconds=_STOP_SECONDS)

    assert len(users) == 7
    assert set(users.values()) == {supervised_by} == {account.user_id}
    assert listed.status_code == 200
    assert f"Running as the account {account.name}, not as root." in log.read_text()
    everything = [folder, *folder.rglob("*")]
    assert {path.lstat().st_uid for path in everything} == {account.user_id}
    assert [path for path in everything if path.lstat().st_mode & 0o077] == []


def test_a_single_part_that_root_starts_is_not_root(python: Path, folder: Path, account: SystemUser) -> None:
    """A part that is started by hand leaves root behind with all its groups, and gets the folder."""
    port, log = free_port(), folder.parent / "sandbox.log"
    command: list[str | Path] = [python, "-m", "cli.main", "sandbox", "--port", str(port)]
    part = start_child(command, log_file=log, environment=_environment(folder), folder=_ROOT)
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not is_port_open(port):
            assert part.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        told = Path(f"/proc/{part.pid}/status").read_text()
    finally:
        stop_child(part, signal_number=signal.SIGTERM, timeout_seconds=_STOP_SECONDS)

    facts = dict(line.split(":", 1) for line in told.splitlines())
    assert facts["Uid"].split() == [str(account.user_id)] * 4
    assert facts["Gid"].split() == [str(account.group_id)] * 4
    assert facts["Groups"].split() == []
    journal = (folder / "sandbox" / "journal.jsonl").stat()
    assert (journal.st_uid, journal.st_mode & 0o777) == (account.user_id, 0o600)


def test_code_that_is_closed_is_named_and_root_is_asked_for(
    account: SystemUser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Code that the account may not read is named: `up` refuses with the remedy, `demo` says so and runs."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    shutil.copy(sys.executable, closed / "python")
    monkeypatch.setattr(sys, "executable", str(closed / "python"))
    data_dir = tmp_path / "data"

    blocker = unreadable_code(account)
    with pytest.raises(RunsAsRoot, match=f"{account.name} may not read") as refused:
        leave_root(data_dir, is_root_allowed=False)
    told = leave_root(data_dir, is_root_allowed=True)

    assert blocker is not None
    assert str(closed).startswith(str(blocker))
    assert "--allow-root" in refused.value.remedy
    assert told.startswith("Running as root: ")
    assert os.geteuid() == 0
    assert not data_dir.exists()


def test_up_refuses_where_no_account_may_read_the_code(account: SystemUser, folder: Path) -> None:
    """The command ends with the code of bad settings, the remedy, and a folder that it did not touch."""
    if unreadable_code(account) is None:
        pytest.skip(f"{account.name} may read this code")
    before = {path: path.lstat().st_mode for path in folder.rglob("*")}
    ran = subprocess.run(
        [sys.executable, "-m", "cli.main", "up", "--free-ports"],
        env=_environment(folder),
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 2
    assert "RUNS_AS_ROOT" in ran.stderr
    assert "--allow-root" in ran.stderr
    assert {path: path.lstat().st_mode for path in folder.rglob("*")} == before


def test_rights_are_read_from_the_bits(tmp_path: Path, account: SystemUser) -> None:
    """Owner, group and others are told apart, as the system does."""
    path = tmp_path / "file"
    path.touch(0o640)

    assert not may(path, account, 0o400)
    os.chown(path, -1, account.group_id)
    assert may(path, account, 0o400)
    os.chown(path, account.user_id, -1)
    assert may(path, account, 0o400)
    assert not may(path, account, 0o100)

"""What `planswitch doctor` says of a disk without room, and of a part that takes connections only."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app
from cli.stack.checks import Check, all_checks
from ops.base.settings import Settings, load_settings
from ops.readiness.part_state import DOWN, OK, WARNING

#: More than any disk has.
TOO_MUCH = 10**21


@pytest.fixture(name="silent_port")
def _silent_port() -> Iterator[int]:
    """Yield a port on which the kernel takes connections and nobody answers, as before a stopped process."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        yield listening.getsockname()[1]


def _settings(folder: Path, **values: Any) -> Settings:
    return load_settings(data_dir=folder, api_url="http://127.0.0.1:1", **values)


def _check(part: str, settings: Settings) -> Check:
    return next(each for each in all_checks(settings) if each.part == part)


def _cluster(folder: Path) -> Path:
    cluster = folder / "postgres" / "cluster"
    cluster.mkdir(parents=True)
    return cluster


@pytest.mark.parametrize("part", ["disk", "database disk"])
def test_a_disk_below_its_threshold_fails_with_figures_and_what_to_do(tmp_path: Path, part: str) -> None:
    """Less room than the setting asks for is down, for the data folder and for PostgreSQL's."""
    cluster = _cluster(tmp_path)

    found = _check(part, _settings(tmp_path, disk_free_bytes_min=TOO_MUCH))

    assert found.state == DOWN
    assert " free at " in found.detail
    assert str(cluster if part == "database disk" else tmp_path) in found.detail
    assert found.remedy.startswith("Make room at")
    assert "PLANSWITCH_DISK_FREE_BYTES_MIN" in found.remedy


@pytest.mark.parametrize("part", ["disk", "database disk"])
def test_a_disk_with_room_is_ok_and_one_with_little_is_a_warning(tmp_path: Path, part: str) -> None:
    """The two thresholds are settings; a warning names its own."""
    _cluster(tmp_path)

    ample = _check(part, _settings(tmp_path, disk_free_bytes_min=0, disk_free_bytes_warning=0))
    scarce = _check(part, _settings(tmp_path, disk_free_bytes_min=0, disk_free_bytes_warning=TOO_MUCH))

    assert (ample.state, ample.remedy) == (OK, "")
    assert scarce.state == WARNING
    assert "PLANSWITCH_DISK_FREE_BYTES_WARNING" in scarce.remedy


@pytest.mark.parametrize(
    ("found", "word"),
    [
        ({"f_bavail": 0}, "0 MB of 40.0 GB free"),
        ({"f_favail": 0}, "no file can be made"),
        ({"f_flag": os.ST_RDONLY}, "read-only"),
    ],
    ids=["no-bytes", "no-files", "read-only"],
)
def test_a_disk_that_takes_nothing_more_ends_doctor_with_seven(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: dict[str, int], word: str
) -> None:
    """No byte, no file, or no write at all: each is down by the thresholds that nobody has changed."""
    sound = {"f_bavail": 5_000_000, "f_frsize": 4_000, "f_blocks": 10_000_000}
    sound |= {"f_files": 100, "f_favail": 50, "f_flag": 0}
    monkeypatch.setattr("cli.stack.checks.os.statvfs", lambda _folder: SimpleNamespace(**{**sound, **found}))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("PLANSWITCH_DATA_DIR", str(tmp_path))

    check = _check("disk", _settings(tmp_path))
    ran = CliRunner().invoke(app, ["doctor"])

    assert check.state == DOWN
    assert word in check.detail
    assert ran.exit_code == 7
    assert "what to do: disk: Make room at" in ran.stdout
    # Words stay whole: a path may be longer than a line.
    assert max(len(line) for line in ran.stdout.splitlines() if str(tmp_path) not in line) <= 80


def test_a_file_system_that_counts_no_files_is_judged_by_its_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some file systems have no table of files: 0 of 0 left is no shortage."""
    facts = {"f_bavail": 5_000_000, "f_frsize": 4_000, "f_blocks": 10_000_000}
    facts |= {"f_files": 0, "f_favail": 0, "f_flag": 0}
    monkeypatch.setattr("cli.stack.checks.os.statvfs", lambda _folder: SimpleNamespace(**facts))

    assert _check("disk", _settings(tmp_path)).state == OK


def test_a_part_that_takes_connections_and_answers_nothing_is_down(tmp_path: Path, silent_port: int) -> None:
    """The kernel takes connections for a stopped process: only an answer is a sign of life."""
    address = f"127.0.0.1:{silent_port}"
    settings = _settings(tmp_path, temporal_address=address, cloud_url=f"http://{address}")

    found = {each.part: each for each in all_checks(settings)}

    for part in ("temporal", "cloud"):
        assert found[part].state == DOWN
        assert "no answer within" in found[part].detail
        assert "stopped or overloaded" in found[part].remedy

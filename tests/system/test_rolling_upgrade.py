"""A rolling upgrade: open switches of an older release, today's schema, and processes of both at once.

The older release is a commit of the history in today's environment, whose locks only added packages since.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from domain.kernel.ids import workflow_id_of
from tests.support.chaos.stack import CLEAN
from tests.support.clouds.plain_http import WITHOUT_TLS
from tests.support.system.archived_postgres import ArchivedPostgres
from tests.support.system.programs import system_program
from tests.support.system.releases import BEFORE, DEPLOYMENT, VERSIONED, UpgradedInstallation, exported

pytestmark = [pytest.mark.system, pytest.mark.timeout(850)]

USERS = 120
SETTINGS = {"LICENSE_SLICE_SIZE": "20", "LICENSE_LANES": "2", "RECONCILE_SECONDS": "5"}
REASON = "A test of the rolling upgrade."
_TAKEN_SECONDS_MAX = 40
_NOBODY_TOOK_IT = 503


@pytest.fixture(name="installation")
def _installation(reachable_folder: Path) -> Iterator[UpgradedInstallation]:
    """Yield an installation of the older release on Debian's PostgreSQL."""
    with _installed(BEFORE, reachable_folder, SETTINGS) as installation:
        yield installation


@pytest.fixture(name="versioned")
def _versioned(reachable_folder: Path) -> Iterator[UpgradedInstallation]:
    """Yield the same of a release whose workers have versions."""
    with _installed(VERSIONED, reachable_folder, {**SETTINGS, "DEPLOYMENT": DEPLOYMENT}) as installation:
        yield installation


@contextmanager
def _installed(commit: str, folder: Path, settings: dict[str, str]) -> Iterator[UpgradedInstallation]:
    system_program("initdb")
    older = exported(commit, folder / "older")
    postgres = ArchivedPostgres(folder / "postgres")
    installation = UpgradedInstallation(folder / "installation", settings, older)
    try:
        postgres.make()
        installation.database_url = postgres.url
        installation.start_outside()
        installation.start_older()
        yield installation
    finally:
        installation.stop()
        postgres.stop()


def test_open_switches_complete_while_processes_of_two_releases_work(
    installation: UpgradedInstallation,
) -> None:
    """docs/upgrades.md#order: an older process crashes and comes back after the migration; nothing stops."""
    switches = _open_switches(installation)
    installation.upgrade()
    assert installation.older_alive
    installation.crash_older()
    assert installation.older_alive, "an older process did not start on the newer schema"
    with httpx2.Client(verify=WITHOUT_TLS, base_url=installation.older_console()) as older:
        assert older.get("/api/v1/health").is_success
    installation.settings(latency_ms=0)
    organization_id = installation.organization(seed=9, users=USERS)
    switches["begun beside"] = organization_id, installation.start_switch(organization_id)
    _command(installation, switches["credit"][1], "credit/approve")
    _command(installation, switches["paused"][1], "resume")
    installation.stop_older()
    for name, (organization_id, switch_id) in switches.items():
        installation.wait_for(switch_id, "completed", seconds=240)
        assert installation.referee(organization_id) == CLEAN, name
        assert installation.counts(organization_id) == (1, 1), name
        assert installation.moved(organization_id) == USERS, name


def test_a_pass_stays_with_its_release_and_is_moved_off_a_lost_one(versioned: UpgradedInstallation) -> None:
    """docs/temporal.md#an-upgrade: what is pinned ends on the old release; if that is lost, it is moved."""
    old = versioned.build_that_asks()
    versioned.make_current(old)
    stays, pinned = _moving(versioned, seed=1), versioned.pinned_pass(old)
    versioned.upgrade()
    new = versioned.build_that_asks(beside=old)
    versioned.make_current(new)
    _let_move(versioned, stays)
    assert (versioned.builds_of(pinned), _builds(versioned, stays)) == ([old], [old, new])

    # The upgrade is taken back, and then the old release is lost.
    versioned.make_current(old)
    moves = _moving(versioned, seed=2)
    pinned = versioned.pinned_pass(old)
    versioned.make_current(new)
    versioned.lose_older()
    moved = json.loads(versioned.run("deployment", "move", old, "--yes", "--json"))
    _let_move(versioned, moves)
    assert moved["moved"] == [pinned]
    assert (versioned.builds_of(pinned), _builds(versioned, moves)) == ([old, new], [old, new])


def _moving(installation: UpgradedInstallation, *, seed: int) -> tuple[str, str]:
    """Return organization and switch: the directory fails whenever a license is to be moved."""
    failing = {"operation": "change_licenses", "fault": "failed", "status": 503, "rate": 1.0}
    installation.sandbox.put("/sandbox/faults", json={"rules": [failing]}).raise_for_status()
    organization_id = installation.organization(seed=seed, users=USERS)
    switch_id = installation.start_switch(organization_id, request_id=_request_id(organization_id))
    return organization_id, switch_id


def _let_move(installation: UpgradedInstallation, switch: tuple[str, str]) -> None:
    """Let the directory work again, and wait until the switch is through."""
    organization_id, switch_id = switch
    installation.sandbox.put("/sandbox/faults", json={"rules": []}).raise_for_status()
    installation.wait_for(switch_id, "completed", seconds=240)
    assert installation.referee(organization_id) == CLEAN
    assert installation.counts(organization_id) == (1, 1)
    assert installation.moved(organization_id) == USERS


def _builds(installation: UpgradedInstallation, switch: tuple[str, str]) -> list[str]:
    """Return the builds on which the workflow of a switch went on."""
    organization_id, _ = switch
    return installation.builds_of(workflow_id_of(organization_id, _request_id(organization_id)))


def _request_id(organization_id: str) -> str:
    return f"versions-{organization_id}"


def _open_switches(installation: UpgradedInstallation) -> dict[str, tuple[str, str]]:
    """Return name -> organization and switch: each stands in another stage of the older release."""
    switches = {}
    # The bureau is slow, so that an operator decides.
    installation.settings(credit_delay_seconds=3_600, is_credit_checked_by_amount=False)
    for seed, (name, method) in enumerate(
        {"credit": "invoice", "paused": "card", "moving": "card"}.items(), start=1
    ):
        organization_id = installation.organization(seed=seed, users=USERS)
        if name == "moving":
            installation.settings(latency_ms=600)
        switches[name] = organization_id, installation.start_switch(organization_id, payment_method=method)
        if name == "paused":
            _command(installation, switches[name][1], "pause")
    installation.wait_for(switches["credit"][1], "credit_check")
    installation.wait_for_calls(switches["moving"][0], 20)
    organization_id = installation.organization(seed=4, users=USERS)
    switches["scheduled"] = organization_id, _scheduled(installation, organization_id)
    return switches


def _scheduled(installation: UpgradedInstallation, organization_id: str) -> str:
    """Return a switch that starts when the upgrade is through."""
    start = datetime.now(UTC) + timedelta(seconds=100)
    body = {
        "organization_id": organization_id,
        "target_plan": "ENTERPRISEPACK",
        "request_id": "upgrade-scheduled",
        "payment_method": "card",
        "accept": True,
        "reason": REASON,
        "start_at": f"{start:%Y-%m-%dT%H:%M:%SZ}",
    }
    answer = installation.api.post("/api/switches", json=body)
    assert answer.is_success, answer.text
    return str(answer.json()["switch_id"])


def _command(installation: UpgradedInstallation, switch_id: str, command: str) -> None:
    """Send a command to a switch by the console of now, again while it says that no worker took it.

    For ten seconds Temporal keeps the tasks of a switch for the worker that had it, even after a crash.
    """
    body = {"reason": REASON, "request_id": str(uuid4())}
    deadline = time.monotonic() + _TAKEN_SECONDS_MAX
    while True:
        answer = installation.api.post(f"/api/v1/switches/{switch_id}/{command}", json=body)
        if answer.status_code != _NOBODY_TOOK_IT or time.monotonic() > deadline:
            break
    assert answer.is_success, answer.text

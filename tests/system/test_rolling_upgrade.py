"""A rolling upgrade: open switches of an older release, today's schema, and processes of both at once.

The older release is a commit of the history in today's environment, whose locks only added packages since.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from tests.support.chaos.stack import CLEAN
from tests.support.clouds.plain_http import WITHOUT_TLS
from tests.support.system.archived_postgres import ArchivedPostgres
from tests.support.system.programs import system_program
from tests.support.system.releases import BEFORE, UpgradedInstallation, exported

pytestmark = [pytest.mark.system, pytest.mark.timeout(850)]

USERS = 120
SETTINGS = {"LICENSE_SLICE_SIZE": "20", "LICENSE_LANES": "2", "RECONCILE_SECONDS": "5"}
REASON = "A test of the rolling upgrade."


@pytest.fixture(name="installation")
def _installation(reachable_folder: Path) -> Iterator[UpgradedInstallation]:
    """Yield an installation of the older release on Debian's PostgreSQL."""
    system_program("initdb")
    older = exported(BEFORE, reachable_folder / "older")
    postgres = ArchivedPostgres(reachable_folder / "postgres")
    installation = UpgradedInstallation(reachable_folder / "installation", SETTINGS, older)
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
    """Send a command to a switch by the console of now."""
    answer = installation.api.post(f"/api/v1/switches/{switch_id}/{command}", json={"reason": REASON})
    assert answer.is_success, answer.text

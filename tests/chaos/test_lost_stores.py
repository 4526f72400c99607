"""A lost workflow, a lost Temporal file, an older database: each ends in one explained state.

See reliability#lost-workflows-and-lost-stores.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ops.backup.backup import backup, restore
from ops.stack.temporal_server import temporal_binary
from tests.support.chaos.stack import CLEAN, RunningStack, running_stack

USERS = 120
LATENCY_MS = 250
RECONCILE_SECONDS = 2


#: The worker looks for lost workflows every two seconds, and at young ones too.
EAGER = {
    "PLANSWITCH_RECONCILE_SECONDS": str(RECONCILE_SECONDS),
    "PLANSWITCH_RECONCILE_GRACE_SECONDS": "1",
}


@pytest.fixture(name="running")
def _running(reachable_folder: Path) -> Iterator[RunningStack]:
    """Yield a running stack with an eager reconciler."""
    with running_stack(reachable_folder, **EAGER) as running:
        yield running


def moving_switch(running: RunningStack) -> tuple[str, str]:
    """Return organization and switch of which some users are moved and the others are on their way."""
    organization_id = running.organization(seed=7, users=USERS)
    running.settings(latency_ms=LATENCY_MS)
    switch_id = running.start_switch(organization_id)
    running.wait_for_calls(organization_id, 20)
    return organization_id, switch_id


def assert_completes(running: RunningStack, organization_id: str, switch_id: str) -> dict[str, Any]:
    """Check that a switch completes with one order, one cancellation and nobody harmed; return its row."""
    running.settings(latency_ms=0)
    row = running.wait_for(switch_id, "completed")
    assert running.referee(organization_id) == CLEAN
    assert running.counts(organization_id) == (1, 1)
    assert running.moved(organization_id) == USERS
    return row


def workflow(running: RunningStack, switch_id: str) -> dict[str, Any]:
    """Return what the API tells of a switch's workflow."""
    found: dict[str, Any] = running.api.get(f"/api/switches/{switch_id}/workflow", timeout=60).json()
    return found


def restarts(running: RunningStack, switch_id: str) -> list[dict[str, Any]]:
    """Return the recorded restarts of a switch."""
    events = running.api.get(f"/api/switches/{switch_id}/timeline").json()["events"]
    return [each for each in events if each["event"] == "subscription.workflow-restarted"]


def test_a_terminated_workflow_is_finished(running: RunningStack) -> None:
    """`temporal workflow terminate` while licenses move: the reconciler finishes within its period."""
    organization_id, switch_id = moving_switch(running)
    address = running.state.urls["temporal"]
    workflow_id = workflow(running, switch_id)["workflow_id"]

    command = [temporal_binary(), "workflow", "terminate", "-w", workflow_id, "--address", address]
    subprocess.run(command, check=True, capture_output=True, timeout=30)

    row = assert_completes(running, organization_id, switch_id)
    (restarted,) = restarts(running, switch_id)
    assert (row["moved"], row["failed"], restarted["actor"]) == (USERS, 0, "reconciler")
    assert restarted["summary"]["found"] == "terminated"


def test_a_lost_temporal_file_loses_no_switch(running: RunningStack) -> None:
    """The file is deleted and the server killed while licenses move: the switch completes all the same."""
    organization_id, switch_id = moving_switch(running)

    for path in (running.folder / "temporal").glob("temporal.db*"):
        path.unlink()
    killed = running.kill("Temporal")
    began = time.monotonic()

    row = assert_completes(running, organization_id, switch_id)
    print(f"completed {time.monotonic() - began:.1f} s after the loss")
    (restarted,) = restarts(running, switch_id)
    assert running.process_id("Temporal") != killed
    assert (row["moved"], row["failed"]) == (USERS, 0)
    assert restarted["summary"]["found"] == "missing"


@pytest.mark.timeout(400)  # two stacks, one after the other
def test_an_older_database_is_explained_and_accepted(reachable_folder: Path) -> None:
    """An older PostgreSQL under a newer Temporal: told as STORE_BEHIND; `switch restart` completes it."""
    first, second, file = (reachable_folder / name for name in ("first", "second", "older.backup"))
    first.mkdir()
    with running_stack(first, **EAGER) as running:
        running.settings(provisioning_delay_seconds=6)
        organization_id = running.organization(seed=7, users=USERS)
        running.settings(latency_ms=LATENCY_MS)
        switch_id = running.start_switch(organization_id)
        running.wait_for(switch_id, "credit_cleared")
        backup(first, file)
        running.wait_for_calls(organization_id, 20)

    restore(file, second, keys_from=first / "keys")
    for name in ("temporal", "sandbox"):
        # Only the database is the older one.
        shutil.rmtree(second / name)
        shutil.copytree(first / name, second / name)
    with running_stack(second, **EAGER) as running:
        running.settings(latency_ms=0)
        told = _until_behind(running, switch_id)
        assert "STORE_BEHIND" in told["trouble"]
        assert "switch restart" in told["remedy"]
        body = {"reason": "there is no newer backup"}
        answer = running.api.post(f"/api/switches/{switch_id}/restart", json=body, timeout=60)
        assert answer.status_code == 200, answer.text
        row = assert_completes(running, organization_id, switch_id)
        assert row["failed"] == 0
        assert restarts(running, switch_id)[0]["reason"] == body["reason"]


def _until_behind(running: RunningStack, switch_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    found: dict[str, Any] = {}
    while time.monotonic() < deadline:
        found = workflow(running, switch_id)
        if found.get("state") == "store_behind":
            return found
        time.sleep(0.2)
    raise AssertionError(found)

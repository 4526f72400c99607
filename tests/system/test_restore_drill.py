"""The restore drill of docs/backup.md: a database at an instant, Temporal older or gone, a living cloud.

What the cloud has done since the instant is not in the record. Each switch ends in one explained state, the
sandbox's referee finds nothing double and nobody without a license, and the audit tells the fork.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.chaos.stack import CLEAN, SOURCE_PLAN
from tests.support.system.drill import USERS, Drill
from tests.support.system.programs import system_program

pytestmark = [pytest.mark.system, pytest.mark.timeout(850)]

REASON = "The disk was lost; PostgreSQL was recovered to an instant in the middle of a move."


@pytest.fixture(name="drill")
def _drill(reachable_folder: Path) -> Iterator[Drill]:
    """Yield an installation on Debian's PostgreSQL."""
    system_program("initdb")
    drill = Drill(folder=reachable_folder)
    try:
        yield drill
    finally:
        drill.stop()


@pytest.mark.parametrize("has_temporal", [True, False], ids=["older-temporal", "no-temporal"])
def test_a_restored_installation_explains_itself(drill: Drill, *, has_temporal: bool) -> None:
    """docs/backup.md, "What may be lost": PostgreSQL to an instant, Temporal older or gone."""
    drill.begin()
    drill.live()
    drill.restore(has_temporal=has_temporal)
    for name in ("settled", "moving", "between"):
        drill.installation.wait_for(drill.switches[name][2], "completed", seconds=180)
    _requests_that_nobody_knows(drill)
    for name, (organization_id, _, _) in drill.switches.items():
        assert drill.installation.referee(organization_id) == CLEAN, name
        assert drill.installation.counts(organization_id) == (1, 1), name
        assert drill.installation.moved(organization_id) == USERS, name
    _the_audit_tells_the_fork(drill)


def _requests_that_nobody_knows(drill: Drill) -> None:
    """Send again what was requested after the instant: one has completed, one was in the middle."""
    refused = _start(drill, "late")
    assert (refused["code"], refused["reasons"][0]["code"]) == ("NOT_ELIGIBLE_FOR_SWITCH", "NO_PATH")
    assert "on this plan already" in refused["detail"]
    started = _start(drill, "cut")
    assert started["switch_id"] == drill.switches["cut"][2], started
    drill.installation.wait_for(started["switch_id"], "completed", seconds=180)


def _start(drill: Drill, name: str) -> dict[str, Any]:
    """Request a switch once more with its request id, and return the answer."""
    organization_id, request_id, _ = drill.switches[name]
    body = {
        "organization_id": organization_id,
        "target_plan": "ENTERPRISEPACK",
        "request_id": request_id,
        "payment_method": "card",
        "accept": True,
        "reason": "The database was restored.",
    }
    source = _source_of(drill, organization_id)
    answer = drill.installation.api.post(
        "/api/v1/switches", json={**body, "source_subscription_id": source}, timeout=120
    )
    facts: dict[str, Any] = answer.json()
    return facts


def _source_of(drill: Drill, organization_id: str) -> str | None:
    """Return the seller's id of the subscription to leave, as the directory lists it."""
    headers = {"Authorization": f"Bearer sandbox-{organization_id}"}
    rows = drill.installation.sandbox.get("/v1.0/directory/subscriptions", headers=headers).json()["value"]
    active = (row for row in rows if row["skuId"] == SOURCE_PLAN and row["status"] == "Enabled")
    return next((str(row["commerceSubscriptionId"]) for row in active), None)


def _the_audit_tells_the_fork(drill: Drill) -> None:
    """Before the declaration the log has diverged; after it, what was lost is told, once by the exit code."""
    run = drill.installation.run
    assert "DIVERGED" in run("audit", "verify", code=30)
    begun = json.loads(run("seal", "new-origin", "--reason", REASON, "--json"))
    assert begun["gap"]["lost_events"] > 0
    drill.until_sealed()
    told = json.loads(run("audit", "verify", "--json", code=25))
    (fork,) = told["forks"]
    assert (fork["reason"], fork["followed_by"]) == (REASON, begun["origin"])
    assert (fork["lost_events"], len(fork["vouched_by"])) == (begun["gap"]["lost_events"], 2)
    assert run("audit", "verify").startswith("HOLDS")

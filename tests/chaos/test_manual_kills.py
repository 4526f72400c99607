"""Kill -9 of the worker in each step of a switch by hand: it goes on with that step (manual#steps).

See reliability#kill-matrix.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.chaos.gates import VARIABLE, Gates
from tests.support.chaos.stack import CLEAN, POLL_SECONDS, SOURCE_PLAN, RunningStack, running_stack

USERS = 60
STEP_SECONDS = 120.0
STEPS = ("buy", "verify", "reassign", "cancel")
#: Step -> where its worker is killed: calls are out, and the record does not have them.
KILLED_AT = (
    ("buy", "purchase.order_replacement:called:checkout"),
    ("verify", "purchase.confirm_provisioning:save"),
    ("reassign", "manual_moves.move_selection:saved:group"),
    ("reassign", "license_reassignment.move_slice:save:group"),
    ("cancel", "cancellation.cancel_source:called:cancel_subscription"),
)


@pytest.fixture(name="gates")
def _gates(tmp_path: Path) -> Gates:
    """Return gates at which steps stand."""
    return Gates(tmp_path / "points")


@pytest.fixture(name="running")
def _running(reachable_folder: Path, gates: Gates) -> Iterator[RunningStack]:
    """Yield a running stack whose worker knows the gates."""
    with running_stack(reachable_folder, **{VARIABLE: str(gates.folder)}) as running:
        yield running


def _start(running: RunningStack, organization_id: str, **changes: Any) -> str:
    body = {
        "organization_id": organization_id,
        "target_plan": "ENTERPRISEPACK",
        "mode": "manual",
        "accept": True,
        "reason": "by hand",
        **changes,
    }
    answer = running.api.post("/api/switches", json=body)
    assert answer.is_success, answer.text
    return str(answer.json()["switch_id"])


def _until_next(running: RunningStack, switch_id: str, step: str) -> None:
    deadline, steps = time.monotonic() + STEP_SECONDS, []
    while time.monotonic() < deadline:
        steps = running.api.get(f"/api/switches/{switch_id}/steps").json()["steps"]
        if any(each["step"] == step and each["command"] for each in steps):
            return
        time.sleep(POLL_SECONDS)
    raise AssertionError(f"step {step} never came: {steps}")


def _take(running: RunningStack, switch_id: str, step: str, **body: Any) -> None:
    answer = _post(running, switch_id, step, **body)
    assert answer.is_success, answer.text


def _post(running: RunningStack, switch_id: str, step: str, **body: Any) -> httpx2.Response:
    path = f"/api/switches/{switch_id}/steps/{step}"
    return running.api.post(path, json={"reason": f"{step} it", **body})


def _names(running: RunningStack, organization_id: str) -> list[str]:
    """Return the principal names of the users of the old plan."""
    answer = running.sandbox.get(f"/sandbox/organizations/{organization_id}/users").raise_for_status()
    return sorted(
        user["userPrincipalName"]
        for user in answer.json()["users"]
        if any(each["skuId"] == SOURCE_PLAN for each in user["licenseAssignmentStates"])
    )


def test_a_worker_killed_in_each_step_of_a_manual_switch(running: RunningStack, gates: Gates) -> None:
    """A switch of 60 users in three batches: each step is done once, and nobody is harmed (manual#steps)."""
    organization_id = running.organization(seed=21, users=USERS)
    switch_id = _start(running, organization_id)
    everyone = _names(running, organization_id)
    batches = iter((everyone[:20], everyone[20:40], []))

    for step, point in (*KILLED_AT[:3], ("reassign", ""), *KILLED_AT[3:]):
        _until_next(running, switch_id, step)
        if point:
            gates.close(organization_id, point)
        _take(running, switch_id, step, **({"users_listed": next(batches)} if step == "reassign" else {}))
        if point:
            assert gates.missing([(organization_id, point)], seconds=STEP_SECONDS) == []
            running.kill("worker")
            gates.open(organization_id, point)

    row = running.wait_for(switch_id, "completed", seconds=STEP_SECONDS)
    assert (row["moved"], row["failed"], row["total"]) == (USERS, 0, USERS)
    assert running.referee(organization_id) == CLEAN
    assert running.counts(organization_id) == (1, 1)
    events = running.api.get(f"/api/switches/{switch_id}/timeline").json()["events"]
    begun = [each["reason"] for each in events if each["event"].endswith("manual-step-begun")]
    assert begun == [f"{step} it" for step in ("buy", "verify", *["reassign"] * 3, "cancel")]


def test_a_worker_killed_once_a_start_is_recorded(running: RunningStack, gates: Gates) -> None:
    """The record has the start and the switch was never answered: the step is carried out (manual#steps)."""
    organization_id = running.organization(seed=23, users=USERS)
    switch_id = _start(running, organization_id)
    stand = (organization_id, "manual_steps.begin_step:saved")
    for step in STEPS:
        _until_next(running, switch_id, step)
        if step == "buy":
            gates.close(*stand)
            # It is answered only once the worker is back.
            with ThreadPoolExecutor(max_workers=1) as pool:
                start = pool.submit(_post, running, switch_id, step)
                assert gates.missing([stand], seconds=STEP_SECONDS) == []
                running.kill("worker")
                gates.open(*stand)
                start.exception()
        else:
            _take(running, switch_id, step)

    row = running.wait_for(switch_id, "completed", seconds=STEP_SECONDS)
    assert (row["moved"], row["total"]) == (USERS, USERS)
    assert running.referee(organization_id) == CLEAN
    assert running.counts(organization_id) == (1, 1)
    events = running.api.get(f"/api/switches/{switch_id}/timeline").json()["events"]
    begun = [each["reason"] for each in events if each["event"].endswith("manual-step-begun")]
    assert begun == [f"{step} it" for step in STEPS]


def test_a_worker_killed_in_the_reduction_of_a_partial_switch(running: RunningStack, gates: Gates) -> None:
    """12 of 60 move; the reduction whose answer was lost is asked again and is one (manual#some-users)."""
    organization_id = running.organization(seed=22, users=USERS)
    movers = _names(running, organization_id)[:12]
    switch_id = _start(running, organization_id, users_listed=movers)
    for step in ("buy", "verify", "reassign"):
        _until_next(running, switch_id, step)
        _take(running, switch_id, step)
    _until_next(running, switch_id, "reduce")
    stand = (organization_id, "reduction.reduce_source:called:change_quantity")
    gates.close(*stand)
    _take(running, switch_id, "reduce")
    assert gates.missing([stand], seconds=STEP_SECONDS) == []
    running.kill("worker")
    gates.open(*stand)

    row = running.wait_for(switch_id, "completed", seconds=STEP_SECONDS)
    assert (row["moved"], row["total"]) == (12, 12)
    assert len(_names(running, organization_id)) == USERS - 12
    assert running.referee(organization_id) == CLEAN
    assert running.counts(organization_id) == (1, 0)

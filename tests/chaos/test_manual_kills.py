"""Kill -9 of the worker in each step of a switch by hand: it goes on with that step (manual#steps).

See reliability#kill-matrix.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest

from domain.ports.seller_port import OrderLine
from providers.factory import cloud_factory
from tests.support.chaos.gates import VARIABLE, Gates
from tests.support.chaos.stack import CLEAN, POLL_SECONDS, SOURCE_PLAN, RunningStack, running_stack
from tests.support.clouds.cloud_server import TARGET_PLAN as TARGET_PLAN_ID
from tests.support.controls.by_hand import bought_of

USERS = 60
STEP_SECONDS = 120.0
STEPS = ("buy", "verify", "reassign", "cancel")
#: Who is told as the actor of what the product itself has found.
PROGRAM = "planswitch"
#: Step -> where its worker is killed: calls are out, or something was found, and the record does not have it.
KILLED_AT = (
    ("buy", "purchase.order_replacement:save"),
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


def _killed_at(
    running: RunningStack, gates: Gates, organization_id: str, point: str, act: Callable[[], object]
) -> None:
    """Act, and kill the worker at a point that it then reaches."""
    gates.close(organization_id, point)
    act()
    assert gates.missing([(organization_id, point)], seconds=STEP_SECONDS) == []
    running.kill("worker")
    gates.open(organization_id, point)


def _buy_outside(running: RunningStack, organization_id: str, licenses: int) -> str:
    """Buy the new plan as in the vendor's own pages, and return its subscription."""
    line = OrderLine(
        plan_id=TARGET_PLAN_ID, quantity=licenses, term="P1M", billing_cycle="monthly", currency="EUR"
    )
    build, close = cloud_factory(running.state.urls["sandbox"])
    try:
        seller = build(lambda _call: None).seller
        return bought_of(seller, organization_id, line, pause_seconds=0.5)
    finally:
        close()


def _mend(running: RunningStack, organization_id: str, switch_id: str) -> None:
    """Give the user who could not be moved a location, and let the switch try again."""
    (user,) = running.api.get(f"/api/switches/{switch_id}/unresolved").json()["users"]
    edit = {"kind": "user", "user_id": user["directory_id"], "usage_location": "DE"}
    running.sandbox.post(f"/sandbox/organizations/{organization_id}/edits", json=edit).raise_for_status()
    answer = running.api.post(f"/api/switches/{switch_id}/retry", json={"reason": "location set"})
    assert answer.is_success, answer.text


def _told(running: RunningStack, switch_id: str, *events: str) -> list[tuple[str, str, str]]:
    """Return event, actor and reason of the events of these kinds, as the audit tells them."""
    told = running.api.get(f"/api/switches/{switch_id}/audit").json()["events"]
    names = [(each["event"].removeprefix("subscription."), each["actor"], each["reason"]) for each in told]
    return [each for each in names if each[0] in events]


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
    """60 users in three batches, one step done outside, one that fails and is repaired, and each step killed.

    Each step is done once, nobody is harmed, and the audit says who did what (manual#steps).
    """
    organization_id = running.organization(seed=21, users=USERS, missing_usage_location=1)
    switch_id = _start(running, organization_id)
    everyone = _names(running, organization_id)
    bought = _buy_outside(running, organization_id, int(running.row(switch_id)["licenses"]))
    batches = iter((everyone[:20], everyone[20:40], []))

    for step, point in (*KILLED_AT[:3], ("reassign", ""), KILLED_AT[3]):
        _until_next(running, switch_id, step)
        users = {"users_listed": next(batches)} if step == "reassign" else {}
        take = partial(_take, running, switch_id, step, **users)
        _killed_at(running, gates, organization_id, point, take) if point else take()
    running.wait_for(switch_id, "held", seconds=STEP_SECONDS)
    moved = running.moved(organization_id)
    _mend(running, organization_id, switch_id)
    step, point = KILLED_AT[4]
    _until_next(running, switch_id, step)
    _killed_at(running, gates, organization_id, point, partial(_take, running, switch_id, step))

    row = running.wait_for(switch_id, "completed", seconds=STEP_SECONDS)
    assert moved == USERS - 1
    assert row["target_subscription_id"] == bought
    assert (row["moved"], row["failed"], row["total"]) == (USERS, 0, USERS)
    assert running.referee(organization_id) == CLEAN
    assert running.counts(organization_id) == (1, 1)
    by_hand = _told(
        running, switch_id, "manual-step-begun", "manual-step-done-outside", "license-move-resumed"
    )
    operator = by_hand[0][1]
    assert operator != PROGRAM
    assert by_hand == [
        ("manual-step-begun", operator, "buy it"),
        ("manual-step-done-outside", PROGRAM, "the seller was looked at before the order"),
        *(("manual-step-begun", operator, f"{each} it") for each in ("verify", *["reassign"] * 3)),
        ("license-move-resumed", operator, "location set"),
        ("manual-step-begun", operator, "cancel it"),
    ]


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
    point = "reduction.reduce_source:called:change_quantity"
    _killed_at(running, gates, organization_id, point, partial(_take, running, switch_id, "reduce"))

    row = running.wait_for(switch_id, "completed", seconds=STEP_SECONDS)
    assert (row["moved"], row["total"]) == (12, 12)
    assert len(_names(running, organization_id)) == USERS - 12
    assert running.referee(organization_id) == CLEAN
    assert running.counts(organization_id) == (1, 0)

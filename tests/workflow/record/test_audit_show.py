"""The story of a switch that went wrong: outcome and cause, each wait, each attempt with what it heard."""

from __future__ import annotations

from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.contract import SwitchOrder
from audit.story.show import audit_of
from cli.audit.show import story
from tests.support.consoles.shown_switches import facts_of
from tests.support.controls.taken_back import provisioning_switch, refuse_always, retry_in_vain
from tests.support.licenses.held import held_switch
from tests.support.switches.faults import EFFECTS, KINDS, READS, complete_with_faults
from tests.support.worlds.credit import waiting_case
from tests.support.worlds.world import OPERATOR, World

COLUMNS = 80
#: Planted fault -> status in the record.
STATUSES = {"lost_answer": 0, "unavailable": 503, "failed": 500, "throttled": 429}


@pytest.fixture(autouse=True)
def _narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Print on the narrowest terminal that lines must fit."""
    monkeypatch.setenv("COLUMNS", str(COLUMNS))


def audited(world: World, order: SwitchOrder) -> dict[str, Any]:
    """Return what `audit show --json` prints, after a look at what it prints for people."""
    whole = audit_of(world.store, order.switch_id)
    facts = facts_of(whole)
    lines = story(whole)
    assert max(len(line) for line in lines) <= COLUMNS
    assert facts["verdict"]["outcome"].replace("_", " ").upper() in lines[3]
    assert_calls_are_whole(world, order, facts)
    assert facts["journal"]["is_whole"], facts["journal"]["differences"]
    return facts


def assert_calls_are_whole(world: World, order: SwitchOrder, facts: dict[str, Any]) -> None:
    """Every row of a call is told once, under an attempt of its own step."""
    told = [
        (step["step"], attempt["number"], call["operation"])
        for step in facts["steps"]
        for attempt in step["attempts"]
        for call in attempt["calls"]
    ]
    rows = [(each.step, each.attempt, each.call.operation) for each in world.store.calls(order.switch_id)]
    assert sorted(told) == sorted(rows)
    assert all(step["run_id"] and step["activity_id"] for step in facts["steps"])


def only(found: list[dict[str, Any]], **facts: str) -> dict[str, Any]:
    """Return the only entry with these facts."""
    (one,) = [each for each in found if all(each[name] == value for name, value in facts.items())]
    return one


def attempts_of(facts: dict[str, Any], step: str) -> list[dict[str, Any]]:
    """Return the attempts of the only run of a step."""
    attempts: list[dict[str, Any]] = only(facts["steps"], step=step)["attempts"]
    return attempts


async def test_declined_switch_names_who_declined(world: World, temporal_env: WorkflowEnvironment) -> None:
    """The verdict is the operator's word; the wait ended with it; nothing was charged, all locks are free."""
    case = await waiting_case(world, temporal_env)
    await case.decide("declined")
    await case.result()

    facts = audited(world, case.order)

    assert facts["verdict"]["sentence"] == (
        "Declined: olga (knows them) declined the credit check as operator; "
        "the order was taken back, nothing was charged and nobody was moved."
    )
    assert (facts["verdict"]["has_ended"], facts["verdict"]["code"]) == (True, "CREDIT_DECLINED")
    wait = only(facts["waits"], kind="credit_check")
    assert (wait["ended"], wait["why"]) == ("declined", "by olga (knows them), as operator")
    assert (wait["begun_at"] < wait["ended_at"] < wait["planned_end_at"]) is True
    assert {lock["lock"] for lock in facts["locks"]} == {"organization", "commerce"}
    assert all(lock["released_at"] for lock in facts["locks"])
    (attempt,) = attempts_of(facts, "credit_check.record_decision")
    assert [event["event"] for event in attempt["events"]] == ["subscription.credit-check-declined"]
    assert only(attempt["calls"], operation="decide_credit_check")["status"] == 200


async def test_expired_switch_names_every_mark_of_the_wait(
    world: World, temporal_env: WorkflowEnvironment
) -> None:
    """Reminder, hold, missed promise and cap are told with their instants; the bureau was asked each time."""
    case = await waiting_case(world, temporal_env)
    await temporal_env.fast_forward(case.handle)
    await case.result()

    facts = audited(world, case.order)

    assert facts["verdict"]["sentence"] == (
        "Expired: nobody answered the credit check in time (the bureau has not decided); "
        "the order was taken back, nothing was charged and nobody was moved."
    )
    check, overdue = only(facts["waits"], kind="credit_check"), only(facts["waits"], kind="credit_overdue")
    assert [mark["words"] for mark in check["marks"]] == [
        "the organization was reminded",
        "overdue: an operator is asked",
    ]
    assert (check["ended"], overdue["ended"]) == ("expired", "expired")
    assert check["planned_end_at"] < overdue["planned_end_at"] <= overdue["ended_at"]
    asked = [step for step in facts["steps"] if step["step"] == "credit_check.ask_bureau"]
    assert [step["attempts"][0]["outcome"] for step in asked] == ["nothing_new", "nothing_new"]
    assert [step["attempts"][0]["calls"][0]["status"] for step in asked] == [200, 200]


async def test_lost_answer_and_its_repetition_are_told(world: World) -> None:
    """An attempt without an answer is named so; the next one repeats its key, and the order is voided."""
    world.sandbox.settings(provisioning_delay_seconds=600)
    order = world.order(world.organization())
    match = f"POST /v1/customers/{order.organization_id}/carts/"
    world.sandbox.settings(faults=[{"match": match, "kind": "lost_answer", "count": 1}])
    handle, _ = await world.start(order)
    await world.until_stage(handle, "provisioning")
    await world.until(
        lambda: any(each.call.operation == "order" for each in world.store.calls(order.switch_id))
    )
    await world.cancel(handle)
    await world.result(handle)

    facts = audited(world, order)

    assert facts["verdict"]["sentence"] == (
        "Cancelled: olga cancelled it (wrong plan); "
        "the order was taken back, nothing was charged and nobody was moved."
    )
    first, second = attempts_of(facts, "purchase.order_replacement")
    lost, again = only(first["calls"], operation="checkout"), only(second["calls"], operation="checkout")
    assert (first["outcome"], lost["status"], lost["answer"][:9]) == ("no_answer", 0, "no answer")
    assert (again["status"], again["key"], again["repeats_key"]) == (201, lost["key"], True)
    assert second["events"][0]["event"] == "subscription.replacement-ordered"
    assert facts["money"]["open_effects"] == []
    wait = only(facts["waits"], kind="provisioning")
    assert (wait["ended"], wait["why"]) == ("cancelled", "command cancel by olga (wrong plan)")
    assert {attempt["outcome"] for attempt in attempts_of(facts, "purchase.confirm_provisioning")} <= {
        "asked_again",
        "nothing_new",
    }


async def test_failed_switch_names_the_step_and_the_sellers_words(world: World) -> None:
    """A seller who answers in a way that is not his contract fails the switch, and the step is named."""
    order = world.order(world.organization())
    world.change_cloud = refuse_always("place_order")
    await world.complete(order)

    facts = audited(world, order)

    assert facts["verdict"]["sentence"] == (
        "Failed: purchase.order_replacement failed, UNKNOWN_REASON: "
        "The seller refuses this switch: no (900000). Switch manually (`--mode manual`), or call support; "
        "nothing was ordered, nothing was charged and nobody was moved."
    )
    (attempt,) = attempts_of(facts, "purchase.order_replacement")
    assert facts["verdict"]["step"] == "purchase.order_replacement"
    assert (attempt["outcome"], attempt["result"][:24]) == ("failed", "failed, UNKNOWN_REASON: ")


async def test_held_switch_names_what_to_do(world: World) -> None:
    """A hold is open, with the reason, the step before it and the command that ends it; users are counted."""
    order, handle = await held_switch(world, missing_usage_location=2)

    facts = audited(world, order)

    assert (facts["verdict"]["outcome"], facts["verdict"]["code"]) == ("hold", "LICENSES_UNRESOLVED")
    assert facts["verdict"]["step"] == "verification.verify_move"
    assert "planswitch switch retry" in facts["verdict"]["what_to_do"]
    assert facts["users"]["moved"] == 23
    assert only(facts["waits"], kind="hold")["ended_at"] is None
    assert only(facts["locks"], lock="administration")["released_at"] is None
    for user in world.users_left(order):
        world.sandbox.edit(order.organization_id, kind="user", user_id=user, usage_location="DE")
    await world.retry(handle)
    await world.result(handle)
    facts = audited(world, order)
    hold = only(facts["waits"], kind="hold")
    assert (hold["ended"], hold["why"]) == ("resumed", f"command retry by {OPERATOR} (fixed it)")
    assert facts["verdict"]["sentence"].startswith("Completed: 25 of 25 users moved, ")
    assert facts["money"]["charged"]["minor_units"] in world.quoted_totals(order)


async def test_stuck_switch_names_step_answer_and_remedy(world: World) -> None:
    """An order that the seller does not void any more: his words, the step, who holds what, what to do."""
    order, handle = await provisioning_switch(world)
    world.sandbox.settings(void_window_days=0)
    await world.cancel(handle)
    await world.until_stage(handle, "stuck")

    facts = audited(world, order)

    verdict = facts["verdict"]
    assert (verdict["outcome"], verdict["has_ended"]) == ("stuck", False)
    assert (verdict["step"], verdict["code"]) == ("administration.end_switch", "PROVIDER_REFUSED")
    assert "planswitch switch retry" in verdict["what_to_do"]
    (attempt,) = attempts_of(facts, "administration.end_switch")
    refused = only(attempt["calls"], operation="void_order")
    assert (refused["status"], refused["code"], attempt["outcome"]) == (400, "800061", "failed")
    assert facts["money"]["voided_at"] is None
    assert only(facts["locks"], lock="organization")["released_at"] is None

    # A command is recorded while it acts already, so the first one comes while the seller still refuses.
    await retry_in_vain(world, handle)
    world.sandbox.settings(void_window_days=7)
    await world.retry(handle, "retry-2")
    await world.result(handle)
    facts = audited(world, order)
    stuck = only(facts["waits"], kind="stuck")
    assert (stuck["ended"], facts["verdict"]["outcome"]) == ("resolved", "cancelled")
    assert f"command retry by {OPERATOR} (fixed it)" in [each["words"] for each in stuck["marks"]]


async def test_rolled_back_switch_counts_who_returned(world: World) -> None:
    """Who was moved and returned is counted, and the hold ended by the command to roll back."""
    order, handle = await held_switch(world, users=30, missing_usage_location=2)
    await world.roll_back(handle)
    await world.result(handle)

    facts = audited(world, order)

    assert facts["verdict"]["sentence"] == (
        f"Rolled back: {OPERATOR} rolled it back (too many calls); the order was taken back, nothing was "
        "charged and 28 of 28 moved users returned."
    )
    assert only(facts["waits"], kind="hold")["ended"] == "rolled_back"
    assert all(lock["released_at"] for lock in facts["locks"])


@pytest.mark.long
async def test_every_call_that_failed_is_told_whatever_step_made_it(world: World) -> None:
    """Each effect and each read of a switch fails once: each leaves its row, and its attempt is told."""
    orders = await complete_with_faults(world, EFFECTS, READS)

    planted = [STATUSES[kind] for kind, calls in zip(KINDS, (EFFECTS, READS) * 2, strict=True) for _ in calls]
    attempts = [
        attempt for order in orders for step in audited(world, order)["steps"] for attempt in step["attempts"]
    ]
    failed = [call["status"] for attempt in attempts for call in attempt["calls"] if call["is_failed"]]
    assert sorted(failed) == sorted(planted)
    assert {attempt["outcome"] for attempt in attempts if attempt["calls_failed"]} <= {
        "no_answer",
        "refused",
        "recorded",
    }
    assert [attempt for attempt in attempts if attempt["outcome"] == "no_trace"] == []

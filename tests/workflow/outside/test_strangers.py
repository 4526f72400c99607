"""Kind: Temporal believes anybody, so what comes over it names nobody without a signature (ADR 19).

Each test acts with the `temporal` program as an account without the command key, on a real server.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.client import WorkflowUpdateFailedError
from temporalio.testing import WorkflowEnvironment

from activities.contract import REQUEST_SWITCH, SYSTEM_ACTOR
from activities.signing.signatures import CommandKeys
from domain.kernel.ids import wait_workflow_id_of, workflow_id_of
from domain.switch.outside_events import ANSWER_STEP, CANCEL, PAUSE_STEP, RESET, SIGNAL, START, TERMINATE
from tests.support.acts.strangers import (
    CEO,
    MESSAGES,
    UPDATES_THAT_READ,
    actors,
    acts,
    named_anywhere,
    plain,
    start,
    temporal,
    update,
)
from tests.support.worlds.credit import CreditCase
from tests.support.worlds.lost import newest_run, reconciler_of
from tests.support.worlds.signing import plain_client, signed_message
from tests.support.worlds.steps import StepRunner
from tests.support.worlds.waiting import BROKEN, begin, health
from tests.support.worlds.world import ACTOR, OPERATOR, SwitchHandle, World, until
from workflows.base.messages import OperatorCommand
from workflows.switch.plan_switch import PlanSwitch
from workflows.wait.eligibility_wait import EligibilityWait

#: What somebody may make up who has seen an envelope.
FORGED = {
    "actor": CEO,
    "reason": "no key",
    "arguments_digest": "0" * 64,
    "key_id": "0" * 16,
    "signature": "0" * 64,
}


def updates() -> set[str]:
    """Return the name of every update that a workflow takes."""
    kinds = [workflow._Definition.must_from_class(each) for each in (PlanSwitch, EligibilityWait)]
    return {str(name) for each in kinds for name in each.updates}


def test_no_update_is_forgotten() -> None:
    """An update that comes later is tried here too (kind: a list that is written by hand)."""
    assert updates() == set(MESSAGES) | UPDATES_THAT_READ


async def test_updates_by_hand_are_refused_and_name_nobody(world: World, case: CreditCase) -> None:
    """Unsigned, signed with another key, and with the envelope of another command (ADR 19)."""
    told = {}
    for name, message in MESSAGES.items():
        if name in {"look", "reschedule"}:
            # Those of a request that waits; a switch takes neither.
            continue
        told[name] = await update(world, case.handle.id, name, message)
        forged = {**FORGED, "switch_id": case.order.switch_id, "command": name, "request_id": "r-1"}
        signed = {**message, "signed": {**forged, "signed_at": datetime.now(UTC).isoformat()}}
        told[f"{name}, forged"] = await update(world, case.handle.id, name, signed)
    status = await case.handle.query(PlanSwitch.status)

    assert [
        name for name, each in told.items() if each.code == 0 or "COMMAND_UNSIGNED" not in each.text
    ] == []
    assert status.stage == "credit_check"
    assert actors(world, case.order) == {ACTOR}
    assert CEO not in named_anywhere(world)


async def test_an_envelope_is_good_for_what_it_was_given_for_alone(world: World, case: CreditCase) -> None:
    """Another command, actor, switch, key or instant: each is refused, and so is a made up seal."""
    keys, handle = world.toolbox.command_keys, plain_client(world.client).get_workflow_handle(case.handle.id)
    now = datetime.now(UTC)
    extension = MESSAGES["extend_credit"]
    given = OperatorCommand(request_id="r-9", actor=OPERATOR, reason="for a reason")
    signed = signed_message(keys, handle.id, "resume", given, now).signed
    old = signed_message(keys, handle.id, "pause", given, now - timedelta(minutes=6))
    other = CommandKeys(signing=b"another-key-of-another-house")
    tries: list[tuple[str, Any, str]] = [
        ("pause", replace(given, signed=signed), "COMMAND_UNSIGNED"),
        ("resume", replace(given, actor=CEO, signed=signed), "COMMAND_UNSIGNED"),
        ("resume", replace(given, signed=replace(signed, actor=CEO)), "COMMAND_UNSIGNED"),
        ("pause", signed_message(keys, "switch:another:1", "pause", given, now), "COMMAND_UNSIGNED"),
        ("pause", signed_message(other, handle.id, "pause", given, now), "COMMAND_UNSIGNED"),
        ("pause", old, "COMMAND_STALE"),
        ("pause", replace(old, signed=replace(old.signed, admitted_at=now, seal="0" * 64)), "COMMAND_STALE"),
        ("extend_credit", {**asdict(given), "days": extension["days"], "signed": signed}, "COMMAND_UNSIGNED"),
    ]
    codes = [await _code_of(handle, name, message) for name, message, _ in tries]

    # A command that can't be done now is refused by the switch itself, once it is known to be a person's.
    assert codes[1] in {"COMMAND_UNSIGNED", "refused"}
    assert codes[:1] + codes[2:] == [wanted for _, _, wanted in tries[:1] + tries[2:]]
    assert actors(world, case.order) == {ACTOR}


async def _code_of(handle: Any, name: str, message: Any) -> str:
    try:
        answer = await handle.execute_update(name, message)
    except WorkflowUpdateFailedError as error:
        return str(getattr(error.cause, "type", ""))
    return "taken" if answer["accepted"] else "refused"


async def test_starts_by_hand_begin_nothing(world: World) -> None:
    """Every kind of workflow, for an organization that has no switch (ADR 19)."""
    order = world.order(world.organization(), actor=CEO)
    facts, mark, charges = plain(order), uuid.uuid4().hex, world.ledger(order, "charge")
    switch_id, wait_id = (
        name(order.organization_id, order.request_id) for name in (workflow_id_of, wait_workflow_id_of)
    )
    accepted = {
        "until": (datetime.now(UTC) + timedelta(days=3)).isoformat(),
        "currency": "EUR",
        "total_minor_units_max": 10**9,
        "forfeited_minor_units_max": 10**9,
    }
    wait = {"order": facts, "accepted": accepted, "source_plan_id": "", "reasons": []}
    begun = {"order": facts, "after": []}
    move = {**begun, "pass_name": "move", "total": 5, "slice_size": 5, "lanes": 1}
    watch = {**begun, "promised_at": datetime.now(UTC).isoformat()}
    for kind, workflow_id, message in (
        ("PlanSwitch", switch_id, facts),
        ("EligibilityWait", wait_id, wait),
        ("LicenseMove", f"licenses:{mark}", move),
        ("InvoiceWatch", f"invoice:{mark}", watch),
    ):
        assert (await start(world, kind, workflow_id, message)).code == 0
    results = [
        await asyncio.wait_for(world.client.get_workflow_handle(each).result(), 120)
        for each in (switch_id, wait_id)
    ]

    assert [each["code"] for each in results] == ["COMMAND_UNSIGNED", "COMMAND_UNSIGNED"]
    assert world.source_events(order) == [] == world.organization_events(order)
    assert world.ledger(order, "charge") == charges
    assert CEO not in named_anywhere(world)
    await temporal(world, "workflow", "terminate", "--workflow-id", f"licenses:{mark}", "--reason", "test")
    await temporal(world, "workflow", "terminate", "--workflow-id", f"invoice:{mark}", "--reason", "test")


async def test_orders_of_a_recorded_switch_are_taken_as_recorded_only(world: World, case: CreditCase) -> None:
    """A copy of the order in another's name, by each kind of workflow: no step of it does anything."""
    facts = plain(case.order, actor=CEO, signed=None)
    before = len(world.source_events(case.order))
    name = f"switch:copy:{uuid.uuid4().hex}"
    await start(world, "PlanSwitch", name, facts)
    result = await asyncio.wait_for(world.client.get_workflow_handle(name).result(), 120)
    runner = StepRunner(world, replace(case.order, actor=CEO))

    assert result["code"] == "COMMAND_UNSIGNED"
    assert (await _refusal(runner, REQUEST_SWITCH)).code == "COMMAND_UNSIGNED"
    assert len(world.source_events(case.order)) == before
    assert actors(world, case.order) == {ACTOR}


async def _refusal(runner: StepRunner, spec: Any) -> Any:
    return await runner.run(spec, keep=False)


async def test_a_signal_and_a_terminate_are_recorded_as_nobodys(world: World, case: CreditCase) -> None:
    """What Temporal lets anybody do is an event of its own, and the switch goes on (ADR 19)."""
    workflow_id = case.handle.id
    await temporal(world, "workflow", "signal", "-w", workflow_id, "--name", "approve", "--input", '"ceo"')
    await reconciler_of(world).run_once()
    await temporal(world, "workflow", "terminate", "-w", workflow_id, "--reason", f"by {CEO}")
    await _until_ended(world, workflow_id)
    await reconciler_of(world).run_once()
    await reconciler_of(world).run_once()
    await world.until_stage(newest_run(world, case.order), "credit_check")

    assert [each.act for each in acts(world, case.order)] == [SIGNAL, TERMINATE]
    assert actors(world, case.order) == {ACTOR, "temporal", "reconciler"}
    assert {each.meta["actor"] for each in acts(world, case.order)} == {"temporal"}


async def test_a_reset_is_recorded_as_nobodys(world: World, case: CreditCase) -> None:
    """The new run is not the product's doing: the record says so, and the switch goes on."""
    told = await temporal(
        world, "workflow", "reset", "-w", case.handle.id, "--event-id", "4", "--reason", "again"
    )
    await reconciler_of(world).run_once()
    await world.until_stage(newest_run(world, case.order), "credit_check")

    assert told.code == 0, told.text
    assert RESET in {each.act for each in acts(world, case.order)}
    assert actors(world, case.order) == {ACTOR, "temporal"}


async def test_a_cancel_is_recorded_as_nobodys(world: World, case: CreditCase) -> None:
    """A cancel by Temporal's own means leads back, and no person is named for it (switch#ways-back)."""
    await temporal(world, "workflow", "cancel", "-w", case.handle.id)
    result = await world.result(case.handle)
    (act,) = acts(world, case.order)

    assert (result.outcome, act.act, act.meta["actor"]) == ("cancelled", CANCEL, "temporal")
    assert actors(world, case.order) == {ACTOR, "temporal"}


async def test_a_start_by_hand_of_a_recorded_switch_is_recorded(world: World, case: CreditCase) -> None:
    """Whoever ends a run and starts another with the same order is nobody, and the switch goes on."""
    await temporal(world, "workflow", "terminate", "-w", case.handle.id, "--reason", "mine")
    await _until_ended(world, case.handle.id)
    started = await start(world, "PlanSwitch", case.handle.id, plain(case.order, signed=None))
    await world.until_stage(newest_run(world, case.order), "credit_check")

    assert started.code == 0, started.text
    assert START in {each.act for each in acts(world, case.order)}
    assert actors(world, case.order) == {ACTOR, "temporal"}


async def test_an_answer_in_the_place_of_a_worker_is_recorded_and_decides_nothing(world: World) -> None:
    """A step that is completed by hand has done nothing; the next one finds that and fails (ADR 19)."""
    order = world.order(world.organization())
    ambush = world.ambushes.lay(order.switch_id, "purchase.order_replacement:begin")
    handle, _ = await world.start(order)
    await world.until(ambush.is_reached.is_set)
    activity_id = await _pending(handle)
    told = await temporal(
        world,
        *("activity", "complete", "-w", handle.id, "--activity-id", activity_id),
        *("--result", json.dumps({"order_id": "forged", "saved": []}), "--identity", CEO),
    )
    await reconciler_of(world).run_once()
    world.ambushes.go_on(order.switch_id)
    result = await world.result(handle)

    assert told.code == 0, told.text
    assert ANSWER_STEP in {each.act for each in acts(world, order)}
    assert (result.outcome, actors(world, order)) == ("failed", {ACTOR, SYSTEM_ACTOR, "temporal"})
    assert not any(world.failings(order).values())


async def test_a_step_that_is_failed_by_hand_is_recorded_as_nobodys(world: World) -> None:
    """The switch ends as any whose step fails, and the record tells that a hand was in it."""
    order = world.order(world.organization())
    ambush = world.ambushes.lay(order.switch_id, "purchase.order_replacement:begin")
    handle, _ = await world.start(order)
    await world.until(ambush.is_reached.is_set)
    steps = ("-w", handle.id, "--activity-id", await _pending(handle))
    paused = await temporal(world, "activity", "pause", *steps, "--reason", f"by {CEO}")
    await reconciler_of(world).run_once()
    between = [each.act for each in acts(world, order)]
    failed = await temporal(world, "activity", "fail", *steps, "--reason", f"by {CEO}")
    world.ambushes.go_on(order.switch_id)
    result = await world.result(handle)

    assert (paused.code, failed.code) == (0, 0), (paused.text, failed.text)
    assert between == [PAUSE_STEP]
    # What was taken back then was nobody's command.
    assert (result.outcome, actors(world, order)) == ("failed", {ACTOR, SYSTEM_ACTOR, "temporal"})


async def test_a_wait_takes_no_command_by_hand(world: World, temporal_env: WorkflowEnvironment) -> None:
    """A look and the end of a wait are commands as well; a signal brings a look forward and says nothing."""
    order = world.order(world.organization())
    health(world, order.organization_id, BROKEN)
    waiting = await begin(world, temporal_env, order)
    name = wait_workflow_id_of(order.organization_id, order.request_id)
    told = [await update(world, name, each, MESSAGES[each]) for each in ("look", "cancel")]
    signal = json.dumps({"cause": CEO, "position": 10**9})
    await temporal(world, "workflow", "signal", "-w", name, "--name", "look_now", "--input", signal)
    await waiting.until_looked(2)
    await temporal(world, "workflow", "cancel", "-w", name)
    result = await waiting.result()

    assert ["COMMAND_UNSIGNED" in each.text for each in told] == [True, True]
    assert (result.outcome, waiting.ending.meta["actor"]) == ("cancelled", "temporal")
    assert CEO not in named_anywhere(world)


async def _pending(handle: SwitchHandle) -> str:
    described = await handle.describe()
    return str(described.raw_description.pending_activities[0].activity_id)


async def _until_ended(world: World, workflow_id: str) -> None:
    async def has_ended() -> bool:
        status = (await world.client.get_workflow_handle(workflow_id).describe()).status
        return status is not None and status.name != "RUNNING"

    await until(has_ended, "the workflow was never ended")

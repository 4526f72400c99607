"""Kind of fault: a step that is asked for before its turn, in a pause, or for what the record does not allow.

It ends for good with a code, does nothing outside, and leaves nothing in the record.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from activities import contract as steps
from activities.base.promise_contract import (
    END_INVOICE_WATCH,
    LOOK_FOR_INVOICE,
    RECORD_MISSED,
    WARN_VOID_WINDOW,
)
from activities.contract import CONFIRM_PROVISIONING, REDUCE_SOURCE, ActivitySpec, SwitchOrder
from activities.credit.credit_contract import ASK_BUREAU, RECORD_CREDIT_WAIT
from activities.manual.manual_contract import AWAIT_STEP, MOVE_SELECTION
from activities.operator.control_contract import RECORD_HOLD, RECORD_PAUSE, RETURN_USERS, START_ROLL_BACK
from domain.kernel.errors import CODES
from domain.kernel.ids import workflow_id_of
from tests.support.outside.unsigned import REFUSED
from tests.support.worlds.credit import waiting_case
from tests.support.worlds.signing import signed_message
from tests.support.worlds.steps import WHOLE_SWITCH, StepRunner
from tests.support.worlds.world import OPERATOR, World
from workflows.base.messages import OperatorCommand

OUT_OF_ORDER = "STEP_OUT_OF_ORDER"
#: What a pause and its end record.
PAUSES = frozenset({"operator-commanded", "switch-paused", "switch-resumed", "promise-missed"})
_SLICE: dict[str, Any] = {"pass_name": "move", "start": 0, "stop": 25}
#: Steps whose turn comes later than the request, and the fields of their inputs.
LATER: dict[str, tuple[ActivitySpec[Any, Any], dict[str, Any]]] = {
    spec.name: (spec, fields)
    for spec, fields in (
        (steps.CHECK_CREDIT, {}),
        (ASK_BUREAU, {}),
        (RECORD_CREDIT_WAIT, {"mark": "overdue", "evidence": ""}),
        (CONFIRM_PROVISIONING, {}),
        (steps.START_LICENSE_MOVE, {}),
        (steps.MOVE_SLICE, _SLICE),
        (steps.VERIFY_MOVE, {"round_number": 1}),
        (steps.CANCEL_SOURCE, {}),
        (steps.CUT_OVER_BILLING, {}),
        (steps.COMPLETE_SWITCH, {}),
    )
}


async def refused(runner: StepRunner, spec: ActivitySpec[Any, Any], **fields: Any) -> ApplicationError:
    """Return how a step was refused for good."""
    with pytest.raises(ApplicationError) as error:
        await runner.run(spec, keep=False, **fields)
    return error.value


@pytest.mark.parametrize("name", LATER)
async def test_a_step_before_its_turn_ends_with_a_code_and_leaves_nothing(world: World, name: str) -> None:
    """The record has the request alone: no call that changes anything, no event, no wait of the orderer."""
    order = world.order(world.organization())
    runner = StepRunner(world, order)
    await runner.run(steps.REQUEST_SWITCH)
    before, users = len(world.source_events(order)), world.users(order)
    spec, fields = LATER[name]

    error = await refused(runner, spec, **fields)

    assert (error.type, error.non_retryable) == (OUT_OF_ORDER, True)
    assert "Nothing was done." in error.message
    assert "`planswitch switch show`" in error.message
    assert len(world.source_events(order)) == before
    assert (world.verdict(order)["orders"], world.users(order)) == (0, users)
    assert _notices(world, order) == []


async def test_a_step_of_a_switch_that_has_ended_orders_nothing(world: World) -> None:
    """The order was never placed; whoever asks for it after the end places none."""
    order = world.order(world.organization())
    runner = StepRunner(world, order)
    await runner.run(steps.REQUEST_SWITCH)
    await runner.run(steps.END_SWITCH, outcome="failed", code="TEST", message="a test")

    error = await refused(runner, steps.ORDER_REPLACEMENT)

    assert (error.type, world.verdict(order)["orders"]) == (OUT_OF_ORDER, 0)


async def test_a_switch_ends_in_no_way_that_there_is_not(world: World) -> None:
    """An outcome that is none is refused before anything is taken back."""
    order = world.order(world.organization())
    runner = StepRunner(world, order)
    await runner.run(steps.REQUEST_SWITCH)
    before = len(world.source_events(order))

    error = await refused(runner, steps.END_SWITCH, outcome="well", code="TEST", message="a test")

    assert (error.type, error.non_retryable) == ("INVALID_INPUT", True)
    assert len(world.source_events(order)) == before


async def test_a_switch_past_the_point_of_no_return_is_not_taken_back(world: World) -> None:
    """Its order serves users: it is not voided, even where nobody was moved by a pass (ADR 16)."""
    order, runner = await _begun(world, until=steps.CANCEL_SOURCE)
    before = len(world.source_events(order))

    error = await refused(runner, steps.END_SWITCH, outcome="failed", code="TEST", message="a test")

    assert (error.type, error.non_retryable) == (OUT_OF_ORDER, True)
    assert len(world.source_events(order)) == before
    voids = [call for call in world.store.calls(order.switch_id) if call.call.operation == "void_order"]
    assert voids == []


@pytest.mark.parametrize(
    "changes",
    [
        {"start": 0, "stop": 25, "first": 25},
        {"start": 0, "stop": 26},
        {"start": 20, "stop": 25},
        {"start": 0, "stop": 20},
        {"start": 25, "stop": 25},
        {"pass_name": "pilot"},
    ],
)
async def test_a_slice_takes_only_what_the_record_allows(world: World, changes: dict[str, Any]) -> None:
    """Another total, half a group, nobody, or a pilot that nobody ordered: nobody is moved."""
    order, runner = await _begun(world, until=steps.START_LICENSE_MOVE)
    users = world.users(order)

    error = await refused(runner, steps.MOVE_SLICE, **{**_SLICE, **changes})

    assert (error.type, world.users(order)) == (OUT_OF_ORDER, users)


async def test_no_slice_of_the_others_moves_before_the_pilot_was_looked_at(world: World) -> None:
    """The order names a pilot, and the record has no pause after it."""
    order, runner = await _begun(world, until=steps.START_LICENSE_MOVE, pilot=5)
    users = world.users(order)

    error = await refused(runner, steps.MOVE_SLICE, pass_name="move", first=5, start=5, stop=25)

    assert (error.type, world.users(order)) == (OUT_OF_ORDER, users)
    assert "pilot" in error.message


@pytest.mark.parametrize("mark", ["reminder", "overdue", "expired"])
async def test_a_mark_of_the_credit_check_waits_for_its_instant(
    world: World, temporal_env: WorkflowEnvironment, mark: str
) -> None:
    """Whoever asks for it earlier, up to the cap: nothing is recorded, and nobody is told."""
    case = await waiting_case(world, temporal_env)
    before = len(world.source_events(case.order))

    error = await refused(StepRunner(world, case.order), RECORD_CREDIT_WAIT, mark=mark, evidence="")

    assert (error.type, error.non_retryable) == (OUT_OF_ORDER, True)
    assert f"mark {mark} of the credit check is due at" in error.message
    assert len(world.source_events(case.order)) == before


async def test_a_promise_is_not_missed_before_its_instant(world: World) -> None:
    """Nor in the moment before, in which the step waits."""
    order = world.order(world.organization())
    runner = StepRunner(world, order)
    await runner.run(steps.REQUEST_SWITCH)
    now = datetime.now(UTC)

    far, near = [
        await refused(runner, RECORD_MISSED, promise="whole_switch", promised_at=now + early)
        for early in (timedelta(days=1), timedelta(minutes=2))
    ]

    assert (far.type, near.type) == (OUT_OF_ORDER, "NOT_READY_YET")
    assert "promise-missed" not in world.source_topics(order)


#: Step -> the one after which it comes.
IN_A_PAUSE: dict[ActivitySpec[Any, Any], ActivitySpec[Any, Any]] = {
    steps.ORDER_REPLACEMENT: steps.REQUEST_SWITCH,
    steps.CHECK_CREDIT: steps.ORDER_REPLACEMENT,
    steps.START_LICENSE_MOVE: CONFIRM_PROVISIONING,
    steps.MOVE_SLICE: steps.START_LICENSE_MOVE,
    steps.VERIFY_MOVE: steps.MOVE_SLICE,
    steps.CANCEL_SOURCE: steps.VERIFY_MOVE,
}


@pytest.mark.parametrize("spec", IN_A_PAUSE, ids=lambda spec: spec.name)
async def test_a_step_that_is_asked_for_in_a_pause_waits(world: World, spec: ActivitySpec[Any, Any]) -> None:
    """Whatever its workflow believes, the record says paused: it acts once somebody has resumed."""
    order, runner = await _begun(world, until=IN_A_PAUSE[spec])
    fields = dict(WHOLE_SWITCH)[spec]
    await _pause(world, runner, "p-1", paused=True)
    before, users, verdict = _acted(world, order), world.users(order), world.verdict(order)

    error = await refused(runner, spec, **fields)

    assert (error.type, error.non_retryable) == ("NOT_READY_YET", False)
    assert "paused" in error.message
    assert (_acted(world, order), world.users(order)) == (before, users)
    assert world.verdict(order)["orders"] == verdict["orders"]
    await _pause(world, runner, "r-1", paused=False)
    await runner.run(spec, **fields)
    assert _acted(world, order) != before


async def test_groups_do_not_move_in_a_pause(world: World) -> None:
    """A look that finds users with a group's license begins no group while the record says paused."""
    order, runner = await _begun(
        world, until=steps.START_LICENSE_MOVE, organization=world.organization(group_licensed=5)
    )
    await runner.run(steps.MOVE_SLICE, **_SLICE)
    await _pause(world, runner, "p-1", paused=True)

    error = await refused(runner, steps.VERIFY_MOVE, round_number=1)

    assert error.type == "NOT_READY_YET"
    assert "licensing-group-move-started" not in world.source_topics(order)


async def _begun(
    world: World,
    *,
    until: ActivitySpec[Any, Any],
    organization: dict[str, Any] | None = None,
    **changes: Any,
) -> tuple[SwitchOrder, StepRunner]:
    """Return a switch whose steps ran up to one of them."""
    order = world.order(organization or world.organization(), **changes)
    runner = StepRunner(world, order)
    for spec, fields in WHOLE_SWITCH:
        if spec != RECORD_HOLD:
            await runner.run(spec, **fields)
        if spec == until:
            break
    return order, runner


async def _pause(world: World, runner: StepRunner, request_id: str, *, paused: bool) -> None:
    """Record a pause by an operator, or its end, without any workflow."""
    given = OperatorCommand(request_id=request_id, actor=OPERATOR, reason="phones ring")
    workflow_id = workflow_id_of(runner.order.organization_id, runner.order.request_id)
    name = "pause" if paused else "resume"
    signed = signed_message(world.toolbox.command_keys, workflow_id, name, given, datetime.now(UTC)).signed
    facts = {"paused": paused, "code": "OPERATOR", "message": "", "signed": signed}
    await runner.run(RECORD_PAUSE, request_id=request_id, actor=OPERATOR, reason="phones ring", **facts)


def _acted(world: World, order: SwitchOrder) -> list[str]:
    """Return what the steps have recorded, but notes of what is waited for."""
    return [each for each in world.source_topics(order) if each not in {*PAUSES, "wait-noted", "wait-ended"}]


def _notices(world: World, order: SwitchOrder) -> list[str]:
    path = f"/notices/v1/customers/{order.organization_id}/notices"
    token = {"Authorization": f"Bearer sandbox-{order.organization_id}"}
    answer = world.sandbox.control.get(path, headers=token).raise_for_status()
    return [each["kind"] for each in answer.json()["notices"]]


#: What the other steps are handed.
OTHERS: dict[str, tuple[ActivitySpec[Any, Any], dict[str, Any]]] = {
    spec.name: (spec, fields)
    for spec, fields in (
        (START_ROLL_BACK, {"actor": "", "reason": "", "request_id": "b-1"}),
        (RETURN_USERS, {"is_last": True}),
        (LOOK_FOR_INVOICE, {}),
        (END_INVOICE_WATCH, {"reason": "a test"}),
        (WARN_VOID_WINDOW, {}),
        (AWAIT_STEP, {"step": "buy"}),
        (MOVE_SELECTION, {"selection": "none"}),
        (REDUCE_SOURCE, {}),
        (RECORD_HOLD, {"held": True, "code": "TEST", "message": "m", "actor": "", "reason": "look"}),
    )
}


@pytest.mark.parametrize("name", [*OTHERS, *REFUSED])
async def test_no_other_step_before_its_turn_ends_without_a_code(world: World, name: str) -> None:
    """Steps of the way back, of commands and of what comes after the switch: none fails as a program does."""
    order = world.order(world.organization())
    runner = StepRunner(world, order)
    await runner.run(steps.REQUEST_SWITCH)
    spec, fields = {**REFUSED, **OTHERS}[name]
    codes = set()
    try:
        await runner.run(spec, keep=False, **fields)
    except ApplicationError as error:
        codes.add(error.type)

    assert codes <= set(CODES), name
    assert "wait-noted" not in world.source_topics(order)

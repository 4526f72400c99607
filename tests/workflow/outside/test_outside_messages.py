"""Kind of fault: messages that are none. Each is refused before it counts, and no task fails by it.

Sent by the `temporal` command, as anybody does who reaches Temporal's port.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowFailureError, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from activities.signing.signatures import sign_order
from domain.kernel.facts import as_plain
from domain.kernel.ids import wait_workflow_id_of, workflow_id_of
from tests.support.outside.messages import NO_MESSAGES, failed_tasks
from tests.support.worlds.signing import KEYS
from tests.support.worlds.temporal_command import inputs, temporal
from tests.support.worlds.waiting import BROKEN, begin, health
from tests.support.worlds.world import OPERATOR, SwitchHandle, World, until
from workflows.base.messages import SwitchResult

NOBODY = "01234567-89ab-cdef-0123-456789abcdef"
COMMAND = {"request_id": "c-1", "actor": OPERATOR, "reason": "why"}
DECISION = {**COMMAND, "decision_id": "d-1", "verdict": "approved", "decided_by": "operator"}
del DECISION["request_id"]
#: Update -> a message that it would take.
UPDATES: dict[str, dict[str, Any]] = {
    "retry_failed": COMMAND,
    "cancel": COMMAND,
    "roll_back": COMMAND,
    "pause": COMMAND,
    "resume": COMMAND,
    "decide_credit": DECISION,
    "extend_credit": {**COMMAND, "days": 1},
    "skip_user": {**COMMAND, "user_key": NOBODY},
    "retry_users": {**COMMAND, "user_keys": [NOBODY]},
    "amend": {**COMMAND, "quantity": 30, "accepted_digest": "d"},
}
#: What the command itself does not send, and another client does.
NO_JSON = [b"", b'{"a', b"[" * 100_000, b"\xff\xfe", b'{"request_id": NaN}']
#: Update -> a field with what it may not hold.
WRONG_FIELDS: list[tuple[str, str, Any]] = [
    *((update, "actor", "") for update in UPDATES),
    *((update, "actor", 7) for update in UPDATES),
    *((update, "reason", None) for update in UPDATES),
    *((update, "reason", "r" * 501) for update in UPDATES),
    *((update, "color", "red") for update in UPDATES),
    ("skip_user", "user_key", "no key"),
    ("skip_user", "user_key", [NOBODY]),
    ("skip_user", "is_loss_accepted", "yes"),
    ("retry_users", "user_keys", NOBODY),
    ("retry_users", "user_keys", ["no key"]),
    ("retry_users", "user_keys", []),
    ("retry_users", "user_keys", [NOBODY] * 501),
    ("amend", "quantity", 0),
    ("amend", "quantity", 10**19),
    ("amend", "quantity", True),
    ("amend", "quantity", "30"),
    ("amend", "quantity", 1.5),
    ("amend", "accepted_digest", ""),
    ("extend_credit", "days", 3),
    ("extend_credit", "days", -1),
    ("decide_credit", "verdict", "perhaps"),
    ("decide_credit", "decided_by", "nobody"),
    ("decide_credit", "decision_id", " "),
]


async def updates_taken(handle: WorkflowHandle[Any, Any]) -> int:
    """Return how many updates got into a history."""
    history = await handle.fetch_history()
    taken = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
    return sum(event.event_type == taken for event in history.events)


async def send(world: World, handle: WorkflowHandle[Any, Any], update: str, arguments: list[str]) -> str:
    """Send an update that must be refused, and return what the command said."""
    told = await temporal(
        world, "workflow", "update", "execute", "-w", handle.id, "--name", update, *arguments
    )
    assert told.code != 0, f"{update} took {arguments}"
    return told.text


async def code_of_end(world: World, handle: SwitchHandle) -> str | None:
    """Return the code by which a workflow ended, refused or failed."""
    try:
        return (await world.result(handle)).code
    except WorkflowFailureError as error:
        return cast("ApplicationError", error.cause).type


async def held(world: World) -> tuple[Any, SwitchHandle]:
    """Return a switch that holds for one user."""
    order = world.order(world.organization(6, missing_usage_location=1))
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")
    return order, handle


async def test_what_is_no_message_is_refused_by_every_update(world: World) -> None:
    """Missing, another type, another encoding, unknown fields: refused with a code, without a trace."""
    order, handle = await held(world)
    events, taken = len(world.source_events(order)), await updates_taken(handle)

    for update in UPDATES:
        for arguments in NO_MESSAGES:
            said = await send(world, handle, update, arguments)
            assert "UNREADABLE_MESSAGE" in said or "INVALID_INPUT" in said, (update, arguments, said)

    assert (len(world.source_events(order)), await updates_taken(handle)) == (events, taken)
    assert await failed_tasks(world, handle) == 0
    assert (await world.cancel(handle)).accepted
    assert (await world.result(handle)).outcome == "rolled_back"


async def test_what_is_no_json_is_refused_by_every_update(world: World) -> None:
    """Bytes that no reader takes for JSON, from a client that checks nothing: refused, and no task fails."""
    order, handle = await held(world)
    events, taken = len(world.source_events(order)), await updates_taken(handle)

    for update in UPDATES:
        for data in NO_JSON:
            payload = Payload(metadata={"encoding": b"json/plain"}, data=data)
            with pytest.raises(WorkflowUpdateFailedError) as refused:
                await handle.execute_update(update, RawValue(payload))
            assert isinstance(refused.value.cause, ApplicationError)
            assert refused.value.cause.type in {"UNREADABLE_MESSAGE", "INVALID_INPUT"}, (update, data)

    assert (len(world.source_events(order)), await updates_taken(handle)) == (events, taken)
    assert await failed_tasks(world, handle) == 0
    assert (await world.cancel(handle)).accepted
    assert (await world.result(handle)).outcome == "rolled_back"


async def test_a_field_that_holds_what_it_may_not_is_named(world: World) -> None:
    """Each field has its bounds: the refusal names field and what is allowed, and nothing is recorded."""
    order, handle = await held(world)
    events, taken = len(world.source_events(order)), await updates_taken(handle)

    for update, field, value in WRONG_FIELDS:
        said = await send(world, handle, update, inputs({**UPDATES[update], field: value}))
        assert "INVALID_INPUT" in said, (update, field, said)
        assert field in said, (update, field, said)
        assert "allowed: " in said, (update, field, said)
    for update, message in UPDATES.items():
        said = await send(world, handle, update, inputs(message, message))
        assert "UNREADABLE_MESSAGE" in said, (update, said)

    assert (len(world.source_events(order)), await updates_taken(handle)) == (events, taken)
    assert await failed_tasks(world, handle) == 0
    assert (await world.cancel(handle)).accepted
    assert (await world.result(handle)).outcome == "rolled_back"


async def test_a_wait_refuses_what_is_no_message_and_drops_such_signals(
    world: World, temporal_env: WorkflowEnvironment
) -> None:
    """A request that waits: its updates refuse, its signal is dropped, and it looks when it is told to."""
    order = world.order(world.organization())
    health(world, order.organization_id, BROKEN)
    case = await begin(world, temporal_env, order)
    signals = [*NO_MESSAGES, inputs({"cause": "x", "position": "1"}), inputs({"cause": "", "position": 1})]
    signals.append(inputs({"cause": "x", "position": 1}, {"cause": "x", "position": 1}))

    for update in ("cancel", "look"):
        for arguments in NO_MESSAGES:
            said = await send(world, case.handle, update, arguments)
            assert "UNREADABLE_MESSAGE" in said or "INVALID_INPUT" in said, (update, arguments, said)
    for arguments in signals:
        await temporal(world, "workflow", "signal", "-w", case.handle.id, "--name", "look_now", *arguments)

    assert await failed_tasks(world, case.handle) == 0
    assert (await case.look()).accepted
    await case.cancel()
    assert (await case.result()).outcome == "cancelled"


#: Type of a workflow -> its id, and arguments that are no start of it.
def _starts(world: World) -> list[tuple[str, str, list[str]]]:
    order = json.loads(json.dumps(asdict(world.order(world.organization()))))
    move = {"order": order, "after": [], "pass_name": "move", "total": 5, "slice_size": 0, "lanes": 1}
    watch = {"order": order, "after": [], "promised_at": "2026-12-01T08:00:00"}
    wait = {"order": order, "accepted": {"until": "no instant"}, "source_plan_id": "p", "reasons": []}
    switch_id = workflow_id_of(order["organization_id"], order["request_id"])
    wait_id = wait_workflow_id_of(order["organization_id"], order["request_id"])
    kinds = {
        "PlanSwitch": (switch_id, {**order, "quantity": "many"}),
        "LicenseMove": (f"licenses:{order['switch_id']}:1", move),
        "InvoiceWatch": (f"invoice:{order['switch_id']}", watch),
        "EligibilityWait": (wait_id, wait),
    }
    return [
        (kind, workflow_id, arguments)
        for kind, (workflow_id, message) in kinds.items()
        for arguments in [*NO_MESSAGES, inputs(message), inputs(order, order)]
    ]


async def test_a_start_that_is_none_fails_its_workflow_once(world: World) -> None:
    """A workflow of any type, started by hand with no message of its kind, ends at once and with a code."""
    for kind, workflow_id, arguments in _starts(world):
        named = ("-w", workflow_id, "--type", kind, "-t", world.task_queue)
        started = await temporal(world, "workflow", "start", *named, *arguments)
        assert started.code == 0, started.text
        handle = world.client.get_workflow_handle(workflow_id)

        async def has_ended(handle: WorkflowHandle[Any, Any] = handle) -> bool:
            status = (await handle.describe()).status
            return status is not None and status.name != "RUNNING"

        await until(has_ended, f"{kind} with {arguments} never ended")
        history = await handle.fetch_history()
        last = history.events[-1].workflow_execution_failed_event_attributes.failure
        assert last.application_failure_info.type in {"UNREADABLE_MESSAGE", "INVALID_INPUT"}, (
            kind,
            arguments,
        )
        assert await failed_tasks(world, handle) == 0, (kind, arguments)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mode", "sideways"),
        ("quantity", -5),
        ("quantity", 10**12),
        ("rule_set", "1999"),
        ("policy", "per_moon"),
        ("term", "P7Q"),
        ("billing_cycle", "hourly"),
        ("payment_method", "shells"),
        ("service_settings", "lose"),
        ("auto_renew", "perhaps"),
        ("quoted_on", "tomorrow"),
        ("start_on", "9999-12-31"),
        ("pilot", -1),
        ("pilot_soak_seconds", 10**9),
        ("switch_id", "no id"),
    ],
)
async def test_an_order_that_can_not_be_ends_at_once(world: World, field: str, value: Any) -> None:
    """An order with an impossible word or figure is refused with a code, and holds no organization."""
    order = world.order(world.organization())
    # Whoever holds the key may be wrong as well.
    signed = sign_order(KEYS, replace(order, **{field: value}), at=datetime.now(UTC))
    message = as_plain(asdict(signed))
    workflow_id = workflow_id_of(order.organization_id, order.request_id)
    named = ("-w", workflow_id, "--type", "PlanSwitch", "-t", world.task_queue)

    started = await temporal(world, "workflow", "start", *named, *inputs(message))

    assert started.code == 0, started.text
    code = await code_of_end(world, world.client.get_workflow_handle(workflow_id, result_type=SwitchResult))
    assert code == "INVALID_INPUT"
    assert world.is_free(order)

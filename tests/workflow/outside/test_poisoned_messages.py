"""Kind of fault: control characters by Temporal's own door. They are refused before anything is recorded."""

from __future__ import annotations

from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from domain.kernel.ids import workflow_id_of
from tests.support.acts.written import written_for
from tests.support.worlds.world import OPERATOR, SwitchHandle, World
from workflows.base.messages import OperatorCommand, SkipUser
from workflows.switch.plan_switch import PlanSwitch

POISONED: list[tuple[str, Any]] = [
    ("cancel", OperatorCommand(request_id="c-1", actor=OPERATOR, reason="wr\x00ng")),
    ("retry_failed", OperatorCommand(request_id="r\x1b-1", actor=OPERATOR, reason="again")),
    ("skip_user", SkipUser(request_id="s-1", actor=OPERATOR, reason="left", user_key="\u202e")),
    ("pause", OperatorCommand(request_id="p-1", actor="ol\x7fga", reason="phones")),
]


async def _updates_taken(handle: SwitchHandle) -> int:
    history = await handle.fetch_history()
    taken = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
    return sum(event.event_type == taken for event in history.events)


async def test_a_poisoned_update_is_refused_and_leaves_no_trace(world: World) -> None:
    """Whoever reaches Temporal's port is refused by the validator, with a stable code."""
    order = world.order(world.organization(6, missing_usage_location=1))
    handle, _ = await world.start(order)
    await world.until_waiting(handle)
    before, taken = world.store.max_notification_id(), await _updates_taken(handle)
    codes = []

    for name, message in POISONED:
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await handle.execute_update(name, message)
        assert isinstance(refused.value.cause, ApplicationError)
        codes.append(refused.value.cause.type)

    assert codes == ["UNACCEPTABLE_TEXT"] * len(POISONED)
    assert not written_for(world.store, order.switch_id, before)
    assert await _updates_taken(handle) == taken
    await world.cancel(handle)
    assert (await world.result(handle)).outcome == "rolled_back"


async def test_a_poisoned_start_is_refused_before_anything_is_recorded(world: World) -> None:
    """The first step refuses a request that is not in the record yet; the workflow ends."""
    order = world.order(world.organization(), reason="gr\x00w")

    handle = await world.client.start_workflow(
        PlanSwitch.run,
        order,
        id=workflow_id_of(order.organization_id, order.request_id),
        task_queue=world.task_queue,
    )

    ended = await world.result(handle)
    assert (ended.outcome, ended.code) == ("refused", "UNACCEPTABLE_TEXT")
    assert world.store.organization(order.organization_id) is None


async def test_what_temporals_own_cancel_says_is_cleaned(world: World) -> None:
    """A cancel can't be refused: its reason is recorded, and everybody can read it."""
    order = world.order(world.organization(6, missing_usage_location=1))
    handle, _ = await world.start(order)
    await world.until_waiting(handle)

    await handle.cancel(reason="by h\x1band")

    assert (await world.result(handle)).outcome == "rolled_back"
    events: list[Any] = [each.event for each in world.source_events(order)]
    assert "by h\ufffdand" in {each.meta["reason"] for each in events}
    assert not any("\\x1b" in repr(vars(each)) for each in events)

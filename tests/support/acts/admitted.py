"""When a command begins to act: the server has it before a step has looked at it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHandle

from activities.signing.proof_contract import ADMIT
from tests.support.worlds.world import until


async def until_admitted(handle: WorkflowHandle[Any, Any], request_id: str) -> None:
    """Wait until a command of a run was let in, and the run has gone on with it."""

    async def is_in() -> bool:
        events = (await handle.fetch_history()).events
        asked = {each.event_id for each in events if _asks(each, request_id)}
        done = {
            each.event_id
            for each in events
            if each.activity_task_completed_event_attributes.scheduled_event_id in asked
        }
        return bool(done) and max(_tasks_done(events)) > min(done)

    await until(is_in, f"{request_id} was never let in")


def _asks(event: HistoryEvent, request_id: str) -> bool:
    facts = event.activity_task_scheduled_event_attributes
    told = b"".join(each.data for each in facts.input.payloads)
    return facts.activity_type.name == ADMIT.name and f'"request_id":"{request_id}"'.encode() in told


def _tasks_done(events: Iterable[HistoryEvent]) -> list[int]:
    kind = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    return [each.event_id for each in events if each.event_type == kind]

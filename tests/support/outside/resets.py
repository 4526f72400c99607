"""Where a run can be set back."""

from __future__ import annotations

from temporalio.api.enums.v1 import EventType

from tests.support.worlds.world import SwitchHandle

CHILD_INITIATED = EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED
TASK_COMPLETED = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED


async def tasks_before_child(handle: SwitchHandle) -> list[int]:
    """Return the ids of the tasks that were completed before the child was started, the newest first."""
    events = (await handle.fetch_history()).events
    first = next(each.event_id for each in events if each.event_type == CHILD_INITIATED)
    return [each.event_id for each in events if each.event_type == TASK_COMPLETED and each.event_id < first][
        ::-1
    ]

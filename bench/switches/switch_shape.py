"""What a switch asks of Temporal, read from a real switch's history and issued again without any content.

The floor and the peer get their shape from here, so that neither does more or less than the product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from temporalio.client import Client

STEP = "step"
LICENSES = "licenses"
TIMER = "timer"
UPSERT = "upsert"
#: A child that is waited for, and one that goes on by itself.
CHILD = "child"
WATCH = "watch"


@dataclass(frozen=True, kw_only=True)
class SwitchShape:
    """The commands of a switch's workflows, in their order."""

    switch: tuple[str, ...]
    license_move: tuple[str, ...]
    history_events: int

    @property
    def activities(self) -> int:
        """Return how many activities one switch takes."""
        return sum(each in {STEP, LICENSES} for each in (*self.switch, *self.license_move))


async def shape_of(client: Client, workflow_id: str) -> SwitchShape:
    """Return the shape of a switch that has completed, or of a floor's.

    Args:
        client: Temporal.
        workflow_id: The workflow; children that it waited for are counted with it.
    """
    parent = await _events(client, workflow_id)
    ended = [
        event.child_workflow_execution_completed_event_attributes.workflow_execution.workflow_id
        for event in parent
        if event.HasField("child_workflow_execution_completed_event_attributes")
    ]
    children = [await _events(client, each) for each in ended]
    return SwitchShape(
        switch=_commands(parent, ended),
        license_move=tuple(name for child in children for name in _commands(child, ended)),
        history_events=len(parent) + sum(len(child) for child in children),
    )


async def _events(client: Client, workflow_id: str) -> Sequence[Any]:
    return (await client.get_workflow_handle(workflow_id).fetch_history()).events


def _commands(events: Sequence[Any], ended: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for event in events if (name := _command(event, ended)))


def _command(event: Any, ended: Sequence[str]) -> str:
    if event.HasField("activity_task_scheduled_event_attributes"):
        queue = event.activity_task_scheduled_event_attributes.task_queue.name
        return LICENSES if queue.endswith("-licenses") else STEP
    if event.HasField("timer_started_event_attributes"):
        return TIMER
    if event.HasField("upsert_workflow_search_attributes_event_attributes"):
        return UPSERT
    if event.HasField("start_child_workflow_execution_initiated_event_attributes"):
        child = event.start_child_workflow_execution_initiated_event_attributes
        return CHILD if child.workflow_id in ended else WATCH
    return ""

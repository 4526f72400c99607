"""What is wrong with workflows, on the board: as the workers found it last, and how long ago that was.

A list asks no one but the database. A single switch is looked at in Temporal itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from temporalio.client import Client

from domain.operator.workflow_trouble import WorkflowTrouble
from ops.recovery.workflow_troubles import describe, troubles_of
from store.health.heartbeats import TROUBLES
from store.switch_store import SwitchStore

#: Beginning of the ids of the passes, which are children of a switch's workflow.
_PASSES = "licenses:"


def remedy_beside(wait_remedy: str, found: Sequence[WorkflowTrouble]) -> str:
    """Return what can be done about the wait of a switch whose workflows may be in trouble.

    Args:
        wait_remedy: What the board says; "" where nothing but waiting helps.
        found: What is wrong with its workflows.
    """
    if not found or not wait_remedy:
        return wait_remedy
    # What the stage waits for does not come while its workflow can't go on.
    return " ".join(dict.fromkeys(each.remedy for each in found))


def looked_seconds_ago(store: SwitchStore) -> float | None:
    """Return how old what is told of workflows is; None: nobody has looked yet."""
    rounds = [each.age_seconds for each in store.heartbeats() if each.part == TROUBLES]
    return min(rounds, default=None)


async def troubles_now(client: Client, workflow_id: str) -> list[WorkflowTrouble]:
    """Return what is wrong with a workflow, and with the pass over its users that it waits for, now.

    Raises:
        RPCError: Temporal does not answer.
    """
    found = await troubles_of(client, workflow_id)
    described = await describe(client, workflow_id)
    children = described.told.pending_children if described else []
    for each in children:
        if each.workflow_id.startswith(_PASSES):
            found += await troubles_of(client, each.workflow_id)
    return found

"""Runs that Temporal lists, open or closed lately, beside those of switches that the record holds open."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from temporalio.api.workflow.v1 import WorkflowExecutionInfo
from temporalio.client import Client

from domain.kernel.ids import is_workflow_of, switch_id_of_workflow
from services.temporal.workflow_runs import INVOICE, SWITCH, WAIT, FoundWorkflow, listed, listed_workflow

_TYPES = ", ".join(repr(each) for each in (SWITCH, WAIT, INVOICE))
_INVOICE_ID = re.compile(r"invoice:([0-9a-f-]{36})")


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedRun:
    """One run of a switch, of a request that waits, or of the watch over an invoice."""

    #: SWITCH, WAIT or INVOICE.
    kind: str
    switch_id: str
    #: "" where the id of the workflow tells the switch alone.
    organization_id: str
    workflow_id: str
    #: A closed run as it is listed; None: it is open, and who looks at it asks for more.
    closed: FoundWorkflow | None


async def runs_since(
    client: Client, task_queue: str, since: datetime, *, excluded: Collection[str] = ()
) -> AsyncIterator[ListedRun]:
    """Yield the runs that are open, and those that were closed since an instant, the newest first.

    Args:
        client: Of Temporal.
        task_queue: Queue of our workflows.
        since: Runs that were closed before are left out.
        excluded: Workflows whose open runs somebody looks at already.
    """
    closed = f"CloseTime > '{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'"
    for which in ("CloseTime IS NULL", closed):
        async for each in listed(client, f"WorkflowType IN ({_TYPES}) AND {which}", task_queue):
            run = _run_of(each, is_closed=which == closed)
            if run is not None and (run.closed is not None or run.workflow_id not in excluded):
                yield run


def _run_of(info: WorkflowExecutionInfo, *, is_closed: bool) -> ListedRun | None:
    """Return a run; None where its id is none that the product gives."""
    kind, workflow_id = info.type.name, info.execution.workflow_id
    invoice = _INVOICE_ID.fullmatch(workflow_id)
    switch_id = invoice.group(1) if invoice else switch_id_of_workflow(workflow_id)
    if kind == INVOICE:
        is_ours = invoice is not None
    else:
        is_ours = is_workflow_of(workflow_id, switch_id, waits=kind == WAIT)
    if not is_ours:
        return None
    return ListedRun(
        kind=kind,
        switch_id=switch_id,
        organization_id="" if invoice else workflow_id.split(":")[1],
        workflow_id=workflow_id,
        closed=listed_workflow(info) if is_closed else None,
    )

"""Which runs of our workflows Temporal lists: those that have closed, and those of one switch."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from temporalio.api.workflow.v1 import WorkflowExecutionInfo
from temporalio.client import Client

from domain.kernel.ids import switch_id_of_workflow, wait_workflow_id_of, workflow_id_of
from services.temporal.workflow_runs import INVOICE, PASS, SWITCH, WAIT, listed, listed_workflow
from store.record.histories import ClosedRun

_TYPES = ", ".join(repr(each) for each in (SWITCH, PASS, WAIT, INVOICE))
#: Prefix of the ids of each type.
_PREFIXES = {SWITCH: "switch:", PASS: "licenses:", WAIT: "wait:", INVOICE: "invoice:"}
_SWITCH_IN_ID = re.compile(r"(?:licenses|invoice):([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?::.*)?")


def switch_of_run(workflow_type: str, workflow_id: str) -> str | None:
    """Return the switch to which a workflow belongs; None where its id is none that the product gives."""
    prefix = _PREFIXES.get(workflow_type)
    if prefix is None or not workflow_id.startswith(prefix):
        return None
    if workflow_type in {SWITCH, WAIT}:
        return switch_id_of_workflow(workflow_id)
    in_id = _SWITCH_IN_ID.fullmatch(workflow_id)
    return in_id.group(1) if in_id else None


async def closed_runs(
    client: Client, task_queue: str, *, since: datetime | None = None, until: datetime | None = None
) -> AsyncIterator[ClosedRun]:
    """Yield the closed runs of our workflows, as Temporal lists them.

    Args:
        client: Of Temporal.
        task_queue: Queue of our workflows.
        since: Only runs that closed after that; None: everything that Temporal still has.
        until: Only runs that closed before that.

    Raises:
        RPCError: Temporal does not answer.
    """
    query = f"WorkflowType IN ({_TYPES}) AND CloseTime IS NOT NULL"
    query += f" AND CloseTime > '{_text(since)}'" if since else ""
    query += f" AND CloseTime < '{_text(until)}'" if until else ""
    async for each in listed(client, query, task_queue):
        run = _run_of(each)
        if run is not None:
            yield run


async def runs_of_switch(
    client: Client, task_queue: str, *, switch_id: str, organization_id: str, request_id: str
) -> list[WorkflowExecutionInfo]:
    """Return every run of the workflows of a switch that Temporal still has, open ones too.

    Args:
        client: Of Temporal.
        task_queue: Queue of our workflows.
        switch_id: The switch.
        organization_id: Whose it is.
        request_id: The request that led to it.

    Raises:
        RPCError: Temporal does not answer.
    """
    names = [
        workflow_id_of(organization_id, request_id),
        wait_workflow_id_of(organization_id, request_id),
        f"invoice:{switch_id}",
    ]
    named = ", ".join(_quoted(each) for each in names)
    query = f"WorkflowId IN ({named}) OR WorkflowId STARTS_WITH 'licenses:{switch_id}:'"
    return [
        each
        async for each in listed(client, query, task_queue)
        if switch_of_run(each.type.name, each.execution.workflow_id) == switch_id
    ]


def _run_of(info: WorkflowExecutionInfo) -> ClosedRun | None:
    switch_id = switch_of_run(info.type.name, info.execution.workflow_id)
    run = listed_workflow(info)
    if switch_id is None or run.closed_at is None:
        return None
    return ClosedRun(
        workflow_id=info.execution.workflow_id,
        run_id=run.run_id,
        switch_id=switch_id,
        workflow_type=info.type.name,
        status=run.status,
        closed_at=run.closed_at,
    )


def _text(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _quoted(text: str) -> str:
    """Return a text as a literal of Temporal's lists: a request id may hold a quotation mark."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"

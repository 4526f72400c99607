"""Whether the histories that Temporal is about to delete are in the archive (ADR 38)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

import psycopg
from temporalio.api.workflowservice.v1 import DescribeNamespaceResponse
from temporalio.client import Client

from domain.kernel.errors import PlanSwitchError
from ops.readiness.part_state import EVENT_STORE, HISTORIES, PartState, ok, unknown, warning
from projections.running.schema import connected
from services.histories.closed_runs import closed_runs
from store.record.histories import ClosedRun, RunName, archived_runs

#: Closed workflows have no archived history, and Temporal deletes theirs soon.
HISTORIES_EXPIRE = "HISTORIES_EXPIRE"
#: This Temporal does not list closed workflows, so nobody can tell.
HISTORIES_UNSEEN = "HISTORIES_UNSEEN"
#: So long before Temporal deletes a history, that it is not archived is a warning.
WARNED_BEFORE = timedelta(days=1)
#: Runs that are looked at: where nothing is archived, the first ones show it.
RUNS_MAX = 500
#: Switches that are named.
_NAMED_MAX = 5
_ID_LENGTH = 8
_REMEDY = (
    "Workers archive once a minute while Temporal and PostgreSQL answer: start one with `planswitch worker`, "
    "and look for `history_not_archived` and `history_archive_failed` in its log. Until then lengthen the "
    "retention: `temporal operator namespace update --namespace NAME --retention 60d`."
)


async def expiring_runs(
    client: Client, task_queue: str, namespace: DescribeNamespaceResponse, now: datetime | None = None
) -> tuple[ClosedRun, ...]:
    """Return closed runs whose histories Temporal deletes within WARNED_BEFORE, RUNS_MAX at most.

    Args:
        client: Of Temporal.
        task_queue: Queue of our workflows.
        namespace: As Temporal describes it: it has the retention.
        now: The present instant; the clock's where None.

    Raises:
        RPCError: Temporal does not answer.
    """
    retention = namespace.config.workflow_execution_retention_ttl.ToTimedelta()
    # Where everything is deleted within a day, the second half of that time counts.
    margin = min(WARNED_BEFORE, retention / 2)
    until = (now or datetime.now(tz=UTC)) - retention + margin
    runs: list[ClosedRun] = []
    async for run in closed_runs(client, task_queue, until=until):
        runs.append(run)
        if len(runs) == RUNS_MAX:
            break
    return tuple(runs)


def look_at_archive(database_url: str, expiring: Sequence[ClosedRun] | None) -> PartState:
    """Look which of the runs that expire have no archived history.

    Args:
        database_url: PostgreSQL of the event store.
        expiring: `expiring_runs`; None: Temporal answers, and lists none.
    """
    if expiring is None:
        detail = "this Temporal does not list closed workflows"
        remedy = "Let the workers and this process list the workflows of its namespace."
        return warning(HISTORIES, HISTORIES_UNSEEN, detail, remedy)
    if not expiring:
        return histories_state(expiring, ())
    try:
        with connected(database_url) as connection:
            archived = archived_runs(connection, [each.name for each in expiring])
    except (PlanSwitchError, psycopg.Error):
        return unknown(HISTORIES, EVENT_STORE)
    return histories_state(expiring, archived)


def histories_state(expiring: Sequence[ClosedRun], archived: Collection[RunName]) -> PartState:
    """Judge the archive by the runs that Temporal deletes soon."""
    missing = [each for each in expiring if each.name not in archived]
    figures = {"missing": float(len(missing))}
    if not missing:
        return ok(HISTORIES, "no closed workflow is without an archived history", figures)
    switches = sorted({each.switch_id[:_ID_LENGTH] for each in missing})
    more = f" and {len(switches) - _NAMED_MAX} more" if len(switches) > _NAMED_MAX else ""
    count = "1 closed workflow has" if len(missing) == 1 else f"{len(missing)} closed workflows have"
    return warning(
        HISTORIES,
        HISTORIES_EXPIRE,
        f"{count} no archived history, and Temporal deletes theirs within a day",
        _REMEDY,
        cause=f"switches {', '.join(switches[:_NAMED_MAX])}{more}",
        figures=figures,
    )

"""Histories outlive Temporal in the archive, and replay from it alone (ADR 38)."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import psycopg
import pytest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, RegisterNamespaceRequest

from domain.kernel.errors import AuditMismatch
from domain.kernel.ids import workflow_id_of
from ops.readiness.history_checks import HISTORIES_EXPIRE, expiring_runs, look_at_archive
from services.histories.archive import HistoryArchive
from tests.support.clouds.plain_http import WITHOUT_TLS
from tests.support.consoles.console_world import COLUMNS, KEY, ConsoleWorld, running_console, start_body

MISMATCH = 9


def archive_of(console: ConsoleWorld) -> HistoryArchive:
    """Return the archive of a world; its worker has none, so that a test says when a round comes."""
    world = console.world
    return HistoryArchive(world.client, world.store, task_queue=world.task_queue)


@asynccontextmanager
async def forgetful(console: ConsoleWorld) -> AsyncIterator[ConsoleWorld]:
    """Yield a console on the same database, and on a Temporal namespace that never had a switch."""
    namespace = f"empty-{uuid.uuid4().hex}"
    request = RegisterNamespaceRequest(namespace=namespace)
    request.workflow_execution_retention_period.FromTimedelta(timedelta(days=1))
    await console.world.client.workflow_service.register_namespace(request)
    settings = console.settings.model_copy(update={"temporal_namespace": namespace})
    with (
        running_console(settings) as url,
        httpx2.Client(verify=WITHOUT_TLS, base_url=url, headers={"X-API-Key": KEY}, timeout=30) as http,
    ):
        yield replace(console, url=url, http=http, settings=settings)


async def ended_switch(console: ConsoleWorld, *, seed: int = 1) -> dict[str, Any]:
    """Return the row of a switch whose workflow has closed, of the organization of a seed."""
    organization = await console.organization(seed=seed, users=5)
    answer = await console.post("/api/switches", start_body(organization))
    row = await console.ended(answer.json()["switch_id"])
    await handle_of(console, row).result()
    return row


def handle_of(console: ConsoleWorld, row: dict[str, Any]) -> Any:
    """Return the workflow of a switch."""
    return console.world.client.get_workflow_handle(workflow_id_of(row["organization_id"], row["request_id"]))


def runs_by_type(replay: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the runs of a replay by the type of their workflow."""
    return {each["workflow_type"]: each for each in replay["runs"]}


async def test_a_history_replays_from_the_archive_alone(console: ConsoleWorld) -> None:
    """A Temporal that knows nothing of the switch is no loss: the archive has it. A second round is idle."""
    row = await ended_switch(console)
    archive = archive_of(console)

    before = (await console.get(f"/api/switches/{row['switch_id']}/replay")).json()
    first, second = await archive.run_once(), await archive.run_once()
    anew = await archive_of(console).run_once()
    async with forgetful(console) as years_later:
        after = (await years_later.get(f"/api/switches/{row['switch_id']}/replay")).json()

    assert (before["result"], runs_by_type(before)["PlanSwitch"]["source"]) == ("replays", "temporal")
    # The switch and its license move; the watch over the invoice is still open.
    assert (first.archived >= 2, second.archived, anew.archived) == (True, 0, 0)
    switch = runs_by_type(after)["PlanSwitch"]
    assert (switch["source"], switch["result"], switch["status"]) == ("archive", "replays", "completed")
    assert switch["events"] == runs_by_type(before)["PlanSwitch"]["events"]
    assert runs_by_type(after)["LicenseMove"]["source"] == "archive"
    assert after["result"] == "replays"


async def test_a_history_that_nobody_kept_is_missing_with_the_reason(console: ConsoleWorld) -> None:
    """The record names the run; where Temporal deleted it before a round, that is told, with exit code 9."""
    row = await ended_switch(console)

    async with forgetful(console) as years_later:
        ran = await years_later.run("audit", "replay", row["switch_id"][:8])
        every = await years_later.run("audit", "replay", "--all", "--json")

    assert (ran.code, every.code) == (MISMATCH, MISMATCH)
    assert "NO HISTORY: of a run below there is no history; what there is replays." in ran.out
    assert "Temporal has deleted the history" in ran.out
    assert ran.longest_line <= COLUMNS
    (line,) = every.out.splitlines()
    assert json.loads(line)["result"] == "no_history"


async def test_the_command_tells_every_run(console: ConsoleWorld) -> None:
    """`audit replay` names each run with where its history is; `--all` has a line for each switch.

    A round archives what has closed since the one before.
    """
    archive = archive_of(console)
    await ended_switch(console)
    await archive.run_once()
    row = await ended_switch(console, seed=2)
    assert (await archive.run_once()).archived >= len({"the switch", "its license move"})

    ran = await console.run("audit", "replay", row["switch_id"])
    every = await console.run("audit", "replay", "--all")
    neither = await console.run("audit", "replay")

    assert (ran.code, every.code, neither.code) == (0, 0, 2)
    assert "REPLAYS: today's program decides as every history of this switch has it." in ran.out
    assert "from the archive of" in ran.out
    assert max(ran.longest_line, every.longest_line) <= COLUMNS
    # The newest first.
    assert every.out.startswith(f"{row['switch_id'][:8]}  replays")
    assert "2 switches: 2 replays" in every.err


async def test_an_altered_history_is_told(console: ConsoleWorld) -> None:
    """The table refuses a change; where its guard was taken off, the digest tells of other bytes."""
    row = await ended_switch(console)
    await archive_of(console).run_once()
    run = next(
        each
        for each in console.world.store.archived_runs(row["switch_id"])
        if each.workflow_type == "PlanSwitch"
    )
    change = "UPDATE planswitch.workflow_history SET history = history || '\\x00'::bytea"

    owner_url = console.settings.database_owner_url.get_secret_value()
    with psycopg.connect(owner_url, autocommit=True) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(change)
        connection.execute("ALTER TABLE planswitch.workflow_history DISABLE TRIGGER append_only")
        connection.execute("UPDATE planswitch.workflow_history SET history = '\\x00'::bytea")
    replay = (await console.get(f"/api/switches/{row['switch_id']}/replay")).json()

    with pytest.raises(AuditMismatch):
        console.world.store.archived_history(run.workflow_id, run.run_id)
    assert replay["result"] == "altered"
    assert "was altered" in runs_by_type(replay)["PlanSwitch"]["why"]


async def test_a_history_that_expires_before_it_is_archived_is_named(console: ConsoleWorld) -> None:
    """A day before its retention ends, a closed switch without an archived history is a warning."""
    row = await ended_switch(console)
    world, url = console.world, console.settings.required_database_url()
    namespace = await world.client.workflow_service.describe_namespace(
        DescribeNamespaceRequest(namespace=world.client.namespace)
    )
    retention = namespace.config.workflow_execution_retention_ttl.ToTimedelta()
    expiry = datetime.now(tz=UTC) + retention

    now = await expiring_runs(world.client, world.task_queue, namespace)
    later = await expiring_runs(world.client, world.task_queue, namespace, expiry)
    before = look_at_archive(url, later)
    await archive_of(console).run_once()
    after = look_at_archive(url, later)

    assert (now, {each.switch_id for each in later}) == ((), {row["switch_id"]})
    assert (before.code, after.state) == (HISTORIES_EXPIRE, "ok")
    assert row["switch_id"][:8] in before.cause

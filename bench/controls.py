"""How fast a pause takes effect in the middle of a move, and whether a roll-back restores everyone.

One switch on a stack of its own is paused at half of its users, resumed, and rolled back a little later. What
counts is the sandbox's journal: when the last license changed after the pause was asked for, and whether each
user has at the end what they had at the start, service by service.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cli.base.client import ConsoleClient, client_of_stack
from cli.stack.demo import SEED_DEFAULT
from cli.stack.sandbox_client import SandboxClient
from cli.switch.progress import follow
from client.api import controls as controls_api
from client.api import switches as switches_api
from client.client import Request
from console.models.switches import ShownSwitch, SwitchStarted
from domain.catalog.catalog import load_catalog
from domain.switch.stage import Stage
from ops.stack.embedded import Ports, embedded_stack
from ops.stack.postgres_binaries import temporary_data_folder
from sandbox.kernel.journal import JOURNAL_NAME
from sandbox.referee.assignments import Assignments, read_assignments
from services.answers import CommandTaken

USERS_DEFAULT = 300_000
#: Shares of the users moved at which the switch is paused, and rolled back.
PAUSE_AT, ROLL_BACK_AT = 0.5, 0.52
#: The pause is watched for so long: longer than it may take.
WATCH_SECONDS = 5.0
POLL_SECONDS = 0.05
#: Where a machine is fast enough to move a few thousand users between two looks, requests are slowed down.
SMALL_USERS, SMALL_LATENCY_MS = 20_000, 400
PATIENCE_SECONDS = 7_200.0
_BODY = {"reason": "bench"}


@dataclass(kw_only=True)
class _Run:
    """One switch on a running stack."""

    console: ConsoleClient
    switch_id: str
    organization_id: str
    journal: Path
    users: int

    def command(self, request: Request) -> None:
        """Send a command."""
        self.console.ask(CommandTaken, request)

    def row(self) -> ShownSwitch:
        """Return the board's row."""
        return self.console.ask(ShownSwitch, switches_api.show_switch.request(self.switch_id))

    def until(self, is_so: Callable[[ShownSwitch], bool]) -> None:
        """Wait until the board shows something."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_so(row := self.row()):
            assert not row.outcome, f"the switch ended as {row.outcome} before it was stopped"
            assert time.monotonic() < deadline, row
            time.sleep(POLL_SECONDS)

    def assignments(self) -> Assignments:
        """Return what the sandbox's journal says now."""
        return read_assignments(self.journal, self.organization_id)


def measure(users: int) -> dict[str, Any]:
    """Pause, resume and roll back one switch of so many users, and return what the journal says."""
    folder = temporary_data_folder("planswitch-bench-")
    try:
        with embedded_stack(folder, Ports.free()) as stack:
            (journal,) = folder.rglob(JOURNAL_NAME)
            with (
                SandboxClient(stack.state.urls["sandbox"]) as sandbox,
                client_of_stack(stack.state.urls["console"], stack.state.api_key_file) as console,
            ):
                return _measured(_started(sandbox, console, journal, users), sandbox)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def summarize(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the run with the slowest pause: the worst one counts."""
    return max(results, key=lambda result: float(result["pause_seconds"])) | {"runs": len(results)}


def _started(sandbox: SandboxClient, console: ConsoleClient, journal: Path, users: int) -> _Run:
    catalog = load_catalog()
    source, target = (catalog.find(name).plan_id for name in ("E1", "E3"))
    made = sandbox.create_organization({"seed": SEED_DEFAULT, "users": users, "plan_id": source})
    if users < SMALL_USERS:
        sandbox.change_settings({"latency_ms": SMALL_LATENCY_MS})
    body = {
        "organization_id": made.organization_id,
        "source_subscription_id": made.subscription_id,
        "target_plan": target,
        "accept": True,
        "reason": "bench",
    }
    switch_id = console.ask(SwitchStarted, switches_api.start_switch.request(body=body)).switch_id
    return _Run(
        console=console,
        switch_id=switch_id,
        organization_id=made.organization_id,
        journal=journal,
        users=users,
    )


def _measured(run: _Run, sandbox: SandboxClient) -> dict[str, Any]:
    run.until(lambda row: row.moved >= PAUSE_AT * run.users)
    asked_at = datetime.now(UTC)
    run.command(controls_api.pause_switch.request(run.switch_id, body=_BODY))
    answered_at = datetime.now(UTC)
    time.sleep(max(0.0, WATCH_SECONDS - (answered_at - asked_at).total_seconds()))
    watched_at = datetime.now(UTC)
    paused = run.assignments()
    last_at = paused.last_change_before(watched_at) or asked_at
    shown = run.row().stage
    run.command(controls_api.resume_switch.request(run.switch_id, body=_BODY))
    run.until(lambda row: row.moved >= ROLL_BACK_AT * run.users)
    back_at = time.monotonic()
    run.command(controls_api.roll_back_switch.request(run.switch_id, body=_BODY))
    ended = follow(run.console, run.switch_id, lambda _row: None, timeout_seconds=PATIENCE_SECONDS)
    back_seconds = time.monotonic() - back_at
    final = run.assignments()
    referee = sandbox.referee(run.organization_id)
    return {
        "users": run.users,
        "stage_while_paused": shown,
        "pause_seconds": round(max(0.0, (last_at - asked_at).total_seconds()), 3),
        "pause_answer_seconds": round((answered_at - asked_at).total_seconds(), 3),
        "moved_at_pause": sum(held != paused.at_start[user] for user, held in paused.now.items()),
        "outcome": ended.outcome,
        "roll_back_seconds": round(back_seconds, 1),
        "users_restored": final.restored,
        "is_restored": ended.outcome == Stage.ROLLED_BACK and final.restored == run.users,
        "orphan_orders": referee["orphan_orders"],
        "unlicensed_user_seconds": referee["unlicensed_user_seconds"],
        "data_service_gap_user_seconds": referee["data_service_gap_user_seconds"],
    }

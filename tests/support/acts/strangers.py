"""Somebody without the command key, who has Temporal's port and the `temporal` program."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import uuid
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from activities.contract import SwitchOrder
from domain.switch.outside_events import OutsideActFound
from ops.stack.temporal_server import temporal_binary
from tests.support.worlds.world import World, meta_of

#: Whom a stranger would like the record to name.
CEO = "ceo@customer.example"
_NOBODY = 65_534
_COMMAND = {"request_id": "r-1", "actor": CEO, "reason": "no key"}
_DECISION = {"decision_id": "d-1", "verdict": "approved", "decided_by": "operator"}
#: What a stranger would like to pay for a switch that waits: anything.
ACCEPTED = {
    "until": "2026-12-24T00:00:00+00:00",
    "currency": "EUR",
    "total_minor_units_max": 10**9,
    "forfeited_minor_units_max": 10**9,
}
#: Update -> what a stranger sends.
MESSAGES: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("retry_failed", "cancel", "roll_back", "pause", "resume", "look"), _COMMAND),
    "decide_credit": {**_DECISION, "actor": CEO, "reason": "no key"},
    "extend_credit": {**_COMMAND, "days": 2},
    "skip_user": {**_COMMAND, "user_key": str(uuid.uuid4()), "is_loss_accepted": True},
    "retry_users": {**_COMMAND, "user_keys": [str(uuid.uuid4())]},
    "amend": {**_COMMAND, "quantity": 3, "accepted_digest": "0" * 64},
    "take_step": {**_COMMAND, "step": "buy"},
    "reschedule": {**_COMMAND, "accepted": ACCEPTED, "quote": {}, "is_price_accepted": True},
}
#: They answer where a request stands and act on nothing.
UPDATES_THAT_READ = {"await_request", "await_begun"}


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the program said."""

    code: int
    text: str


async def temporal(world: World, *arguments: str) -> Told:
    """Run the `temporal` program against the server of a world, as an account that may read no key."""
    address = world.client.service_client.config.target_host
    command = [str(temporal_binary()), *arguments, "--address", address, "--command-timeout", "60s"]
    may_change = os.geteuid() == 0 and is_reachable()
    account: dict[str, Any] = {"user": _NOBODY, "group": _NOBODY, "extra_groups": ()} if may_change else {}
    run = partial(
        subprocess.run,
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"HOME": "/nonexistent", "PATH": "/usr/bin:/bin"},
        **account,
    )
    done = await asyncio.to_thread(run)
    return Told(code=done.returncode, text=done.stdout + done.stderr)


def is_reachable() -> bool:
    """Tell whether another account may run the program where it is."""
    folders = temporal_binary().resolve().parents
    return all(each.stat().st_mode & 0o001 for each in folders)


async def update(world: World, workflow_id: str, name: str, message: dict[str, Any]) -> Told:
    """Send an update by hand."""
    command = ("workflow", "update", "execute", "--workflow-id", workflow_id, "--name", name)
    return await temporal(world, *command, "--input", json.dumps(message))


async def start(world: World, kind: str, workflow_id: str, message: dict[str, Any]) -> Told:
    """Start a workflow by hand."""
    command = ("workflow", "start", "--type", kind, "--workflow-id", workflow_id)
    return await temporal(world, *command, "--task-queue", world.task_queue, "--input", json.dumps(message))


def plain(order: SwitchOrder, **changes: Any) -> dict[str, Any]:
    """Return an order as JSON."""
    facts: dict[str, Any] = json.loads(json.dumps({**asdict(order), **changes}, default=str))
    return facts


def actors(world: World, order: SwitchOrder) -> set[str]:
    """Return everybody whom an event of the organization or of its subscriptions names."""
    events = [*world.source_events(order), *world.target_events(order), *world.organization_events(order)]
    return {str(meta_of(each)["actor"]) for each in events}


def named_anywhere(world: World) -> set[str]:
    """Return everybody whom any event of the store names."""
    found, position = set[str](), 0
    while page := world.store.notifications(position):
        found |= {str(meta_of(each)["actor"]) for each in page if hasattr(each.event, "meta")}
        position = page[-1].id
    return found


def acts(world: World, order: SwitchOrder) -> list[OutsideActFound]:
    """Return the outside acts that are recorded of a switch."""
    return [each.event for each in world.source_events(order) if isinstance(each.event, OutsideActFound)]

"""Kind: a way into Temporal that nobody thought of when the others were tried (ADR 19).

The lists are those of the `temporal` program and of the workflows themselves, so that a new one fails here.
"""

from __future__ import annotations

import json
import re
import subprocess
from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio import workflow

from activities.contract import SYSTEM_ACTOR, SwitchOrder
from domain.switch.outside_events import (
    ANSWER_STEP,
    CANCEL,
    PAUSE_STEP,
    RESET,
    SIGNAL,
    TERMINATE,
    UNPAUSE_STEP,
)
from ops.stack.temporal_server import temporal_binary
from tests.support.acts.strangers import (
    CEO,
    MESSAGES,
    UPDATES_THAT_READ,
    Told,
    actors,
    acts,
    named_anywhere,
    plain,
    temporal,
)
from tests.support.outside.forged_results import pending
from tests.support.worlds.credit import CreditCase
from tests.support.worlds.lost import newest_run, reconcile_until, reconciler_of
from tests.support.worlds.world import ACTOR, World
from workflows.workflow_types import WORKFLOWS

#: Commands that change nothing.
READS = {
    "count",
    "describe",
    "fix-history-json",
    "list",
    "metadata",
    "query",
    "result",
    "show",
    "stack",
    "trace",
}
#: Command on a workflow -> file in which it is tried, beside this one.
ON_WORKFLOWS = {
    "cancel": "here",
    "delete": "here",
    "execute": "test_strangers.py: as start",
    "execute-update-with-start": "here",
    "pause": "here",
    "reset": "here",
    "signal": "here",
    "signal-with-start": "here",
    "start": "test_strangers.py",
    "start-update-with-start": "here",
    "terminate": "here",
    "unpause": "here",
    "update": "test_strangers.py",
    "update-options": "here",
}
#: Command on a step -> file in which it is tried. Those on a step of its own can't name one of a workflow.
ON_STEPS = {
    "cancel": "a step of its own alone",
    "complete": "test_strangers.py",
    "delete": "a step of its own alone",
    "execute": "test_outside_activities.py: as start",
    "fail": "here",
    "pause": "here",
    "reset": "here",
    "start": "test_outside_activities.py",
    "terminate": "a step of its own alone",
    "unpause": "here",
    "update-options": "here",
}
#: Signal -> file in which it is tried.
SIGNALS = {"look_now": "test_outside_passes.py"}


def commands_on(subject: str) -> set[str]:
    """Return what the program can do with a `workflow` or an `activity`."""
    shown = subprocess.run(
        [str(temporal_binary()), subject, "--help"], capture_output=True, text=True, check=True, timeout=60
    )
    listed = shown.stdout.partition("Available Commands:")[2].partition("Flags:")[0]
    return set(re.findall(r"^  ([a-z-]+) ", listed, re.MULTILINE))


@pytest.mark.parametrize(("subject", "tried"), [("workflow", ON_WORKFLOWS), ("activity", ON_STEPS)])
def test_no_command_of_the_program_is_forgotten(subject: str, tried: dict[str, str]) -> None:
    """A command that a newer program has is tried here, or known to change nothing."""
    assert commands_on(subject) - READS == set(tried)


def test_no_message_of_a_workflow_is_forgotten() -> None:
    """Updates and signals of every workflow that the worker runs, by their definitions."""
    kinds = [workflow._Definition.must_from_class(each) for each in WORKFLOWS]

    assert {name for each in kinds for name in each.updates} == set(MESSAGES) | UPDATES_THAT_READ
    assert {name for each in kinds for name in each.signals} == set(SIGNALS)


async def test_no_command_on_a_workflow_names_a_person(world: World, case: CreditCase) -> None:
    """One after the other, each in the name of somebody else, on a switch that waits."""
    order, name = case.order, case.handle.id
    reconciler = reconciler_of(world)
    told = {
        "signal": await on(world, "signal", name, "--name", "approve", "--input", f'"{CEO}"'),
        "signal-with-start": await _signal_with_start(world, order, name),
        "pause": await on(world, "pause", name, "--reason", f"by {CEO}"),
        "unpause": await on(world, "unpause", name, "--reason", f"by {CEO}"),
        "update-options": await on(
            world, "update-options", name, "--versioning-override-behavior", "auto_upgrade"
        ),
    }
    refused = [await _update_with_start(world, order, name, kind) for kind in ("start", "execute")]
    await reconciler.run_once()
    told["reset"] = await on(world, "reset", name, "--event-id", "4", "--reason", f"by {CEO}")
    await world.until_stage(newest_run(world, order), "credit_check")
    await reconciler.run_once()
    told["terminate"] = await on(world, "terminate", name, "--reason", f"by {CEO}")
    await reconcile_until(reconciler, lambda: TERMINATE in {each.act for each in acts(world, order)})
    await world.until_stage(newest_run(world, order), "credit_check")
    told["delete"] = await on(world, "delete", name, "--yes")
    await reconcile_until(reconciler, lambda: _restarts(world, order) == 2)
    await world.until_stage(newest_run(world, order), "credit_check")
    told["cancel"] = await on(world, "cancel", name)
    result = await world.result(newest_run(world, order))
    await reconcile_until(reconciler, lambda: CANCEL in {each.act for each in acts(world, order)})

    # A server may know no pause of a workflow: then the command is refused, and nothing was done.
    assert {command for command, each in told.items() if each.code} <= {"pause", "unpause"}, told
    assert [each.code != 0 and "COMMAND_UNSIGNED" in each.text for each in refused] == [True, True], refused
    assert {each.act for each in acts(world, order)} >= {SIGNAL, RESET, TERMINATE, CANCEL}
    assert {str(each.meta["actor"]) for each in acts(world, order)} == {"temporal"}
    assert (result.outcome, CEO in named_anywhere(world)) == ("cancelled", False)
    assert actors(world, order) <= {ACTOR, SYSTEM_ACTOR, "temporal", "reconciler"}


async def test_no_command_on_a_step_names_a_person(world: World) -> None:
    """On a step that runs: its options, its attempts and its end, by hand."""
    order = world.order(world.organization())
    ambush = world.ambushes.lay(order.switch_id, "purchase.order_replacement:begin")
    handle, _ = await world.start(order)
    await world.until(ambush.is_reached.is_set)
    named = ("-w", handle.id, "--activity-id", (await pending(world, handle.id)).activity_id)
    told = {
        "pause": await temporal(world, "activity", "pause", *named, "--reason", f"by {CEO}"),
        "unpause": await temporal(world, "activity", "unpause", *named),
        "reset": await temporal(world, "activity", "reset", *named),
        "update-options": await temporal(
            world, "activity", "update-options", *named, "--retry-maximum-attempts", "1"
        ),
    }
    await reconciler_of(world).run_once()
    told["fail"] = await temporal(world, "activity", "fail", *named, "--reason", f"by {CEO}")
    world.ambushes.go_on(order.switch_id)
    result = await world.result(handle)
    await reconcile_until(
        reconciler_of(world), lambda: ANSWER_STEP in {each.act for each in acts(world, order)}
    )

    assert {command: each.text for command, each in told.items() if each.code} == {}
    # A pause that was ended before a round looked has left nothing but its end.
    assert {each.act for each in acts(world, order)} - {PAUSE_STEP, UNPAUSE_STEP} == {ANSWER_STEP}
    assert (result.outcome, CEO in named_anywhere(world)) == ("failed", False)
    assert actors(world, order) <= {ACTOR, SYSTEM_ACTOR, "temporal"}
    assert not any(world.failings(order).values())


async def on(world: World, command: str, workflow_id: str, *arguments: str) -> Told:
    """Run a command on a workflow."""
    return await temporal(world, "workflow", command, "--workflow-id", workflow_id, *arguments)


def _begun(world: World, order: SwitchOrder) -> tuple[str, ...]:
    message = json.dumps(plain(order, actor=CEO))
    return ("--type", "PlanSwitch", "--task-queue", world.task_queue, "--input", message)


async def _signal_with_start(world: World, order: SwitchOrder, name: str) -> Told:
    signal = ("--signal-name", "approve", "--signal-input", f'"{CEO}"')
    return await on(world, "signal-with-start", name, *signal, *_begun(world, order))


async def _update_with_start(world: World, order: SwitchOrder, name: str, kind: str) -> Told:
    update: dict[str, Any] = MESSAGES["pause"] | {"reason": f"{kind} {datetime.now(UTC).isoformat()}"}
    sent = ("--update-name", "pause", "--update-input", json.dumps(update))
    wait = ("--update-wait-for-stage", "accepted") if kind == "start" else ()
    policy = ("--id-conflict-policy", "UseExisting")
    return await on(world, f"{kind}-update-with-start", name, *sent, *wait, *policy, *_begun(world, order))


def _restarts(world: World, order: SwitchOrder) -> int:
    return world.source_topics(order).count("workflow-restarted")

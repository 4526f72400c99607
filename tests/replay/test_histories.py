"""Recorded histories replay with today's workflows: running switches survive a new version."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from temporalio import workflow

from tests.support.worlds.replaying import HISTORIES, PROJECT, history_of, read, replayer

SCENARIOS = {
    *("completed", "refused", "cancelled", "failed", "held-then-retried"),
    *(f"credit-{verdict}" for verdict in ("approved", "declined", "expired")),
    *("rolled-back", "stuck-then-retried", "lost-then-resumed", "completed-invoice", "waited", "rescheduled"),
    *("void-window-warned", "amended-then-retried", "provisioning-waited-on", "provisioning-expired"),
    *("provisioning-waited-on-unshown", "provisioning-expired-unshown"),
    *("retried-until-held", "retry-refused-until-held", "alarmed-twice"),
    *("reset-while-moving", "results-forged", "resumed-after-reset"),
    *("signed-commands", "command-refused", "start-refused", "wait-refused"),
    *("manual-steps", "manual-steps-licenses-1"),
    *("licenses-only", "licenses-only-licenses-1"),
    *("licenses-only-rolled-back", "licenses-only-rolled-back-licenses-1"),
}
COMMANDS = Path(__file__).with_name("commands.json")
#: Calls that become commands in a history, or decide when the next one comes.
COMMAND_CALLS = frozenset(
    [
        "execute_activity",
        "execute_child_workflow",
        "wait_condition",
        "upsert_search_attributes",
        "patched",
        "run_step",
        "_recorded",
        "_pass",
        "_ask_bureau",
        "step",
        "step_on",
        "enter",
        "undoable",
        "turnable",
        "place",
        "until_provisioned",
        "_run_pass",
        "interruptible",
        "until_resumed",
        "after_pilot",
        "_move_pilot",
        "hold_on_failure",
        "go_forward",
        "until_record_fits",
        "wait_for_retry",
        "until_done",
        "_until_done",
        "return_everyone",
        "_return_everyone",
        "take_back",
        "_return",
        "_record",
        "_record_missed",
        "_look",
        "start_child_workflow",
        "begin_invoice_watch",
        "sleep",
        "stop",
        "continue_as_new",
        "gather",
    ]
)
ADVICE = (
    "The commands of the workflows have changed. Switches that run for days replay their old history: put "
    "the new way behind `workflow.patched(ID)` with ID in workflows/base/versions.py, keep the histories of "
    "the old way, record those of the new alone (CONTRIBUTING.md, add a step), then write these calls to "
    "tests/replay/commands.json."
)


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
async def test_a_recorded_history_replays(path: Path) -> None:
    """Today's workflows issue the commands that the history has (contributing#stored-things-never-change)."""
    document = read(path)

    replayed = await replayer().replay_workflow(history_of(document))

    assert replayed.replay_failure is None


def test_every_way_a_switch_may_go_is_recorded() -> None:
    """Each outcome has its history, and so have the license moves (issue 2)."""
    names = {path.stem for path in HISTORIES}

    assert names >= SCENARIOS
    assert {f"{name}-licenses-1" for name in ("completed", "held-then-retried")} <= names


async def test_a_history_of_other_commands_is_refused() -> None:
    """The replay would notice a change of the workflow: a history with another step does not replay."""
    document = read(PROJECT / "tests" / "histories" / "completed.json")
    for event in document["events"]:
        scheduled = event.get("activityTaskScheduledEventAttributes", {})
        if scheduled.get("activityType", {}).get("name") == "cancellation.cancel_source":
            scheduled["activityType"]["name"] = "cancellation.something_else"

    with pytest.raises(workflow.NondeterminismError, match="something_else"):
        await replayer().replay_workflow(history_of(document))


def test_the_commands_of_the_workflows_are_the_recorded_ones() -> None:
    """A change of the commands needs a patch id and new histories (workflows/base/versions.py)."""
    found = {
        f"{path.stem}.{function.name}": commands
        for path in sorted((PROJECT / "workflows").rglob("*.py"))
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.AsyncFunctionDef | ast.FunctionDef)
        if (commands := commands_of(function))
    }

    assert found == json.loads(COMMANDS.read_text(encoding="utf-8")), ADVICE


def commands_of(function: ast.AST) -> list[str]:
    """Return the calls of a function that become commands, in the order of the text."""
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    calls.sort(key=lambda call: (call.lineno, call.col_offset))
    return [
        f"{name}({ast.unparse(call.args[0]) if call.args else ''})"
        for call in calls
        if (name := ast.unparse(call.func).split(".")[-1]) in COMMAND_CALLS
    ]

"""Commands for lost workflows and lost stores: `switch restart` and `reconcile`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.base.client import ConsoleClient, console_client
from cli.base.options import ChangedSwitch, Reason, require_yes
from cli.text import answers
from cli.text.output import JsonOption, fields, note, print_command, print_json, print_lines, short, wrapped
from cli.text.tables import table
from client.api import recovery as recovery_api
from domain.kernel.errors import PlanSwitchError

_INDENT = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class UnknownWorkflow:
    """Why nobody can tell how the workflow of a switch is."""

    trouble: str
    remedy: str
    state: str = "unknown"
    status: str = "unknown"


if TYPE_CHECKING:
    from services.recovery.reconciler import Finding

    WorkflowSeen = answers.commands.WorkflowOfSwitch | UnknownWorkflow


def restart(
    switch: ChangedSwitch,
    reason: Reason,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    as_json: JsonOption = False,
) -> None:
    """End a switch's workflow and start it again from the record."""
    with console_client() as console:
        request = recovery_api.show_workflow.request(switch, to_change=True)
        before = console.ask(answers.commands.WorkflowOfSwitch, request)
        for line in intent(before):
            note(line)
        if before.recorded_stage is not None:
            require_yes("Start it again from the record?", is_sure=yes)
        request = recovery_api.restart_switch.request(before.switch_id, body={"reason": reason})
        answer = console.ask(answers.commands.SwitchRestarted, request)
    print_command(answer, as_json=as_json)


def reconcile(
    grace: Annotated[
        float, typer.Option(min=0, help="Leave switches alone that are younger, in seconds.")
    ] = 30,
    as_json: JsonOption = False,
) -> None:
    """Compare open switches with open workflows once, and start each lost workflow again."""
    with console_client() as console:
        from services.recovery.reconciler import Round  # noqa: PLC0415 - heavy

        answer = console.ask(Round, recovery_api.reconcile_stores.request(body={"grace_seconds": grace}))
    if as_json:
        print_json(answer)
        return
    note(f"{answer.open_switches} open switches, {answer.open_workflows} open workflows")
    print_lines(findings(answer.findings))


def workflow_of(console: ConsoleClient, row: answers.switches.NamedSwitch) -> WorkflowSeen | None:
    """Return what Temporal knows about a switch that has not ended, or why that is unknown."""
    if row.outcome:
        return None
    try:
        request = recovery_api.show_workflow.request(row.switch_id)
        return console.ask(answers.commands.WorkflowOfSwitch, request)
    except PlanSwitchError as error:
        return UnknownWorkflow(trouble=error.message, remedy=error.remedy)


def trouble(workflow: WorkflowSeen | None) -> list[str]:
    """Return what is wrong with a switch's workflow and what to do; nothing where all is well."""
    if workflow is None or (workflow.state == "running" and not workflow.trouble):
        return []
    state = workflow.state.replace("_", " ")
    lines = wrapped(f"workflow {workflow.status}, {state}: {workflow.trouble}".rstrip(": "), 0)
    return [
        "",
        *lines,
        *(wrapped(f"what to do: {workflow.remedy}", _INDENT) if workflow.remedy else []),
    ]


def intent(workflow: answers.commands.WorkflowOfSwitch) -> list[str]:
    """Return what a restart would do, in words."""
    stage = workflow.recorded_stage or "does not hold it open"
    lines = fields(
        {
            "switch": workflow.switch_id,
            "organization": workflow.organization_id,
            "workflow": f"{workflow.status} {workflow.trouble}".rstrip(),
            "record": stage,
        }
    )
    if workflow.recorded_stage is None:
        return lines
    return lines + wrapped(
        "The workflow is ended and started again from the record. What the record has is not done again. "
        "What it lacks is asked again with the same keys, so that it has its effect once.",
        0,
    )


def findings(all_findings: Sequence[Finding]) -> list[str]:
    """Return one line for each finding, and what to know about it."""
    if not all_findings:
        return ["Every open switch has its workflow."]
    rows = [[short(each.switch_id), each.found, each.done] for each in all_findings]
    lines = [
        line for each in all_findings for line in wrapped(f"{short(each.switch_id)}: {each.message}", _INDENT)
    ]
    return [*table(["SWITCH", "WORKFLOW", "DONE"], rows), "", *lines]

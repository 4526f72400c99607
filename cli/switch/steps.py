"""`planswitch switch next` and `switch step`: a switch by hand, step by step (docs/manual.md#steps)."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from cli.base.client import ConsoleClient, console_client
from cli.base.options import Dispatch, Reason, Switch, Yes, grouped, require_yes
from cli.switch.controls import REFUSED, DryRun, command_answer
from cli.switch.target import target_switch
from cli.switch.user_lists import users_body
from cli.text import answers
from cli.text.output import JsonOption, note, print_command, print_json, print_lines, short, wrapped
from cli.text.tables import table
from client.api import controls as controls_api
from domain.operator.manual_steps import ManualStep, StepAdvice, StepState

_INDENT = 2
#: There is no way back after these.
FINAL = frozenset({ManualStep.CANCEL, ManualStep.REDUCE})
BY_ITSELF = "This switch runs by itself: only one that was started with --mode manual has steps."
NOTHING_LEFT = "No step is left."
QUESTIONS = {
    ManualStep.CANCEL: "Cancel the old subscription? There is no way back.",
    ManualStep.REDUCE: "Reduce the old subscription? There is no way back.",
}
_MARKS = {
    StepState.DONE: "done",
    StepState.DONE_OUTSIDE: "done outside",
    StepState.RUNNING: "running",
    StepState.NEXT: "next",
    StepState.LATER: "later",
}
Step = Annotated[str, typer.Argument(help=f"Step: {', '.join(ManualStep)}.")]
Users = Annotated[
    Path | None,
    typer.Option("--users", help="For reassign: CSV file of users, or an edited preview."),
]
UsersOfGroup = Annotated[
    str | None, typer.Option("--users-of-group", help="For reassign: id of a directory group.")
]
UsersOfDepartment = Annotated[
    str | None, typer.Option("--users-of-department", help="For reassign: name of a department.")
]
UsersWithPlan = Annotated[
    str | None, typer.Option("--users-with-plan", help="For reassign: plan held beside the old one.")
]


def register(switches: typer.Typer) -> None:
    """Add the commands to those of switches."""
    switches.command("next")(show_next)
    switches.command("step")(start_step)


def show_next(switch: Switch, as_json: JsonOption = False) -> None:
    """Show the steps of a manual switch: which is next, what it needs, and the command that starts it."""
    with console_client() as console:
        answer = _steps(console, switch)
    print_json(answer) if as_json else print_lines(_lines(answer))


@grouped
def start_step(
    *,
    switch: Switch,
    step: Step,
    reason: Reason,
    users: Users = None,
    users_of_group: UsersOfGroup = None,
    users_of_department: UsersOfDepartment = None,
    users_with_plan: UsersWithPlan = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    dispatch: Dispatch,
) -> None:
    """Start the next step of a manual switch."""
    body: dict[str, object] = {"reason": reason}
    filters = {
        "users_of_group": users_of_group,
        "users_of_department": users_of_department,
        "users_with_plan": users_with_plan,
    }
    body |= {name: value for name, value in filters.items() if value}
    with console_client() as console:
        switch_id = target_switch(console, switch).switch_id
        body |= users_body(console, users, switch=switch_id)
        advice = next((each for each in _steps(console, switch_id).steps if each.step == step), None)
        is_possible = advice is not None and bool(advice.command)
        for line in wrapped(advice.what, 0) if advice and is_possible else ():
            note(line)
        if dry_run:
            _end_dry(switch_id, step, advice, is_possible=is_possible, as_json=dispatch.as_json)
            return
        if is_possible and step in FINAL:
            require_yes(QUESTIONS[ManualStep(step)], is_sure=yes)
        start = partial(controls_api.start_step.request, switch_id, step)
        answer = command_answer(console, start, body, dispatch)
    print_command(answer, as_json=dispatch.as_json, then="watch" if step in FINAL else "next")


def _end_dry(
    switch_id: str, step: str, advice: StepAdvice | None, *, is_possible: bool, as_json: bool
) -> None:
    """Tell that nothing was done, or that the step would be refused."""
    if advice is None or not is_possible:
        command = f"planswitch switch next {short(switch_id)}"
        note(f"refused: {step} can't be started now; `{command}` lists the steps.")
        raise typer.Exit(REFUSED)
    if as_json:
        print_json({"switch_id": switch_id, "step": step, "what": advice.what, "is_dry_run": True})


def _steps(console: ConsoleClient, switch: str) -> answers.switches.StepsOfSwitch:
    return console.ask(answers.switches.StepsOfSwitch, controls_api.list_steps.request(switch))


def _lines(answer: answers.switches.StepsOfSwitch) -> list[str]:
    if not answer.steps:
        return wrapped(BY_ITSELF, 0)
    lines = table(["STEP", "STATE"], [[each.step, _MARKS[StepState(each.state)]] for each in answer.steps])
    following = next((each for each in answer.steps if each.step == answer.next), None)
    if following is None:
        return [*lines, "", NOTHING_LEFT]
    return [*lines, "", following.step, *_step_lines(answer, following)]


def _step_lines(answer: answers.switches.StepsOfSwitch, step: StepAdvice) -> list[str]:
    lines = [*wrapped(step.what, _INDENT), *wrapped(f"It needs: {step.precondition}", _INDENT)]
    if step.command:
        return [*lines, *wrapped(step.command, _INDENT)]
    return [*lines, *wrapped(f"The switch waits for {answer.waits_for}.", _INDENT)]

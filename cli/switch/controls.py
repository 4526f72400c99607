"""Commands on a running switch: each says what it will do before it does it.

`planswitch credit` is among them: it answers a credit check in the bureau's place, or gives it more time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated

import typer

from cli.base.client import ConsoleClient, Fields, Operation, console_client, send
from cli.base.errors import ApiProblem
from cli.base.options import ChangedSwitch, Dispatch, Reason, Switch, Yes, grouped, require_yes
from cli.switch.target import target_switch
from cli.text import answers
from cli.text.output import JsonOption, note, print_command, print_json, print_lines, wrapped
from cli.text.tables import table
from client.api import controls as controls_api
from client.api import credit as credit_api
from domain.kernel.errors import InvalidInput
from domain.operator.completion_notice import READ_NOTICE
from domain.operator.operator_commands import WAITING_ENDS, CommandAdvice, skip_text
from domain.switch.control_events import SKIP
from domain.switch.credit import EXTENSION_DAYS_MAX
from domain.switch.stage import Stage

#: Exit code of a command that is refused (docs/cli.md).
REFUSED = 4
_INDENT = 2
#: Command of the API -> its name in the list of what is possible.
NAMES = {"rollback": "roll_back"}
CANCEL_QUESTION = "Cancel the switch?"
ROLL_BACK_QUESTION = "Roll the switch back to the old plan?"
SKIP_QUESTION = "Skip this user?"
REPEATED = "The switch no longer waits for the user: this request id gets its answer again."
ONLY_WAITS = "The request only waits until its switch is allowed: it accepts `look` and `cancel`."

USER_HELP = "directory id, its first 8 characters, or sign-in name"
User = Annotated[str, typer.Argument(help=f"User who could not be moved: {USER_HELP}.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what it would do, or why it is refused.")]
Users = Annotated[
    list[str] | None,
    typer.Option("--user", help=f"Only this user who could not be moved: {USER_HELP}; may be repeated."),
]
AcceptLoss = Annotated[
    bool, typer.Option("--accept-loss", help="Accept that the user loses the old plan with its cancellation.")
]
wait_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Requests that wait to be eligible.")
credit_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Answer the credit check of a switch."
)
Days = Annotated[int, typer.Option(min=1, max=EXTENSION_DAYS_MAX, help="Business days.")]

#: Command, as its address has it -> what makes its request for a switch.
_OPERATIONS: Mapping[str, Callable[[str], Operation]] = {
    "pause": lambda switch_id: partial(controls_api.pause_switch.request, switch_id),
    "resume": lambda switch_id: partial(controls_api.resume_switch.request, switch_id),
    "retry": lambda switch_id: partial(controls_api.retry_switch.request, switch_id),
    "skip": lambda switch_id: partial(controls_api.skip_user.request, switch_id),
    "cancel": lambda switch_id: partial(controls_api.cancel_switch.request, switch_id),
    "rollback": lambda switch_id: partial(controls_api.roll_back_switch.request, switch_id),
    "look": lambda switch_id: partial(controls_api.look_again.request, switch_id),
    READ_NOTICE: lambda switch_id: partial(controls_api.read_completion_notice.request, switch_id),
    "credit/approve": lambda switch_id: partial(credit_api.decide_credit.request, switch_id, "approve"),
    "credit/decline": lambda switch_id: partial(credit_api.decide_credit.request, switch_id, "decline"),
    "credit/extend": lambda switch_id: partial(credit_api.extend_credit.request, switch_id),
}


def register(switches: typer.Typer) -> None:
    """Add the commands to those of switches."""
    for command in (pause, resume, retry, skip, cancel, rollback):
        switches.command()(command)
    switches.command("commands")(list_commands)
    switches.command(READ_NOTICE)(read_notice)


def list_commands(switch: Switch, as_json: JsonOption = False) -> None:
    """List the commands that a switch accepts now, what each does, and why others are refused."""
    with console_client() as console:
        answer = console.ask(answers.switches.CommandsOfSwitch, controls_api.list_commands.request(switch))
    print_json(answer) if as_json else print_lines(_listed(answer))


@grouped
def pause(*, switch: ChangedSwitch, reason: Reason, dry_run: DryRun = False, dispatch: Dispatch) -> None:
    """Begin nothing new and move nobody, until somebody resumes."""
    _act(switch, "pause", {"reason": reason}, dispatch, is_dry=dry_run)


@grouped
def resume(*, switch: ChangedSwitch, reason: Reason, dry_run: DryRun = False, dispatch: Dispatch) -> None:
    """Go on where a switch was paused."""
    _act(switch, "resume", {"reason": reason}, dispatch, is_dry=dry_run)


@grouped
def retry(
    *, switch: ChangedSwitch, reason: Reason, users: Users = None, dry_run: DryRun = False, dispatch: Dispatch
) -> None:
    """Try again what a held switch could not do, or only the named users."""
    is_repeatable = dispatch.request_id is not None
    with console_client() as console:
        switch_id = target_switch(console, switch).switch_id
        keys = _keys(console, switch_id, users or [], is_repeatable=is_repeatable)
        body = {"reason": reason, "users": keys}
        name = "retry_users" if users else "retry"
        _advise_and_do(console, switch_id, "retry", body, dispatch, name=name, is_dry=dry_run)


@grouped
def skip(
    *,
    switch: ChangedSwitch,
    user: User,
    reason: Reason,
    accept_loss: AcceptLoss = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    dispatch: Dispatch,
) -> None:
    """Leave a user behind who could not be moved."""
    is_repeatable = dispatch.request_id is not None and not dry_run
    with console_client() as console:
        switch_id = target_switch(console, switch).switch_id
        failed_user = _failed_user(console, switch_id, user, is_repeatable=is_repeatable)
        body = {"reason": reason, "user": user, "accept_loss": accept_loss}
        if failed_user is None:
            _done(console, switch_id, "skip", body, dispatch, what=REPEATED, is_dry=dry_run)
            return
        body["user"] = failed_user.user_key
        advice = _advice(console, switch_id, SKIP, is_dry=dry_run)
        # A loss is accepted by an option of its own; one that is not accepted is refused.
        is_asked = advice.is_allowed and not accept_loss and not failed_user.loses_license
        _done(
            console,
            switch_id,
            "skip",
            body,
            dispatch,
            # Where the record says no, the switch itself says why.
            what=_skip_text(failed_user, is_accepted=accept_loss) if advice.is_allowed else "",
            question=SKIP_QUESTION if is_asked else "",
            is_sure=yes,
            is_dry=dry_run,
        )


@grouped
def cancel(
    *, switch: ChangedSwitch, reason: Reason, yes: Yes = False, dry_run: DryRun = False, dispatch: Dispatch
) -> None:
    """Return a switch to the old plan before the old subscription is cancelled."""
    body = {"reason": reason}
    _act(switch, "cancel", body, dispatch, question=CANCEL_QUESTION, is_sure=yes, is_dry=dry_run)


@grouped
def rollback(
    *, switch: ChangedSwitch, reason: Reason, yes: Yes = False, dry_run: DryRun = False, dispatch: Dispatch
) -> None:
    """Return everyone moved to the old plan with the original services, and void the order."""
    body = {"reason": reason}
    _act(switch, "rollback", body, dispatch, question=ROLL_BACK_QUESTION, is_sure=yes, is_dry=dry_run)


@grouped
def read_notice(*, switch: ChangedSwitch, reason: Reason = "read", dispatch: Dispatch) -> None:
    """Mark the notice of a completed switch as read."""
    _send(switch, READ_NOTICE, {"reason": reason}, dispatch, then="show")


@wait_app.command()
@grouped
def look(*, switch: ChangedSwitch, reason: Reason = "look again", dispatch: Dispatch) -> None:
    """Check at once whether the switch is allowed, without waiting for the next look."""
    _send(switch, "look", {"reason": reason}, dispatch, then="show")


@credit_app.command()
@grouped
def approve(*, switch: ChangedSwitch, reason: Reason, dispatch: Dispatch) -> None:
    """Approve: the switch goes on by itself."""
    _send(switch, "credit/approve", {"reason": reason}, dispatch)


@credit_app.command()
@grouped
def decline(*, switch: ChangedSwitch, reason: Reason, yes: Yes = False, dispatch: Dispatch) -> None:
    """Decline: the order is voided, the old plan is kept, nothing is charged."""
    _send(
        switch,
        "credit/decline",
        {"reason": reason},
        dispatch,
        question="Decline the credit check?",
        is_sure=yes,
    )


@credit_app.command()
@grouped
def extend(
    *,
    switch: ChangedSwitch,
    reason: Reason,
    days: Days = EXTENSION_DAYS_MAX,
    dispatch: Dispatch,
) -> None:
    """Give the check more time, once."""
    _send(switch, "credit/extend", {"reason": reason, "days": days}, dispatch)


@credit_app.command()
@grouped
def void(*, switch: ChangedSwitch, reason: Reason, yes: Yes = False, dispatch: Dispatch) -> None:
    """Take the order back: the same as `switch cancel`."""
    _send(switch, "cancel", {"reason": reason}, dispatch, question="Take the order back?", is_sure=yes)


def _ask_about_order(row: answers.switches.ShownSwitch, question: str, *, is_sure: bool) -> None:
    """Say what ends with the order, and ask."""
    if row.outcome:
        # It has ended: the switch itself refuses, and says why.
        return
    text = f"The order of switch {row.switch_id} is voided, the old plan is kept, and nothing is charged."
    note(f"{text} This can't be taken back.")
    require_yes(question, is_sure=is_sure)


def command_answer(
    console: ConsoleClient, operation: Operation, body: Fields, dispatch: Dispatch
) -> answers.commands.CommandTaken:
    """Send a command on a switch and return what became of it; `send` says which errors are raised."""
    return send(answers.commands.CommandTaken, console, operation, body, request_id=dispatch.request_id)


def _send(
    switch: str,
    command: str,
    body: Fields,
    dispatch: Dispatch,
    *,
    then: str = "watch",
    question: str = "",
    is_sure: bool = False,
) -> None:
    """Send a command; with a question, ask first whether the order may end."""
    with console_client() as console:
        row = target_switch(console, switch)
        if question:
            _ask_about_order(row, question, is_sure=is_sure)
        answer = command_answer(console, _OPERATIONS[command](row.switch_id), body, dispatch)
    print_command(answer, as_json=dispatch.as_json, then=then)


def _act(
    switch: str,
    command: str,
    body: Fields,
    dispatch: Dispatch,
    *,
    is_dry: bool,
    question: str = "",
    is_sure: bool = False,
) -> None:
    with console_client() as console:
        _advise_and_do(
            console,
            target_switch(console, switch).switch_id,
            command,
            body,
            dispatch,
            name=NAMES.get(command, command),
            is_dry=is_dry,
            question=question,
            is_sure=is_sure,
        )


def _advise_and_do(
    console: ConsoleClient,
    switch_id: str,
    command: str,
    body: Fields,
    dispatch: Dispatch,
    *,
    name: str,
    is_dry: bool,
    question: str = "",
    is_sure: bool = False,
) -> None:
    advice = _advice(console, switch_id, name, is_dry=is_dry)
    # Where the record says no, the switch itself says why.
    what, question = (advice.what, question) if advice.is_allowed else ("", "")
    _done(
        console,
        switch_id,
        command,
        body,
        dispatch,
        what=what,
        question=question,
        is_sure=is_sure,
        is_dry=is_dry,
    )


def _advice(console: ConsoleClient, switch_id: str, name: str, *, is_dry: bool) -> CommandAdvice:
    """Return what a command would do; a request that waits can only end its wait.

    Raises:
        Exit: A dry run is refused.
    """
    answer = console.ask(answers.switches.CommandsOfSwitch, controls_api.list_commands.request(switch_id))
    advice = next((each for each in answer.commands if each.command == name), None)
    if advice is None and answer.stage == Stage.WAITING_ELIGIBLE:
        advice = CommandAdvice(command=name, is_allowed=False, what="", why_not=ONLY_WAITS)
    elif advice is None:
        advice = CommandAdvice(command=name, is_allowed=True, what=WAITING_ENDS, why_not="")
    if is_dry and not advice.is_allowed:
        note(f"refused: {advice.why_not}")
        raise typer.Exit(REFUSED)
    return advice


def _done(
    console: ConsoleClient,
    switch_id: str,
    command: str,
    body: Fields,
    dispatch: Dispatch,
    *,
    what: str,
    is_dry: bool,
    question: str = "",
    is_sure: bool = False,
) -> None:
    """Say what a command will do, ask where it can't be undone, do it, and print what became of it."""
    for line in wrapped(what, 0) if what else ():
        note(line)
    if is_dry:
        if dispatch.as_json:
            print_json({"switch_id": switch_id, "command": command, "what": what, "is_dry_run": True})
        return
    if question:
        require_yes(question, is_sure=is_sure)
    answer = command_answer(console, _OPERATIONS[command](switch_id), body, dispatch)
    print_command(answer, as_json=dispatch.as_json)


def _failed_user(
    console: ConsoleClient, switch_id: str, user: str, *, is_repeatable: bool
) -> answers.user_outcomes.FailedUser | None:
    """Return what a skip would mean for a user; None where they may have been skipped by the same id."""
    try:
        request = controls_api.show_failed_user.request(switch_id, user)
        return console.ask(answers.user_outcomes.FailedUser, request)
    except ApiProblem as error:
        if is_repeatable and error.problem_code == InvalidInput.code:
            return None
        raise


def _keys(console: ConsoleClient, switch_id: str, users: list[str], *, is_repeatable: bool) -> list[str]:
    """Return the keys of users who could not be moved, before the command says what it will do."""
    failed_users = [
        (each, _failed_user(console, switch_id, each, is_repeatable=is_repeatable)) for each in users
    ]
    return [each.user_key if each else user for user, each in failed_users]


def _skip_text(failed_user: answers.user_outcomes.FailedUser, *, is_accepted: bool) -> str:
    text = skip_text(
        failed_user.directory_id or failed_user.user_key,
        is_gone=failed_user.is_gone,
        is_losing=failed_user.loses_license,
    )
    is_open = failed_user.loses_license and not is_accepted
    return f"{text} That must be accepted with --accept-loss." if is_open else text


def _listed(answer: answers.switches.CommandsOfSwitch) -> list[str]:
    rows = [[each.command.replace("_", " "), "yes" if each.is_allowed else "no"] for each in answer.commands]
    lines = table(["COMMAND", "POSSIBLE"], rows)
    for each in answer.commands:
        words = each.what if each.is_allowed else each.why_not
        lines += ["", each.command.replace("_", " "), *wrapped(words, _INDENT)]
    return lines

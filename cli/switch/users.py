"""`planswitch switch users`: what became of single users."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cli.base.api_paths import api_path
from cli.base.client import ConsoleClient, console_client
from cli.switch.refusal_text import answer_lines, tries_text
from cli.text import answers
from cli.text.drift_text import WORDS, drift_remedies
from cli.text.output import JsonOption, note, print_json, print_lines, short, wrapped
from cli.text.tables import table

if TYPE_CHECKING:
    from audit.users.user_outcomes import UserOutcome

#: Users of one request to the API.
PAGE = 500


def register(switches: typer.Typer) -> None:
    """Add `users` to the commands of switches."""
    switches.command()(users)


def users(
    switch: Annotated[str, typer.Argument(help="Id of the switch, or its first 8 characters.")],
    limit: Annotated[int, typer.Option(min=1, help="Users to list.")] = 100,
    after: Annotated[str, typer.Option(help="Show the next page: what the last one gave as `next`.")] = "",
    drift: Annotated[
        bool, typer.Option("--drift", help="Of each page only users whom somebody changed by hand.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List what happened to each user, to services switched off, and what was changed by hand."""
    with console_client() as console:
        whole = _read(console, api_path("switches", switch, "users"), limit, after or None, is_drift=drift)
    if as_json:
        print_json(whole)
        return
    print_lines(_lines(whole))
    for line in _end(whole, is_drift=drift, is_first=not after):
        note(line)


def _read(
    console: ConsoleClient, path: str, limit: int, after: str | None, *, is_drift: bool
) -> answers.switches.UsersOfSwitch:
    """Return so many users as one page; a page is never cut: its `next` begins after its last user."""
    users: list[UserOutcome] = []
    total: int | None = None
    while True:
        size = PAGE if is_drift else min(PAGE, limit - len(users))
        page = console.get(answers.switches.UsersOfSwitch, path, limit=size, after=after, total=total is None)
        total = page.total if total is None else total
        users += [user for user in page.users if user.drift or not is_drift]
        after = page.next
        if after is None or len(users) >= limit:
            return page.model_copy(update={"users": tuple(users), "total": total})


def _lines(answer: answers.switches.UsersOfSwitch) -> list[str]:
    if not answer.users:
        return []
    has_drift = any(user.drift for user in answer.users)
    has_tries = any(map(_is_tried_anew, answer.users))
    rows = [
        [
            user.directory_id or f"erased {short(user.user_key)}",
            user.outcome,
            len(user.kept),
            len(user.no_counterpart),
            len(user.newly_granted),
            len(user.dependents),
            user.error or user.pass_name,
            *([WORDS.get(user.drift, user.drift or "-")] if has_drift else []),
            *([tries_text(user) if _is_tried_anew(user) else "-"] if has_tries else []),
        ]
        for user in answer.users
    ]
    headers = ["USER", "OUTCOME", "KEPT", "GONE", "NEW", "OFF", "BY"]
    headers += [*(["DRIFT"] if has_drift else []), *(["TRIED"] if has_tries else [])]
    return [*table(headers, rows), *_remedies(answer.users), *drift_remedies(answer.users)]


def _is_tried_anew(user: UserOutcome) -> bool:
    """Tell whether it matters how often a user was tried: it failed, or more than one pass dealt with it."""
    return bool(user.tries) and (user.tries > 1 or user.outcome == "failed")


def _end(answer: answers.switches.UsersOfSwitch, *, is_drift: bool, is_first: bool) -> list[str]:
    """Return how many users there are on all pages, and how to see the others."""
    shown, total = len(answer.users), answer.total
    command = f"planswitch switch users {short(answer.switch_id)}{' --drift' if is_drift else ''}"
    everyone = "1 user" if total == 1 else f"{total} users"
    if not total:
        return ["No user has an outcome so far."]
    if is_drift:
        subject = "Nobody was" if not shown else "1 was" if shown == 1 else f"{shown} were"
        lines = [f"{subject} changed by hand, of {everyone}{' up to here' if answer.next else ''}"]
    elif not shown and not is_first:
        return [f"No user follows. The first page: {command}"]
    else:
        lines = [f"{shown} of {everyone}"]
    return [*lines, *([f"more: {command} --after {answer.next}"] if answer.next else [])]


def _remedies(listed: Sequence[UserOutcome]) -> list[str]:
    refused = [user for user in listed if user.remedy or user.text]
    counts = Counter((user.error, user.code, user.text) for user in refused)
    kinds = {(user.error, user.code, user.text): user for user in refused}
    return [line for key, user in kinds.items() for line in _kind(user, counts[key])]


def _kind(user: UserOutcome, count: int) -> list[str]:
    """Return the answer that several users share, and what to do about it."""
    users = "1 user" if count == 1 else f"{count} users"
    head = f"{user.error}, {users}: {user.remedy or user.message}"
    return ["", *wrapped(head, 0), *answer_lines(user)]

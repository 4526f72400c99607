"""`planswitch switch users`: what became of single users, their refusals, and what was changed by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cli.base.client import ConsoleClient, console_client
from cli.base.options import Switch
from cli.text import answers
from cli.text.output import JsonOption, ago, counted, note, print_json, print_lines, short, wrapped
from cli.text.tables import table
from client.api import users as users_api
from domain.operator.step_words import asked_words

if TYPE_CHECKING:
    from audit.story.refusals import ToldRefusal
    from audit.users.drift import DriftSeen
    from audit.users.user_outcomes import UnresolvedUser, UserOutcome

_COUNT_INDENT = 2
_REMEDY_INDENT = 4
#: Name of the count -> what the table of users says.
WORDS = {
    "users_gone": "gone",
    "new_users": "came late",
    "moved_by_hand": "moved back",
    "licenses_removed": "no license",
    "settings_changed": "services",
}
#: Users that are named for one kind of failure.
USERS_SHOWN = 10
#: Different refusals that are listed; `--json` has every one.
REFUSALS_SHOWN = 20
_DETAIL = 2
_MORE = 4
#: Users of one request to the API.
PAGE = 500


def users(
    switch: Switch,
    limit: Annotated[int, typer.Option(min=1, help="Users to list.")] = 100,
    after: Annotated[str, typer.Option(help="Show the next page: what the last one gave as `next`.")] = "",
    drift: Annotated[
        bool, typer.Option("--drift", help="Of each page only users whom somebody changed by hand.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List what happened to each user, to services switched off, and what was changed by hand."""
    with console_client() as console:
        whole = _read(console, switch, limit, after, is_drift=drift)
    if as_json:
        print_json(whole)
        return
    print_lines(_lines(whole))
    for line in _end(whole, is_drift=drift, is_first=not after):
        note(line)


def _read(
    console: ConsoleClient, switch: str, limit: int, after: str, *, is_drift: bool
) -> answers.switches.UsersOfSwitch:
    """Return so many users as one page; a page is never cut: its `next` begins after its last user."""
    users: list[UserOutcome] = []
    total: int | None = None
    while True:
        size = PAGE if is_drift else min(PAGE, limit - len(users))
        request = users_api.list_users.request(switch, limit=size, after=after, total=total is None)
        page = console.ask(answers.switches.UsersOfSwitch, request)
        total = page.total if total is None else total
        users += [user for user in page.users if user.drift or not is_drift]
        after = page.next or ""
        if not after or len(users) >= limit:
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
    return [
        *table(headers, rows),
        *_remedies(answer.users),
        *drift_remedies(answer.users),
        *_locations(answer.users),
    ]


def _locations(users: Sequence[UserOutcome]) -> list[str]:
    """Return who got a usage location, which stays whatever becomes of the switch."""
    located = [user for user in users if user.usage_location]
    if not located:
        return []
    countries = ", ".join(sorted({user.usage_location for user in located}))
    names = ", ".join(user.directory_id or f"erased {short(user.user_key)}" for user in located)
    return ["", *wrapped(f"usage location {countries} was asked for, and stays: {names}", 0)]


def _is_tried_anew(user: UserOutcome) -> bool:
    """Tell whether it matters how often a user was tried: it failed, or more than one pass dealt with it."""
    return bool(user.tries) and (user.tries > 1 or user.outcome == "failed")


def _end(answer: answers.switches.UsersOfSwitch, *, is_drift: bool, is_first: bool) -> list[str]:
    """Return how many users there are on all pages, and how to see the others."""
    shown, total = len(answer.users), answer.total
    command = f"planswitch switch users {short(answer.switch_id)}{' --drift' if is_drift else ''}"
    if not total:
        return ["No user has an outcome so far."]
    everyone = counted(total, "user")
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
    head = f"{user.error}, {counted(count, 'user')}: {user.remedy or user.message}"
    return ["", *wrapped(head, 0), *answer_lines(user)]


def drift_remedies(users: Sequence[UserOutcome]) -> list[str]:
    """Return what each word of the column means, and what to do."""
    kinds = {user.drift: user for user in users if user.drift}
    remedies = [
        f"{WORDS.get(kind, kind)}: {user.drift_message}. {user.drift_remedy}" for kind, user in kinds.items()
    ]
    return [line for text in remedies for line in ["", *wrapped(text, 0)]]


def drift_lines(drift: DriftSeen | None, switch_id: str) -> list[str]:
    """Return the newest finding of a switch with what to do; nothing where nothing was found."""
    if drift is None:
        return []
    lines = ["", f"changed by hand, found {ago(drift.found_at)}:"]
    for each in drift.counts:
        lines += wrapped(each.message, _COUNT_INDENT)
        lines += wrapped(f"what to do: {each.remedy}", _REMEDY_INDENT)
    if any(each.name in WORDS for each in drift.counts):
        lines.append(f"who it was: planswitch switch users {short(switch_id)} --drift")
    return lines


def all_refusals(console: ConsoleClient, switch_id: str) -> list[ToldRefusal]:
    """Return the different refusals of a switch, read page by page.

    Args:
        console: Who is asked.
        switch_id: Whose they are.
    """
    after: str | None = None
    listed: list[ToldRefusal] = []
    while True:
        request = users_api.list_refusals.request(switch_id, after=after)
        answer = console.ask(answers.switches.RefusalsOfSwitch, request)
        listed += answer.refusals
        if answer.next is None:
            return listed
        after = answer.next


def unresolved(users: Sequence[UnresolvedUser]) -> list[str]:
    """Return the users whom the switch waits for, grouped by what must be done and what was answered."""
    lines: list[str] = []
    for same in _grouped(users):
        kind = same[0]
        lines += ["", *wrapped(f"{len(same)} not moved, {kind.error}: {kind.message}", 0)]
        lines += answer_lines(kind)
        if kind.remedy:
            lines += wrapped(f"what to do: {kind.remedy}", _DETAIL)
        for user in same[:USERS_SHOWN]:
            name = user.directory_id or f"erased ({user.user_key})"
            lines += wrapped(f"{name}: tried {tries_text(user)}", _MORE)
        if len(same) > USERS_SHOWN:
            lines.append(f"{' ' * _MORE}and {len(same) - USERS_SHOWN} more, see --json")
    return lines


def tries_text(user: UnresolvedUser | UserOutcome) -> str:
    """Return how often a user was tried, and when last."""
    times = "once" if user.tries == 1 else f"{user.tries} times"
    if user.last_tried_at is None:
        return times
    return f"{times}, {'at' if user.tries == 1 else 'last at'} {ago(user.last_tried_at)}"


def answer_lines(refused: UnresolvedUser | UserOutcome) -> list[str]:
    """Return what the provider answered, in its own words; none where it said nothing."""
    text = ": ".join(part for part in (refused.code, refused.text) if part)
    if not text:
        return []
    found_by = f" (request {refused.request_id})" if refused.request_id else ""
    return wrapped(f"the directory answered: {text}{found_by}", _DETAIL)


def refusals(rows: Sequence[ToldRefusal]) -> list[str]:
    """Return the refusals of a switch, the newest last."""
    if not rows:
        return []
    lines = ["", "refused so far, in the provider's own words:"]
    newest = rows[-REFUSALS_SHOWN:]
    lines += [line for each in newest for line in refusal(each)]
    earlier = len(rows) - len(newest)
    return [*lines, f"{' ' * _DETAIL}and {earlier} before them, see --json"] if earlier else lines


def refusal(row: ToldRefusal) -> Iterator[str]:
    """Yield one refusal: who, what, how often, and what was said."""
    times = "once" if row.count == 1 else f"{row.count} times"
    text = ": ".join(part for part in (row.code, row.text) if part) or "no text"
    call = asked_words(row.operation)
    yield from wrapped(f"{row.provider}, {call}: {row.status}, {times}", _DETAIL)
    found_by = f" (request {row.request_id})" if row.request_id else ""
    yield from wrapped(f"{text}{found_by}", _MORE)


def _grouped(users: Iterable[UnresolvedUser]) -> list[list[UnresolvedUser]]:
    """Group users with the same answer, in the order in which each answer came first."""
    groups: dict[tuple[str, str, str], list[UnresolvedUser]] = {}
    for user in users:
        groups.setdefault((user.error, user.code, user.text), []).append(user)
    return list(groups.values())

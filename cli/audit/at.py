"""`planswitch audit at`: what was true of a switch at a moment, rebuilt from its events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from cli.base.client import ConsoleClient, console_client
from cli.base.options import Switch, grouped
from cli.text.output import JsonOption, counted, fields, note, print_json, print_lines, short, wrapped
from cli.text.tables import table
from client.api import switches as switches_api
from client.client import Request

if TYPE_CHECKING:
    from audit.asof.states import LockAt, StreamAt, SwitchAt
    from audit.asof.users import UserAt, UsersAt, UserTotals
    from audit.story.holdings import JournalStory

_INDENT = 2
#: Users of one request to the API.
_PAGE = 1_000
_USERS_DEFAULT = 100


@dataclass(frozen=True, kw_only=True)
class Listing:
    """Whether users are listed, and which page of them."""

    users: Annotated[bool, typer.Option("--users", help="List the users and what they held.")] = False
    limit: Annotated[int, typer.Option(min=1, help="Users to list.")] = _USERS_DEFAULT
    after: Annotated[
        str, typer.Option(help="Show the next page of users: what the last one gave as `next`.")
    ] = ""
    as_json: JsonOption = False


@grouped
def at(
    switch: Switch,
    instant: Annotated[
        str | None, typer.Option(help="An instant with its time zone, such as 2026-12-24T09:30:00Z.")
    ] = None,
    position: Annotated[
        int | None, typer.Option(help="Position of an event in the log, as `audit show` lists it.")
    ] = None,
    version: Annotated[
        int | None, typer.Option(help="N: the state after the Nth event of the switch.")
    ] = None,
    *,
    listing: Listing,
) -> None:
    """Show the state of a switch at a moment: stage, locks, users, money and streams, as they were."""
    with console_client() as console:
        if listing.users:
            from audit.asof.users import UsersAt  # noqa: PLC0415 - heavy

            users_of_page = partial(
                switches_api.list_users_at.request,
                switch,
                at_instant=instant,
                at_position=position,
                at_version=version,
            )
            page = read_users(console, UsersAt, users_of_page, listing=listing)
            print_users(page, listing)
            return
        from audit.asof.states import SwitchAt  # noqa: PLC0415 - heavy

        request = switches_api.show_state.request(
            switch, at_instant=instant, at_position=position, at_version=version
        )
        state = console.ask(SwitchAt, request)
    print_json(state) if listing.as_json else print_lines(state_lines(state))


def read_users(
    console: ConsoleClient,
    kind: type[UsersAt],
    operation: Callable[..., Request],
    *,
    listing: Listing,
) -> UsersAt:
    """Return so many users as one page, read in pages of the API.

    Args:
        console: Who is asked.
        kind: Model of a page.
        operation: Makes the request of a page.
        listing: Users at most, and where the page begins.
    """
    users: list[UserAt] = []
    total: int | None = None
    cursor = listing.after
    while True:
        size = min(_PAGE, listing.limit - len(users))
        page = console.ask(kind, operation(limit=size, after=cursor))
        total = page.total if total is None else total
        users += page.users
        cursor = page.next_cursor
        if not cursor or len(users) >= listing.limit:
            return kind(users=tuple(users), next_cursor=cursor, total=total)


def print_users(page: UsersAt, listing: Listing) -> None:
    """Print one page of users.

    Args:
        page: The page.
        listing: As it was asked for.
    """
    if listing.as_json:
        print_json(page)
        return
    print_lines(user_lines(page.users))
    count = counted(len(page.users), "user")
    if page.total is not None:
        count = f"{len(page.users)} of {counted(page.total, 'user')}"
    note(f"{count}; more: --after {page.next_cursor}" if page.next_cursor else count)


def user_lines(users: Sequence[UserAt]) -> list[str]:
    """Return a table of users; people who were erased keep their opaque key."""
    if not users:
        return []
    is_compared = any(each.held_before for each in users)
    rows = [
        [
            each.directory_id or f"erased {short(each.user_key)}",
            *([_words(each.held_before or "unknown")] if is_compared else []),
            _words(each.holds),
            each.pass_name or "roster",
        ]
        for each in users
    ]
    return table(["USER", *(["HELD BEFORE"] if is_compared else []), "HELD", "BY"], rows)


def state_lines(state: SwitchAt) -> list[str]:
    """Return the state of a switch at a moment."""
    event = state.event
    reason = f" ({event.reason})" if event.reason else ""
    facts = {
        "position": f"{state.position} of {state.log_end} in the log",
        "version": f"{state.version} of {state.versions} events of the switch",
        "newest event": f"{event.event} at position {event.position}",
        "recorded": instant_text(event.recorded_at),
        "effect": event.effect,
        "by": f"{event.actor}{reason}",
        "stage": str(state.stage or "none yet").replace("_", " "),
    }
    sections = {
        "LOCKS (times in UTC)": _locks(state.locks),
        "USERS": _users(state.users),
        "JOURNAL": _journal(state.journal),
        "STREAMS": _streams(state.streams),
    }
    lines = [f"switch {state.switch_id}", f"organization {state.organization_id}", "", *fields(facts)]
    for title, section in sections.items():
        lines += ["", title, *section]
    return lines


def instant_text(instant: datetime) -> str:
    """Return an instant as `--instant` takes it, to the microsecond, so that it names its own event."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def _locks(locks: Sequence[LockAt]) -> list[str]:
    if not locks:
        return [f"{' ' * _INDENT}none was held"]
    rows = [
        [
            each.lock,
            "this switch" if each.is_own else each.switch_id or "a purchase",
            f"{each.since:%Y-%m-%d %H:%M:%S}",
            f"{each.promised_end_at:%Y-%m-%d %H:%M:%S}",
        ]
        for each in locks
    ]
    return table(["LOCK", "HELD BY", "SINCE", "PROMISED END"], rows)


def _users(users: UserTotals) -> list[str]:
    if not users.known:
        return [f"{' ' * _INDENT}no user was touched"]
    held = {
        "the old plan": users.old_plan,
        "the new plan": users.new_plan,
        "both plans": users.both_plans,
        "neither plan": users.neither_plan,
        "gone": users.gone,
    }
    parts = [f"{words} {count}" for words, count in held.items() if count]
    return wrapped(f"{counted(users.known, 'user')}: {', '.join(parts)}", _INDENT, " " * _INDENT)


def _journal(journal: JournalStory) -> list[str]:
    if not journal.postings:
        return [f"{' ' * _INDENT}no event with money so far"]
    rows = [[account.replace("_", " "), str(amount)] for account, amount in journal.balances.items()]
    return [*table(["ACCOUNT", "BALANCE"], rows), f"{counted(len(journal.postings), 'posting')} so far"]


def _streams(streams: Sequence[StreamAt]) -> Iterator[str]:
    rows = [[each.role, each.version, each.stream_id, each.newest] for each in streams]
    yield from table(["STREAM", "VERSION", "ID", "NEWEST EVENT"], rows)


def _words(name: str) -> str:
    return name.replace("_", " ")

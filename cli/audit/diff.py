"""`planswitch audit diff`: what changed in a switch between two moments, part by part."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from cli.audit.at import Listing, print_users, read_users
from cli.base.client import console_client
from cli.base.options import Switch, grouped
from cli.text.output import counted, print_json, print_lines, wrapped
from client.api import switches as switches_api

if TYPE_CHECKING:
    from pydantic import JsonValue

    from audit.asof.differences import Difference, Differences, MomentAt
    from audit.asof.users import UserMove

_INDENT, _VALUE = 2, 4
#: Longest value that is printed whole; `--json` has every one.
_VALUE_MAX = 200
_MOMENT = "a position, version:N, or an instant with its time zone"


@grouped
def diff(
    switch: Switch,
    from_moment: Annotated[str, typer.Option("--from", help=f"The earlier moment: {_MOMENT}.")],
    to_moment: Annotated[str, typer.Option("--to", help=f"The later moment: {_MOMENT}.")],
    *,
    listing: Listing,
) -> None:
    """Show what changed in a switch between two moments: each fact with what it was and became."""
    with console_client() as console:
        if listing.users:
            from audit.asof.users import UsersAt  # noqa: PLC0415 - heavy

            users_of_page = partial(
                switches_api.list_users_between.request,
                switch,
                from_moment=from_moment,
                to_moment=to_moment,
            )
            page = read_users(console, UsersAt, users_of_page, listing=listing)
            print_users(page, listing)
            return
        from audit.asof.differences import Differences  # noqa: PLC0415 - heavy

        request = switches_api.show_differences.request(switch, from_moment=from_moment, to_moment=to_moment)
        answer = console.ask(Differences, request)
    print_json(answer) if listing.as_json else print_lines(difference_lines(answer))


def difference_lines(answer: Differences) -> list[str]:
    """Return the differences by part."""
    lines = [
        f"switch {answer.switch_id}",
        f"from {_moment(answer.earlier)}",
        f"to   {_moment(answer.later)}",
    ]
    if not answer.differences and not answer.moves:
        return [*lines, "", "Nothing changed."]
    for part, same in groupby(answer.differences, key=lambda each: each.part):
        lines += ["", part.upper(), *(line for each in same for line in _difference(each))]
    if answer.moves:
        lines += ["", "WHO HELD WHAT", *_moves(answer.moves)]
    return lines


def value_text(value: JsonValue) -> str:
    """Return a fact in words: an event by its position, a list by its items."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, dict) and value.keys() == {"event", "position", "version"}:
        return f"event {value['position']} ({value['event']})"
    if isinstance(value, list):
        return _cut(", ".join(value_text(each) for each in value) or "nothing")
    return _cut(value if isinstance(value, str) else json.dumps(value))


def _cut(text: str) -> str:
    return text if len(text) <= _VALUE_MAX else f"{text[:_VALUE_MAX]}…"


def _moment(moment: MomentAt | None) -> str:
    if moment is None:
        return "before its first event"
    return f"position {moment.position}, version {moment.version}"


def _difference(each: Difference) -> Iterator[str]:
    yield from wrapped(each.fact, _INDENT, " " * _INDENT)
    if each.change == "items":
        changes = {"came": each.after, "left": each.before}
        text = "; ".join(f"{word}: {value_text(items)}" for word, items in changes.items() if items)
    elif each.change == "changed":
        text = f"{value_text(each.before)} -> {value_text(each.after)}"
    elif each.change == "added":
        text = f"new: {value_text(each.after)}"
    else:
        text = f"no more: {value_text(each.before)}"
    yield from wrapped(text, _VALUE, " " * _VALUE)


def _moves(moves: Sequence[UserMove]) -> Iterator[str]:
    for each in moves:
        before = each.before.replace("_", " ") if each.before else "not known"
        words = f"{counted(each.users, 'user')}: {before} -> {each.after.replace('_', ' ')}"
        yield from wrapped(words, _INDENT, " " * _INDENT)

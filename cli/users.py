"""`planswitch switch users`: what became of single users."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from cli.api_paths import api_path
from cli.client import console_client
from cli.drift_text import WORDS, drift_remedies
from cli.output import JsonOption, print_json, print_lines, short, wrapped
from cli.refusal_text import answer_lines
from cli.tables import table

#: Users of one request to the API.
PAGE = 500


def register(switches: typer.Typer) -> None:
    """Add `users` to the commands of switches."""
    switches.command()(users)


def users(
    switch: Annotated[str, typer.Argument(help="Id of the switch, or its first 8 characters.")],
    limit: Annotated[int, typer.Option(min=1, help="Users to list.")] = 100,
    after: Annotated[str, typer.Option(help="Go on after a page: what it gave as `next`.")] = "",
    drift: Annotated[
        bool, typer.Option("--drift", help="Only those whom somebody changed by hand, from whole pages.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """List what became of each user, and of services switched off; what was changed by hand is told."""
    with console_client() as console:
        found: list[dict[str, Any]] = []
        answer: dict[str, Any] = {"next": after or None}
        while len(found) < limit:
            path = api_path("switches", switch, "users")
            # A page is never cut: what it gives as `next` begins after its last user.
            size = PAGE if drift else min(PAGE, limit - len(found))
            answer = console.get(path, limit=size, after=answer["next"])
            found += [user for user in answer["users"] if user["drift"] or not drift]
            if answer["next"] is None:
                break
    whole = {**answer, "users": found}
    print_json(whole) if as_json else print_lines(_lines(whole, option=" --drift" if drift else ""))


def _lines(answer: dict[str, Any], *, option: str) -> list[str]:
    if not answer["users"]:
        return ["Nobody was changed by hand." if option else "No user was dealt with so far."]
    has_drift = any(user["drift"] for user in answer["users"])
    rows = [
        [
            user["directory_id"] or f"erased {short(user['user_key'])}",
            user["outcome"],
            len(user["kept"]),
            len(user["no_counterpart"]),
            len(user["newly_granted"]),
            len(user["dependents"]),
            user["error"] or user["pass_name"],
            *([WORDS.get(user["drift"], user["drift"] or "-")] if has_drift else []),
        ]
        for user in answer["users"]
    ]
    headers = ["USER", "OUTCOME", "KEPT", "GONE", "NEW", "OFF", "BY", *(["DRIFT"] if has_drift else [])]
    lines = table(headers, rows)
    lines += [*_remedies(answer["users"]), *drift_remedies(answer["users"])]
    if answer["next"]:
        more = f"planswitch switch users {short(answer['switch_id'])}{option} --after {answer['next']}"
        lines += ["", f"more: {more}"]
    return lines


def _remedies(listed: Sequence[dict[str, Any]]) -> list[str]:
    refused = [user for user in listed if user["remedy"] or user["text"]]
    counts = Counter((user["error"], user["code"], user["text"]) for user in refused)
    kinds = {(user["error"], user["code"], user["text"]): user for user in refused}
    return [line for key, user in kinds.items() for line in _kind(user, counts[key])]


def _kind(user: dict[str, Any], count: int) -> list[str]:
    """Return what users with the same answer were told, and what to do about it."""
    users = "1 user" if count == 1 else f"{count} users"
    head = f"{user['error']}, {users}: {user['remedy'] or user['message']}"
    return ["", *wrapped(head, 0), *answer_lines(user)]

"""What commands print of refusals: the provider's own words once, with how many heard the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from cli.base.client import ConsoleClient
from cli.text import answers
from cli.text.output import ago, wrapped
from domain.operator.step_words import asked_words

if TYPE_CHECKING:
    from audit.story.refusals import ToldRefusal
    from audit.users.user_outcomes import UnresolvedUser, UserOutcome

#: Users that are named for one kind of failure.
USERS_SHOWN = 10
#: Different refusals that are listed; `--json` has every one.
REFUSALS_SHOWN = 20
_DETAIL = 2
_MORE = 4


def all_refusals(console: ConsoleClient, path: str) -> list[ToldRefusal]:
    """Return the different refusals of a switch, read page by page.

    Args:
        console: Who is asked.
        path: Of the list of refusals.
    """
    answer = console.get(answers.switches.RefusalsOfSwitch, path)
    listed = list(answer.refusals)
    while answer.next is not None:
        answer = console.get(answers.switches.RefusalsOfSwitch, path, after=answer.next)
        listed += answer.refusals
    return listed


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

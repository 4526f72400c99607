"""How fast the story of a large switch is told, and its state as of a moment; the store is built by COPY."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

from audit.asof.differences import differences_between
from audit.asof.states import state_at
from audit.asof.switch_record import SwitchRecord, switch_record
from audit.asof.users import users_at
from audit.story.show import audit_of
from bench.large.large_switch import LargeSwitch, large_switch
from domain.licenses.move import GroupMoved

USERS_DEFAULT = 300_000
_ROUNDS = 3
_MILLISECONDS = 1_000


def measure(users: int) -> dict[str, Any]:
    """Make a switch of so many users and measure what an auditor asks of it.

    Args:
        users: Users of the switch.
    """
    with large_switch(users) as switch:
        return figures(switch)


def figures(switch: LargeSwitch) -> dict[str, Any]:
    """Return milliseconds of `audit show`, `audit at` and `audit diff`, and of a page of users.

    Args:
        switch: A completed switch.
    """
    middle = _middle(_record(switch))
    return {
        "users": switch.users,
        "show_ms": _milliseconds(lambda: audit_of(switch.store, switch.switch_id, switch.streams)),
        "at_ms": _milliseconds(lambda: state_at(switch.store, _record(switch), middle)),
        "diff_ms": _milliseconds(lambda: differences_between(switch.store, _record(switch), 1, middle)),
        "users_page_ms": _milliseconds(lambda: users_at(switch.store, _record(switch), middle)),
    }


def summarize(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the medians of the runs."""
    return {name: median(run[name] for run in runs) for name in runs[0]}


def _record(switch: LargeSwitch) -> SwitchRecord:
    return switch_record(switch.store, switch.switch_id, switch.streams)


def _middle(record: SwitchRecord) -> int:
    """Return where half of the chunks are recorded: rows count up to there, and not beyond."""
    chunks = [each.id for each in record.events if isinstance(each.event, GroupMoved)]
    return chunks[len(chunks) // 2]


def _milliseconds(act: Callable[[], object]) -> float:
    times = []
    for _ in range(_ROUNDS):
        began = perf_counter()
        act()
        times.append((perf_counter() - began) * _MILLISECONDS)
    return round(median(times), 1)

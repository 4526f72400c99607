"""When a wait of a switch is looked at next, as its events tell."""

from __future__ import annotations

from typing import Any

from audit.story.wait_parts import RunningWait
from domain.event_table.event_declaration import WaitKind, time_of
from domain.kernel.awaited import STEADY_FROM

#: The money of a credit, after its invoice.
_NOT_SETTLED = "not_settled"


def steady_seconds(event: Any) -> int:
    """Return the seconds between looks, if every look comes at the same distance from the last one."""
    gap = event.looks_at - event.timestamp
    return int(gap.total_seconds()) if gap >= STEADY_FROM else 0


def reminded(wait: RunningWait, _event: Any) -> str:
    """Note that the next look is at the deadline."""
    wait.looks_at = wait.planned_end_at
    return "the organization was reminded"


def overdue(wait: RunningWait, _event: Any) -> str:
    """Note that the next look is at the end of the hold."""
    wait.looks_at = wait.cap_at
    return "overdue: an operator is asked"


def look_planned(wait: RunningWait, event: Any) -> str:
    """Note when a request that waits is looked at next."""
    wait.looks_at, wait.looks_every_seconds = event.looks_at, steady_seconds(event)
    failed = f"the look got no answer ({event.code}): {event.message}; " if event.code else ""
    return f"{failed}the next look is planned for {time_of(event.looks_at)}"


def asked_for_invoice(wait: RunningWait, event: Any) -> str:
    """Note when billing is asked again."""
    wait.looks_at = event.looks_at
    return f"not delivered yet; asked again {time_of(event.looks_at)}"


def settlement_begun(event: Any) -> RunningWait | None:
    """Return the wait for a credit's money, where that is what is open."""
    if event.open_point != _NOT_SETTLED:
        return None
    return RunningWait(
        kind=WaitKind.SETTLEMENT,
        about=f"billing, which pays the credit of invoice {event.invoice_id}",
        looks_at=event.looks_at,
        what_to_do="Nothing: billing is asked again by itself.",
    )

"""The referee: what users, days and money went through, by the journal file alone.

It shares no state and no fold with the server; it reads the facts again and keeps its own books.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from sandbox.kernel.clock import parse_instant
from sandbox.kernel.journal import Record, read_records
from sandbox.kernel.plans import PlanBook
from sandbox.referee.referee_commerce import CommerceBook
from sandbox.referee.referee_renewals import RenewalBook
from sandbox.referee.referee_users import UserBook

_SUMMED = (
    "wrong_amounts",
    "double_charges",
    "unbilled_days",
    "overlap_days",
    "orphan_orders",
    "orders",
    "cancellations",
    "renewal_differences",
    "unlicensed_users",
    "data_service_gap_users",
)
_SECONDS = ("unlicensed_user_seconds", "data_service_gap_user_seconds")
_DIGITS = 6


class OrganizationBook:
    """The referee's books of one organization."""

    def __init__(self, record: Record, plans: PlanBook) -> None:
        self.users = UserBook(plans)
        self.commerce = CommerceBook(record["profile"])
        self.renewals = RenewalBook()

    def read(self, record: Record) -> None:
        """Take in one record."""
        at = parse_instant(record["at"])
        self.users.run_timers(at)
        self.commerce.read(record, self.users)
        self.renewals.read(record)
        self.users.read(record, at)

    def verdict(self, now: datetime) -> dict[str, Any]:
        """Return the figures of this organization up to `now`."""
        users = self.users.verdict(now)
        differences = {"renewal_differences": self.renewals.differences()}
        return users | self.commerce.verdict(now, self.users) | differences


def judge(path: Path, plans: PlanBook, now: datetime, organization_id: str | None = None) -> dict[str, Any]:
    """Return the referee's figures.

    Args:
        path: The journal file.
        plans: Price book with the referee's own tiers.
        now: Instant up to which gaps that are still open are counted.
        organization_id: Judge only this one; None sums over all.
    """
    books: dict[str, OrganizationBook] = {}
    for record in read_records(path):
        owner = record.get("organization_id")
        if owner is None or organization_id not in (None, owner):
            continue
        if record["type"] == "organization":
            books[owner] = OrganizationBook(record, plans)
        books[owner].read(record)
    return _sum([book.verdict(now) for book in books.values()])


def _sum(verdicts: Iterable[dict[str, Any]]) -> dict[str, Any]:
    total: dict[str, Any] = dict.fromkeys((*_SECONDS, *_SUMMED), 0)
    total["wrong_amount_texts"] = []
    by_actor: dict[str, dict[str, float]] = {}
    for verdict in verdicts:
        for name in (*_SUMMED, "wrong_amount_texts"):
            total[name] += verdict[name]
        for actor, figures in verdict["by_actor"].items():
            mine = by_actor.setdefault(actor, dict.fromkeys(_SECONDS, 0))
            for name in _SECONDS:
                mine[name] = round(mine[name] + figures[name], _DIGITS)
    for name in _SECONDS:
        total[name] = by_actor.get("app", {}).get(name, 0)
    return total | {"by_actor": by_actor}

"""What follows from the sealed part of a bundle: whoever makes it and whoever checks it derive the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from audit.bundle.archive import json_member
from audit.bundle.contents import Sealed
from audit.bundle.members import CALENDAR, PAGE, PRICES, README, REPORT, REQUEST_IDS, RULE_SET
from audit.report.amounts import Amount, amounts_of, bill_of
from audit.report.facts import calendar_facts, price_facts, request_ids, rule_set_facts, rule_set_of
from audit.report.figures import Record, Report, report_of
from audit.report.final_state import final_state
from audit.report.page import page_of
from audit.report.readme import readme_of
from audit.transparency.policies import Verdict
from domain.kernel.errors import AuditMismatch
from domain.kernel.ids import replacement_stream_id
from domain.licenses.move import MoveRow
from store.core.rows import RecordedCall
from store.record.notifications import StoredNotification

#: Members whose words a later version may put better: only the version that wrote them compares their bytes.
WORDED: Final = (README, PAGE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Derived:
    """What a bundle must say, by its sealed part."""

    report: Report
    amounts: Sequence[Amount]
    #: Name of a member -> its bytes.
    members: dict[str, bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """What a bundle has beside its events."""

    calls: Sequence[RecordedCall]
    #: Users of the roster and rows of what happened to them; and those rows that have a request id.
    roster: int
    rows: int
    answered: Sequence[MoveRow]


def derive(sealed: Sealed, beside: Beside, seal: Verdict, *, switch_id: str, product_version: str) -> Derived:
    """Return what follows from the sealed part of a bundle.

    Args:
        sealed: Whole streams, and the ranges of calls.
        beside: Calls and users that were compared with their digests.
        seal: Who vouches for the checkpoint.
        switch_id: The switch; it has one event at least.
        product_version: Of the product that makes the bundle.
    """
    events = sealed.of_switch(switch_id)
    # What can't be computed again is told by the check; it keeps nobody from the rest.
    bill, state = None, dict[str, str]()
    with suppress(AuditMismatch):
        bill = bill_of(events)
    with suppress(AuditMismatch):
        state = state_of(sealed, switch_id)
    amounts = amounts_of(events, bill)
    report = report_of(
        Record(
            switch_id=switch_id,
            organization_id=organization_of(events),
            events=events,
            calls=beside.calls,
            bill=bill,
            amounts=amounts,
            state=state,
            roster=beside.roster,
            rows=beside.rows,
            stored_events=len(sealed.events),
            seal=seal,
        )
    )
    facts = {
        REPORT: report.as_facts(product_version),
        CALENDAR: calendar_facts(events),
        PRICES: price_facts(events, bill),
        RULE_SET: rule_set_facts(rule_set_of(events)),
        REQUEST_IDS: request_ids(beside.calls, beside.answered),
    }
    members = {name: json_member(each) for name, each in facts.items()}
    return Derived(
        report=report,
        amounts=amounts,
        members={**members, PAGE: page_of(report), README: readme_of(report)},
    )


def state_of(sealed: Sealed, switch_id: str) -> dict[str, str]:
    """Return the last state of a switch by its whole streams: name of a figure -> its text.

    Raises:
        AuditMismatch: A stream does not lead to any state.
    """
    return final_state(sealed.streams, switch_id, target_stream=replacement_stream_id(switch_id))


def organization_of(events: Iterable[StoredNotification]) -> str:
    """Return the organization of a switch, as its first event names it."""
    first = next(iter(events))
    return str(first.event.meta["organization_id"])  # type: ignore[attr-defined]

"""Facts beside the events: prices, calendar, rule set, and the request ids of providers.

Whoever checks a bundle makes them again from its events and calls, so nobody can slip others in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from audit.report.amounts import Bill
from domain.catalog.rule_sets import rule_set
from domain.kernel.errors import AuditMismatch
from domain.kernel.facts import as_plain
from domain.licenses.move import MoveRow
from domain.switch.credit import calendar_of_event, credit_deadlines
from domain.switch.events import CreditCheckExtended, CreditCheckRequired, ReplacementOrdered, SwitchRequested
from store.core.rows import RecordedCall
from store.record.notifications import StoredNotification

_SUCCESS = range(200, 300)

_CALENDAR = (
    *("requested_at", "reminder_at", "deadline_at", "cap_at", "time_zone", "weekend", "holidays"),
    *("working_weekend_days", "cut_off_hour", "calendar"),
)


def price_facts(events: Sequence[StoredNotification], bill: Bill | None) -> dict[str, Any]:
    """Return what each quote of a switch rests on, and the lines of the day that was billed."""
    cutover = bill.cutover if bill else None
    return {
        "quotes": [
            {"event": each.id, "digest": quote["digest"], "input": quote["input"]}
            for each in events
            if (quote := getattr(each.event, "quote", None))
        ],
        "lines": as_plain(cutover.lines) if cutover else [],
        "renewals": as_plain(cutover.renewals) if cutover else [],
    }


def calendar_facts(events: Sequence[StoredNotification]) -> dict[str, Any]:
    """Return the business days by which a credit check was promised to end; nothing without a check."""
    waits = []
    for each in events:
        event: Any = each.event
        if isinstance(event, CreditCheckRequired):
            facts = {name: as_plain(getattr(event, name)) for name in _CALENDAR}
            waits.append({"event": each.id, **facts})
        elif isinstance(event, CreditCheckExtended):
            extended = {"days": event.days, "deadline_at": as_plain(event.deadline_at)}
            waits.append({"event": each.id, **extended})
    return {"credit_checks": waits}


def require_deadlines(events: Sequence[StoredNotification]) -> None:
    """Refuse a credit check whose instants do not follow from its own calendar and rule set.

    Raises:
        AuditMismatch: An instant is another one (rules#credit-check).
    """
    required: Any = _newest(events, CreditCheckRequired)
    requested: Any = _newest(events, SwitchRequested)
    ordered: Any = _newest(events, ReplacementOrdered)
    if required is None or requested is None:
        return
    expected = credit_deadlines(
        required.requested_at,
        calendar_of_event(required),
        rule_set(requested.rule_set),
        ordered_at=ordered.ordered_at if ordered else None,
    )
    for name in ("reminder_at", "deadline_at", "cap_at"):
        was, should = getattr(required, name), getattr(expected, name)
        if was != should:
            raise AuditMismatch(
                f"The credit check's {name} is {was.isoformat()}; its calendar says {should.isoformat()}.",
                remedy="Compare the rule set of the switch with docs/rules.md.",
            )


def rule_set_facts(name: str) -> dict[str, Any]:
    """Return a rule set as data; {} where the switch was never requested."""
    facts: dict[str, Any] = as_plain(rule_set(name)) if name else {}
    return facts


def rule_set_of(events: Sequence[StoredNotification]) -> str:
    """Return the name of the rule set that a switch was decided by, "" before its request."""
    requested: Any = _newest(events, SwitchRequested)
    return str(requested.rule_set) if requested else ""


def catalog_version_of(events: Sequence[StoredNotification]) -> str:
    """Return the name of the catalog's version that a switch was decided with, "" before its request."""
    requested: Any = _newest(events, SwitchRequested)
    return str(requested.catalog_version) if requested else ""


def request_ids(calls: Iterable[RecordedCall], rows: Iterable[MoveRow]) -> dict[str, Any]:
    """Return by what the support of each provider finds its answers."""
    return {
        "calls": list(_of_calls(calls)),
        "users": [
            {"user_key": str(row.user_key), "code": row.code, "request_id": row.request_id}
            for row in rows
            if row.request_id
        ],
    }


def _of_calls(calls: Iterable[RecordedCall]) -> Iterator[dict[str, Any]]:
    for each in calls:
        call = each.call
        refusals = [asdict(refusal) for refusal in call.refusals if refusal.request_id]
        is_answered_yes = call.status in _SUCCESS and not call.code
        # Each call has an id by which it is found; here stand those about which somebody may ask.
        if (call.request_id and not is_answered_yes) or refusals:
            yield {
                "call": each.id,
                "provider": call.provider,
                "operation": call.operation,
                "at": as_plain(call.started_at),
                "status": call.status,
                "request_id": call.request_id,
                "refusals": [
                    {name: refusal[name] for name in ("status", "code", "request_id", "count")}
                    for refusal in refusals
                ],
            }


def _newest(events: Sequence[StoredNotification], kind: type[Any]) -> Any:
    return next((each.event for each in reversed(events) if isinstance(each.event, kind)), None)

"""What the draft of an order looks like in the list of checkouts (rules#checkout)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from domain.kernel.ids import checkout_id_of
from domain.requests.checkout import ABANDONED, OPEN, ORDERED
from domain.requests.checkout_events import (
    CheckoutAbandoned,
    CheckoutEdited,
    CheckoutOrdered,
    CheckoutReopened,
    CheckoutStarted,
)
from projections.board.rows import CheckoutRow


def checkout_row(before: CheckoutRow | None, event: Any, position: int) -> CheckoutRow | None:
    """Return the row of a draft after an event; None when the event is of no draft.

    Args:
        before: The row so far, None before the first event.
        event: Any stored event.
        position: Its notification.

    Raises:
        ValueError: A draft is changed whose start was not seen.
    """
    if isinstance(event, CheckoutStarted):
        return _started(event, position)
    change = CHANGES.get(type(event))
    if change is None:
        return None
    if before is None:
        raise ValueError(f"the start of checkout log {event.originator_id} was not seen")
    return replace(
        change(before, event),
        revision=event.originator_version,
        changed_by=event.meta["actor"],
        changed_at=event.timestamp,
        position=position,
    )


def _started(event: CheckoutStarted, position: int) -> CheckoutRow:
    return CheckoutRow(
        stream_id=str(event.originator_id),
        checkout_id=checkout_id_of(event.organization_id, event.request_id),
        organization_id=event.organization_id,
        source_subscription_id=event.asked["source_subscription_id"],
        state=OPEN,
        revision=event.originator_version,
        started_by=event.meta["actor"],
        started_at=event.timestamp,
        changed_by=event.meta["actor"],
        changed_at=event.timestamp,
        position=position,
        **_drafted(event),
    )


def _drafted(event: CheckoutStarted | CheckoutEdited) -> dict[str, Any]:
    """Return what a start and an edit both tell: terms and quote."""
    terms, priced = event.terms, event.quote["input"]
    return {
        "target_plan_id": terms["target_plan_id"],
        "quantity": terms["quantity"],
        "payment_method": terms["payment_method"],
        "credit_check": event.credit_check,
        "total": event.quote["totals_minor_units"][priced["order_on"]],
        "currency": priced["currency"],
        "expires_on": date.fromisoformat(priced["expires_on"]),
    }


def _edited(row: CheckoutRow, event: CheckoutEdited) -> CheckoutRow:
    return replace(row, **_drafted(event))


def _ordered(row: CheckoutRow, event: CheckoutOrdered) -> CheckoutRow:
    return replace(row, state=ORDERED, switch_id=event.switch_id)


def _reopened(row: CheckoutRow, event: CheckoutReopened) -> CheckoutRow:
    return replace(row, state=OPEN, switch_id="", refusal_code=event.code)


def _abandoned(row: CheckoutRow, _event: CheckoutAbandoned) -> CheckoutRow:
    return replace(row, state=ABANDONED)


#: Event class -> its function; the start makes the row.
CHANGES: dict[type[Any], Callable[[CheckoutRow, Any], CheckoutRow]] = {
    CheckoutEdited: _edited,
    CheckoutOrdered: _ordered,
    CheckoutReopened: _reopened,
    CheckoutAbandoned: _abandoned,
}

"""The events that a cutover leaves in the record, as the step of the cutover writes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from domain.kernel.money import Money
from domain.quote.quote import Cutover, Quote, cutover
from domain.subscriptions.subscription import BillingStarted, InvoiceIssued
from domain.switch.events import QuoteFixed
from domain.switch.move_events import (
    AddOnCarried,
    AddOnDropped,
    BillingCutOver,
    BillingStopped,
    CreditForfeited,
    CreditIssued,
    CreditSettled,
    RenewalStopped,
)
from tests.support.stories.samples import sample_of


def cutover_events(accepted: Quote, on: date, *, payment_method: str = "card", **seen: Any) -> list[Any]:
    """Return the events of a cutover on a day, from the accepted quote to the credit's arrival.

    Args:
        accepted: The quote that the order bound.
        on: Day of the cutover.
        payment_method: card, which is charged at once, or invoice.
        seen: What billing showed, as `cutover` takes it.
    """
    told = cutover(accepted, on, **seen)
    nothing = Money.zero(told.net.currency)
    invoice = {"tax": told.tax, "total": told.total}
    invoice["charged"] = told.total if payment_method == "card" else nothing
    events = [
        _event(QuoteFixed, quote=accepted.as_facts()),
        *([_event(RenewalStopped, ends_on=told.source_ends_on)] if told.source_ends_on else []),
        _event(BillingStopped, effective_on=told.source_ends_on or told.stop_on),
        *_given_back(told),
        *_addons(told, nothing),
        _event(BillingStarted, amount=told.charge),
        _event(InvoiceIssued, **invoice),
        _event(
            BillingCutOver,
            cutover_on=told.on,
            source_period_end_on=told.credit_to_on,
            net=told.net,
            tax=told.tax,
            total=told.total,
        ),
    ]
    if any(isinstance(event, CreditIssued) for event in events):
        events.append(_event(CreditSettled))
    return events


def _given_back(told: Cutover) -> Iterator[Any]:
    if told.credit.minor_units or told.forfeited.minor_units:
        yield _event(CreditIssued, amount=told.credit, consumed=told.consumed)
    if told.forfeited.minor_units:
        yield _event(CreditForfeited, amount=told.forfeited)


def _addons(told: Cutover, nothing: Money) -> Iterator[Any]:
    for each in told.addons:
        money = {"credit": each.credit, "consumed": each.consumed}
        if each.charge is None:
            yield _event(AddOnDropped, **money)
        else:
            yield _event(AddOnCarried, **money, charge=each.charge)
    yield _event(AddOnDropped, credit=nothing, consumed=nothing)


#: Topic -> an example of its event, made once: property tests want thousands.
_SAMPLES: dict[str, dict[str, Any]] = {}


def _event(event_class: type[Any], **facts: Any) -> Any:
    topic: str = event_class.TOPIC
    if topic not in _SAMPLES:
        _SAMPLES[topic] = dict(vars(sample_of(event_class)))
    return event_class(**{**_SAMPLES[topic], **facts})

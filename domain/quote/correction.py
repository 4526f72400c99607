"""A quote of before that overcharges: what it costs by the formulas of now (proration#older-quotes).

A stored quote keeps its version, its digest and its cents. Where it was ordered, the lower amount is billed,
and never more than was accepted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from domain.kernel.errors import AuditMismatch
from domain.kernel.money import Money
from domain.ports.cloud import BilledPeriod
from domain.quote.quote import Cutover, Quote, cutover, quote
from domain.quote.quote_input import NOMINAL_PERIOD


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """What is billed in place of what an accepted quote of before says."""

    #: The same terms by the formulas of now.
    quote: Quote
    cutover: Cutover
    #: What was accepted for that day, with tax.
    accepted_total: Money
    #: No more of a prepaid value is lost than was accepted.
    forfeited_at_most: Money


def corrected(
    accepted: Quote,
    by_quote: Cutover,
    *,
    billed_now: BilledPeriod | None = None,
    addons_now: Mapping[str, BilledPeriod] | None = None,
) -> Correction | None:
    """Return what is billed instead of a quote of before; None where that is no less.

    Args:
        accepted: The quote that the order bound.
        by_quote: Its cutover.
        billed_now: As `cutover` takes it; it states the billing day, which quotes of before don't have.
        addons_now: The same.
    """
    if accepted.input.is_nominal:
        return None
    stated = billed_now.billing_day if billed_now else None
    billed = replace(accepted.input.billed, billing_day=stated)
    again = quote(replace(accepted.input, billed=billed, period_version=NOMINAL_PERIOD))
    try:
        bill = cutover(
            again,
            by_quote.on,
            billed_now=billed_now,
            addons_now=addons_now,
            forfeited_at_most=by_quote.forfeited,
        )
    except AuditMismatch:
        # The renewals of then and now differ: what was accepted is billed.
        return None
    if not bill.total < by_quote.total:
        return None
    return Correction(
        quote=again, cutover=bill, accepted_total=by_quote.total, forfeited_at_most=by_quote.forfeited
    )

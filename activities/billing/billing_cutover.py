"""Billing cutover: old billing off, credit, new billing on, invoice; once, whatever fails in between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from temporalio import activity

from activities.assessment.addons import (
    BilledAddon,
    addon_periods,
    addon_replacements,
    bill_addons,
    record_addons,
)
from activities.base.attempt import Steps, step_of
from activities.base.step import Step, position_of
from activities.billing.charge_start import require_own_charge
from activities.contract import CUT_OVER_BILLING, CutOverBillingInput, CutOverBillingResult
from domain.licenses.promised_time import invoice_promised_at
from domain.licenses.reduction import lost_of_leaving
from domain.operator.manual_steps import bought_outside
from domain.ports.billing_port import FreeDays, InvoiceLine, IssuedCredit, IssuedInvoice
from domain.quote.lines import CHARGE, CREDIT, REVERSAL, QuoteLine
from domain.quote.quote import Correction, Cutover, corrected, cutover
from domain.subscriptions.subscription import BillingStarted, InvoiceIssued, Subscription
from domain.switch.move_events import (
    BillingCutOver,
    BillingStopped,
    CreditForfeited,
    CreditIssued,
    LicensesReduced,
    QuoteCorrected,
    SourceCancelled,
)
from domain.switch.stage import IS_LEFT


@dataclass(frozen=True, kw_only=True, slots=True)
class Billed:
    """What billing answered to each call."""

    #: None: the old plan goes on for who stays.
    stopped_on: date | None
    credit: IssuedCredit | None
    charge_id: str
    addons: tuple[BilledAddon, ...]
    invoice: IssuedInvoice


class BillingCutoverActivities(Steps):
    """Steps at the ledger."""

    @activity.defn(name=CUT_OVER_BILLING.name, no_thread_cancel_exception=True)
    def cut_over_billing(self, step_input: CutOverBillingInput) -> CutOverBillingResult:
        """Bill what the accepted quote says for the stored cutover day (switch#steps)."""
        with step_of(self._toolbox, step_input) as step:
            source, target = step.source(), step.target()
            done = step.state_of(source).of(BillingCutOver)
            if done is not None:
                return CutOverBillingResult(
                    total_minor_units=done.total.minor_units,
                    currency=done.total.currency,
                    invoice_id=done.invoice_id,
                    invoice_promised_at=done.invoice_promised_at,
                    saved=(position_of(source),),
                )
            terms, correction = billed_cutover(step, source)
            profile = step.cloud.billing.profile(step.order.organization_id)
            promised_at = invoice_promised_at(step.at, profile.time_zone) if terms.moves_money else None
            billed = _bill(step, source, target, terms)
            if correction is not None:
                step.advance(
                    source,
                    QuoteCorrected,
                    accepted_digest=step.accepted_quote.digest,
                    accepted_total=correction.accepted_total,
                    billed_total=correction.cutover.total,
                    forfeited_at_most=correction.forfeited_at_most,
                    quote=correction.quote.as_facts(),
                )
            _record(step, source, target, terms=terms, billed=billed, promised_at=promised_at)
            return CutOverBillingResult(
                total_minor_units=terms.total.minor_units,
                currency=terms.total.currency,
                invoice_id=billed.invoice.invoice_id,
                invoice_promised_at=promised_at,
                saved=step.save(source, target),
            )


def billed_cutover(step: Step, source: Subscription) -> tuple[Cutover, Correction | None]:
    """Compute the cutover from the recorded quote and the recorded day (switch#steps).

    Returns:
        What is billed, and why it is less than the accepted quote says, where that was computed by formulas
        of before; None where it is what was accepted.
    """
    state = step.state_of(source)
    left = state.of(LicensesReduced) or state.require(SourceCancelled, since=IS_LEFT)
    accepted = step.accepted_quote
    # Billing may not have billed a renewal that the quote foresaw: only what was paid can be credited.
    billed = step.cloud.billing.period(step.order.organization_id, step.order.source_subscription_id)
    addons = addon_periods(step, accepted)
    bill = cutover(accepted, left.cutover_on, billed_now=billed, addons_now=addons)
    correction = corrected(accepted, bill, billed_now=billed, addons_now=addons)
    return (correction.cutover if correction else bill), correction


def _bill(step: Step, source: Subscription, target: Subscription, terms: Cutover) -> Billed:
    organization_id, billing = step.order.organization_id, step.cloud.billing
    source_id = step.order.source_subscription_id
    replacements = addon_replacements(step, source)
    if bought_outside(step.state_of(source)) is not None:
        _require_own_charges(step, target, terms, replacements)
    # What can't be cancelled the seller bills until its term ends, and then no more (ADR 12). What was
    # stopped at the order (ADR 15) has used this key already: the same is answered, and nothing changes.
    stopped_on = terms.source_ends_on
    if stopped_on is None and not terms.is_source_kept:
        stopped_on = billing.stop(
            organization_id, source_id, effective_on=terms.stop_on, key=step.key("stop")
        )
    credit = None
    if terms.releases_days:
        # Days that are worth nothing, or whose value is forfeited, are released by a credit of nothing.
        credit = billing.credit(
            organization_id,
            source_id,
            amount=terms.credit,
            from_on=terms.credit_from_on,
            to_on=terms.credit_to_on,
            reason=f"plan switch {step.order.switch_id}",
            key=step.key("credit"),
        )
    charge_id = "" if terms.is_target_owned else _start(step, target, terms)
    addons = bill_addons(step, terms, replacements)
    invoice = billing.invoice(
        organization_id,
        switch_id=step.order.switch_id,
        lines=tuple(_invoice_lines(terms, credit, charge_id, addons)),
        tax=terms.tax,
        total=terms.total,
        payment_method=step.order.payment_method,
        key=step.key("invoice"),
    )
    return Billed(stopped_on=stopped_on, credit=credit, charge_id=charge_id, addons=addons, invoice=invoice)


def _require_own_charges(
    step: Step, target: Subscription, terms: Cutover, replacements: Mapping[str, str]
) -> None:
    """Look before any call whether what was bought outside is billed by others, of plan and add-ons."""
    if not terms.is_target_owned:
        require_own_charge(
            step,
            target.subscription_id,
            amount=terms.charge,
            from_on=terms.on,
            to_on=terms.period_end_on,
            quantity=terms.quantity,
        )
    for each in terms.addons:
        if each.charge is not None:
            require_own_charge(
                step,
                replacements[each.addon.subscription_id],
                amount=each.charge,
                from_on=terms.on,
                to_on=each.period_end_on,
                quantity=each.addon.quantity,
            )


def _start(step: Step, target: Subscription, terms: Cutover) -> str:
    """Start billing of the new plan, and return the id of the charge."""
    return step.cloud.billing.start(
        step.order.organization_id,
        target.subscription_id,
        effective_on=terms.on,
        period_end_on=terms.period_end_on,
        quantity=terms.quantity,
        unit_price=terms.unit_price,
        amount=terms.charge,
        key=step.key("start"),
        billing_day=terms.billing_day,
    )


def _invoice_lines(
    terms: Cutover, credit: IssuedCredit | None, charge_id: str, addons: tuple[BilledAddon, ...]
) -> Iterator[InvoiceLine]:
    references = {"": _references(credit, charge_id)} | {
        each.addon.subscription_id: _references(each.credit, each.charge_id) for each in addons
    }
    for line in terms.lines:
        reference_id = references[line.addon_id].get(line.kind)
        yield InvoiceLine(
            kind=line.kind, amount=line.amount, reference_id=reference_id, free=_free_days(line)
        )


def _free_days(line: QuoteLine) -> FreeDays | None:
    if not line.code:
        return None
    return FreeDays(code=line.code, from_on=line.from_on, to_on=line.to_on, quantity=line.quantity)


def _references(credit: IssuedCredit | None, charge_id: str) -> dict[str, str | None]:
    """Return kind of line -> what it stands for in the ledger."""
    credit_id = credit.credit_id if credit else None
    return {CHARGE: charge_id, CREDIT: credit_id, REVERSAL: credit_id}


def _record(
    step: Step,
    source: Subscription,
    target: Subscription,
    *,
    terms: Cutover,
    billed: Billed,
    promised_at: datetime | None,
) -> None:
    if billed.stopped_on is not None and not step.state_of(source).has(BillingStopped):
        step.advance(source, BillingStopped, effective_on=billed.stopped_on)
    if billed.credit is not None:
        step.advance(
            source,
            CreditIssued,
            credit_id=billed.credit.credit_id,
            amount=terms.credit,
            consumed=terms.consumed,
            settles_on=billed.credit.settles_on,
        )
    reduced = step.state_of(source).of(LicensesReduced)
    lost = lost_of_leaving(terms.forfeited, reduced.given_back if reduced else None)
    if lost.minor_units:
        step.advance(source, CreditForfeited, amount=lost)
    record_addons(step, source, billed.addons, terms.net.currency)
    _record_target(step, target, terms, billed)
    step.advance(
        source,
        BillingCutOver,
        cutover_on=terms.on,
        source_period_end_on=terms.credit_to_on,
        net=terms.net,
        tax=terms.tax,
        total=terms.total,
        invoice_id=billed.invoice.invoice_id,
        invoice_promised_at=promised_at,
        calls_digest=step.calls.digest(),
    )


def _record_target(step: Step, target: Subscription, terms: Cutover, billed: Billed) -> None:
    step.receive(
        target,
        BillingStarted,
        effective_on=terms.on,
        period_end_on=terms.period_end_on,
        charge_id=billed.charge_id,
        amount=terms.charge,
    )
    step.receive(
        target,
        InvoiceIssued,
        invoice_id=billed.invoice.invoice_id,
        number=billed.invoice.number,
        tax=terms.tax,
        total=terms.total,
        charged=billed.invoice.charged,
    )

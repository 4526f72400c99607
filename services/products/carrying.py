"""Carries out what an act on a product was recorded to do; a repetition asks for exactly the same.

Each call has a key of its own, which follows from the act: whoever carries an act on after a lost answer or
the end of a process has each effect once (products#acts).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from domain.kernel.calendar import local_date
from domain.kernel.errors import ConcurrentWrite, NotReadyYet, PlanSwitchError, ProviderRefused
from domain.kernel.ids import idempotency_key, product_act_id_of
from domain.kernel.recorded import Meta
from domain.organizations.organization import Organization
from domain.periods.billing_periods import add_months, cycle_months
from domain.ports.billing_port import InvoiceLine
from domain.ports.cloud import Cloud, CloudFactory, ProviderCall
from domain.ports.credit_port import REQUIRED
from domain.ports.product_port import ProductAct
from domain.ports.seller_port import OrderLine, PlacedOrder
from domain.products.act_terms import STOPPED
from domain.products.product_acts import (
    OPEN,
    ProductActState,
    act_state,
    end_act,
    note_order,
    note_provisioning,
)
from domain.quote.lines import CHARGE
from services.base.tools import SAVE_ATTEMPTS_MAX
from store.switch_store import SwitchStore

Facts = dict[str, str | int]
#: How soon an order is looked at again whose subscription has no name yet.
LOOK_SECONDS = 5.0
CREDIT_REASON = "product cancelled"
_CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True, slots=True)
class ActProgress:
    """How far an act is."""

    state: ProductActState
    #: What it waits for where it is not ended; "" where it is.
    waits_for: str = ""


def carry_on(
    store: SwitchStore, cloud_factory: CloudFactory, organization_id: str, request_id: str
) -> ProductActState:
    """Carry an act on as far as it goes now; one that has ended is only told. See `carried`."""
    return carried(store, cloud_factory, organization_id, request_id).state


def carried(
    store: SwitchStore, cloud_factory: CloudFactory, organization_id: str, request_id: str
) -> ActProgress:
    """Carry an act on as far as it goes now; what is not answered yet leaves it open.

    Args:
        store: Where it is recorded.
        cloud_factory: Builds the outside.
        organization_id: Directory id of the organization.
        request_id: Names the act.
    """
    record = _Record(store, organization_id, request_id)
    state = record.state()
    if state.outcome != OPEN:
        return ActProgress(state=state)
    calls: list[ProviderCall] = []
    waits_for = ""
    try:
        cloud = cloud_factory(calls.append)
        result = _EFFECTS[state.question.act](_Act(cloud, record, state))
    except PlanSwitchError as error:
        if error.handling.is_retryable:
            waits_for = error.message
        else:
            record.end({}, code=error.code, message=error.message)
    else:
        record.end(result)
    finally:
        store.save_calls(calls)
    return ActProgress(state=record.state(), waits_for=waits_for)


class _Record:
    """The organization's stream, written to on behalf of one act."""

    def __init__(self, store: SwitchStore, organization_id: str, request_id: str) -> None:
        self._store = store
        self.organization_id = organization_id
        self.request_id = request_id

    def state(self) -> ProductActState:
        """Return the act as it is recorded now."""
        state = act_state(self._organization(), self.request_id)
        assert state is not None  # noqa: S101 - an act is recorded before it is carried on
        return state

    def ordered(self, order: PlacedOrder) -> None:
        """Record the order."""
        self._save(lambda each, at, meta: note_order(each, self.request_id, order, at=at, meta=meta))

    def provisioned(self, subscription_id: str, from_on: date) -> None:
        """Record the name of what was bought."""
        self._save(
            lambda each, at, meta: note_provisioning(
                each, self.request_id, (subscription_id, from_on), at=at, meta=meta
            )
        )

    def end(self, result: Mapping[str, str | int], *, code: str = "", message: str = "") -> None:
        """Record how it ended."""
        self._save(
            lambda each, at, meta: end_act(
                each, self.request_id, at=at, meta=meta, result=result, code=code, message=message
            )
        )

    def _organization(self) -> Organization:
        organization = self._store.organization(self.organization_id)
        assert organization is not None  # noqa: S101 - as above
        return organization

    def _save(self, decide: Callable[[Organization, datetime, Meta], None]) -> None:
        for attempt in range(1, SAVE_ATTEMPTS_MAX + 1):
            organization = self._organization()
            decide(organization, datetime.now(tz=UTC), self._meta(organization))
            try:
                self._store.save(organization)
            except ConcurrentWrite:
                if attempt == SAVE_ATTEMPTS_MAX:
                    raise
            else:
                return

    def _meta(self, organization: Organization) -> Meta:
        begun = organization.product_acts[self.request_id]
        return Meta(
            switch_id="",
            organization_id=self.organization_id,
            actor=begun.meta["actor"],
            reason=begun.meta["reason"],
            causation=f"{begun.originator_id}@{begun.originator_version}",
        )


@dataclass(frozen=True)
class _Act:
    """One act with what it works on."""

    cloud: Cloud
    record: _Record
    state: ProductActState

    @property
    def organization_id(self) -> str:
        """Return whose product it is."""
        return self.record.organization_id

    @property
    def subscription_id(self) -> str:
        """Return the subscription that it is about."""
        return self.state.question.subscription_id

    @property
    def act_id(self) -> str:
        """Return the id that invoices and keys of calls name."""
        return product_act_id_of(self.organization_id, self.state.question.request_id)

    def key(self, step: str) -> str:
        """Return the key of one of its calls."""
        return idempotency_key(self.act_id, step, 0)


def _buy(act: _Act) -> Facts:
    """Order a subscription, and bill it from the day on which the seller has named it."""
    subscription_id, from_on = act.state.bought_id, act.state.billed_from
    if from_on is None:
        subscription_id, from_on = _provisioned(act)
    months = cycle_months(act.state.question.billing_cycle)
    billed = _start_billing(
        act,
        subscription_id,
        from_on,
        to_on=add_months(from_on, months, from_on.day),
        billing_day=from_on.day,
    )
    return {"subscription_id": subscription_id, **billed}


def _provisioned(act: _Act) -> tuple[str, date]:
    """Return what was bought and its first day, once the seller has named it."""
    placed = _order(act)
    if placed.status == _CANCELLED:
        message = f"The seller cancelled order {placed.order_id}; nothing was charged."
        raise ProviderRefused(message, remedy="Order again.", provider_code="", status=200)
    if placed.subscription_id is None:
        is_checked = placed.credit_check is not None and placed.credit_check.status == REQUIRED
        awaited = "the credit check of" if is_checked else "the subscription of"
        message = f"The order is placed; the seller has not finished {awaited} order {placed.order_id} yet."
        raise NotReadyYet(message, retry_after_seconds=LOOK_SECONDS)
    profile = act.cloud.billing.profile(act.organization_id)
    from_on = local_date(datetime.now(tz=UTC), profile.time_zone)
    act.record.provisioned(placed.subscription_id, from_on)
    state = act.record.state()
    return state.bought_id, state.billed_from or from_on


def _order(act: _Act) -> PlacedOrder:
    seller, question, terms = act.cloud.seller, act.state.question, act.state.terms
    if act.state.order_id:
        return seller.order(act.organization_id, act.state.order_id)
    line = OrderLine(
        plan_id=question.plan_id,
        quantity=terms.quantity,
        term=question.term,
        billing_cycle=question.billing_cycle,
        currency=terms.total.currency,
        payment_method=terms.payment_method,
        is_beside=True,
    )
    placed = seller.place_order(
        act.organization_id, line, cart_key=act.key("cart"), checkout_key=act.key("checkout")
    )
    act.record.ordered(placed)
    return placed


def _start_billing(act: _Act, subscription_id: str, from_on: date, *, to_on: date, billing_day: int) -> Facts:
    """Charge days in advance and issue the invoice."""
    billing, terms = act.cloud.billing, act.state.terms
    assert terms.unit_price is not None  # noqa: S101 - what is charged has a price
    charge_id = billing.start(
        act.organization_id,
        subscription_id,
        effective_on=from_on,
        period_end_on=to_on,
        quantity=terms.quantity,
        unit_price=terms.unit_price,
        amount=terms.charge,
        key=act.key("start"),
        billing_day=billing_day,
    )
    invoice = billing.invoice(
        act.organization_id,
        switch_id=act.act_id,
        lines=(InvoiceLine(kind=CHARGE, amount=terms.charge, reference_id=charge_id),),
        tax=terms.tax,
        total=terms.total,
        payment_method=terms.payment_method,
        key=act.key("invoice"),
    )
    return {"charge_id": charge_id, "invoice_id": invoice.invoice_id, "invoice_number": invoice.number}


def _resize(act: _Act) -> Facts:
    """Change the number of licenses; the seller books what that costs for the rest of the period."""
    changed = act.cloud.seller.change_quantity(
        act.organization_id, act.subscription_id, quantity=act.state.terms.quantity, key=act.key("quantity")
    )
    return {"quantity": changed.quantity}


def _cancel(act: _Act) -> Facts:
    """Cancel, stop billing on the day after, and give back what is left; or let it end with its term."""
    seller, terms = act.cloud.seller, act.state.terms
    if act.state.question.at_renewal:
        assert terms.to_on is not None  # noqa: S101 - the end was fixed with the terms
        stopped = seller.stop_renewal(
            act.organization_id, act.subscription_id, ends_by=terms.to_on, key=act.key("renewal")
        )
        return {"ends_on": stopped.ends_on.isoformat()}
    cancelled = seller.cancel_subscription(act.organization_id, act.subscription_id, key=act.key("cancel"))
    facts: Facts = {"status": cancelled.status, "cancelled_at": cancelled.cancelled_at.isoformat()}
    if terms.from_on is None or terms.to_on is None:
        return facts
    billing = act.cloud.billing
    billing.stop(act.organization_id, act.subscription_id, effective_on=terms.from_on, key=act.key("stop"))
    if terms.from_on >= terms.to_on:
        return facts
    # Days whose value is lost are released by a credit of nothing, as at a cutover.
    credit = billing.credit(
        act.organization_id,
        act.subscription_id,
        amount=terms.credit,
        from_on=terms.from_on,
        to_on=terms.to_on,
        reason=CREDIT_REASON,
        key=act.key("credit"),
    )
    return {**facts, "credit_id": credit.credit_id, "settles_on": credit.settles_on.isoformat()}


def _reactivate(act: _Act) -> Facts:
    """Let it serve again, and bill the days that are served again."""
    terms = act.state.terms
    back = act.cloud.products.reactivate(act.organization_id, act.subscription_id, key=act.key("reactivate"))
    facts: Facts = {"status": back.status}
    if terms.from_on is not None and terms.to_on is not None:
        billed = _start_billing(
            act,
            act.subscription_id,
            terms.from_on,
            to_on=terms.to_on,
            billing_day=terms.billing_day,
        )
        return facts | billed
    if act.cloud.billing.period(act.organization_id, act.subscription_id).state == STOPPED:
        resumed = act.cloud.billing.resume(act.organization_id, act.subscription_id, key=act.key("resume"))
        facts["billed_from"] = resumed.isoformat()
    return facts


def _buy_trial(act: _Act) -> Facts:
    """Make a trial a subscription that is paid for."""
    bought = act.cloud.products.buy_trial(
        act.organization_id,
        act.subscription_id,
        quantity=act.state.terms.quantity,
        key=act.key("trial"),
    )
    return {"subscription_id": bought.subscription_id, "quantity": bought.quantity}


def _pay(act: _Act) -> Facts:
    """Pay what was due when the act was asked for."""
    payment = act.cloud.payments.pay(
        act.organization_id, amount=act.state.terms.total, key=act.key("payment")
    )
    return {
        "payment_id": payment.payment_id,
        "paid_at": payment.paid_at.isoformat(),
        "balance_due_minor_units": payment.balance_due.minor_units,
    }


_EFFECTS: Mapping[ProductAct, Callable[[_Act], Facts]] = {
    ProductAct.BUY: _buy,
    ProductAct.RESIZE: _resize,
    ProductAct.CANCEL: _cancel,
    ProductAct.REACTIVATE: _reactivate,
    ProductAct.BUY_TRIAL: _buy_trial,
    ProductAct.PAY: _pay,
}

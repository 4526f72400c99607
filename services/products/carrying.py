"""Carries out what an act on a product was recorded to do; a repetition asks for exactly the same.

Each call has a key of its own, which follows from the act: whoever carries an act on after a lost answer or
the end of a process has each effect once. Each effect is recorded as it happens: only an act without any may
end as refused, every other one stays open until it is finished (products#acts).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from activities.contract import SYSTEM_ACTOR
from activities.credit.business_calendar import business_calendar
from domain.catalog.rule_sets import CURRENT, rule_set
from domain.kernel.calendar import local_date
from domain.kernel.errors import (
    ConcurrentWrite,
    CreditCheckOverdue,
    NotReadyYet,
    PlanSwitchError,
    ProviderRefused,
    UnknownSubscription,
)
from domain.kernel.ids import idempotency_key, product_act_id_of
from domain.kernel.money import Money
from domain.kernel.recorded import Meta
from domain.organizations.organization import Organization
from domain.periods.billing_periods import add_months, cycle_months
from domain.ports.attempts import AttemptCounter
from domain.ports.billing_port import BilledPeriod, BillingProfile, InvoiceLine
from domain.ports.cloud import Cloud, CloudFactory, ProviderCall, unannounced
from domain.ports.credit_port import DECLINED, REQUIRED, CreditCheckState
from domain.ports.product_port import ProductAct
from domain.ports.seller_port import OrderLine, PlacedOrder
from domain.products.act_terms import (
    BILLING,
    STOPPED,
    ActTerms,
    cancellation_terms,
    is_over,
    return_terms,
)
from domain.products.product_acts import (
    CREDIT_HOLD,
    OPEN,
    SETTLE,
    ProductActState,
    act_state,
    end_act,
    hold_act,
    note_effect,
    note_order,
    note_provisioning,
    unserved_from,
)
from domain.quote.lines import CHARGE, CREDIT
from domain.switch.credit import credit_deadlines
from services.base.tools import SAVE_ATTEMPTS_MAX
from store.switch_store import SwitchStore

#: What seller and billing answered to a step: ids, instants, days and numbers of licenses.
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
        attempts = AttemptCounter(store.calls_of_no_switch)

        def take(call: ProviderCall) -> None:
            calls.append(call)
            attempts.observe(call)

        cloud = cloud_factory(take, unannounced, attempts)
        result = _EFFECTS[state.question.act](_Act(cloud, record, state))
    except PlanSwitchError as error:
        if error.handling.is_retryable:
            waits_for = error.message
        elif record.state().has_effect:
            record.hold(code=error.code, message=error.message)
            waits_for = f"It is held up: {error.message}"
        else:
            record.end({}, code=error.code, message=error.message)
    else:
        record.end(result)
    finally:
        store.save_calls(calls)
    ended = record.state()
    return ActProgress(state=ended, waits_for=waits_for if ended.outcome == OPEN else "")


def refused_act(store: SwitchStore, organization_id: str, request_id: str, error: PlanSwitchError) -> None:
    """Record that an act is not carried on, in nobody's name: it ends, or waits where it had an effect.

    Args:
        store: Where it is recorded.
        organization_id: Directory id of the organization.
        request_id: Names the act.
        error: Why.
    """
    record = _Record(store, organization_id, request_id, actor=SYSTEM_ACTOR)
    if record.state().has_effect:
        record.hold(code=error.code, message=error.message)
    else:
        record.end({}, code=error.code, message=error.message)


class _Record:
    """The organization's stream, written to on behalf of one act."""

    def __init__(self, store: SwitchStore, organization_id: str, request_id: str, *, actor: str = "") -> None:
        self._store = store
        #: Who is recorded; "": whoever asked for the act.
        self._actor = actor
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

    def advance(self, step: str, result: Mapping[str, object]) -> None:
        """Record what was answered to a step."""
        self._save(
            lambda each, at, meta: note_effect(each, self.request_id, (step, result), at=at, meta=meta)
        )

    def hold(self, *, code: str, message: str) -> None:
        """Record what holds it up."""
        self._save(lambda each, at, meta: hold_act(each, self.request_id, (code, message), at=at, meta=meta))

    def unserved_from(self, subscription_id: str) -> date | None:
        """Return the first day that the newest cancellation of a subscription gave back."""
        return unserved_from(self._organization(), subscription_id)

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
            actor=self._actor or begun.meta["actor"],
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

    def once(self, step: str, effect: Callable[[], Facts]) -> Facts:
        """Return what was answered to a step; it is recorded before the next one is asked for."""
        if step not in self.record.state().effects:
            self.record.advance(step, effect())
        return dict(self.record.state().effects[step])

    def settled(self, figures: Callable[[], ActTerms]) -> ActTerms:
        """Return the figures by the day of the seller's answer; fixed once, so that a repetition is equal."""
        if SETTLE not in self.record.state().effects:
            self.record.advance(SETTLE, figures().as_facts())
        return self.record.state().settled

    def profile(self) -> BillingProfile:
        """Return how the organization is billed."""
        return self.cloud.billing.profile(self.organization_id)


def _buy(act: _Act) -> Facts:
    """Order a subscription, and bill it from the day on which the seller has named it."""
    subscription_id, from_on = act.state.bought_id, act.state.billed_from
    if from_on is None:
        subscription_id, from_on = _provisioned(act)
    to_on = add_months(from_on, cycle_months(act.state.question.billing_cycle), from_on.day)
    terms = replace(act.state.terms, from_on=from_on, to_on=to_on, billing_day=from_on.day)
    return {"subscription_id": subscription_id, **_start_billing(act, subscription_id, terms)}


def _provisioned(act: _Act) -> tuple[str, date]:
    """Return what was bought and its first day, once the seller has named it."""
    placed = _order(act)
    if _is_unpaid(placed):
        placed = act.cloud.seller.void_order(act.organization_id, placed.order_id, key=act.key("void"))
    if placed.status == _CANCELLED:
        message = f"Order {placed.order_id} is cancelled at the seller; nothing was charged."
        # The order is the only effect, and it is void: the act may end.
        act.record.end({}, code=ProviderRefused.code, message=message)
        raise ProviderRefused(message, remedy="Order again.", provider_code="", status=200)
    if placed.subscription_id is None:
        raise _awaited(act, placed)
    from_on = local_date(datetime.now(tz=UTC), act.profile().time_zone)
    act.record.provisioned(placed.subscription_id, from_on)
    state = act.record.state()
    return state.bought_id, state.billed_from or from_on


def _awaited(act: _Act, placed: PlacedOrder) -> NotReadyYet | CreditCheckOverdue:
    """Return what a placed order waits for; a credit check tells until when, and then wants a person."""
    check, order = placed.credit_check, f"order {placed.order_id}"
    begun = "The order is placed; the seller has not finished"
    if check is None or check.status != REQUIRED:
        return NotReadyYet(f"{begun} the subscription of {order} yet.", retry_after_seconds=LOOK_SECONDS)
    due_at = _due_at(act.profile(), check)
    void_on = f"{placed.ordered_at + CREDIT_HOLD:%Y-%m-%d}"
    if datetime.now(tz=UTC) < due_at:
        return NotReadyYet(
            f"{begun} the credit check of {order} yet; its answer is due by {due_at:%Y-%m-%d %H:%M} UTC.",
            retry_after_seconds=LOOK_SECONDS,
        )
    return CreditCheckOverdue(
        f"The credit check of {order} has no answer since {due_at:%Y-%m-%d %H:%M} UTC, when it was due. "
        f"Ask the seller; on {void_on} the order is taken back."
    )


def _due_at(profile: BillingProfile, check: CreditCheckState) -> datetime:
    """Return when the answer to a credit check is due: as that of a switch, in business days."""
    start = check.requested_at
    calendar = business_calendar(profile, [start.year, start.year + 1]).calendar
    return credit_deadlines(start, calendar, rule_set(CURRENT)).deadline_at


def _is_unpaid(placed: PlacedOrder) -> bool:
    """Return whether the credit check of an order was declined, or had no answer in time."""
    check = placed.credit_check
    if check is None or placed.status == _CANCELLED or placed.subscription_id is not None:
        return False
    is_late = datetime.now(tz=UTC) >= placed.ordered_at + CREDIT_HOLD
    return check.status == DECLINED or (check.status == REQUIRED and is_late)


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


def _start_billing(act: _Act, subscription_id: str, terms: ActTerms) -> Facts:
    """Charge days in advance and issue the invoice."""
    charge_id = act.once("start", lambda: _started(act, subscription_id, terms))["charge_id"]
    invoice = act.once("invoice", lambda: _invoiced(act, terms, CHARGE, terms.charge, str(charge_id)))
    return {"charge_id": charge_id, **invoice}


def _started(act: _Act, subscription_id: str, terms: ActTerms) -> Facts:
    assert terms.unit_price is not None  # noqa: S101 - what is charged has a price and days
    assert terms.from_on is not None  # noqa: S101 - as above
    assert terms.to_on is not None  # noqa: S101 - as above
    charge_id = act.cloud.billing.start(
        act.organization_id,
        subscription_id,
        effective_on=terms.from_on,
        period_end_on=terms.to_on,
        quantity=terms.quantity,
        unit_price=terms.unit_price,
        amount=terms.charge,
        key=act.key("start"),
        billing_day=terms.billing_day,
    )
    return {"charge_id": charge_id}


def _invoiced(act: _Act, terms: ActTerms, kind: str, amount: Money, reference_id: str) -> Facts:
    """Issue an invoice of one line with its tax; a negative one gives back."""
    invoice = act.cloud.billing.invoice(
        act.organization_id,
        switch_id=act.act_id,
        lines=(InvoiceLine(kind=kind, amount=amount, reference_id=reference_id),),
        tax=terms.tax,
        total=amount + terms.tax,
        payment_method=terms.payment_method,
        key=act.key("invoice"),
    )
    return {"invoice_id": invoice.invoice_id, "invoice_number": invoice.number}


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
    facts = act.once("cancel", lambda: _cancelled_at_seller(act))
    settled = act.settled(
        lambda: _cancellation_settled(act, datetime.fromisoformat(str(facts["cancelled_at"])))
    )
    return {**facts, **_given_back(act, settled)}


def _cancelled_at_seller(act: _Act) -> Facts:
    seller = act.cloud.seller
    cancelled = seller.cancel_subscription(act.organization_id, act.subscription_id, key=act.key("cancel"))
    return {"status": cancelled.status, "cancelled_at": cancelled.cancelled_at.isoformat()}


def _cancellation_settled(act: _Act, cancelled_at: datetime) -> ActTerms:
    """Return the figures by the day on which the seller cancelled, which the look may have preceded."""
    profile = act.profile()
    return cancellation_figures(
        act.cloud,
        profile,
        act.subscription_id,
        is_prepaid=bool(act.state.terms.forfeited.minor_units),
        today=local_date(cancelled_at, profile.time_zone),
    )


def cancellation_figures(
    cloud: Cloud, profile: BillingProfile, subscription_id: str, *, is_prepaid: bool, today: date
) -> ActTerms:
    """Return what a cancellation on a day gives back, from what billing shows now.

    Args:
        cloud: The outside.
        profile: How the organization is billed.
        subscription_id: The seller's id.
        is_prepaid: Nothing is given back (rules#prepaid_product_key).
        today: Day of the cancellation, in the organization's zone.
    """
    billed = billed_period(cloud, profile.organization_id, subscription_id)
    booked = cloud.billing.booked_lines(profile.organization_id, billed) if billed else ()
    return cancellation_terms(profile, billed, booked, is_prepaid=is_prepaid, today=today)


def billed_period(cloud: Cloud, organization_id: str, subscription_id: str) -> BilledPeriod | None:
    """Return the period of a subscription; None where billing has none of it."""
    try:
        return cloud.billing.period(organization_id, subscription_id)
    except UnknownSubscription:
        return None


def _given_back(act: _Act, terms: ActTerms) -> Facts:
    """Stop billing, give back what is left with its tax, and issue the invoice of it."""
    if terms.from_on is None or terms.to_on is None:
        return {}
    from_on, to_on = terms.from_on, terms.to_on
    act.once("stop", lambda: _stopped(act, from_on))
    if from_on >= to_on:
        return {}
    facts = act.once("credit", lambda: _credited(act, terms.credit, from_on, to_on))
    if not terms.credit.minor_units:
        return facts
    invoice = act.once(
        "invoice", lambda: _invoiced(act, terms, CREDIT, -terms.credit, str(facts["credit_id"]))
    )
    return facts | invoice


def _stopped(act: _Act, from_on: date) -> Facts:
    billing = act.cloud.billing
    stopped_on = billing.stop(
        act.organization_id, act.subscription_id, effective_on=from_on, key=act.key("stop")
    )
    return {"stopped_on": stopped_on.isoformat()}


def _credited(act: _Act, amount: Money, from_on: date, to_on: date) -> Facts:
    """Give days back; those whose value is lost are released by a credit of nothing, as at a cutover."""
    credit = act.cloud.billing.credit(
        act.organization_id,
        act.subscription_id,
        amount=amount,
        from_on=from_on,
        to_on=to_on,
        reason=CREDIT_REASON,
        key=act.key("credit"),
    )
    return {"credit_id": credit.credit_id, "settles_on": credit.settles_on.isoformat()}


def _reactivate(act: _Act) -> Facts:
    """Let it serve again, and bill the days that are served again."""
    facts = act.once("reactivate", lambda: _served_again(act))
    terms = act.settled(lambda: _return_settled(act, date.fromisoformat(str(facts["served_on"]))))
    if terms.from_on is not None and terms.to_on is not None:
        return facts | _start_billing(act, act.subscription_id, terms)
    billed = billed_period(act.cloud, act.organization_id, act.subscription_id)
    if "resume" in act.record.state().effects or (billed is not None and billed.state == STOPPED):
        facts |= act.once("resume", lambda: _resumed(act))
    return facts


def _served_again(act: _Act) -> Facts:
    profile = act.profile()
    today = local_date(datetime.now(tz=UTC), profile.time_zone)
    is_charged = act.state.terms.from_on is not None
    billed = billed_period(act.cloud, act.organization_id, act.subscription_id) if is_charged else None
    if billed is not None and billed.state == BILLING and is_over(billed, today):
        # Stopped where it ended, or the days that were not served would renew as soon as it serves again.
        act.cloud.billing.stop(
            act.organization_id, act.subscription_id, effective_on=billed.period_end_on, key=act.key("stop")
        )
    back = act.cloud.products.reactivate(act.organization_id, act.subscription_id, key=act.key("reactivate"))
    served_on = local_date(datetime.now(tz=UTC), profile.time_zone)
    return {"status": back.status, "served_on": served_on.isoformat()}


def _return_settled(act: _Act, served_on: date) -> ActTerms:
    """Return the figures by the day on which the seller serves again; never more than was accepted."""
    profile, accepted = act.profile(), act.state.terms
    if accepted.from_on is None:
        # Billing goes on as before, also where the next period has begun since the look.
        return accepted
    settled = return_terms(
        profile,
        billed_period(act.cloud, act.organization_id, act.subscription_id),
        quantity=accepted.quantity,
        today=served_on,
        unserved_from=act.record.unserved_from(act.subscription_id),
    )
    settled = replace(settled, payment_method=accepted.payment_method or profile.payment_method)
    if settled.total.minor_units <= accepted.total.minor_units:
        return settled
    return replace(settled, charge=accepted.charge, tax=accepted.tax, total=accepted.total)


def _resumed(act: _Act) -> Facts:
    resumed = act.cloud.billing.resume(act.organization_id, act.subscription_id, key=act.key("resume"))
    return {"billed_from": resumed.isoformat()}


def _buy_trial(act: _Act) -> Facts:
    """Make a trial a subscription that is paid for, and bill it where nothing is billed yet."""
    facts, terms = act.once("trial", lambda: _bought_trial(act)), act.state.terms
    if not terms.billing_day:
        return facts
    from_on = date.fromisoformat(str(facts["served_on"]))
    to_on = add_months(from_on, cycle_months(str(facts["billing_cycle"])), from_on.day)
    settled = act.settled(lambda: replace(terms, from_on=from_on, to_on=to_on, billing_day=from_on.day))
    return facts | _start_billing(act, str(facts["subscription_id"]), settled)


def _bought_trial(act: _Act) -> Facts:
    profile = act.profile()
    bought = act.cloud.products.buy_trial(
        act.organization_id,
        act.subscription_id,
        quantity=act.state.terms.quantity,
        key=act.key("trial"),
    )
    return {
        "subscription_id": bought.subscription_id,
        "quantity": bought.quantity,
        "billing_cycle": bought.billing_cycle,
        "served_on": local_date(datetime.now(tz=UTC), profile.time_zone).isoformat(),
    }


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

"""The billing ledger: charges, credits, invoices and renewals."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, time, timedelta
from typing import Any

from domain.kernel.errors import InvalidInput
from sandbox.cloud.answers import (
    HTTP_CONFLICT,
    HTTP_CREATED,
    HTTP_NOT_FOUND,
    HTTP_OK,
    Idempotency,
    Refusal,
    invalid,
)
from sandbox.cloud.fold import subscription_document
from sandbox.cloud.state import Sandbox, next_id
from sandbox.kernel.bodies import Amount, Count, Day, OpenBody, Quantity, Text
from sandbox.kernel.calendar_days import (
    add_months,
    billing_day_of,
    is_term_end,
    local_day,
    period_end,
)
from sandbox.kernel.clock import iso
from sandbox.kernel.model import Json, Organization, Subscription

#: Days until a credit arrives, by payment method (rules#promises).
SETTLEMENT_DAYS = {"card": 5, "invoice": 30}
#: Periods that are renewed in one go after a long pause.
RENEWALS_LIMIT = 240
BILLING_DAY_MAX = 31


class StopBody(OpenBody):
    """From which day on billing stops."""

    effective_on: Day


class ResumeBody(OpenBody):
    """Nothing: a stop is taken back from its day on."""


class CreditBody(OpenBody):
    """Money that is given back for days."""

    amount_minor_units: Amount
    currency: str
    from_on: Day
    to_on: Day
    reason: Text


class StartBody(OpenBody):
    """The first period, and what is charged for it."""

    effective_on: Day
    period_end_on: Day
    quantity: Quantity
    unit_price_minor_units: Amount
    amount_minor_units: Amount
    currency: str
    #: Day of the month on which the period renews; None: that of its end.
    billing_day: Count | None = None


def check_currency(organization: Organization, code: str) -> None:
    """Check that a currency is the organization's.

    Raises:
        InvalidInput: It is another one.
    """
    currency = organization.profile["currency"]
    if code != currency:
        allowed = f"{currency}, in which the customer is billed"
        raise InvalidInput(field="currency", value=code, allowed=allowed)


def find_billed(organization: Organization, subscription_id: str) -> Subscription:
    """Return a subscription.

    Raises:
        Refusal: There is none of that id (404).
    """
    owned = organization.subscriptions.get(subscription_id.lower())
    if owned is None or owned.is_sold_elsewhere:
        raise Refusal(HTTP_NOT_FOUND, "UNKNOWN_SUBSCRIPTION", f"There is no subscription {subscription_id}.")
    return owned


def billing_view(sandbox: Sandbox, organization: Organization, owned: Subscription) -> Json:
    """Return the current billing period of a subscription."""
    today = local_day(sandbox.now(), organization.zone)
    billing = owned.billing or {
        "state": "not_started",
        "period_start_on": today.isoformat(),
        "period_end_on": period_end(today, owned.billing_cycle).isoformat(),
        "billing_day": today.day,
        "paid_minor_units": 0,
        "credited_minor_units": 0,
    }
    names = ("period_start_on", "period_end_on", "paid_minor_units", "credited_minor_units", "state")
    return {
        "subscription_id": owned.subscription_id,
        "plan_id": owned.plan_id,
        "quantity": owned.quantity,
        "currency": owned.currency,
        "unit_price_minor_units": owned.unit_price_minor_units,
        "billing_cycle": owned.billing_cycle,
        "billing_day": billing_day_of(billing, owned.billing_cycle),
    } | {name: billing[name] for name in names}


def ledger_entry(organization: Organization, kind: str, at: str, *, offset: int = 1, **facts: Any) -> Json:
    """Return a new entry of the ledger."""
    entry_id, _sequence = next_id(organization, "ledger", offset=offset)
    return {"entry_id": entry_id, "kind": kind, "booked_at": at, **facts}


def paid_period(start_on: date, end_on: date, billing_day: int, paid_minor_units: int) -> Json:
    """Return a billing period that is paid."""
    return {
        "state": "billing",
        "period_start_on": start_on.isoformat(),
        "period_end_on": end_on.isoformat(),
        "paid_minor_units": paid_minor_units,
        "credited_minor_units": 0,
        "billing_day": billing_day,
    }


def charge_entry(entry_id: str, at: str, owned: Subscription, reason: str) -> Json:
    """Return the entry of the ledger that charges the billing period of a subscription."""
    billing = owned.billing or {}
    return {
        "entry_id": entry_id,
        "kind": "charge",
        "booked_at": at,
        "subscription_id": owned.subscription_id,
        "from_on": billing["period_start_on"],
        "to_on": billing["period_end_on"],
        "amount_minor_units": billing["paid_minor_units"],
        "currency": owned.currency,
        "quantity": owned.quantity,
        "reason": reason,
    }


def _commit(
    sandbox: Sandbox, organization: Organization, record_type: str, entry: Json, **facts: Any
) -> None:
    sandbox.commit(
        record_type,
        organization_id=organization.organization_id,
        entries=[entry],
        sequence=organization.sequence + 1,
        **facts,
    )


def renew_due(sandbox: Sandbox, organization: Organization) -> None:
    """Charge every period that has begun since the last look: renewals are paid in advance.

    A subscription that is not to renew expires with its term; its licenses work on for the grace.
    """
    today = local_day(sandbox.now(), organization.zone)
    for subscription_id in list(organization.subscriptions):
        for _round in range(RENEWALS_LIMIT):
            owned = organization.subscriptions[subscription_id]
            billing = owned.billing
            if billing is None or billing["state"] != "billing" or owned.status != "active":
                break
            start_on = date.fromisoformat(billing["period_end_on"])
            if start_on > today:
                break
            if owned.is_auto_renewed or not _is_new_term(owned, start_on, organization):
                _renew(sandbox, organization, owned, start_on)
            else:
                _expire(sandbox, organization, owned, start_on)


def _renew(sandbox: Sandbox, organization: Organization, owned: Subscription, start_on: date) -> None:
    if owned.scheduled is not None and _is_new_term(owned, start_on, organization):
        owned = _as_scheduled(sandbox, owned, owned.scheduled)
    billing_day = billing_day_of(owned.billing or {}, owned.billing_cycle)
    end_on = period_end(start_on, owned.billing_cycle, billing_day)
    amount = owned.unit_price_minor_units * owned.quantity
    billing = paid_period(start_on, end_on, billing_day, amount)
    entry_id, _sequence = next_id(organization, "ledger")
    entry = charge_entry(entry_id, iso(sandbox.now()), dataclasses.replace(owned, billing=billing), "renewal")
    changes: Json = {"billing": billing, "version": owned.version + 1}
    if owned.cancellable_until is not None and _is_new_term(owned, start_on, organization):
        # With a new term the seller takes cancellations again.
        begins_at = datetime.combine(start_on, time(), organization.zone)
        changes["cancellable_until"] = begins_at + timedelta(days=sandbox.settings.cancellation_window_days)
    _commit(sandbox, organization, "renewed", entry, subscriptions=[subscription_document(owned, **changes)])


def _as_scheduled(sandbox: Sandbox, owned: Subscription, wanted: Json) -> Subscription:
    """Return a subscription with what was scheduled for its new term; another plan has its own price."""
    plan = sandbox.plans.get(str(wanted["product"].get("productId") or "").lower())
    owned = dataclasses.replace(owned, quantity=wanted["quantity"], scheduled=None)
    if plan is None or plan.plan_id == owned.plan_id:
        return owned
    price = plan.unit_price_minor_units(owned.currency, owned.billing_cycle)
    return dataclasses.replace(owned, plan_id=plan.plan_id, plan_name=plan.name, unit_price_minor_units=price)


def _is_new_term(owned: Subscription, start_on: date, organization: Organization) -> bool:
    bought_on = local_day(owned.created_at, organization.zone)
    return is_term_end(bought_on, owned.term, owned.billing_cycle, start_on)


def _expire(sandbox: Sandbox, organization: Organization, owned: Subscription, ended_on: date) -> None:
    ends_at = datetime.combine(ended_on, time(), organization.zone)
    document = subscription_document(
        owned,
        status="expired",
        grace_ends_at=ends_at + timedelta(days=sandbox.settings.grace_days),
        version=owned.version + 1,
    )
    sandbox.commit(
        "subscription_expired",
        organization_id=organization.organization_id,
        subscription_id=owned.subscription_id,
        subscriptions=[document],
    )


def stop(
    sandbox: Sandbox,
    organization: Organization,
    owned: Subscription,
    body: StopBody,
    idempotency: Idempotency,
) -> Json:
    """Stop billing from a day on; stopping twice answers the day recorded first.

    Raises:
        Refusal: Billing never started (409), or the day is not in the paid period (422).
    """
    effective_on = body.effective_on
    billing = owned.billing
    if billing is None:
        raise Refusal(HTTP_CONFLICT, "BILLING_NOT_STARTED", "Billing of this subscription has not started.")
    if billing["state"] == "stopped":
        return {"stopped_on": billing["stopped_on"]}
    first, end = (date.fromisoformat(billing[name]) for name in ("period_start_on", "period_end_on"))
    if not first <= effective_on <= end:
        raise invalid(f"effective_on must be from {first} to {end}, the period that is paid.")
    answer = {"stopped_on": effective_on.isoformat()}
    entry = ledger_entry(
        organization,
        "stop",
        iso(sandbox.now()),
        subscription_id=owned.subscription_id,
        effective_on=effective_on.isoformat(),
    )
    document = subscription_document(owned, billing=billing | {"state": "stopped"} | answer)
    facts = idempotency.facts(HTTP_OK, answer)
    _commit(sandbox, organization, "billing_stopped", entry, subscriptions=[document], **facts)
    return answer


def resume(
    sandbox: Sandbox,
    organization: Organization,
    owned: Subscription,
    _body: ResumeBody,
    idempotency: Idempotency,
) -> Json:
    """Take a stop back: billing goes on from its day, and what fell due meanwhile is renewed.

    Raises:
        Refusal: Billing never started (409).
    """
    billing = owned.billing
    if billing is None:
        raise Refusal(HTTP_CONFLICT, "BILLING_NOT_STARTED", "Billing of this subscription has not started.")
    if billing["state"] != "stopped":
        return {"resumed_on": billing["period_start_on"]}
    answer = {"resumed_on": billing["stopped_on"]}
    entry = ledger_entry(
        organization,
        "resume",
        iso(sandbox.now()),
        subscription_id=owned.subscription_id,
        effective_on=billing["stopped_on"],
    )
    goes_on = {name: value for name, value in billing.items() if name != "stopped_on"}
    document = subscription_document(owned, billing=goes_on | {"state": "billing"})
    facts = idempotency.facts(HTTP_OK, answer)
    _commit(sandbox, organization, "billing_resumed", entry, subscriptions=[document], **facts)
    renew_due(sandbox, organization)
    return answer


def credit(
    sandbox: Sandbox,
    organization: Organization,
    owned: Subscription,
    body: CreditBody,
    idempotency: Idempotency,
) -> Json:
    """Give back money for days; amount 0 releases the days without money (a forfeiture).

    Raises:
        Refusal: A field is wrong (422), or more would be given back than was paid (409).
    """
    check_currency(organization, body.currency)
    amount = body.amount_minor_units
    billing = owned.billing
    if billing is None:
        raise Refusal(HTTP_CONFLICT, "BILLING_NOT_STARTED", "Billing of this subscription has not started.")
    if not body.from_on < body.to_on:
        raise invalid("to_on must be after from_on: the days are half-open.")
    if billing["credited_minor_units"] + amount > billing["paid_minor_units"]:
        raise Refusal(HTTP_CONFLICT, "CREDIT_EXCEEDS_PAID", "More would be credited than was paid.")
    now = sandbox.now()
    settles_on = local_day(now, organization.zone) + timedelta(
        days=SETTLEMENT_DAYS[organization.profile["payment_method"]]
    )
    entry = ledger_entry(
        organization,
        "credit",
        iso(now),
        subscription_id=owned.subscription_id,
        from_on=body.from_on.isoformat(),
        to_on=body.to_on.isoformat(),
        amount_minor_units=amount,
        currency=body.currency,
        reason=body.reason,
        settles_on=settles_on.isoformat(),
    )
    answer = {"credit_id": entry["entry_id"], "settles_on": settles_on.isoformat()}
    credited = billing["credited_minor_units"] + amount
    document = subscription_document(owned, billing=billing | {"credited_minor_units": credited})
    facts = idempotency.facts(HTTP_CREATED, answer)
    _commit(sandbox, organization, "credited", entry, subscriptions=[document], **facts)
    return answer


def start(
    sandbox: Sandbox,
    organization: Organization,
    owned: Subscription,
    body: StartBody,
    idempotency: Idempotency,
) -> Json:
    """Start billing and charge the days up to the end of the period.

    Raises:
        Refusal: A field is wrong (422).
    """
    effective_on, end_on = body.effective_on, body.period_end_on
    if not effective_on < end_on:
        raise invalid("period_end_on must be after effective_on: the days are half-open.")
    check_currency(organization, body.currency)
    billing_day = _stated_billing_day(body.billing_day, end_on)
    billing = paid_period(effective_on, end_on, billing_day, body.amount_minor_units)
    entry_id, _sequence = next_id(organization, "ledger")
    started = dataclasses.replace(owned, billing=billing, quantity=body.quantity, currency=body.currency)
    entry = charge_entry(entry_id, iso(sandbox.now()), started, "start")
    answer = {"charge_id": entry_id}
    price = body.unit_price_minor_units
    document = subscription_document(owned, billing=billing, unit_price_minor_units=price)
    facts = idempotency.facts(HTTP_CREATED, answer)
    _commit(sandbox, organization, "billing_started", entry, subscriptions=[document], **facts)
    return answer


def _stated_billing_day(billing_day: int | None, end_on: date) -> int:
    """Return the day of the month on which a started period renews; unstated, it is the day of its end.

    Raises:
        Refusal: The period does not end on it (422).
    """
    if billing_day is None:
        return end_on.day
    if billing_day > BILLING_DAY_MAX or add_months(end_on, 0, billing_day) != end_on:
        raise invalid(f"billing_day must be a day, 1 to {BILLING_DAY_MAX}, on which the period ends.")
    return billing_day

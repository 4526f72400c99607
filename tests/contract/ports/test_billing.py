"""What billing's port promises: periods, stops, credits, charges and invoices, each of them once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain.kernel.errors import (
    ProviderRefused,
    ProviderUnavailable,
    UnknownOrganization,
    UnknownSubscription,
)
from domain.kernel.money import Money
from domain.ports.billing_port import BilledPeriod, InvoiceLine, IssuedCredit, IssuedInvoice
from tests.support.clouds.port_cloud import LOST_ANSWER, Customer, PortCloud
from tests.support.clouds.ports_bought import CURRENCY, target_licenses

NOBODY = "00000000-0000-4000-8000-000000000000"
AMOUNT = Money(minor_units=500, currency=CURRENCY)


def _period(adapter: PortCloud, customer: Customer) -> BilledPeriod:
    return adapter.connection.cloud.billing.period(customer.organization_id, customer.subscription_id)


def _credit(adapter: PortCloud, customer: Customer, *, amount: Money = AMOUNT, key: str) -> IssuedCredit:
    return adapter.connection.cloud.billing.credit(
        customer.organization_id,
        customer.subscription_id,
        amount=amount,
        from_on=customer.period_end_on - timedelta(days=3),
        to_on=customer.period_end_on,
        reason="unused days",
        key=key,
    )


def _start(adapter: PortCloud, customer: Customer, target_id: str, amount: Money, *, key: str) -> str:
    start_on = _period(adapter, customer).period_start_on + timedelta(days=1)
    return adapter.connection.cloud.billing.start(
        customer.organization_id,
        target_id,
        effective_on=start_on,
        period_end_on=customer.period_end_on,
        quantity=5,
        unit_price=AMOUNT,
        amount=amount,
        key=key,
    )


class TestBilling:
    """The promises of `domain/ports/billing_port.py`."""

    def test_a_profile_tells_how_the_organization_pays(self, adapter: PortCloud) -> None:
        """Zone, currency and tax are there; an unknown organization is named as such."""
        customer = adapter.customer()
        profile = adapter.connection.cloud.billing.profile(customer.organization_id)

        assert (profile.organization_id, profile.currency) == (customer.organization_id, CURRENCY)
        assert profile.payment_method in {"card", "invoice"}
        assert 0 <= profile.tax_rate < 1
        assert profile.balance_due == Money.zero(CURRENCY)
        with pytest.raises(UnknownOrganization):
            adapter.connection.cloud.billing.profile(NOBODY)

    def test_a_period_tells_what_was_paid_for_which_days(self, adapter: PortCloud) -> None:
        """Licenses times price was paid; an unknown subscription is named as such."""
        customer = adapter.customer(licenses=10)
        period = _period(adapter, customer)

        assert (period.subscription_id, period.plan_id) == (customer.subscription_id, adapter.source_plan)
        assert (period.quantity, period.state, period.billing_cycle) == (10, "billing", "monthly")
        assert period.period_start_on < period.period_end_on == customer.period_end_on
        assert period.paid == period.unit_price.times(10)
        assert period.credited == Money.zero(CURRENCY)
        with pytest.raises(UnknownSubscription):
            adapter.connection.cloud.billing.period(customer.organization_id, NOBODY)

    def test_booked_lines_add_up_to_what_was_paid(self, adapter: PortCloud) -> None:
        """Charges less credits are what was paid net of what was credited, each line for its days."""
        customer = adapter.customer()
        _credit(adapter, customer, key="credit")
        period = _period(adapter, customer)
        charge, credit = adapter.connection.cloud.billing.booked_lines(customer.organization_id, period)

        assert (charge.from_on, charge.to_on) == (period.period_start_on, period.period_end_on)
        assert (charge.quantity, charge.amount) == (period.quantity, period.paid)
        assert (credit.quantity, credit.amount, credit.to_on) == (0, -AMOUNT, period.period_end_on)
        assert charge.amount + credit.amount == period.paid - period.credited

    def test_a_stop_counts_once_and_is_taken_back(self, adapter: PortCloud) -> None:
        """The first day recorded counts; resumed it is billed as if there had been no stop."""
        customer = adapter.customer()
        billing = adapter.connection.cloud.billing
        name = (customer.organization_id, customer.subscription_id)
        before = _period(adapter, customer)
        stop_on = before.period_start_on + timedelta(days=2)
        adapter.plan_fault(customer, "stop_billing", LOST_ANSWER)

        with pytest.raises(ProviderUnavailable):
            billing.stop(*name, effective_on=stop_on, key="stop")
        stopped = [
            billing.stop(*name, effective_on=stop_on, key="stop"),
            billing.stop(*name, effective_on=stop_on + timedelta(days=1), key="later"),
        ]
        between = _period(adapter, customer)
        resumed = [billing.resume(*name, key=key) for key in ("resume", "resume")]

        assert stopped == [stop_on, stop_on]
        assert (between.state, between.period_end_on) == ("stopped", before.period_end_on)
        assert resumed == [stop_on, stop_on]
        assert _period(adapter, customer) == before
        # A stop that comes again with the key of the one that was taken back changes nothing (ADR 15).
        assert billing.stop(*name, effective_on=stop_on, key="stop") == stop_on
        assert _period(adapter, customer) == before

    def test_a_credit_is_given_once_and_never_beyond_what_was_paid(self, adapter: PortCloud) -> None:
        """The same key gives the money once; more than was paid is refused."""
        customer = adapter.customer()
        adapter.plan_fault(customer, "credit", LOST_ANSWER)

        with pytest.raises(ProviderUnavailable):
            _credit(adapter, customer, key="credit")
        first, again = (_credit(adapter, customer, key="credit") for _ in range(2))
        with pytest.raises(ProviderRefused):
            _credit(adapter, customer, amount=_period(adapter, customer).paid, key="too-much")

        assert first == again
        assert first.settles_on >= date.today() - timedelta(days=1)  # noqa: DTZ011 - a day of the customer's zone
        assert _period(adapter, customer).credited == AMOUNT

    def test_billing_starts_once(self, adapter: PortCloud) -> None:
        """The same key charges once, also when the answer was lost; with other content it is refused."""
        customer = adapter.customer()
        target_id = target_licenses(adapter, customer, 5)
        billing = adapter.connection.cloud.billing
        before = billing.period(customer.organization_id, target_id)
        adapter.plan_fault(customer, "start_billing", LOST_ANSWER)

        with pytest.raises(ProviderUnavailable):
            _start(adapter, customer, target_id, AMOUNT.times(5), key="start")
        first, again = (_start(adapter, customer, target_id, AMOUNT.times(5), key="start") for _ in range(2))
        with pytest.raises(ProviderRefused):
            _start(adapter, customer, target_id, AMOUNT.times(6), key="start")
        after = billing.period(customer.organization_id, target_id)

        assert (before.state, before.paid) == ("not_started", Money.zero(CURRENCY))
        assert first == again
        assert (after.state, after.paid, after.quantity) == ("billing", AMOUNT.times(5), 5)
        assert (after.unit_price, after.period_end_on) == (AMOUNT, customer.period_end_on)
        (line,) = billing.booked_lines(customer.organization_id, after)
        assert (line.amount, line.quantity) == (AMOUNT.times(5), 5)

    def test_an_invoice_is_issued_once_and_adds_up(self, adapter: PortCloud) -> None:
        """By card the total is taken; lines that do not make the total are refused."""
        customer = adapter.customer()
        target_id = target_licenses(adapter, customer, 5)
        charge_id = _start(adapter, customer, target_id, AMOUNT.times(5), key="start")
        lines = [InvoiceLine(kind="charge", amount=AMOUNT.times(5), reference_id=charge_id)]
        adapter.plan_fault(customer, "invoice", LOST_ANSWER)

        with pytest.raises(ProviderUnavailable):
            self._invoice(adapter, customer, lines, AMOUNT.times(5), key="invoice")
        first, again = (
            self._invoice(adapter, customer, lines, AMOUNT.times(5), key="invoice") for _ in range(2)
        )
        with pytest.raises(ProviderRefused):
            self._invoice(adapter, customer, lines, AMOUNT.times(6), key="wrong")

        assert first == again
        assert (first.charged, bool(first.number)) == (AMOUNT.times(5), True)

    def test_an_invoice_tells_when_it_arrived(self, adapter: PortCloud) -> None:
        """Delivery and the money of its credit come later; an unknown invoice is refused."""
        customer = adapter.customer()
        billing = adapter.connection.cloud.billing
        credit = _credit(adapter, customer, key="credit")
        lines = [InvoiceLine(kind="credit", amount=-AMOUNT, reference_id=credit.credit_id)]
        invoice = self._invoice(adapter, customer, lines, -AMOUNT, key="invoice")
        before = billing.invoice_status(customer.organization_id, invoice.invoice_id)
        adapter.deliver_invoice(customer, invoice.invoice_id)
        after = billing.invoice_status(customer.organization_id, invoice.invoice_id)

        assert (before.invoice_id, before.delivered_at, before.credit_settled_on) == (
            invoice.invoice_id,
            None,
            None,
        )
        assert after.issued_at == before.issued_at
        assert after.delivered_at is not None
        assert after.delivered_at >= after.issued_at
        assert after.credit_settled_on is not None
        with pytest.raises(ProviderRefused):
            billing.invoice_status(customer.organization_id, "unknown")

    def _invoice(
        self, adapter: PortCloud, customer: Customer, lines: list[InvoiceLine], total: Money, *, key: str
    ) -> IssuedInvoice:
        return adapter.connection.cloud.billing.invoice(
            customer.organization_id,
            switch_id="switch-1",
            lines=lines,
            tax=Money.zero(CURRENCY),
            total=total,
            payment_method="card",
            key=key,
        )

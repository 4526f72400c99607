"""Figures and orders by what the seller answered, not by what was looked at (products#acts)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from domain.kernel.errors import CreditCheckOverdue, NotReadyYet, PlanSwitchError
from domain.ports.billing_port import BilledPeriod
from domain.ports.credit_port import APPROVED, DECLINED, REQUIRED, CreditCheckState
from domain.ports.seller_port import PlacedOrder
from domain.products.act_terms import ActTerms, cancellation_terms, no_money, return_terms
from services.products import carrying
from tests.support.products.billed import END, PROFILE, TODAY, WHOLE, billed, eur

TOMORROW = TODAY + timedelta(days=1)


def act(accepted: ActTerms, period: BilledPeriod) -> Any:
    """Return an act with its accepted figures, at a billing that shows a period with one line."""
    billing = SimpleNamespace(period=lambda *_: period, booked_lines=lambda *_: (WHOLE,))
    return SimpleNamespace(
        profile=lambda: PROFILE,
        cloud=SimpleNamespace(billing=billing),
        record=SimpleNamespace(unserved_from=lambda _: None),
        state=SimpleNamespace(terms=accepted),
        organization_id="contoso",
        subscription_id="s",
    )


def test_cancellation_is_settled_by_the_day_of_the_seller() -> None:
    """A seller who cancels a day later has served a day more: it is billed, and not given back."""
    accepted = cancellation_terms(PROFILE, billed(), (WHOLE,), is_prepaid=False, today=TODAY)
    cancelled_at = datetime(2026, 11, 12, 0, 30, tzinfo=UTC)
    settled = carrying._cancellation_settled(act(accepted, billed()), cancelled_at)

    assert (accepted.credit, settled.credit) == (eur(3_800), eur(3_600))
    assert settled.from_on == TOMORROW + timedelta(days=1)


def test_return_is_settled_by_the_day_that_serves_again() -> None:
    """A later day costs less, and a later period never more than was accepted."""
    stopped = billed(state="stopped", credited=eur(3_800))
    accepted = return_terms(PROFILE, stopped, quantity=10, today=TODAY)
    later = carrying._return_settled(act(accepted, stopped), TOMORROW)
    next_period = carrying._return_settled(act(accepted, stopped), END)

    assert (accepted.charge, later.charge, later.from_on) == (eur(4_000), eur(3_800), TOMORROW)
    assert (next_period.total, next_period.from_on) == (accepted.total, END)
    assert next_period.to_on == date(2027, 1, 1)


def test_return_that_showed_no_money_takes_none() -> None:
    """Billing goes on as before, whatever it shows by the time of the answer."""
    accepted = no_money(10, "EUR")

    assert carrying._return_settled(act(accepted, billed()), date(2026, 12, 24)) == accepted


@pytest.mark.parametrize(
    ("status", "days", "subscription_id", "is_unpaid"),
    [
        (REQUIRED, 13, None, False),
        (REQUIRED, 14, None, True),
        (DECLINED, 0, None, True),
        (APPROVED, 20, None, False),
        (DECLINED, 20, "s", False),
    ],
)
def test_order_is_taken_back_without_an_approval(
    status: str, days: int, subscription_id: str | None, *, is_unpaid: bool
) -> None:
    """A declined check ends an order, and so do 14 days without an answer; what is set up stays."""
    ordered_at = datetime.now(UTC) - timedelta(days=days)
    order = PlacedOrder(
        order_id="order-1",
        status="pending",
        subscription_id=subscription_id,
        ordered_at=ordered_at,
        credit_check=CreditCheckState(check_id="check", status=status, requested_at=ordered_at),
    )

    assert carrying._is_unpaid(order) is is_unpaid


@pytest.mark.parametrize(("days", "error"), [(0, NotReadyYet), (9, CreditCheckOverdue)])
def test_credit_check_wants_a_person_once_it_is_overdue(days: int, error: type[PlanSwitchError]) -> None:
    """After two business days the act is held up in sight, with the day on which the order is taken back."""
    ordered_at = datetime.now(UTC) - timedelta(days=days)
    placed = PlacedOrder(
        order_id="order-1",
        status="pending",
        subscription_id=None,
        ordered_at=ordered_at,
        credit_check=CreditCheckState(check_id="check", status=REQUIRED, requested_at=ordered_at),
    )
    told = carrying._awaited(act(no_money(10, "EUR"), billed()), placed)

    assert type(told) is error
    assert "due" in told.message
    assert (f"{ordered_at + timedelta(days=14):%Y-%m-%d}" in told.message) is (error is CreditCheckOverdue)

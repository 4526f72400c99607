"""What stands in the way of an act, by what was read for it (products#cancel-and-reduce)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.kernel.errors import LicensesInUse, RuleViolated
from domain.ports.billing_port import BilledPeriod
from domain.ports.directory_port import SubscribedPlan
from domain.ports.product_port import ProductAct
from domain.ports.seller_port import SellerSubscription
from domain.products.product_acts import ActQuestion
from services.products import acts
from services.products.acts import ActLook
from tests.support.products.billed import PROFILE, billed, eur
from tests.support.stories import eligibility_inputs

NOW = datetime(2026, 11, 11, 12, tzinfo=UTC)
TODAY = NOW.date()
#: Nothing outside is asked by these acts.
NOBODY: Any = None
LEGACY = SellerSubscription(
    subscription_id="sub-1",
    plan_id="p",
    plan_name="Plan",
    quantity=10,
    status="suspended",
    term="P1M",
    billing_cycle="monthly",
    contract_type="subscription",
    is_trial=False,
    order_id="order-1",
    started_at=NOW - timedelta(days=90),
    cancellable_until=None,
    version="1",
    suspension_reasons=("PaymentOverdue",),
    is_stopped=True,
)


def look(
    own: SellerSubscription, act: ProductAct, *, period: BilledPeriod | None = None, **wanted: Any
) -> ActLook:
    """Return what was read for an act on a subscription."""
    return ActLook(
        question=ActQuestion(act=act, request_id="r-1", subscription_id="sub-1", **wanted),
        profile=PROFILE,
        today=TODAY,
        now=NOW,
        subscription=own,
        billed=period,
        cloud=NOBODY,
        tools=NOBODY,
        organization=None,
        version=0,
    )


def test_stopped_legacy_product_is_not_taken_as_cancelled() -> None:
    """The seller stops it by the state that cancels it: a cancellation would do nothing, and is refused."""
    with pytest.raises(RuleViolated, match="PaymentOverdue"):
        acts._cancellation(look(LEGACY, ProductAct.CANCEL))
    newer = replace(LEGACY, cancellable_until=NOW + timedelta(days=1))
    with pytest.raises(RuleViolated, match="PaymentOverdue"):
        acts._cancellation(look(newer, ProductAct.CANCEL, at_renewal=True))


def test_resize_waits_for_a_period_that_begins_later() -> None:
    """A product that was taken back today is billed from tomorrow on: until then its licenses stay."""
    live = replace(LEGACY, status="active", is_stopped=False, suspension_reasons=())
    later = billed(period_start_on=TODAY + timedelta(days=1), paid=eur(3_800))
    with pytest.raises(RuleViolated, match="2026-11-12"):
        acts._resizing(look(live, ProductAct.RESIZE, period=later, quantity=12))


def test_trial_that_is_not_billed_costs_a_whole_period() -> None:
    """What the trial costs from here on is shown with tax, and begins to be billed."""
    trial = replace(LEGACY, status="active", is_stopped=False, suspension_reasons=(), is_trial=True)
    priced: Any = _Priced()
    read = replace(look(trial, ProductAct.BUY_TRIAL), tools=priced)
    terms = acts._trial(read)

    assert (terms.charge, terms.tax, terms.total) == (eur(6_000), eur(1_140), eur(7_140))
    assert (terms.from_on, terms.to_on, terms.billing_day) == (TODAY, date(2026, 12, 11), 11)
    assert terms.payment_method == "card"


@pytest.mark.parametrize(
    ("in_grace", "status", "left"),
    [(0, "active", None), (10, "active", 0), (10, "suspended", None), (20, "suspended", 0)],
)
def test_licenses_in_grace_are_none_that_would_be_left(in_grace: int, status: str, left: int | None) -> None:
    """products#cancel-and-reduce: users are not left on what ends, and a stopped product serves nobody."""
    pool = replace(eligibility_inputs.pool(), plan_id="p", purchased=20, assigned=10, in_grace=in_grace)
    own = replace(LEGACY, status=status, is_stopped=status == "suspended")
    cloud: Any = _Directory(pool)
    read = replace(look(own, ProductAct.CANCEL), cloud=cloud)

    if left is None:
        acts._require_unused(read, own.quantity, remedy="-")
        return
    with pytest.raises(LicensesInUse, match=f"; {left} licenses would be left"):
        acts._require_unused(read, own.quantity, remedy="-")


class _Directory:
    """A cloud of which only the license pools are asked."""

    def __init__(self, pool: SubscribedPlan) -> None:
        self._pool = pool

    @property
    def directory(self) -> Any:
        """Return itself, which is asked for the pools."""
        return self

    def subscribed_plans(self, _organization_id: str) -> tuple[SubscribedPlan, ...]:
        """Return the only pool."""
        return (self._pool,)


class _Price:
    """A price of a catalog."""

    unit_price = eur(600)


class _Priced:
    """Tools of which only the catalog is asked, which has one price."""

    @property
    def catalog(self) -> _Priced:
        """Return itself."""
        return self

    @property
    def plans(self) -> tuple[()]:
        """Return no plan: one that the catalog does not know has no cap."""
        return ()

    def price(self, plan_id: str, currency: str) -> _Price:
        """Return the price."""
        assert (plan_id, currency) == ("p", "EUR")
        return _Price()

"""What the seller states wins over what is computed; a difference is a finding (rules#findings)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.eligibility.eligibility_checks import overlap_until
from domain.eligibility.eligibility_input import case_of
from domain.periods.next_term import term_renews_on
from domain.ports.seller_port import RenewalTerms, SellerSubscription
from domain.requests.schedule import renewal_on
from tests.support.stories.eligibility_inputs import (
    CATALOG,
    NOW,
    answer,
    billed,
    facts,
    reason_of,
    subscription,
)

PASSED = NOW - timedelta(days=1)


def stated(ends_on: date, **changes: Any) -> SellerSubscription:
    """Return new-commerce terms bought on the 28th whose end the seller states."""
    usual: dict[str, Any] = {
        "started_at": datetime(2026, 10, 28, 8, tzinfo=UTC),
        "cancellable_until": PASSED,
        "renewal": RenewalTerms(ends_on=ends_on, is_automatic=True),
    }
    return subscription(**(usual | changes))


def renews_on(source: SellerSubscription) -> date | None:
    """Return the next renewal of a subscription."""
    return term_renews_on(source, time_zone="Europe/Berlin", now=NOW)


def told(source: SellerSubscription, **changes: Any) -> list[str]:
    """Return the codes of the findings."""
    return [each.code for each in answer(source=source, **changes).findings]


def test_renewal_of_a_co_termed_subscription_is_the_stated_one() -> None:
    """Bought on the 28th and aligned with the 10th, it renews on the 10th; unstated, on the 28th."""
    co_termed = stated(date(2026, 12, 10))

    assert renews_on(co_termed) == date(2026, 12, 10)
    assert renews_on(stated(date(2026, 12, 10), renewal=None)) == date(2026, 11, 28)
    assert renewal_on(facts(source=co_termed), billed()) == date(2026, 12, 10)
    assert reason_of("SOURCE_NOT_CANCELLABLE", source=co_termed).evidence["renews_on"] == "2026-12-10"


def test_overlap_of_a_co_termed_subscription_ends_on_the_stated_day() -> None:
    """The old plan that can't be cancelled goes on until the stated end of its term, not a computed one."""
    case = case_of(CATALOG, facts(source=stated(date(2026, 12, 10)), billed=billed()))

    assert overlap_until(case) == date(2026, 12, 10)


@pytest.mark.parametrize(
    ("term", "expected"), [("P1M", date(2026, 12, 10)), ("P1Y", date(2027, 11, 10)), ("", date(2026, 12, 10))]
)
def test_stated_end_that_has_passed_tells_the_day_of_later_renewals(term: str, expected: date) -> None:
    """A seller that renews late still shows the former end; the next one is a whole term after that."""
    assert renews_on(stated(date(2026, 11, 10), term=term)) == expected


def test_difference_of_stated_and_computed_end_is_a_finding() -> None:
    """A stated end that start and length do not tell is told, with both days; the same day is not."""
    (found,) = answer(source=stated(date(2026, 12, 10), cancellable_until=None)).findings

    assert (found.code, dict(found.details)) == (
        "TERM_END_DIFFERS",
        {"subscription_id": "source", "stated": "2026-12-10", "computed": "2026-11-28"},
    )
    whole = stated(date(2026, 12, 10), started_at=datetime(2026, 11, 10, 8, tzinfo=UTC))
    assert told(whole) == []
    assert told(subscription()) == []


@pytest.mark.parametrize(
    ("hours", "expected"), [(0, []), (24, ["REFUND_WINDOW_DIFFERS"]), (-1, ["REFUND_WINDOW_DIFFERS"])]
)
def test_difference_of_window_and_refund_is_a_finding(hours: int, expected: list[str]) -> None:
    """A refund that ends before or after the cancellation window is told; one that ends with it is not."""
    until = NOW + timedelta(days=2)
    renewal = RenewalTerms(refundable_until=until + timedelta(hours=hours))

    assert told(subscription(cancellable_until=until, renewal=renewal)) == expected


def test_difference_of_seller_and_billing_is_a_finding() -> None:
    """Another billing cycle, and a paid period that does not end with the term, are told."""
    renewal = RenewalTerms(ends_on=date(2026, 12, 10))
    whole = subscription(renewal=renewal)
    other_end = billed(period_end_on=date(2026, 12, 9))

    assert told(whole, billed=other_end) == ["BILLED_PERIOD_DIFFERS"]
    assert told(subscription(term="P1Y", billing_cycle="annual")) == ["BILLING_CYCLE_DIFFERS"]
    longer = subscription(term="P1Y", renewal=RenewalTerms(ends_on=date(2027, 11, 10)))
    assert told(longer) == []

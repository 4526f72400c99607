"""Licenses that are left where some users move, and until when the rest can go (manual#some-users)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.kernel.money import Money
from domain.licenses.reduction import (
    closed_words,
    first_closed,
    given_back,
    licenses_left,
    lost_of_leaving,
    reduced_on,
    reducible_again_on,
    reducible_until,
)
from domain.ports.billing_port import BookedLine
from domain.ports.seller_port import SellerSubscription
from tests.support.stories.eligibility_inputs import subscription

NOW = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(("staying", "left"), [(12, 12), (25, 20), (0, 1)])
def test_each_user_who_stays_keeps_a_license(staying: int, left: int) -> None:
    """One for each, one at least, and no more than there are."""
    source = subscription(quantity=20)

    assert licenses_left(source, (source,), staying) == left


def test_another_subscription_of_the_plan_serves_as_well() -> None:
    """Its licenses count only while they can be used; other plans' never do."""
    source = subscription(quantity=20)
    held = (
        source,
        subscription(subscription_id="second", quantity=5),
        subscription(subscription_id="ended", quantity=5, status="suspended"),
        subscription("E3", subscription_id="new", quantity=8),
    )

    assert licenses_left(source, held, 12) == 7


def test_only_what_was_given_back_since_the_quote_is_the_reduction() -> None:
    """An earlier day would bill the new plan too soon; without lines the day of asking counts."""
    charged, before = _line(1, 20, 18_000), _line(5, -2, -1_500)
    reduced = _line(20, -8, -2_600)
    asked_on = date(2026, 11, 21)

    assert reduced_on((charged, before), (charged, before, reduced), asked_on=asked_on) == date(2026, 11, 20)
    assert reduced_on((charged, before), (charged, before), asked_on=asked_on) == asked_on
    assert reduced_on((), (charged,), asked_on=asked_on) == asked_on


def test_what_the_seller_gave_back_is_told_by_its_books() -> None:
    """Lines from before the quote are none of the switch, and nothing is given back without a line."""
    charged, before = _line(1, 20, 18_000), _line(5, -2, -1_500)
    reduced = _line(20, -8, -2_600)

    assert given_back((charged, before), (charged, before, reduced, reduced), "EUR") == _euros(5_200)
    assert given_back((charged, before), (charged, before), "EUR") == _euros(0)


@pytest.mark.parametrize(("returned", "lost"), [(None, 900), (0, 900), (300, 600), (1_000, 0)])
def test_no_more_is_lost_than_was_accepted_and_did_not_come_back(returned: int | None, lost: int) -> None:
    """Of what was paid in advance nothing is credited by hand; what the seller gives all the same counts."""
    came_back = None if returned is None else _euros(returned)

    assert lost_of_leaving(_euros(900), came_back) == _euros(lost)


def _euros(cents: int) -> Money:
    return Money(minor_units=cents, currency="EUR")


def _line(day: int, licenses: int, amount: int) -> BookedLine:
    return BookedLine(
        amount=_euros(amount),
        from_on=date(2026, 11, day),
        to_on=date(2026, 12, 1),
        quantity=licenses,
    )


def test_a_window_that_has_passed_is_told() -> None:
    """Its subscription is named, and one without a window never closes."""
    still_open = subscription(cancellable_until=NOW + timedelta(hours=1))
    closed = subscription(subscription_id="addon", cancellable_until=NOW - timedelta(hours=1))

    assert first_closed((subscription(), still_open), NOW) is None
    assert first_closed((still_open, closed), NOW) == closed
    assert "addon" in closed_words(closed)
    assert "2026-11-22 22:30 UTC" in closed_words(closed)


def test_the_last_day_is_one_of_the_organization() -> None:
    """The earliest window counts, on the day that it is where the organization is."""
    windows = (subscription(), subscription(cancellable_until=NOW))

    assert reducible_until(windows, "Europe/Berlin") == date(2026, 11, 23)
    assert reducible_until(windows[:1], "Europe/Berlin") is None


def test_licenses_go_again_with_the_last_of_the_new_terms() -> None:
    """A year that is billed by the month renews after a year; what has no window binds nothing."""
    bound: dict[str, Any] = {"cancellable_until": NOW, "started_at": NOW - timedelta(days=7)}
    year = subscription(term="P1Y", **bound)
    month = subscription(subscription_id="addon", **bound)

    def again_on(*held: SellerSubscription) -> date | None:
        return reducible_again_on(held, time_zone="UTC", now=NOW)

    assert again_on(year, month) == date(2027, 11, 15)
    assert again_on(month) == date(2026, 12, 15)
    assert again_on(subscription()) is None

"""The sandbox's boundaries: the billing day stays, and a term ends where the seller states it."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.support.clouds.sandbox_world import E3, World, open_world


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[World]:
    """Yield a sandbox in which it is 10 November 2026."""
    with open_world(tmp_path) as world:
        world.make()
        yield world


def bought(world: World, term: str, cycle: str, period_end_on: str) -> str:
    """Buy E3 today, for a first part up to a billing day; return the subscription's id."""
    line = {"CatalogItemId": f"{E3}:0001:EUR", "Quantity": 5, "TermDuration": term, "BillingCycle": cycle}
    body = {"PaymentMethod": "card", "LineItems": [line]}
    cart = world.call("POST", world.seller("/carts"), body, {"MS-RequestId": "cart"}).json()
    path = world.seller(f"/carts/{cart['id']}/checkout")
    (order,) = world.call("POST", path, None, {"MS-RequestId": "out"}).json()["orders"]
    subscription_id: str = order["lineItems"][0]["subscriptionId"]
    start: dict[str, Any] = {
        "currency": "EUR",
        "effective_on": "2026-11-10",
        "period_end_on": period_end_on,
        "quantity": 5,
        "unit_price_minor_units": 2000,
        "amount_minor_units": 1000,
        "billing_day": date.fromisoformat(period_end_on).day,
    }
    assert world.bill(subscription_id, "start", start, "start").status_code == 201
    return subscription_id


@pytest.mark.parametrize(
    ("term", "cycle", "period_end_on", "ends_on"),
    [
        # A first part of a year ends with the year that was paid.
        ("P1Y", "Annual", "2027-03-01", "2027-03-01"),
        ("P1M", "Monthly", "2026-11-20", "2026-11-20"),
        # Monthly payments of a year: the first billing day is no term's end, in whatever month it is.
        ("P1Y", "Monthly", "2026-11-20", "2027-11-20"),
        ("P1Y", "Monthly", "2026-12-01", "2027-11-01"),
        ("P3Y", "Annual", "2027-03-01", "2029-03-01"),
        ("P3Y", "Monthly", "2026-11-20", "2029-11-20"),
    ],
)
def test_switched_to_plan_expires_on_the_stated_end(
    world: World, term: str, cycle: str, period_end_on: str, ends_on: str
) -> None:
    """What the seller states counts: it works up to the day before, and ends on it (rules#findings)."""
    path = world.seller(f"/subscriptions/{bought(world, term, cycle, period_end_on)}")
    stated = world.get(path)["commitmentEndDate"][:10]
    world.edit(
        kind="subscription", subscription_id=path.rsplit("/", 1)[1], changes={"is_auto_renewed": False}
    )
    world.clock.advance(days=(date.fromisoformat(ends_on) - date(2026, 11, 11)).days)
    world.get(world.billing("/ledger"))
    before = world.get(path)
    world.clock.advance(days=2)
    world.get(world.billing("/ledger"))
    after = world.get(path)

    assert stated == before["commitmentEndDate"][:10] == ends_on
    assert (before["status"], after["status"]) == ("active", "expired")


def test_the_next_term_is_a_whole_one(world: World) -> None:
    """After a short first term the next one ends a year later, and takes cancellations at its begin alone."""
    path = world.seller(f"/subscriptions/{bought(world, 'P1Y', 'Annual', '2027-03-01')}")
    world.clock.advance(days=115)
    world.get(world.billing("/ledger"))
    renewed = world.get(path)

    assert renewed["commitmentEndDate"][:10] == "2028-03-01"
    assert renewed["cancellationAllowedUntilDate"][:10] == "2027-03-07"


@pytest.mark.parametrize("billing_day", [29, 30, 31])
def test_billing_day_is_kept_over_years_and_a_leap_day(world: World, billing_day: int) -> None:
    """Renewed month by month, with restarts: 13 months later, and on 29 February, the day is the same."""
    world.make(seed=billing_day, period_start_on=f"2026-10-{billing_day}")
    path = world.billing(f"/subscriptions/{world.made['subscription_id']}")
    for number in range(18):
        world.clock.advance(days=31)
        world.get(path)
        if number % 6 == 0:
            world.restart()
    entries = world.get(world.billing("/ledger"))["entries"]
    mine = [one for one in entries if one.get("subscription_id") == world.made["subscription_id"]]
    ends = [date.fromisoformat(one["to_on"]) for one in mine if one["kind"] == "charge"]

    months = [(2026 + (9 + number) // 12, (9 + number) % 12 + 1) for number in range(1, len(ends) + 1)]
    expected = [
        date(year, month, min(billing_day, calendar.monthrange(year, month)[1])) for year, month in months
    ]
    assert ends == expected
    assert date(2028, 2, 29) in ends
    assert len(ends) >= 18
    assert world.get(path)["billing_day"] == billing_day


@pytest.mark.parametrize(
    ("cycle", "end_on", "options", "days"),
    [
        ("monthly", "2026-12-01", {}, (21, 30)),
        # The other subscription renews on the 31st: its period began on 31 October.
        ("monthly", "2026-11-30", {"billing_day": 31}, (20, 30)),
        ("annual", "2027-03-01", {}, (111, 365)),
    ],
)
def test_a_co_termed_first_term_costs_its_part_of_the_period(
    tmp_path: Path, cycle: str, end_on: str, options: dict[str, int], days: tuple[int, int]
) -> None:
    """A plan bought to end with another subscription's term costs its days of the whole period (rules 5)."""
    with open_world(tmp_path) as world:
        made = world.make(
            period_start_on="2026-11-10",
            billing_cycle=cycle,
            options={"quantity": 7, "has_side_products": False, "custom_term_end_on": end_on, **options},
        )
        shown = world.get(world.billing(f"/subscriptions/{made['subscription_id']}"))
        stated = world.get(world.seller(f"/subscriptions/{made['subscription_id']}"))["commitmentEndDate"]
        price = shown["unit_price_minor_units"] * 7

        assert shown["paid_minor_units"] == (2 * price * days[0] + days[1]) // (2 * days[1])
        assert shown["period_end_on"] == stated[:10] == end_on
        assert world.referee()["wrong_amounts"] == 0


def test_a_co_termed_first_term_may_look_like_a_whole_period(tmp_path: Path) -> None:
    """Bought on the 31st of October to renew on the 30th: 30 of 31 days, and no whole period (rules 5)."""
    with open_world(tmp_path) as world:
        ends = {"custom_term_end_on": "2026-11-30", "billing_day": 30}
        made = world.make(
            period_start_on="2026-10-31", options={"quantity": 7, "has_side_products": False, **ends}
        )
        shown = world.get(world.billing(f"/subscriptions/{made['subscription_id']}"))

        price = shown["unit_price_minor_units"] * 7

        assert shown["paid_minor_units"] == (2 * price * 30 + 31) // (2 * 31)
        assert world.referee()["wrong_amounts"] == 0


def test_a_first_term_of_more_than_a_period_is_refused(tmp_path: Path) -> None:
    """The end of a short first term lies inside of one period, and nothing is made otherwise (rules 5)."""
    with open_world(tmp_path) as world:
        body = {
            "seed": 1,
            "users": 2,
            "plan_id": E3,
            "period_start_on": "2026-11-10",
            "options": {"custom_term_end_on": "2026-12-11"},
        }
        answer = world.call("POST", "/sandbox/organizations", body)

        assert answer.status_code == 422
        assert "2026-12-10 at the latest" in answer.text

"""The referee on amounts: what a ledger booked against the price of its days (proration#every-policy)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.support.clouds.sandbox_world import World, open_world

LICENSES = 10
#: Starts on 1 November and is left on the 21st, after 20 of 30 days.
BODY = {
    "users": 3,
    "period_start_on": "2026-11-01",
    "options": {"quantity": LICENSES, "has_side_products": False},
}
ON, END, DAYS_LEFT = "2026-11-21", "2026-12-01", Fraction(10, 30)


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[World]:
    """Yield a sandbox in which it is 21 November."""
    with open_world(tmp_path) as world:
        world.clock.advance(days=11)
        world.make(**BODY)
        yield world


def price(world: World, subscription_id: str) -> int:
    """Return the price of one license for a whole period."""
    shown = world.get(world.billing(f"/subscriptions/{subscription_id}"))
    amount: int = shown["unit_price_minor_units"]
    return amount


def half_up(exact: Fraction) -> int:
    """Round to cents."""
    return int(exact + Fraction(1, 2))


def switched(world: World, **changes: Any) -> dict[str, Any]:
    """Bill a switch on 21 November; `changes` are what is told to billing instead of the right figures."""
    order = world.order(quantity=LICENSES)
    source, target = world.made["subscription_id"], order["lineItems"][0]["subscriptionId"]
    facts: dict[str, Any] = {
        "credit": half_up(price(world, source) * LICENSES * DAYS_LEFT),
        "charge": half_up(price(world, target) * LICENSES * DAYS_LEFT),
        "unit_price": price(world, target),
        "end_on": END,
        "tax_rate": Fraction("0.19"),
        "invoiced": None,
        **changes,
    }
    assert world.cancel(source).status_code == 200
    world.bill(source, "stop", {"effective_on": ON}, "stop")
    if facts["credit"] is not None:
        body = {"currency": "EUR", "amount_minor_units": facts["credit"], "from_on": ON, "to_on": END}
        answer = world.bill(source, "credits", body | {"reason": "plan switch s"}, "credit")
        assert answer.status_code == 201, answer.text
    start = {
        "currency": "EUR",
        "effective_on": ON,
        "period_end_on": facts["end_on"],
        "quantity": LICENSES,
        "unit_price_minor_units": facts["unit_price"],
        "amount_minor_units": facts["charge"],
    }
    assert world.bill(target, "start", start, "start").status_code == 201
    net = facts["charge"] - (facts["credit"] or 0) if facts["invoiced"] is None else facts["invoiced"]
    invoice(world, net, half_up(net * facts["tax_rate"]))
    return facts | {"target": target}


def invoice(world: World, net: int, tax: int) -> None:
    """Issue the invoice of the switch."""
    body = {
        "switch_id": "s",
        "lines": [{"kind": "charge", "amount_minor_units": net, "reference_id": None}],
        "tax_minor_units": tax,
        "total_minor_units": net + tax,
        "currency": "EUR",
        "payment_method": "card",
    }
    assert world.call("POST", world.billing("/invoices"), body, {"Idempotency-Key": "i"}).status_code == 201


def test_right_amounts_are_no_fault(world: World) -> None:
    """A third of a month is charged and credited for its last ten days (rules 5)."""
    switched(world)

    figures = world.referee()
    assert (figures["wrong_amounts"], figures["wrong_amount_texts"]) == (0, [])
    assert figures["double_charges"] == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"charge": 26_000},
            "charge 26000 for 2026-11-21 to 2026-12-01 (start) is not the price of",
        ),
        ({"credit": 1}, "credit 1 for 2026-11-21 to 2026-12-01 (plan switch s) is not what is left"),
        ({"credit": None}, "was never given back"),
        ({"unit_price": 9_999, "charge": 33_330}, "is by a price of 9999, and it was ordered for"),
        ({"end_on": "2026-12-02"}, "ends on no billing day, which is 1"),
        ({"tax_rate": Fraction("0.20")}, "of tax, and"),
        ({"invoiced": 1}, "the invoices come to 1, the ledger to"),
    ],
)
def test_a_wrong_amount_is_seen(world: World, changes: dict[str, Any], words: str) -> None:
    """The referee computes each amount by itself and tells which differs (rules 5)."""
    switched(world, **changes)

    figures = world.referee()
    assert any(words in text for text in figures["wrong_amount_texts"]), figures["wrong_amount_texts"]
    assert figures["wrong_amounts"] >= 1


def test_days_of_a_part_are_measured_by_the_whole_period(world: World) -> None:
    """A part of a month that is taken for a whole one is seen in licenses that are added to it (rules 5)."""
    target = switched(world)["target"]
    world.clock.advance(days=5)
    path = world.seller(f"/subscriptions/{target}")
    resource = world.get(path)
    headers = {"If-Match": f'"{resource["attributes"]["etag"]}"'}
    assert world.call("PATCH", path, resource | {"quantity": LICENSES + 2}, headers).status_code == 200

    entry = world.get(world.billing("/ledger"))["entries"][-1]
    right = half_up(price(world, target) * 2 * Fraction(5, 30))
    assert world.referee()["wrong_amounts"] == (entry["amount_minor_units"] != right)


def test_a_plan_of_price_zero_is_not_billed_twice(tmp_path: Path) -> None:
    """Nothing was paid, nothing is given back, and the days belong to the new plan alone (rules 5)."""
    free = "94763226-9b3c-4e75-a931-5c89701abe66"
    with open_world(tmp_path) as world:
        world.clock.advance(days=11)
        world.make(**BODY, plan_id=free)
        assert world.get(world.billing("/ledger"))["entries"][0]["amount_minor_units"] == 0

        switched(world, credit=None)

        figures = world.referee()
        assert (figures["double_charges"], figures["unbilled_days"], figures["wrong_amounts"]) == (0, 0, 0)


@pytest.mark.parametrize(("second", "doubles"), [("act-1", 1), ("act-2", 0)])
def test_a_purchase_that_is_ordered_twice_is_seen(world: World, second: str, doubles: int) -> None:
    """Two products of one plan are no double charge, unless one and the same act was charged for both."""
    for key, act in (("1", "act-1"), ("2", second)):
        order = world.order(quantity=2, key=key, is_beside=True)
        owned = order["lineItems"][0]["subscriptionId"]
        amount = 2 * price(world, owned)
        start = {
            "currency": "EUR",
            "effective_on": ON,
            "period_end_on": "2026-12-21",
            "quantity": 2,
            "unit_price_minor_units": price(world, owned),
            "amount_minor_units": amount,
            "billing_day": 21,
        }
        charge = world.bill(owned, "start", start, f"start-{key}").json()["charge_id"]
        tax = half_up(amount * Fraction("0.19"))
        invoice = {
            "switch_id": act,
            "lines": [{"kind": "charge", "amount_minor_units": amount, "reference_id": charge}],
            "tax_minor_units": tax,
            "total_minor_units": amount + tax,
            "currency": "EUR",
            "payment_method": "card",
        }
        headers = {"Idempotency-Key": f"invoice-{key}"}
        assert world.call("POST", world.billing("/invoices"), invoice, headers).status_code == 201

    figures = world.referee()
    assert (figures["double_charges"], figures["wrong_amount_texts"]) == (doubles, [])

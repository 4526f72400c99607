"""Faults of carts and checkouts: errors that the seller tells in a success (docs/reliability.md)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.clouds.faults import plant
from tests.support.clouds.sandbox_world import E3, World, open_world

CART = {"LineItems": [{"CatalogItemId": f"{E3}:0001:EUR", "Quantity": 3}]}


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[World]:
    """Yield a sandbox with one organization."""
    with open_world(tmp_path) as world:
        world.make()
        yield world


def cart(world: World) -> dict[str, Any]:
    """Fill a cart."""
    answer = world.call("POST", world.seller("/carts"), CART)
    assert answer.status_code == 201
    filled: dict[str, Any] = answer.json()
    return filled


def check_out(world: World, cart_id: str) -> dict[str, Any]:
    """Check a cart out."""
    answer = world.call("POST", world.seller(f"/carts/{cart_id}/checkout"))
    assert answer.status_code in {200, 201}
    told: dict[str, Any] = answer.json()
    return told


def orders(world: World) -> int:
    """Return how many orders were placed since the organization was made."""
    return int(world.referee()["orders"])


@pytest.mark.parametrize(("is_partial", "placed"), [(False, 0), (True, 1)])
def test_order_errors_stand_in_a_success(world: World, *, is_partial: bool, placed: int) -> None:
    """A checkout tells its errors with no order, or beside one; the next one goes well."""
    plant(world, {"fault": "order_errors", "hits": [1], "is_partial": is_partial})
    first = check_out(world, cart(world)["id"])
    after_first = orders(world)
    second = check_out(world, cart(world)["id"])

    assert [each["code"] for each in first["orderErrors"]] == [800089]
    assert first["orderErrors"][0]["description"]
    assert (len(first["orders"]), after_first) == (placed, placed)
    assert (len(second["orders"]), second.get("orderErrors")) == (1, None)


def test_cart_error_stands_at_a_line(world: World) -> None:
    """The line of a cart tells code and description in a success; the next cart has none."""
    plant(world, {"fault": "cart_error", "hits": [1], "code": "10006", "text": "Sold out."})
    first, second = cart(world), cart(world)

    assert first["lineItems"][0]["error"] == {"errorCode": 10006, "errorDescription": "Sold out."}
    assert "error" not in second["lineItems"][0]

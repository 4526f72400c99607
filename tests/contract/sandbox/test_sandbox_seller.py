"""The sandbox's seller answers as docs/vendor.md tells: carts, orders, subscriptions, cancellation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.clouds.sandbox_world import E1, E3, START, World, open_world


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[World]:
    """Yield a sandbox with one organization of 30 users on E1."""
    with open_world(tmp_path) as world:
        world.make()
        yield world


def _pools(world: World) -> dict[str, dict[str, Any]]:
    return {pool["skuId"]: pool for pool in world.get("/v1.0/subscribedSkus")["value"]}


def _refusal(world: World, method: str, path: str, body: Any, **headers: str) -> tuple[int, int]:
    answer = world.call(method, path, body, headers)
    error = answer.json()
    assert set(error) == {"code", "description", "data", "source"}
    assert error["source"] == "PartnerFD"
    return answer.status_code, error["code"]


def test_cart_has_the_shape_of_the_notes(world: World) -> None:
    """A cart shows its lines, is active and expires after seven days (vendor#carts-and-orders)."""
    line = {
        "CatalogItemId": f"{E3}:0001:EUR",
        "Quantity": 3,
        "TermDuration": "P1M",
        "BillingCycle": "Monthly",
    }
    answer = world.call("POST", world.seller("/carts"), {"LineItems": [line]})
    cart = answer.json()

    assert answer.status_code == 201
    assert cart["attributes"] == {"objectType": "Cart"}
    assert (cart["status"], cart["expirationTimestamp"][:10]) == ("Active", "2026-11-17")
    assert cart["lineItems"] == [
        {
            "id": 0,
            "catalogItemId": f"{E3}:0001:EUR",
            "quantity": 3,
            "currencyCode": "EUR",
            "billingCycle": "monthly",
            "termDuration": "P1M",
            "provisioningContext": {},
            "orderGroup": "0",
        }
    ]


def test_order_is_provisioned_after_its_delays(world: World) -> None:
    """An order is pending without a subscription, then completed, then its services are set up."""
    world.settings(provisioning_delay_seconds=60, setup_delay_seconds=120)
    order = world.order()
    path = world.seller(f"/orders/{order['id']}")
    assert (order["status"], "subscriptionId" in order["lineItems"][0]) == ("pending", False)
    assert E3 not in _pools(world)

    world.clock.advance(seconds=61)
    completed = world.get(path)
    subscription_id = completed["lineItems"][0]["subscriptionId"]
    status = world.seller(f"/subscriptions/{subscription_id}/provisioningstatus")
    assert completed["status"] == "completed"
    assert world.get(f"{path}/provisioningstatus")["items"][0]["status"] == "fulfilled"
    assert world.get(status)["status"] == "pending"
    assert "PendingProvisioning" in {one["provisioningStatus"] for one in _pools(world)[E3]["servicePlans"]}

    world.clock.advance(seconds=120)
    assert world.get(status) | {"endDate": ""} == {
        "skuId": E3.upper(),
        "status": "success",
        "quantity": 40,
        "endDate": "",
        "attributes": {"objectType": "SubscriptionProvisioningStatus"},
    }
    left = {one["provisioningStatus"] for one in _pools(world)[E3]["servicePlans"]}
    assert left == {"Success", "PendingActivation"}


def test_request_id_is_the_idempotency_key(world: World) -> None:
    """The same MS-RequestId gets the recorded answer, also after a restart; another checks out once."""
    first = world.order(key="same")
    world.restart()
    repeated = world.order(key="same")
    cart = next(iter(world.get(world.seller("/orders"))["items"]))

    assert repeated == first
    assert cart["id"] == first["id"]
    assert world.referee()["orders"] == 1


def test_second_checkout_answers_the_first_order(world: World) -> None:
    """Checking out a cart again under another id returns its first order."""
    line = {"CatalogItemId": f"{E3}:0001:EUR", "Quantity": 3}
    cart = world.call("POST", world.seller("/carts"), {"LineItems": [line]}).json()
    path = world.seller(f"/carts/{cart['id']}/checkout")
    orders = [
        world.call("POST", path, None, {"MS-RequestId": key}).json()["orders"][0]["id"] for key in ("a", "b")
    ]

    assert orders[0] == orders[1]
    assert world.get(world.seller(f"/carts/{cart['id']}"))["status"] == "Ordered"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"CatalogItemId": "x:0001:EUR", "Quantity": 1}, 800009),
        ({"CatalogItemId": f"{E3}:0001:USD", "Quantity": 1}, 800009),
        ({"CatalogItemId": f"{E3}:0001:EUR", "Quantity": 0}, 2002),
        ({"CatalogItemId": f"{E3}:0001:EUR", "Quantity": 1, "TermDuration": "P9Y"}, 800009),
    ],
)
def test_wrong_cart_lines_are_refused(world: World, line: dict[str, Any], code: int) -> None:
    """A line that can't be sold is refused with the seller's code."""
    assert _refusal(world, "POST", world.seller("/carts"), {"LineItems": [line]}) == (400, code)


def test_expired_cart_is_gone(world: World) -> None:
    """After seven days a cart can no longer be checked out (404, 800008)."""
    line = {"CatalogItemId": f"{E3}:0001:EUR", "Quantity": 3}
    cart = world.call("POST", world.seller("/carts"), {"LineItems": [line]}).json()
    world.clock.advance(days=7, seconds=1)

    path = world.seller(f"/carts/{cart['id']}/checkout")
    assert _refusal(world, "POST", path, None) == (404, 800008)


def test_order_is_voided_inside_its_window_only(world: World) -> None:
    """A void takes the seats away and can be repeated; after the window it is 400, 800061."""
    early, late = world.order(key="early"), world.order(key="late")
    path = world.seller(f"/orders/{early['id']}")
    for key in ("v1", "v2"):
        answer = world.call("PATCH", path, {"status": "cancelled"}, {"MS-RequestId": key})
        assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert _pools(world)[E3]["prepaidUnits"] == {"enabled": 40, "warning": 0, "suspended": 0, "lockedOut": 40}

    world.clock.advance(days=14, seconds=1)
    path = world.seller(f"/orders/{late['id']}")
    assert _refusal(world, "PATCH", path, {"status": "cancelled"}) == (400, 800061)


def test_cancelled_subscription_goes_on_working_in_its_grace(world: World) -> None:
    """Cancelled seats are in warning and can still be assigned for 30 days; then they are locked out."""
    target = world.order()["lineItems"][0]["subscriptionId"]
    assert world.cancel(target).json()["status"] == "deleted"
    user_id = world.user_ids()[0]

    pool = _pools(world)[E3]
    assert (pool["capabilityStatus"], pool["prepaidUnits"]["warning"]) == ("Warning", 40)
    assert world.assign(user_id, add=E3).status_code == 200
    world.clock.advance(days=30, seconds=1)
    pool = _pools(world)[E3]
    assert (pool["capabilityStatus"], pool["prepaidUnits"]["lockedOut"]) == ("LockedOut", 40)
    assert world.assign(world.user_ids()[1], add=E3).status_code == 400


def test_new_commerce_terms_cannot_be_cancelled_late(world: World) -> None:
    """Seven days after the purchase a cancellation is 400, 900117; suspending is no way out."""
    target = world.order()["lineItems"][0]["subscriptionId"]
    resource = world.get(world.seller(f"/subscriptions/{target}"))
    assert resource["cancellationAllowedUntilDate"][:10] == "2026-11-17"
    assert world.cancel(target, "suspended").json()["code"] == 800096

    world.clock.advance(days=7, seconds=1)
    assert world.cancel(target).json()["code"] == 900117


def test_legacy_terms_are_cancelled_by_suspending(world: World) -> None:
    """A legacy subscription has no window and ends as suspended (vendor#subscriptions)."""
    source = world.made["subscription_id"]
    resource = world.get(world.seller(f"/subscriptions/{source}"))
    assert "cancellationAllowedUntilDate" not in resource

    assert world.cancel(source, "suspended").json()["status"] == "suspended"
    assert _pools(world)[E1]["capabilityStatus"] == "Warning"


def test_patch_needs_the_present_etag_in_quotes(world: World) -> None:
    """A missing, unquoted or old etag is 400, 2055, and nothing changes."""
    path = world.seller(f"/subscriptions/{world.made['subscription_id']}")
    resource = world.get(path)
    etag = resource["attributes"]["etag"]
    wanted = resource | {"quantity": 50}
    assert _refusal(world, "PATCH", path, wanted) == (400, 2055)
    assert _refusal(world, "PATCH", path, wanted, **{"If-Match": etag}) == (400, 2055)
    changed = world.call("PATCH", path, wanted, {"If-Match": f'"{etag}"'})

    assert changed.json()["quantity"] == 50
    assert _refusal(world, "PATCH", path, wanted, **{"If-Match": f'"{etag}"'}) == (400, 2055)


def test_missing_flag_is_reset_silently(world: World) -> None:
    """A body without autoRenewEnabled switches the renewal off, as the vendor does."""
    path = world.seller(f"/subscriptions/{world.made['subscription_id']}")
    resource = world.get(path)
    headers = {"If-Match": f'"{resource["attributes"]["etag"]}"'}
    del resource["autoRenewEnabled"]

    assert world.call("PATCH", path, resource, headers).json()["autoRenewEnabled"] is False


def test_upgrades_keep_every_data_service(world: World) -> None:
    """E1 may go to E3 and not to a kiosk plan; a cancelled source is not eligible (code 2)."""
    path = world.seller(f"/subscriptions/{world.made['subscription_id']}/upgrades")
    items = world.get(path)["items"]
    offered = {item["targetOffer"]["product"]["id"] for item in items}
    assert E3 in offered
    assert "80b2d799-d2ba-4d2a-8842-fb0d0f3a4b82" not in offered
    assert all(item["isEligible"] and item["attributes"] == {"objectType": "Upgrade"} for item in items)

    world.cancel(world.made["subscription_id"])
    first = world.get(path)["items"][0]
    assert (first["isEligible"], first["upgradeErrors"][0]["code"]) == (False, 2)


def test_another_customers_path_is_forbidden(world: World) -> None:
    """A token opens only its own customer."""
    mine = world.made["organization_id"]
    world.make(seed=8)

    assert _refusal(world, "GET", f"/v1/customers/{mine}/subscriptions", None)[0] == 403


def test_a_new_term_can_be_cancelled_again(world: World) -> None:
    """The window of seven days opens anew with the renewal (vendor#subscriptions)."""
    world.make(seed=8, options={"terms": "new_commerce"})
    source = world.made["subscription_id"]
    path = world.seller(f"/subscriptions/{source}")
    first = world.get(path)["cancellationAllowedUntilDate"]
    world.edit(kind="subscription", subscription_id=source, changes={"cancellable_until": START.isoformat()})
    assert world.cancel(source).json()["code"] == 900117

    world.clock.advance(days=(date.fromisoformat(world.made["period_end_on"]) - START.date()).days + 1)
    renewed = world.get(path)

    assert renewed["commitmentEndDate"][:10] > world.made["period_end_on"]
    assert renewed["cancellationAllowedUntilDate"] > first
    assert world.cancel(source).json()["status"] == "deleted"


def test_what_is_not_renewed_expires_with_its_period(world: World) -> None:
    """autoRenewEnabled=false: no further charge, expired at the period's end, licenses work for the grace."""
    source = world.made["subscription_id"]
    path = world.seller(f"/subscriptions/{source}")
    resource = world.get(path)
    headers = {"If-Match": f'"{resource["attributes"]["etag"]}"'}
    changed = world.call("PATCH", path, resource | {"autoRenewEnabled": False}, headers).json()
    assert (changed["autoRenewEnabled"], changed["status"]) == (False, "active")

    world.clock.advance(days=35)
    ended = world.get(path)

    assert (ended["status"], ended["commitmentEndDate"][:10]) == ("expired", world.made["period_end_on"])
    charges = [one for one in world.get(world.billing("/ledger"))["entries"] if one["kind"] == "charge"]
    assert len([one for one in charges if one["subscription_id"] == source]) == 1
    assert _pools(world)[E1]["capabilityStatus"] == "Warning"
    assert world.referee()["double_charges"] == 0


def test_order_tells_until_when_it_can_be_voided_for_nothing(world: World) -> None:
    """Seven days from the order, as new-commerce terms have it; after that it is refused."""
    order = world.order()
    until = datetime.fromisoformat(order["cancellationAllowedUntilDate"])
    path = world.seller(f"/orders/{order['id']}")
    world.clock.advance(days=7, seconds=1)

    assert until - datetime.fromisoformat(order["creationDate"]) == timedelta(days=7)
    assert _refusal(world, "PATCH", path, {"status": "cancelled"}) == (400, 800061)

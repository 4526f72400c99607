"""Errors that stand in a success of the seller: such an order is refused (switch#steps, step 4)."""

from __future__ import annotations

import re
from typing import Any

import httpx2
import pytest

from domain.kernel.errors import NotReadyYet, PlanSwitchError, ProviderRefused
from domain.ports.cloud import ProviderCall
from domain.ports.seller_port import AddonLine, OrderLine, PlacedOrder
from providers.factory import cloud_factory
from providers.microsoft.seller.checkout import OrderNotPlaced, provisioning_refusal
from tests.support.clouds.http_handlers import HandlerLine

E3 = "6fd2c87f-b296-42f0-b197-1e91e994b900"
LINE = OrderLine(plan_id=E3, quantity=21, currency="EUR", term="P1M", billing_cycle="monthly")
ADDON = AddonLine(plan_id="addon", quantity=3, term="P1M", billing_cycle="monthly")
CART = {"id": "cart-1", "lineItems": [{"id": 0}]}
ERROR = {"orderGroupId": "0", "code": 800089, "description": "No more for jan@contoso.example."}
LINE_ERROR = {"errorCode": 10005, "errorDescription": "Not in this market."}
SAID = "No more for [address]."


def order(order_id: str = "order-1", status: str = "pending", lines: int = 1) -> dict[str, Any]:
    """Return an order as the seller shows it."""
    return {
        "id": order_id,
        "status": status,
        "creationDate": "2026-11-22T10:00:00Z",
        "lineItems": [{"offerId": f"{E3}:0001:EUR", "quantity": 21}] * lines,
    }


class Shop:
    """A seller that answers carts and checkouts as it is told, and keeps what was voided."""

    def __init__(self, *, cart: Any = CART, checkout: Any = None, void_status: int = 200) -> None:
        self.cart, self.checkout, self.void_status = cart, checkout, void_status
        self.requests: list[str] = []
        self.voided: list[str] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""
        path = str(request.url).partition("/customers/contoso")[2]
        self.requests.append(f"{request.method} {path}")
        if path == "/carts":
            return httpx2.Response(201, json=self.cart)
        if path.endswith("/checkout"):
            return httpx2.Response(200, json=self.checkout)
        order_id = re.sub(r".*/orders/", "", path)
        if request.method == "PATCH":
            if self.void_status == 200:
                self.voided.append(order_id)
            return httpx2.Response(self.void_status, json={"code": 800061, "description": "Too late."})
        return httpx2.Response(
            200, json=order(order_id, "cancelled" if order_id in self.voided else "pending")
        )


def place(shop: Shop, line: OrderLine = LINE) -> tuple[PlacedOrder | PlanSwitchError, list[ProviderCall]]:
    """Place an order, and return what came of it with the calls."""
    calls: list[ProviderCall] = []
    build, _ = cloud_factory("http://cloud.test", line=HandlerLine(shop))
    try:
        return build(calls.append).seller.place_order("contoso", line, cart_key="a", checkout_key="b"), calls
    except PlanSwitchError as error:
        return error, calls


@pytest.mark.parametrize(
    ("checkout", "code", "text"),
    [
        ({"orders": [], "orderErrors": [ERROR]}, "800089", SAID),
        ({"orders": None, "orderErrors": [ERROR]}, "800089", SAID),
        ({"orderErrors": [ERROR]}, "800089", SAID),
        ({"orderErrors": [ERROR, ERROR | {"code": 1, "description": "Two."}]}, "800089", f"{SAID} Two."),
        ({"orders": [], "orderErrors": [{"code": "10005"}]}, "10005", ""),
        ({"orders": [], "orderErrors": [{"description": "Why."}]}, "", "Why."),
        ({"Orders": [], "OrderErrors": [ERROR]}, "800089", SAID),
        ({"orders": []}, "", "The checkout made no order"),
        ({"orders": [], "orderErrors": []}, "", "The checkout made no order"),
        ({"error": {"code": "800089", "message": "No."}}, "800089", "No."),
        ({"code": 800089, "description": "No."}, "800089", "No."),
    ],
)
def test_a_checkout_without_an_order_is_a_refusal(checkout: Any, code: str, text: str) -> None:
    """The reason under a success is told by code and text, and its key ends (vendor#carts-and-orders)."""
    error, calls = place(Shop(checkout=checkout))

    assert isinstance(error, ProviderRefused)
    assert error.details["provider_code"] in {code, "NO_CODE"}
    assert error.details["provider_text"].startswith(text)
    assert calls[-1].operation == "checkout"
    assert calls[-1].code in {code, "NO_CODE"} - {""}
    assert "contoso.example" not in f"{error} {calls}"


@pytest.mark.parametrize(
    "cart",
    [
        CART | {"lineItems": [{"error": LINE_ERROR}]},
        CART | {"lineItems": [{"addonItems": [{"error": LINE_ERROR}]}]},
    ],
    ids=["line", "add-on"],
)
def test_a_cart_whose_line_has_an_error_is_not_checked_out(cart: Any) -> None:
    """The error of a line or of its add-on refuses the order before anything is bought."""
    shop = Shop(cart=cart)
    error, calls = place(shop)

    assert isinstance(error, ProviderRefused)
    told = error.details["provider_code"], error.details["provider_text"]
    assert told == ("10005", "Not in this market.")
    assert shop.requests == ["POST /carts"]
    assert (calls[0].status, calls[0].code) == (201, "10005")


@pytest.mark.parametrize("empty", [None, {}, {"errorCode": 0, "errorDescription": None}])
def test_an_empty_error_is_none(empty: Any) -> None:
    """A field for an error that holds nothing refuses nothing."""
    shop = Shop(
        cart=CART | {"lineItems": [{"error": empty}]}, checkout={"orders": [order()], "orderErrors": None}
    )
    placed, _ = place(shop)

    assert isinstance(placed, PlacedOrder)


@pytest.mark.parametrize(
    ("checkout", "line", "ids"),
    [
        ({"orders": [order()], "orderErrors": [ERROR]}, LINE, ["order-1"]),
        ({"orders": [order(), order("order-2")]}, LINE, ["order-1", "order-2"]),
        (
            {"orders": [order()]},
            OrderLine(
                plan_id=E3, quantity=21, currency="EUR", term="P1M", billing_cycle="monthly", addons=(ADDON,)
            ),
            ["order-1"],
        ),
    ],
    ids=["an error beside", "several orders", "without the add-on"],
)
def test_an_order_that_is_not_whole_is_taken_back(checkout: Any, line: OrderLine, ids: list[str]) -> None:
    """Whatever was placed is void before the refusal is told: nothing is left open (switch#ways-back)."""
    shop = Shop(checkout=checkout)
    error, calls = place(shop, line)

    assert isinstance(error, OrderNotPlaced)
    assert shop.voided == ids
    checkouts = [each for each in calls if each.operation == "checkout"]
    assert [each.code for each in checkouts] == [""], "the key is asked again until everything is void"


def test_a_part_that_cannot_be_voided_is_no_clear_refusal() -> None:
    """While a part of the order stands, the step is not done: the seller's no to the void is told."""
    error, _ = place(Shop(checkout={"orders": [order()], "orderErrors": [ERROR]}, void_status=400))

    assert isinstance(error, ProviderRefused)
    assert not isinstance(error, OrderNotPlaced)
    assert error.details["provider_code"] == "800061"


def test_a_code_that_means_later_is_waited_for_in_a_success_too() -> None:
    """800060 under orderErrors is an order in progress, as it is under a status of its own."""
    error, _ = place(Shop(checkout={"orders": [], "orderErrors": [ERROR | {"code": 800060}]}))

    assert isinstance(error, NotReadyYet)


def test_an_order_that_was_cancelled_before_is_not_gone_on_with() -> None:
    """A checkout that answers its first, void order is refused, and not waited for."""
    error, _ = place(Shop(checkout={"orders": [order(status="cancelled")]}))

    assert isinstance(error, OrderNotPlaced)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ({"status": "failed", "quantity": 1, "error": LINE_ERROR}, "10005: Not in this market."),
        ({"status": "failed", "quantity": 1, "errors": [LINE_ERROR]}, "10005: Not in this market."),
        ({"status": "failed", "quantity": 1, "description": "Sold out."}, "Sold out."),
    ],
)
def test_a_provisioning_that_failed_says_why(status: Any, said: str) -> None:
    """The status of a subscription that could not be set up is read with the error that it holds."""
    told = provisioning_refusal(status)

    assert told is not None
    assert told.text_or_code == said


def test_a_provisioning_without_an_error_says_nothing() -> None:
    """A status that holds no error is no refusal."""
    assert provisioning_refusal({"status": "pending", "quantity": 1, "error": None}) is None

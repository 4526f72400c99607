"""The seller client on the seller's own contradictions, and billing on broken answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx2
import pytest

from domain.kernel.errors import (
    NotReadyYet,
    ProviderBusy,
    ProviderRefused,
    ProviderUnavailable,
    UnknownSubscription,
)
from domain.ports.cloud import ProviderCall
from domain.ports.seller_port import OrderLine, Seller
from providers.factory import cloud_factory
from providers.microsoft.seller.seller_calls import OrderNotListed
from tests.support.clouds.http_handlers import HandlerLine

PLAN = "6fd2c87f-b296-42f0-b197-1e91e994b900"
LINE = OrderLine(plan_id=PLAN, quantity=5, term="P1M", billing_cycle="monthly", currency="EUR")
ORDER = {
    "id": "order-1",
    "status": "Pending",
    "creationDate": "2026-11-22T10:00:01.1234567Z",
    "lineItems": [{"lineItemNumber": 0, "offerId": f"{PLAN}:0001:EUR", "quantity": 5}],
}
CART = {"id": "cart-1", "creationTimestamp": "2026-11-22T10:00:00Z"}
SUBSCRIPTION = {
    "id": "subscription-1",
    "offerId": f"{PLAN.upper()}:0001:EUR",
    "offerName": "Office 365 E3",
    "quantity": 5,
    "status": "active",
    "termDuration": "P1M",
    "billingCycle": "monthly",
    "creationDate": "2026-11-22T10:00:00Z",
    "cancellationAllowedUntilDate": "2026-11-29T10:00:00Z",
    "autoRenewEnabled": True,
    "attributes": {"etag": "one"},
}
LEGACY = {name: value for name, value in SUBSCRIPTION.items() if name != "cancellationAllowedUntilDate"}
Script = list[tuple[str, int, Any]]


class _Cloud:
    """A seller that answers a script: (end of the path, status, body), each used once and in order."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.requests: list[httpx2.Request] = []
        self.calls: list[ProviderCall] = []
        factory, _close = cloud_factory("http://cloud.test", line=HandlerLine(self._answer))
        self.cloud = factory(self.calls.append)
        self.seller: Seller = self.cloud.seller

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        end, status, body = self.script.pop(0)
        assert f"{request.method} {request.url.path}".endswith(end)
        return httpx2.Response(status, json=body, headers={"Date": "Sun, 22 Nov 2026 23:30:00 GMT"})


def _seller_error(code: int) -> dict[str, Any]:
    return {"code": code, "description": "No.", "data": [], "source": "PartnerFD"}


def _order(cloud: _Cloud) -> Any:
    return cloud.seller.place_order("contoso", LINE, cart_key="k-cart", checkout_key="k-checkout")


def test_order_is_cart_and_checkout_under_their_keys() -> None:
    """An order is a cart, then its checkout, each under its own request id; a subscription may come later."""
    cloud = _Cloud([("POST /v1/customers/contoso/carts", 201, CART), ("/checkout", 201, {"orders": [ORDER]})])

    placed = _order(cloud)

    assert (placed.order_id, placed.status, placed.subscription_id) == ("order-1", "pending", None)
    assert placed.ordered_at == datetime(2026, 11, 22, 10, 0, 1, 123456, tzinfo=UTC)
    assert [request.headers["ms-requestid"] for request in cloud.requests] == ["k-cart", "k-checkout"]
    assert len({request.headers["ms-correlationid"] for request in cloud.requests}) == 2
    assert json.loads(cloud.requests[0].content) == {
        "LineItems": [
            {
                "CatalogItemId": f"{PLAN}:0001:EUR",
                "Quantity": 5,
                "TermDuration": "P1M",
                "BillingCycle": "Monthly",
            }
        ]
    }
    assert cloud.requests[1].content == b""


@pytest.mark.parametrize(
    ("cart", "rest"),
    [
        (CART | {"orderId": "order-1"}, [("GET /v1/customers/contoso/orders/order-1", 200, ORDER)]),
        (CART, [("GET /v1/customers/contoso/orders", 200, {"totalCount": 1, "items": [ORDER]})]),
    ],
    ids=["cart names it", "found among the orders"],
)
def test_cart_that_was_submitted_answers_its_order(cart: Any, rest: Script) -> None:
    """The seller may refuse a second checkout (800065): the first order is found all the same."""
    script: Script = [
        ("/carts", 201, CART),
        ("/checkout", 400, _seller_error(800065)),
        ("GET /v1/customers/contoso/carts/cart-1", 200, cart),
    ]

    assert _order(_Cloud(script + rest)).order_id == "order-1"


@pytest.mark.parametrize(
    ("orders", "error"),
    [
        ([], OrderNotListed),
        ([ORDER | {"creationDate": "2026-11-22T09:59:59Z"}], OrderNotListed),
        ([ORDER, ORDER | {"id": "order-2"}], ProviderRefused),
    ],
    ids=["not listed", "older than the cart", "two fit"],
)
def test_order_of_a_submitted_cart_is_never_guessed(orders: list[Any], error: type[Exception]) -> None:
    """No order that fits is waited for; two that fit are for the operator."""
    listed = {"totalCount": len(orders), "items": orders}
    script: Script = [
        ("/carts", 201, CART),
        ("/checkout", 409, _seller_error(800065)),
        ("/carts/cart-1", 200, CART),
        ("/orders", 200, listed),
    ]

    with pytest.raises(error):
        _order(_Cloud(script))


@pytest.mark.parametrize(
    ("status", "code", "wait"),
    [(409, 800064, 5.0), (409, 800060, 60.0), (400, 800082, 60.0), (409, 900278, 86_400.0)],
)
def test_come_back_later_is_no_refusal(status: int, code: int, wait: float) -> None:
    """Codes that only mean "later" become NotReadyYet with the time to wait."""
    with pytest.raises(NotReadyYet) as caught:
        _order(_Cloud([("/carts", 201, CART), ("/checkout", status, _seller_error(code))]))

    assert caught.value.retry_after_seconds == wait
    assert caught.value.details["provider_code"] == str(code)


@pytest.mark.parametrize("code", [800025, 800073, 900121, 800008])
def test_refusal_keeps_the_sellers_code(code: int) -> None:
    """A credit refusal or review is told by the seller's own code."""
    with pytest.raises(ProviderRefused) as caught:
        _order(_Cloud([("/carts", 201, CART), ("/checkout", 403, _seller_error(code))]))

    assert caught.value.details["provider_code"] == str(code)


def test_order_that_is_not_listed_yet_is_waited_for() -> None:
    """A new order is listed after up to 15 minutes: its 404 is a time to wait."""
    with pytest.raises(OrderNotListed) as caught:
        _Cloud([("/orders/order-1", 404, _seller_error(20002))]).seller.order("contoso", "order-1")

    assert caught.value.handling.is_retryable


@pytest.mark.parametrize("until", ["2026-11-29T10:00:01Z", None])
def test_order_tells_until_when_it_can_be_voided(until: str | None) -> None:
    """The seller's own word is read and never computed; an order without it tells none."""
    told = {"cancellationAllowedUntilDate": until} if until else {}
    cloud = _Cloud([("GET /v1/customers/contoso/orders/order-1", 200, ORDER | told)])
    order = cloud.seller.order("contoso", "order-1")

    assert order.voidable_until == (datetime(2026, 11, 29, 10, 0, 1, tzinfo=UTC) if until else None)


def test_void_answers_the_order_as_it_stands() -> None:
    """An order that is cancelled is not cancelled again."""
    cancelled = ORDER | {"status": "cancelled"}
    stands = _Cloud([("GET /v1/customers/contoso/orders/order-1", 200, cancelled)])
    raced = _Cloud(
        [
            ("/orders/order-1", 200, ORDER),
            ("PATCH /v1/customers/contoso/orders/order-1", 400, _seller_error(800061)),
            ("/orders/order-1", 200, cancelled),
        ]
    )

    assert stands.seller.void_order("contoso", "order-1", key="k").status == "cancelled"
    assert raced.seller.void_order("contoso", "order-1", key="k").status == "cancelled"


def test_void_that_is_too_late_is_refused() -> None:
    """After its void window an order stays, and the refusal says so (800061)."""
    late: Script = [
        ("/orders/order-1", 200, ORDER),
        ("/orders/order-1", 400, _seller_error(800061)),
        ("/orders/order-1", 200, ORDER),
    ]

    with pytest.raises(ProviderRefused) as caught:
        _Cloud(late).seller.void_order("contoso", "order-1", key="k")

    assert caught.value.details["provider_code"] == "800061"


@pytest.mark.parametrize(("record", "status"), [(SUBSCRIPTION, "deleted"), (LEGACY, "suspended")])
def test_cancellation_sends_the_whole_resource(record: dict[str, Any], status: str) -> None:
    """New-commerce terms are deleted, legacy terms suspended; the whole resource goes back with its etag."""
    cloud = _Cloud([("/subscription-1", 200, record), ("PATCH", 200, None)])
    cloud.script[1] = ("/subscription-1", 200, record | {"status": status})

    cancellation = cloud.seller.cancel_subscription("contoso", "subscription-1", key="k")

    assert cancellation.status == status
    assert cancellation.cancelled_at == datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert cloud.requests[1].method == "PATCH"
    assert cloud.requests[1].headers["if-match"] == '"one"'
    assert cloud.requests[1].headers["ms-requestid"] == "k"
    assert json.loads(cloud.requests[1].content) == record | {"status": status}


def test_cancellation_of_what_is_cancelled_reads_only() -> None:
    """A subscription that is cancelled is answered as it stands, with its date where the seller tells it."""
    stands = SUBSCRIPTION | {"status": "deleted", "cancellationDate": "2026-11-21T08:00:00Z"}
    cloud = _Cloud([("/subscription-1", 200, stands)])

    cancellation = cloud.seller.cancel_subscription("contoso", "subscription-1", key="k")

    assert cancellation.cancelled_at == datetime(2026, 11, 21, 8, tzinfo=UTC)
    assert _Cloud([("/subscription-1", 200, LEGACY | {"status": "suspended"})]).seller.cancel_subscription(
        "contoso", "subscription-1", key="k"
    )


def test_what_the_seller_has_stopped_is_not_cancelled_by_that() -> None:
    """Legacy terms are suspended for an unpaid bill too, and serve again once it is paid: nothing is sent."""
    stopped = LEGACY | {"status": "suspended", "suspensionReasons": ["PaymentOverdue"]}
    cloud = _Cloud([("/subscription-1", 200, stopped)])

    with pytest.raises(ProviderRefused) as caught:
        cloud.seller.cancel_subscription("contoso", "subscription-1", key="k")

    assert "PaymentOverdue" in caught.value.message
    assert "product pay" in caught.value.remedy
    assert [each.method for each in cloud.requests] == ["GET"]


def test_suspended_new_commerce_terms_are_not_cancelled_yet() -> None:
    """Suspending new-commerce terms goes on billing, so a suspended subscription is still deleted."""
    suspended = SUBSCRIPTION | {"status": "suspended"}
    cloud = _Cloud(
        [("/subscription-1", 200, suspended), ("/subscription-1", 200, suspended | {"status": "deleted"})]
    )

    assert cloud.seller.cancel_subscription("contoso", "subscription-1", key="k").status == "deleted"


def test_outdated_etag_is_read_again_once_under_another_id() -> None:
    """A change meanwhile (2055) is read and the cancellation sent once more: as another request."""
    newer = SUBSCRIPTION | {"attributes": {"etag": '"two"'}, "quantity": 6}
    script: Script = [
        ("/subscription-1", 200, SUBSCRIPTION),
        ("/subscription-1", 400, _seller_error(2055)),
        ("/subscription-1", 200, newer),
        ("/subscription-1", 200, newer | {"status": "deleted"}),
    ]
    cloud = _Cloud(script)

    cloud.seller.cancel_subscription("contoso", "subscription-1", key="k")

    assert cloud.requests[3].headers["if-match"] == '"two"'
    assert str(UUID(cloud.requests[3].headers["ms-requestid"])) != "k"
    assert json.loads(cloud.requests[3].content)["quantity"] == 6


@pytest.mark.parametrize(("status", "code"), [(400, 2055), (412, 0), (409, 0), (423, 0)])
def test_a_subscription_that_others_change_all_the_time_is_asked_for_anew(status: int, code: int) -> None:
    """A changed etag, a conflict and a lock are no answered no: the step is repeated (rules#ask-anew)."""
    script: Script = [
        ("/subscription-1", 200, SUBSCRIPTION),
        ("/subscription-1", status, _seller_error(code) if code else None),
        ("/subscription-1", 200, SUBSCRIPTION | {"attributes": {"etag": "two"}}),
        ("/subscription-1", status, _seller_error(code) if code else None),
    ]

    with pytest.raises(ProviderBusy):
        _Cloud(script).seller.cancel_subscription("contoso", "subscription-1", key="k")


def test_cancellation_that_is_still_carried_out_is_waited_for() -> None:
    """A 202 is a promise: only a subscription that reads as cancelled is cancelled."""
    script: Script = [
        ("/subscription-1", 200, SUBSCRIPTION),
        ("/subscription-1", 202, None),
        ("/subscription-1", 200, SUBSCRIPTION),
    ]

    with pytest.raises(NotReadyYet):
        _Cloud(script).seller.cancel_subscription("contoso", "subscription-1", key="k")


def test_passed_window_is_refused() -> None:
    """After the cancellation window the subscription stays (900117)."""
    script: Script = [
        ("/subscription-1", 200, SUBSCRIPTION),
        ("/subscription-1", 400, _seller_error(900117)),
        ("/subscription-1", 200, SUBSCRIPTION),
    ]

    with pytest.raises(ProviderRefused) as caught:
        _Cloud(script).seller.cancel_subscription("contoso", "subscription-1", key="k")

    assert caught.value.details["provider_code"] == "900117"


def test_a_quantity_is_changed_in_the_whole_resource_under_its_key() -> None:
    """What is left out would be reset; another etag is another request, and as many licenses read only."""
    newer = SUBSCRIPTION | {"attributes": {"etag": "two"}}
    script: Script = [
        ("/subscription-1", 200, SUBSCRIPTION),
        ("/subscription-1", 400, _seller_error(2055)),
        ("/subscription-1", 200, newer),
        ("/subscription-1", 200, newer | {"quantity": 8}),
        ("/subscription-1", 200, newer | {"quantity": 8}),
    ]
    cloud = _Cloud(script)

    answers = [
        cloud.seller.change_quantity("contoso", "subscription-1", quantity=8, key="k") for _ in range(2)
    ]

    assert [each.quantity for each in answers] == [8, 8]
    assert [request.method for request in cloud.requests] == ["GET", "PATCH", "GET", "PATCH", "GET"]
    assert json.loads(cloud.requests[3].content) == newer | {"quantity": 8}
    assert cloud.requests[1].headers["ms-requestid"] == "k"
    assert cloud.requests[3].headers["if-match"] == '"two"'


def test_a_quantity_that_is_still_carried_out_is_waited_for() -> None:
    """A 202 is a promise: only a subscription that reads with as many licenses has them."""
    script: Script = [
        ("/subscription-1", 200, SUBSCRIPTION),
        ("/subscription-1", 202, None),
        ("/subscription-1", 200, SUBSCRIPTION),
    ]

    with pytest.raises(NotReadyYet):
        _Cloud(script).seller.change_quantity("contoso", "subscription-1", quantity=8, key="k")


def test_subscriptions_are_read_tolerantly() -> None:
    """The plan is the first part of the offer; new-commerce terms without a window have none left."""
    new_commerce = LEGACY | {"productType": {"id": "OnlineServicesNCE"}}
    listed = {"totalCount": 3, "items": [SUBSCRIPTION, LEGACY, new_commerce]}

    found = _Cloud([("/subscriptions", 200, listed)]).seller.subscriptions("contoso")

    assert {each.plan_id for each in found} == {PLAN}
    assert [each.cancellable_until for each in found] == [
        datetime(2026, 11, 29, 10, tzinfo=UTC),
        None,
        datetime(2026, 11, 22, 10, tzinfo=UTC),
    ]
    assert (found[0].version, found[0].contract_type, found[0].is_trial) == ("one", "subscription", False)


def test_list_that_is_cut_off_is_refused() -> None:
    """A list shorter than its own count would hide subscriptions from the rules."""
    with pytest.raises(ProviderRefused, match="1 items of 2"):
        _Cloud([("/subscriptions", 200, {"totalCount": 2, "items": [SUBSCRIPTION]})]).seller.subscriptions(
            "contoso"
        )


def test_unknown_subscription_is_named() -> None:
    """A 404 on a subscription is an unknown subscription, at seller and billing."""
    missing = _seller_error(20003)
    ask: list[Callable[[_Cloud], object]] = [
        lambda cloud: cloud.seller.subscription("contoso", "s"),
        lambda cloud: cloud.seller.provisioning("contoso", "s"),
        lambda cloud: cloud.cloud.billing.period("contoso", "s"),
    ]
    for each in ask:
        with pytest.raises(UnknownSubscription):
            each(_Cloud([("", 404, missing)]))


def test_lost_answer_of_a_checkout_repeats_under_the_same_key() -> None:
    """A failed call is no answer: the repetition carries the same request ids."""
    cloud = _Cloud(
        [
            ("/carts", 201, CART),
            ("/checkout", 503, None),
            ("/carts", 201, CART),
            ("/checkout", 201, {"orders": [ORDER]}),
        ]
    )

    with pytest.raises(ProviderUnavailable):
        _order(cloud)

    assert _order(cloud).order_id == "order-1"
    assert [call.key for call in cloud.calls] == ["k-cart", "k-checkout", "k-cart", "k-checkout"]

"""The seller's paths under /v1."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.billing.billing import renew_due
from sandbox.cloud.answers import (
    HTTP_CREATED,
    HTTP_OK,
    json_answer,
    organization_of,
)
from sandbox.cloud.routes import Effect, Handler, Routes
from sandbox.kernel.model import Organization, Subscription
from sandbox.seller.ordering import check_out, create_cart, find_cart, find_order, void_order
from sandbox.seller.parties import change_party, party_record
from sandbox.seller.seller_views import (
    cart_view,
    collection,
    order_provisioning_view,
    order_view,
    subscription_provisioning_view,
    subscription_view,
)
from sandbox.seller.subscriptions import find_subscription, patch_subscription

REQUEST_ID = "MS-RequestId"
_CUSTOMER = "/v1/customers/{customer}"


class SellerRoutes(Routes):
    """Handlers of the seller."""

    def routes(self) -> list[Route]:
        """Return the seller's routes."""
        subscription = f"{_CUSTOMER}/subscriptions/{{subscription}}"
        order = f"{_CUSTOMER}/orders/{{order}}"
        party = f"{_CUSTOMER}/profiles/{{profile}}"
        return [
            Route(f"{_CUSTOMER}/carts", self._effect(create_cart, HTTP_CREATED), methods=["POST"]),
            Route(
                f"{_CUSTOMER}/carts/{{cart}}/checkout",
                self._effect(check_out, HTTP_CREATED),
                methods=["POST"],
            ),
            Route(f"{_CUSTOMER}/carts/{{cart}}", self.cart, methods=["GET"]),
            Route(f"{_CUSTOMER}/orders", self.orders, methods=["GET"]),
            Route(order, self.order, methods=["GET"]),
            Route(order, self._effect(void_order, HTTP_OK), methods=["PATCH"]),
            Route(f"{order}/provisioningstatus", self.order_provisioning, methods=["GET"]),
            Route(f"{_CUSTOMER}/subscriptions", self.subscriptions, methods=["GET"]),
            Route(subscription, self.subscription, methods=["GET"]),
            Route(subscription, self._effect(patch_subscription, HTTP_OK), methods=["PATCH"]),
            Route(party, self.party, methods=["GET"]),
            Route(party, self._effect(change_party, HTTP_OK), methods=["PUT"]),
            Route(f"{subscription}/provisioningstatus", self.subscription_provisioning, methods=["GET"]),
        ]

    async def cart(self, request: Request) -> Response:
        """Show a cart."""
        organization = organization_of(self._sandbox, request)
        cart = find_cart(organization, request.path_params["cart"], self._sandbox.now())
        return json_answer(cart_view(cart))

    async def orders(self, request: Request) -> Response:
        """List every order."""
        organization, now = organization_of(self._sandbox, request), self._sandbox.now()
        owned = organization.subscriptions
        items = [order_view(owned, order, now) for order in organization.orders.values()]
        return json_answer(collection(items))

    async def order(self, request: Request) -> Response:
        """Show an order."""
        organization = organization_of(self._sandbox, request)
        order = find_order(organization, request.path_params["order"])
        return json_answer(order_view(organization.subscriptions, order, self._sandbox.now()))

    async def order_provisioning(self, request: Request) -> Response:
        """Show how far an order is set up."""
        organization = organization_of(self._sandbox, request)
        order = find_order(organization, request.path_params["order"])
        return json_answer(order_provisioning_view(organization, order, self._sandbox.now()))

    async def subscriptions(self, request: Request) -> Response:
        """List every subscription of the customer that is visible."""
        organization, now = organization_of(self._sandbox, request), self._sandbox.now()
        renew_due(self._sandbox, organization)
        items = [
            subscription_view(subscription, now, organization.zone)
            for subscription in organization.subscriptions.values()
            if subscription.is_visible(now) and not subscription.is_sold_elsewhere
        ]
        return json_answer(collection([*organization.products, *items]))

    async def subscription(self, request: Request) -> Response:
        """Show one subscription."""
        organization, subscription = self._find(request)
        return json_answer(subscription_view(subscription, self._sandbox.now(), organization.zone))

    async def party(self, request: Request) -> Response:
        """Show whom orders are sold or billed to."""
        organization = organization_of(self._sandbox, request)
        return json_answer(party_record(organization, request.path_params["profile"]))

    async def subscription_provisioning(self, request: Request) -> Response:
        """Show how far a subscription is set up."""
        _organization, subscription = self._find(request)
        return json_answer(subscription_provisioning_view(subscription, self._sandbox.now()))

    def _find(self, request: Request) -> tuple[Organization, Subscription]:
        organization = organization_of(self._sandbox, request)
        # What the seller shows is of now: a period that has begun is renewed, whoever looks first.
        renew_due(self._sandbox, organization)
        return organization, find_subscription(
            self._sandbox, organization, request.path_params["subscription"]
        )

    def _effect(self, effect: Effect, status: int) -> Handler:
        """Return a handler that has its effect once per request id and path."""
        return self._once(effect, status, REQUEST_ID, is_body_checked=False)

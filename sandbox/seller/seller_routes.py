"""The seller's paths under /v1."""

from __future__ import annotations

from starlette.requests import Request
from starlette.routing import Route

from sandbox.billing.billing import renew_due
from sandbox.cloud.answers import (
    HTTP_CREATED,
    HTTP_OK,
)
from sandbox.cloud.routes import Effect, Handler, Routes
from sandbox.kernel.model import Json, Organization, Subscription
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
from sandbox.seller.subscriptions import convert_trial, find_subscription, patch_subscription

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
            self._show(f"{_CUSTOMER}/carts/{{cart}}", self.cart),
            self._show(f"{_CUSTOMER}/orders", self.orders),
            self._show(order, self.order),
            Route(order, self._effect(void_order, HTTP_OK), methods=["PATCH"]),
            self._show(f"{order}/provisioningstatus", self.order_provisioning),
            self._show(f"{_CUSTOMER}/subscriptions", self.subscriptions),
            self._show(subscription, self.subscription),
            Route(subscription, self._effect(patch_subscription, HTTP_OK), methods=["PATCH"]),
            Route(f"{subscription}/conversions", self._effect(convert_trial, HTTP_OK), methods=["POST"]),
            self._show(party, self.party),
            Route(party, self._effect(change_party, HTTP_OK), methods=["PUT"]),
            self._show(f"{subscription}/provisioningstatus", self.subscription_provisioning),
        ]

    def cart(self, organization: Organization, request: Request) -> Json:
        """Show a cart."""
        return cart_view(find_cart(organization, request.path_params["cart"], self._sandbox.now()))

    def orders(self, organization: Organization, _request: Request) -> Json:
        """List every order."""
        owned, now = organization.subscriptions, self._sandbox.now()
        return collection([order_view(owned, order, now) for order in organization.orders.values()])

    def order(self, organization: Organization, request: Request) -> Json:
        """Show an order."""
        order = find_order(organization, request.path_params["order"])
        return order_view(organization.subscriptions, order, self._sandbox.now())

    def order_provisioning(self, organization: Organization, request: Request) -> Json:
        """Show how far an order is set up."""
        order = find_order(organization, request.path_params["order"])
        return order_provisioning_view(organization, order, self._sandbox.now())

    def subscriptions(self, organization: Organization, _request: Request) -> Json:
        """List every subscription of the customer that is visible."""
        now = self._sandbox.now()
        renew_due(self._sandbox, organization)
        items = [
            subscription_view(subscription, now, organization.zone)
            for subscription in organization.subscriptions.values()
            if subscription.is_visible(now) and not subscription.is_sold_elsewhere
        ]
        return collection([*organization.products, *items])

    def subscription(self, organization: Organization, request: Request) -> Json:
        """Show one subscription."""
        return subscription_view(self._find(organization, request), self._sandbox.now(), organization.zone)

    def party(self, organization: Organization, request: Request) -> Json:
        """Show whom orders are sold or billed to."""
        return party_record(organization, request.path_params["profile"])

    def subscription_provisioning(self, organization: Organization, request: Request) -> Json:
        """Show how far a subscription is set up."""
        return subscription_provisioning_view(self._find(organization, request), self._sandbox.now())

    def _find(self, organization: Organization, request: Request) -> Subscription:
        # What the seller shows is of now: a period that has begun is renewed, whoever looks first.
        renew_due(self._sandbox, organization)
        return find_subscription(self._sandbox, organization, request.path_params["subscription"])

    def _effect(self, effect: Effect, status: int) -> Handler:
        """Return a handler that has its effect once per request id and path."""
        return self._once(effect, status, REQUEST_ID, is_body_checked=False)

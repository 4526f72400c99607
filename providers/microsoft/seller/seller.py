"""The vendor's seller: orders and subscriptions, each effect under its own request id."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import uuid5

from domain.kernel.awaited import Awaited, Party
from domain.kernel.errors import NotReadyYet, ProviderBusy, ProviderRefused, UnknownSubscription
from domain.kernel.ids import NAMESPACE
from domain.operator.step_words import call_words
from domain.ports.product_port import Capability, ProductAct
from domain.ports.seller_port import (
    Cancellation,
    OrderLine,
    PlacedOrder,
    Provisioning,
    SellerSubscription,
    StoppedRenewal,
    SubscriptionSettings,
)
from providers.microsoft.seller.checkout import (
    CANCELLED,
    cancelled_before,
    cart_refusal,
    checkout_refusal,
    not_placed,
    order_errors,
    order_ids,
    provisioning_refusal,
    whole_order,
)
from providers.microsoft.seller.orders import (
    cancellation_of,
    cancelled_status,
    cart_of,
    ends_on_of,
    etag_of,
    filled_at_of,
    is_cancelled,
    is_license_based,
    is_order_of,
    is_renewed,
    is_serving,
    is_set,
    is_stopped,
    named_order_id,
    order_of,
    settings_fields,
    status_of,
    stop_reasons,
    subscription_of,
)
from providers.microsoft.seller.refusals import ORDERS, reason_of
from providers.microsoft.seller.seller_calls import Change, OrderNotListed, SellerCalls
from providers.transport.answers import JsonObject, understood
from providers.transport.http import ProviderAnswer, ProviderHttp, segment

#: How soon a change that was accepted but not carried out is looked at again.
CHANGE_DONE_SECONDS = 10.0

#: Where the vendor's own pages have an act.
_YOUR_PRODUCTS = "the Microsoft 365 admin center, Billing > Your products"
PLACES = {
    ProductAct.BUY: "the Microsoft 365 admin center, Marketplace",
    ProductAct.PAY: "the Microsoft 365 admin center, Billing > Bills & payments",
}
_ACTS = frozenset(ProductAct) - {ProductAct.PAY}

_CART_SUBMITTED = "800065"


class MicrosoftSeller:
    """Orders and subscriptions at the vendor's seller."""

    def __init__(self, http: ProviderHttp) -> None:
        self._http = http
        self._calls = SellerCalls(http)

    def subscriptions(self, organization_id: str) -> tuple[SellerSubscription, ...]:
        """Return every subscription of licenses that users hold, whatever its status.

        Other products, such as consumption and software, are no plans, and are left out.
        """
        rows = self._calls.listed(organization_id, "subscriptions", "/subscriptions")
        with understood(self._http.provider, "subscriptions"):
            return tuple(subscription_of(each) for each in rows if is_license_based(each))

    def subscription(self, organization_id: str, subscription_id: str) -> SellerSubscription:
        """Return one subscription."""
        return self._subscription_in(self._subscription(organization_id, subscription_id), "subscription")

    def place_order(
        self, organization_id: str, line: OrderLine, *, cart_key: str, checkout_key: str
    ) -> PlacedOrder:
        """Fill a cart and check it out; a cart that was checked out before answers its first order.

        Raises:
            NotReadyYet: The cart was checked out before and its order is not listed yet.
        """
        cart = self._calls.change(
            organization_id, "create_cart", "/carts", cart_key, cart_of(line), refused=cart_refusal
        ).body
        with understood(self._http.provider, "create_cart"):
            cart_path = f"/carts/{segment(str(cart['id']))}"
        try:
            path = f"{cart_path}/checkout"
            body = self._calls.change(
                organization_id,
                "checkout",
                path,
                checkout_key,
                None,
                refused=checkout_refusal,
                refusals=order_errors,
            ).body
        except ProviderRefused as error:
            if error.details["provider_code"] != _CART_SUBMITTED:
                raise
            return self._order_of_submitted(organization_id, cart_path, line)
        with understood(self._http.provider, "checkout"):
            record = whole_order(body, addons=len(line.addons))
            placed = None if record is None else order_of(record)
            ids = order_ids(body)
        if placed is None:
            self._take_back(organization_id, ids, checkout_key)
            raise not_placed(body, ids)
        return _standing(placed)

    def _take_back(self, organization_id: str, order_ids: Sequence[str], checkout_key: str) -> None:
        """Void every order that a checkout made of a part of what was asked, or twice.

        Raises:
            ProviderRefused: One can't be voided any more.
            NotReadyYet: One is not void yet.
        """
        for order_id in order_ids:
            void = self.void_order(
                organization_id, order_id, key=str(uuid5(NAMESPACE, f"{checkout_key}:void:{order_id}"))
            )
            if void.status != CANCELLED:
                message = f"Order {order_id} is {void.status}; the seller has not voided it yet."
                raise NotReadyYet(
                    message,
                    retry_after_seconds=CHANGE_DONE_SECONDS,
                    remedy="The step asks again by itself.",
                    awaited=Awaited(party=Party.SELLER, action="void an order", names=(order_id,)),
                )

    def order(self, organization_id: str, order_id: str) -> PlacedOrder:
        """Return an order as it stands.

        Raises:
            NotReadyYet: It is not listed; a new order is listed after up to 15 minutes.
        """
        path = f"/orders/{segment(order_id)}"
        body = self._calls.get(organization_id, "order", path, unknown=OrderNotListed)
        with understood(self._http.provider, "order"):
            return order_of(body)

    def provisioning(self, organization_id: str, subscription_id: str) -> Provisioning:
        """Return how far a subscription is set up."""
        operation = "provisioning"
        path = f"/subscriptions/{segment(subscription_id)}/provisioningstatus"
        body = self._calls.get(organization_id, operation, path, unknown=UnknownSubscription)
        with understood(self._http.provider, operation):
            return Provisioning(
                status=status_of(body),
                quantity=int(body["quantity"]),
                refusal=provisioning_refusal(body),
            )

    def reason_of(self, code: str, text: str) -> str:
        """Return the code of rules#reasons that a refusal of an order or a cancellation means."""
        return reason_of(ORDERS, code, text)

    def void_order(self, organization_id: str, order_id: str, *, key: str) -> PlacedOrder:
        """Cancel an order inside its void window; one that is cancelled already is answered as it stands.

        Raises:
            ProviderRefused: The void window is over (800061).
        """
        standing = self.order(organization_id, order_id)
        if standing.status == CANCELLED:
            return standing
        path, change = f"/orders/{segment(order_id)}", {"status": CANCELLED}
        try:
            self._calls.change(organization_id, "void_order", path, key, change, method="PATCH")
        except (ProviderBusy, ProviderRefused):
            standing = self.order(organization_id, order_id)
            if standing.status != CANCELLED:
                raise
            return standing
        return self.order(organization_id, order_id)

    def cancel_subscription(self, organization_id: str, subscription_id: str, *, key: str) -> Cancellation:
        """Cancel a subscription; one that is cancelled already is answered as it stands.

        New-commerce terms end as `deleted`, legacy terms as `suspended` (vendor#subscriptions).

        Raises:
            ProviderRefused: The cancellation window has passed (900117), or the seller has stopped it.
            NotReadyYet: The seller accepted it and has not carried it out yet.
        """

        def change(record: JsonObject) -> Change:
            _require_not_stopped(record)
            return Change(
                operation="cancel_subscription",
                fields={"status": cancelled_status(record)},
                is_done=is_cancelled,
            )

        answer = self._with_change(organization_id, subscription_id, change, key)
        with understood(self._http.provider, "cancel_subscription"):
            return cancellation_of(answer.body, answer.answered_at)

    def change_quantity(
        self, organization_id: str, subscription_id: str, *, quantity: int, key: str
    ) -> SellerSubscription:
        """Change how many licenses a subscription has; one that has as many is answered as it stands.

        Raises:
            ProviderRefused: It may not have so many (2002), or not so few any more (800090).
            NotReadyYet: The seller accepted it and has not carried it out yet.
        """
        change = Change(
            operation="change_quantity",
            fields={"quantity": quantity},
            is_done=lambda record: record.get("quantity") == quantity,
        )
        answer = self._with_change(organization_id, subscription_id, lambda _: change, key)
        return self._subscription_in(answer, change.operation)

    def change_settings(
        self, organization_id: str, subscription_id: str, settings: SubscriptionSettings, *, key: str
    ) -> SellerSubscription:
        """Set a subscription; one that is set so already is answered as it stands.

        Raises:
            ProviderRefused: It can't be set so.
            NotReadyYet: The seller accepted it and has not carried it out yet.
        """
        operation = "change_settings"

        def change(record: JsonObject) -> Change:
            with understood(self._http.provider, operation):
                fields = settings_fields(record, settings)
            return Change(operation=operation, fields=fields, is_done=lambda each: is_set(each, settings))

        return self._subscription_in(
            self._with_change(organization_id, subscription_id, change, key), operation
        )

    def capability(self, act: ProductAct) -> Capability:
        """Return that the seller takes every act but payments."""
        return Capability(act=act, is_able=act in _ACTS, place=PLACES.get(act, _YOUR_PRODUCTS))

    def reactivate(self, organization_id: str, subscription_id: str, *, key: str) -> SellerSubscription:
        """Let a subscription serve again; one that serves stays as it is.

        Raises:
            ProviderRefused: It can't, such as one that was deleted (2011).
            NotReadyYet: The seller accepted it and has not carried it out yet.
        """
        change = Change(operation="reactivate_subscription", fields={"status": "active"}, is_done=is_serving)
        answer = self._with_change(organization_id, subscription_id, lambda _: change, key)
        return self._subscription_in(answer, change.operation)

    def buy_trial(
        self, organization_id: str, subscription_id: str, *, quantity: int, key: str
    ) -> SellerSubscription:
        """Make a trial a subscription that is paid for; one that is no trial stays as it is."""
        record = self._subscription(organization_id, subscription_id).body
        if record.get("isTrial"):
            with understood(self._http.provider, "convert_trial"):
                body = {name: record[name] for name in ("offerId", "orderId", "billingCycle")}
            path = f"/subscriptions/{segment(subscription_id)}/conversions"
            self._calls.change(organization_id, "convert_trial", path, key, body | {"quantity": quantity})
        return self.subscription(organization_id, subscription_id)

    def stop_renewal(
        self, organization_id: str, subscription_id: str, *, ends_by: date, key: str
    ) -> StoppedRenewal:
        """Let a subscription end with its term; one that does not renew already is answered as it stands.

        After the cancellation window that is the only way out (vendor#subscriptions).

        Raises:
            ProviderRefused: It ends later than `ends_by`, or another refusal.
            NotReadyYet: The seller accepted it and has not carried it out yet.
        """
        operation = "stop_renewal"
        answer = self._subscription(organization_id, subscription_id)
        with understood(self._http.provider, operation):
            ends_on = ends_on_of(answer.body)
        if ends_on > ends_by:
            raise ProviderRefused(
                f"Subscription {subscription_id} ends on {ends_on}; {ends_by} was accepted.",
                remedy="Ask for a quote with the later end, and start again if you accept it.",
                provider_code="",
                status=200,
            )
        if is_renewed(answer.body):
            change = Change(
                operation=operation,
                fields={"autoRenewEnabled": False},
                is_done=lambda record: not is_renewed(record),
            )
            answer = self._changed(organization_id, answer.body, change, key)
        with understood(self._http.provider, operation):
            return StoppedRenewal(
                subscription_id=str(answer.body["id"]), ends_on=ends_on, stopped_at=answer.answered_at
            )

    def _with_change(
        self,
        organization_id: str,
        subscription_id: str,
        change_of: Callable[[JsonObject], Change],
        key: str,
    ) -> ProviderAnswer:
        """Read a subscription, and change it unless it is so already."""
        answer = self._subscription(organization_id, subscription_id)
        change = change_of(answer.body)
        if change.is_done(answer.body):
            return answer
        return self._changed(organization_id, answer.body, change, key)

    def _changed(self, organization_id: str, record: JsonObject, change: Change, key: str) -> ProviderAnswer:
        """Change a subscription; where that was refused and it is so already, its state is the answer."""
        try:
            return self._patched(organization_id, record, change, key)
        except (ProviderBusy, ProviderRefused) as error:
            standing = self._subscription(organization_id, record["id"])
            if change.is_done(standing.body):
                return standing
            if not isinstance(error, ProviderBusy) or etag_of(standing.body) == etag_of(record):
                raise
        # Another etag is another request: under the old id the seller would repeat its refusal.
        another_key = str(uuid5(NAMESPACE, f"{key}:{etag_of(standing.body)}"))
        return self._patched(organization_id, standing.body, change, another_key)

    def _patched(self, organization_id: str, record: JsonObject, change: Change, key: str) -> ProviderAnswer:
        """Send the full resource back with other fields: what is left out would be reset."""
        path = f"/subscriptions/{segment(record['id'])}"
        etag = {"If-Match": f'"{etag_of(record)}"'}
        answer = self._calls.change(
            organization_id,
            change.operation,
            path,
            key,
            record | change.fields,
            method="PATCH",
            headers=etag,
        )
        if _is_about(answer.body, record["id"]) and change.is_done(answer.body):
            return answer
        standing = self._subscription(organization_id, record["id"])
        if change.is_done(standing.body):
            return standing
        message = "The seller accepted the change and has not carried it out yet."
        raise NotReadyYet(
            message,
            retry_after_seconds=CHANGE_DONE_SECONDS,
            remedy="Look again in a few seconds.",
            awaited=Awaited(
                party=Party.SELLER,
                action=f"carry out what it accepted: {call_words(change.operation)}",
                names=(str(record["id"]),),
            ),
        )

    def _order_of_submitted(self, organization_id: str, cart_path: str, line: OrderLine) -> PlacedOrder:
        """Find the order of a cart that was checked out before: by its id, else the one order that fits."""
        cart = self._calls.get(organization_id, "cart", cart_path)
        with understood(self._http.provider, "cart"):
            order_id = named_order_id(cart)
        if order_id:
            return _standing(self.order(organization_id, order_id))
        rows = self._calls.listed(organization_id, "orders", "/orders")
        with understood(self._http.provider, "orders"):
            fitting = [each for each in rows if is_order_of(each, line, filled_at_of(cart))]
            if len(fitting) == 1:
                return _standing(order_of(fitting[0]))
        if not fitting:
            raise OrderNotListed("The cart was checked out; its order is not listed yet.")
        message = f"The cart was checked out before, and {len(fitting)} orders fit it."
        remedy = "Look at the orders at the seller and void the superfluous ones."
        raise ProviderRefused(message, remedy=remedy, provider_code=_CART_SUBMITTED, status=409)

    def _subscription_in(self, answer: ProviderAnswer, operation: str) -> SellerSubscription:
        with understood(self._http.provider, operation):
            return subscription_of(answer.body)

    def _subscription(self, organization_id: str, subscription_id: str) -> ProviderAnswer:
        """Read a subscription whose id and status are there."""
        path = f"/subscriptions/{segment(subscription_id)}"
        answer = self._calls.read(organization_id, "subscription", path, unknown=UnknownSubscription)
        with understood(self._http.provider, "subscription"):
            status_of(answer.body)
            segment(answer.body["id"])
        return answer


def _standing(order: PlacedOrder) -> PlacedOrder:
    """Return an order that stands.

    Raises:
        OrderNotPlaced: It is cancelled already.
    """
    if order.status == CANCELLED:
        raise cancelled_before(order.order_id)
    return order


def _require_not_stopped(record: JsonObject) -> None:
    """Refuse to cancel what the seller has stopped under the very state that would cancel it.

    Raises:
        ProviderRefused: Once the cause is mended it would serve again.
    """
    if is_stopped(record) and cancelled_status(record) == status_of(record):
        raise ProviderRefused(
            f"The seller has stopped subscription {record['id']} ({', '.join(stop_reasons(record))}): it is "
            "not active, and can't be cancelled so.",
            remedy="Mend the cause, such as an unpaid bill (`planswitch product pay`), then try again.",
            provider_code="",
            status=200,
        )


def _is_about(body: Any, subscription_id: str) -> bool:
    return isinstance(body, dict) and "status" in body and body.get("id") == subscription_id

"""Carts, checkout and orders: what the seller does with a purchase."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request

from sandbox.billing.bureau import NEVER, credit_check_view, new_check
from sandbox.cloud.answers import (
    HTTP_CREATED,
    HTTP_FORBIDDEN,
    HTTP_NOT_FOUND,
    HTTP_OK,
    Idempotency,
    Refusal,
    bad,
    seller_code,
)
from sandbox.cloud.fold import subscription_document
from sandbox.cloud.relationships import has_agreement
from sandbox.cloud.state import Sandbox, next_id
from sandbox.faults.fault_rules import CartError, OrderErrors
from sandbox.kernel.bodies import QUANTITY_MAX
from sandbox.kernel.clock import iso, parse_instant
from sandbox.kernel.model import Json, Organization, Subscription, seconds
from sandbox.kernel.plans import PlanBook
from sandbox.seller.credit_thresholds import is_large_order
from sandbox.seller.seller_views import (
    TERM_DAYS,
    cart_view,
    catalog_item_id,
    is_cart_expired,
    order_view,
)

Answered = Json
CART_DAYS = 7
CART_LINES_LIMIT = 20
CARD, INVOICE = "card", "invoice"
PAYMENT_METHODS = frozenset({CARD, INVOICE})
BILLING_CYCLES = frozenset({"monthly", "annual"})
_ITEM_PARTS = 3
_CART_ERROR = "800009"
_AGREEMENT_NEEDED = (
    "A partner confirmation of the customer's acceptance of the Microsoft Customer Agreement must be "
    "provided, or the customer must accept it in the admin center, before completing this purchase."
)


def create_cart(
    sandbox: Sandbox, organization: Organization, _request: Request, body: Json, idempotency: Idempotency
) -> Answered:
    """Fill a new cart.

    Raises:
        Refusal: A line is wrong (400, 800009).
    """
    fields = _without_case(body)
    lines = fields.get("lineitems")
    if not isinstance(lines, list) or not 1 <= len(lines) <= CART_LINES_LIMIT:
        raise bad(_CART_ERROR, f"A cart needs 1 to {CART_LINES_LIMIT} line items.")
    now = sandbox.now()
    cart_id, sequence = next_id(organization, "cart")
    cart: Json = {
        "id": cart_id,
        "organization_id": organization.organization_id,
        "created_at": iso(now),
        "modified_at": iso(now),
        "expires_at": iso(now + timedelta(days=CART_DAYS)),
        "status": "Active",
        "payment_method": _payment_method(fields),
        "is_beside": fields.get("beside") is True,
        "lines": _cart_lines(lines, sandbox.plans, organization),
        "order_id": None,
    }
    view = cart_view(cart)
    error = sandbox.faults.take_error(organization.organization_id, CartError)
    if error is not None:
        view["lineItems"][0]["error"] = {"errorCode": seller_code(error.code), "errorDescription": error.text}
    sandbox.commit(
        "cart_created",
        organization_id=organization.organization_id,
        carts=[cart],
        sequence=sequence,
        **idempotency.facts(HTTP_CREATED, view),
    )
    return view


def _payment_method(fields: Json) -> str:
    method = str(fields.get("paymentmethod") or CARD).lower()
    if method not in PAYMENT_METHODS:
        raise bad(_CART_ERROR, f"Payment method {method} is not accepted.")
    return method


def _without_case(value: Any) -> Json:
    """Return an object with lower-case field names: the seller reads both spellings."""
    return {name.lower(): item for name, item in value.items()} if isinstance(value, dict) else {}


def _cart_lines(values: list[Any], plans: PlanBook, organization: Organization) -> list[Json]:
    """Return the lines of a cart; an add-on stands behind its plan and has the number of its line."""
    lines: list[Json] = []
    for value in values:
        parent = len(lines)
        lines.append(_cart_line(value, plans, organization))
        addons = _without_case(value).get("addonitems") or []
        lines += [_cart_line(addon, plans, organization) | {"parent": parent} for addon in addons]
    return lines


def _cart_line(value: Any, plans: PlanBook, organization: Organization) -> Json:
    fields = _without_case(value)
    parts = str(fields.get("catalogitemid", "")).split(":")
    currency = organization.profile["currency"]
    if len(parts) != _ITEM_PARTS or parts[0].lower() not in plans:
        raise bad(_CART_ERROR, f"Catalog item {fields.get('catalogitemid')} is not available.")
    if parts[2] != currency:
        raise bad(_CART_ERROR, f"The customer is billed in {currency}, the item is priced in {parts[2]}.")
    quantity, term = fields.get("quantity"), fields.get("termduration", "P1M")
    cycle = str(fields.get("billingcycle", "monthly")).lower()
    if type(quantity) is not int or not 1 <= quantity <= QUANTITY_MAX:
        raise bad("2002", f"Quantity {quantity} is outside of the allowed range 1 to {QUANTITY_MAX}.")
    if term not in TERM_DAYS or cycle not in BILLING_CYCLES:
        raise bad(_CART_ERROR, f"Term {term} with billing cycle {cycle} is not offered.")
    return {
        "plan_id": parts[0].lower(),
        "parent": None,
        "quantity": quantity,
        "currency": currency,
        "term": term,
        "billing_cycle": cycle,
    }


def find_cart(organization: Organization, cart_id: str, now: datetime) -> Json:
    """Return a cart.

    Raises:
        Refusal: There is none of that id, or it is past its seven days (404, 800008).
    """
    cart = organization.carts.get(cart_id)
    if cart is None or is_cart_expired(cart, now):
        raise Refusal(HTTP_NOT_FOUND, "800008", "Cart was not found.")
    return cart


def check_out(
    sandbox: Sandbox, organization: Organization, request: Request, _body: Json, idempotency: Idempotency
) -> Answered:
    """Turn a cart into an order; a cart that was checked out before answers its first order.

    Raises:
        Refusal: There is no such cart, or it is past its seven days (404, 800008); or the customer has
            accepted no agreement (403, 13605).
    """
    now = sandbox.now()
    cart = find_cart(organization, request.path_params["cart"], now)
    if cart["order_id"] is not None:
        first = organization.orders[cart["order_id"]]
        return {"orders": [order_view(organization.subscriptions, first, now)]}
    if not has_agreement(organization):
        raise Refusal(HTTP_FORBIDDEN, "13605", _AGREEMENT_NEEDED)
    errors, is_refused = _order_errors(sandbox, organization)
    if is_refused:
        return {"orders": [], **errors}
    order_id, sequence = next_id(organization, "order")
    order_id = order_id.replace("-", "")[:12]
    check = new_check(sandbox, organization, order_id, now) if _is_checked(sandbox, cart) else None
    owned = _bought(sandbox, organization, cart, order_id, now, is_checked=check is not None)
    void_until = now + timedelta(days=sandbox.settings.void_window_days)
    order = _order(organization, cart, order_id, owned, iso(now)) | _until(void_until, check)
    answer = {"orders": [order_view({one.subscription_id: one for one in owned}, order, now)], **errors}
    sandbox.commit(
        "order_placed",
        organization_id=organization.organization_id,
        order_id=order_id,
        orders=[order],
        checks=[] if check is None else [check],
        carts=[cart | {"status": "Ordered", "modified_at": iso(now), "order_id": order_id}],
        subscriptions=[subscription_document(subscription) for subscription in owned],
        sequence=sequence,
        **idempotency.facts(HTTP_CREATED, answer),
    )
    return answer


def _until(void_until: datetime, check: Json | None) -> Json:
    """Return until when an order can be voided, and its credit check, if it has one."""
    checked = {} if check is None else {"creditCheck": credit_check_view(check)}
    return {"cancellationAllowedUntilDate": iso(void_until), **checked}


def _order_errors(sandbox: Sandbox, organization: Organization) -> tuple[Json, bool]:
    """Return the errors of a checkout that is a success, and whether it makes no order."""
    error = sandbox.faults.take_error(organization.organization_id, OrderErrors)
    if error is None:
        return {}, False
    view = {"orderGroupId": "0", "code": seller_code(error.code), "description": error.text}
    return {"orderErrors": [view]}, not error.is_partial


def _is_checked(sandbox: Sandbox, cart: Json) -> bool:
    """Return whether the bureau is asked: by invoice always, by card from a worth of the order on."""
    if cart["payment_method"] == INVOICE:
        return True
    prices = [
        sandbox.plans[line["plan_id"]].unit_price_minor_units(line["currency"], line["billing_cycle"])
        * line["quantity"]
        for line in cart["lines"]
    ]
    is_large = is_large_order(cart["lines"][0]["currency"], sum(prices))
    return is_large and sandbox.is_calling_back and sandbox.settings.is_credit_checked_by_amount


def _bought(
    sandbox: Sandbox,
    organization: Organization,
    cart: Json,
    order_id: str,
    now: datetime,
    *,
    is_checked: bool,
) -> list[Subscription]:
    """Return the subscriptions of an order; one that the bureau checks is invisible until it approves."""
    delay, setup = sandbox.delays(organization.organization_id)
    visible_at = NEVER if is_checked else now + seconds(delay)
    owned: list[Subscription] = []
    for number, line in enumerate(cart["lines"]):
        plan = sandbox.plans[line["plan_id"]]
        parent_id = "" if line["parent"] is None else owned[line["parent"]].subscription_id
        new = Subscription(
            subscription_id=next_id(organization, f"subscription:{number}")[0],
            order_id=order_id,
            plan_id=plan.plan_id,
            plan_name=plan.name,
            quantity=line["quantity"],
            currency=line["currency"],
            term=line["term"],
            billing_cycle=line["billing_cycle"],
            created_at=now,
            visible_at=visible_at,
            ready_at=NEVER if is_checked else visible_at + seconds(setup),
            cancellable_until=now + timedelta(days=sandbox.settings.cancellation_window_days),
            unit_price_minor_units=plan.unit_price_minor_units(line["currency"], line["billing_cycle"]),
            role="addon" if parent_id else "side" if cart.get("is_beside") else "ordered",
            parent_subscription_id=parent_id,
        )
        owned.append(new)
    return owned


def _order(organization: Organization, cart: Json, order_id: str, owned: list[Subscription], at: str) -> Json:
    return {
        "id": order_id,
        "referenceCustomerId": organization.organization_id,
        "billingCycle": owned[0].billing_cycle,
        "currencyCode": owned[0].currency,
        "lineItems": [
            {
                "lineItemNumber": number,
                "offerId": catalog_item_id(subscription.plan_id, subscription.currency),
                "subscriptionId": subscription.subscription_id,
                "friendlyName": subscription.plan_name,
                "termDuration": cart["lines"][number]["term"],
                "transactionType": "New",
                "quantity": subscription.quantity,
            }
            | (
                {"parentSubscriptionId": subscription.parent_subscription_id}
                if subscription.parent_subscription_id
                else {}
            )
            for number, subscription in enumerate(owned)
        ],
        "creationDate": at,
        "status": "pending",
        "transactionType": "UserPurchase",
        "attributes": {"objectType": "Order"},
    }


def find_order(organization: Organization, order_id: str) -> Json:
    """Return an order.

    Raises:
        Refusal: There is none of that id (404).
    """
    order = organization.orders.get(order_id)
    if order is None:
        raise Refusal(HTTP_NOT_FOUND, "20002", f"Order {order_id} was not found.")
    return order


def void_order(
    sandbox: Sandbox, organization: Organization, request: Request, body: Json, idempotency: Idempotency
) -> Answered:
    """Void an order inside its window; one that is void already is answered as it stands.

    Raises:
        Refusal: The body asks for another change (400, 800096), or it is too late (400, 800061).
    """
    order = find_order(organization, request.path_params["order"])
    now = sandbox.now()
    if body.get("status") != "cancelled":
        raise bad("800096", "The status of an order can be changed to cancelled only.")
    if order["status"] == "cancelled":
        return order_view(organization.subscriptions, order, now)
    closes_at = parse_instant(order["creationDate"]) + timedelta(days=sandbox.settings.void_window_days)
    is_checked = order.get("creditCheck", {}).get("status", "approved") == "approved"
    if now > closes_at and is_checked:
        raise bad("800061", f"The order cannot be cancelled: its window closed on {iso(closes_at)}.")
    voided = order | {"status": "cancelled"}
    documents = [
        subscription_document(owned, status="deleted", grace_ends_at=None, version=owned.version + 1)
        for owned in organization.subscriptions.values()
        if owned.order_id == order["id"]
    ]
    answer = order_view(organization.subscriptions, voided, now)
    sandbox.commit(
        "order_voided",
        organization_id=organization.organization_id,
        order_id=order["id"],
        orders=[voided],
        subscriptions=documents,
        **idempotency.facts(HTTP_OK, answer),
    )
    return answer

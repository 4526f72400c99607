"""Orders and subscriptions as the seller words them.

A customer buys consumption, software, reservations and other makers' services at the same seller. They stand
in the same list, in shapes of their own; nobody holds a license of them, so no switch has to do with them.
"""

from __future__ import annotations

from datetime import date, datetime

from domain.ports.credit_port import CreditCheckState
from domain.ports.seller_port import (
    AddonLine,
    Cancellation,
    OrderLine,
    PlacedAddon,
    PlacedOrder,
    RenewalTerms,
    ScheduledChange,
    SellerSubscription,
    SubscriptionSettings,
)
from providers.transport.answers import JsonObject, instant

#: Beginnings of the seller's product types of licenses that users hold.
_LICENSE_TYPES = ("onlineservices",)
#: Beginnings of the others that are known.
_OTHER_TYPES = ("azure", "microsoftazure", "software", "perpetual", "marketplace", "saas", "reservation")
_LICENSE = "license"
_LICENSE_UNITS = ("license", "licenses", "user", "users", "seat", "seats")
#: A catalog item is `product:sku:availability`; our plans are the product, the currency the availability.
_SKU = "0001"
CARD = "card"
#: The seller's word for a contract -> the port's, where that is another.
_CONTRACTS = {"productKey": "product_key", "redemptionCode": "redemption_code"}
#: Where a cancelled subscription says when: the first that is there.
_ENDED_AT = ("cancellationDate", "cancelledDate")
_CANCELLED_AT = ("cancellationDate", "cancelledDate", "lastModifiedDate", "lastUpdatedDate")


def catalog_item_id(plan_id: str, currency: str) -> str:
    """Return the seller's id of a plan in one currency."""
    return f"{plan_id.lower()}:{_SKU}:{currency}"


def cart_of(line: OrderLine) -> JsonObject:
    """Return the cart to ask for."""
    item = _item(line, line.currency)
    if line.addons:
        item["AddonItems"] = [_item(addon, line.currency) for addon in line.addons]
    # Our own extension; a vendor that does not know it takes the card of the customer's profile.
    extension: JsonObject = {} if line.payment_method == CARD else {"PaymentMethod": line.payment_method}
    if line.is_beside:
        # Likewise: only the sandbox's referee looks at it, to tell a second product from a double charge.
        extension["Beside"] = True
    return extension | {"LineItems": [item]}


def order_of(record: JsonObject) -> PlacedOrder:
    """Return an order; its subscription is named once the seller has named it."""
    until = record.get("cancellationAllowedUntilDate")
    return PlacedOrder(
        order_id=str(record["id"]),
        status=str(record["status"]).strip().lower(),
        subscription_id=_first_line(record).get("subscriptionId") or None,
        ordered_at=instant(record["creationDate"]),
        credit_check=_credit_check(record.get("creditCheck")),
        addons=tuple(_addon_of(each) for each in (record.get("lineItems") or [])[1:]),
        voidable_until=instant(until) if until else None,
    )


def is_order_of(record: JsonObject, line: OrderLine, filled_at: datetime) -> bool:
    """Return whether an order may be what the cart of `line`, filled at `filled_at`, became."""
    ordered = _first_line(record)
    return (
        str(ordered.get("offerId", "")).lower() == catalog_item_id(line.plan_id, line.currency).lower()
        and ordered.get("quantity") == line.quantity
        and instant(record["creationDate"]) >= filled_at
    )


def subscription_of(record: JsonObject) -> SellerSubscription:
    """Return a subscription; new-commerce terms that name no cancellation window have none left."""
    started = record.get("effectiveStartDate") or record["creationDate"]
    until = _cancellable_until(record) or (_is_new_commerce(record) and started)
    return SellerSubscription(
        subscription_id=str(record["id"]),
        plan_id=_plan_of(record),
        plan_name=str(record["offerName"]),
        quantity=int(record["quantity"]),
        status=status_of(record),
        term=str(record.get("termDuration") or ""),
        billing_cycle=str(record["billingCycle"]).lower(),
        contract_type=_contract_of(record),
        is_trial=bool(record.get("isTrial")),
        order_id=str(record.get("orderId") or ""),
        started_at=instant(started),
        cancellable_until=instant(until) if until else None,
        version=etag_of(record),
        parent_subscription_id=str(record.get("parentSubscriptionId") or "").lower(),
        renewal=_renewal_of(record),
        friendly_name=_friendly_name(record),
        suspension_reasons=stop_reasons(record),
        is_stopped=is_stopped(record),
        ended_at=_ended_at(record),
    )


def is_license_based(record: JsonObject) -> bool:
    """Return whether a subscription is one of licenses that users hold.

    A product type that is not known counts as one where it is billed by licenses and counted in them. A
    record that says nothing of its kind is one: subscriptions of legacy terms have no product type.
    """
    billing, unit = _word(record.get("billingType")), _word(record.get("unitType"))
    if billing not in {"", _LICENSE}:
        return False
    product = _product_type(record)
    if product.startswith(_OTHER_TYPES):
        return False
    if not product or product.startswith(_LICENSE_TYPES):
        return True
    return billing == _LICENSE and unit in _LICENSE_UNITS and bool(record.get("offerId"))


def _product_type(record: JsonObject) -> str:
    """Return the seller's word for the kind of product in small letters; it has several shapes."""
    product = record.get("productType")
    if isinstance(product, dict):
        product = product.get("id") or product.get("displayName")
    return _word(product)


def _word(value: object) -> str:
    return value.strip().replace(" ", "").lower() if isinstance(value, str) else ""


def _contract_of(record: JsonObject) -> str:
    contract = str(record.get("contractType") or "subscription")
    return _CONTRACTS.get(contract, contract)


def is_stopped(record: JsonObject) -> bool:
    """Return whether a subscription is suspended for other reasons than that it was cancelled."""
    reasons = stop_reasons(record)
    has_cancellation = any("cancel" in each.lower() for each in reasons)
    return status_of(record) == "suspended" and bool(reasons) and not has_cancellation


def stop_reasons(record: JsonObject) -> tuple[str, ...]:
    """Return why a subscription is suspended, in the seller's words."""
    return tuple(str(each) for each in record.get("suspensionReasons") or ())


def _ended_at(record: JsonObject) -> datetime | None:
    """Return when a subscription was cancelled, where its resource says so."""
    stated = next((record[name] for name in _ENDED_AT if record.get(name)), None)
    return instant(stated) if stated else None


def settings_fields(record: JsonObject, settings: SubscriptionSettings) -> JsonObject:
    """Return the fields of a subscription that settings change."""
    fields: JsonObject = {}
    if settings.is_auto_renewed is not None:
        fields["autoRenewEnabled"] = settings.is_auto_renewed
    if settings.friendly_name:
        fields["friendlyName"] = settings.friendly_name
    if settings.scheduled is not None:
        fields["scheduledNextTermInstructions"] = _instructions(record, settings.scheduled)
    return fields


def is_set(record: JsonObject, settings: SubscriptionSettings) -> bool:
    """Return whether a subscription is set so already."""
    wanted = settings_fields(record, settings)
    scheduled = wanted.pop("scheduledNextTermInstructions", None)
    is_scheduled = scheduled is None or _scheduled_of(
        record.get("scheduledNextTermInstructions")
    ) == _scheduled_of(scheduled)
    return is_scheduled and all(record.get(name) == value for name, value in wanted.items())


def _instructions(record: JsonObject, change: ScheduledChange) -> JsonObject:
    """Return what the seller is told to do with the next term, about the product that the record is of."""
    product_id, sku_id, availability_id = [*str(record["offerId"]).split(":"), "", ""][:3]
    product = {
        "productId": product_id,
        "skuId": sku_id,
        "availabilityId": availability_id,
        "billingCycle": change.billing_cycle or str(record["billingCycle"]).lower(),
        "termDuration": change.term or str(record.get("termDuration") or ""),
    }
    return {"product": product, "quantity": change.quantity}


def _friendly_name(record: JsonObject) -> str:
    """Return the name that the customer gave; "" where it is the product's."""
    name = str(record.get("friendlyName") or "")
    return "" if name == record["offerName"] else name


def _scheduled_of(record: JsonObject | None) -> ScheduledChange | None:
    """Return the change that the seller makes with the next term; None where there is none."""
    if not record:
        return None
    product = record.get("product") or {}
    return ScheduledChange(
        plan_id=str(product.get("productId") or "").lower(),
        quantity=int(record["quantity"]),
        term=str(product.get("termDuration") or ""),
        billing_cycle=str(product.get("billingCycle") or "").lower(),
    )


def _cancellable_until(record: JsonObject) -> str:
    """Return until when a cancellation is taken: the window itself, else the last day of a refund; or ""."""
    return str(record.get("cancellationAllowedUntilDate") or _refundable_until(record))


def _refundable_until(record: JsonObject) -> str:
    """Return until when something is given back for a cancellation; "" where the seller states no refund."""
    return max((str(each["expiresAt"]) for each in record.get("refundOptions") or ()), default="")


def _renewal_of(record: JsonObject) -> RenewalTerms | None:
    """Return what the seller states of the end of the term; None where that is nothing."""
    ends, is_automatic = record.get("commitmentEndDate"), record.get("autoRenewEnabled")
    refundable = _refundable_until(record)
    stated = RenewalTerms(
        ends_on=ends_on_of(record) if ends else None,
        is_automatic=None if is_automatic is None else bool(is_automatic),
        refundable_until=instant(refundable) if refundable else None,
        scheduled=_scheduled_of(record.get("scheduledNextTermInstructions")),
    )
    return None if stated == RenewalTerms() else stated


def status_of(record: JsonObject) -> str:
    """Return the status of a subscription or order in lower case."""
    return str(record["status"]).strip().lower()


def etag_of(record: JsonObject) -> str:
    """Return the etag of a resource without its quotes, or ""."""
    return str((record.get("attributes") or {}).get("etag") or "").strip('"')


def is_cancelled(record: JsonObject) -> bool:
    """Return whether a subscription is cancelled: deleted, or suspended by that under legacy terms."""
    return status_of(record) in {"deleted", cancelled_status(record)} and not is_stopped(record)


def is_serving(record: JsonObject) -> bool:
    """Return whether a subscription serves, or is being set up."""
    return status_of(record) in {"active", "pending"}


def cancelled_status(record: JsonObject) -> str:
    """Return the status that a cancellation asks for; suspending new-commerce terms would go on billing."""
    is_new_commerce = record.get("cancellationAllowedUntilDate") or _is_new_commerce(record)
    return "deleted" if is_new_commerce else "suspended"


def is_renewed(record: JsonObject) -> bool:
    """Return whether a subscription renews by itself when its term ends."""
    return bool(record.get("autoRenewEnabled"))


def ends_on_of(record: JsonObject) -> date:
    """Return the day on which the present term of a subscription ends."""
    return instant(record["commitmentEndDate"]).date()


def cancellation_of(record: JsonObject, answered_at: datetime) -> Cancellation:
    """Return the cancellation of a subscription, as of `answered_at` where its resource tells no instant."""
    stated = next((record[name] for name in _CANCELLED_AT if record.get(name)), None)
    return Cancellation(
        subscription_id=str(record["id"]),
        status=status_of(record),
        cancelled_at=instant(stated) if stated else answered_at,
    )


def named_order_id(cart: JsonObject) -> str:
    """Return the id of the order that a cart names, or ""."""
    orders = cart.get("orders") or [{}]
    return str(cart.get("orderId") or orders[0].get("id") or "")


def filled_at_of(cart: JsonObject) -> datetime:
    """Return when a cart was filled."""
    return instant(cart["creationTimestamp"])


def _item(line: OrderLine | AddonLine, currency: str) -> JsonObject:
    return {
        "CatalogItemId": catalog_item_id(line.plan_id, currency),
        "Quantity": line.quantity,
        "TermDuration": line.term,
        "BillingCycle": line.billing_cycle.capitalize(),
    }


def _addon_of(line: JsonObject) -> PlacedAddon:
    """Return an add-on of an order; its lines follow that of the plan."""
    return PlacedAddon(
        plan_id=_plan_of(line),
        quantity=int(line["quantity"]),
        subscription_id=line.get("subscriptionId") or None,
    )


def _plan_of(record: JsonObject) -> str:
    return str(record["offerId"]).split(":")[0].lower()


def _credit_check(record: JsonObject | None) -> CreditCheckState | None:
    if not record:
        return None
    decided = record.get("decidedAt")
    return CreditCheckState(
        check_id=str(record["checkId"]),
        status=status_of(record),
        requested_at=instant(record["requestedAt"]),
        decided_at=instant(decided) if decided else None,
    )


def _is_new_commerce(record: JsonObject) -> bool:
    return str((record.get("productType") or {}).get("id", "")).endswith("NCE")


def _first_line(record: JsonObject) -> JsonObject:
    lines = record.get("lineItems") or [{}]
    first: JsonObject = lines[0]
    return first

"""Changing and cancelling a subscription at the seller."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request

from sandbox.billing.billing import renew_due
from sandbox.billing.quantities import quantity_changes
from sandbox.cloud.answers import (
    HTTP_NOT_FOUND,
    HTTP_OK,
    Idempotency,
    Refusal,
    bad,
)
from sandbox.cloud.fold import subscription_document
from sandbox.cloud.state import Sandbox
from sandbox.kernel.bodies import QUANTITY_MAX
from sandbox.kernel.clock import iso
from sandbox.kernel.model import Json, Organization, Subscription
from sandbox.seller.seller_views import seller_status, subscription_view

#: States from which a subscription serves again; it renews from then on.
_RETURNING = frozenset({"suspended", "expired"})


def find_subscription(sandbox: Sandbox, organization: Organization, subscription_id: str) -> Subscription:
    """Return a visible subscription.

    Raises:
        Refusal: There is none of that id (404, 20003).
    """
    owned = organization.subscriptions.get(subscription_id.lower())
    if owned is None or owned.is_sold_elsewhere or not owned.is_visible(sandbox.now()):
        raise Refusal(HTTP_NOT_FOUND, "20003", f"Subscription {subscription_id} was not found.")
    return owned


def patch_subscription(
    sandbox: Sandbox, organization: Organization, request: Request, body: Json, idempotency: Idempotency
) -> Json:
    """Change a subscription; the body is the full resource, read just before.

    Raises:
        Refusal: The etag is missing, not quoted or old (400, 2055), or the change is not allowed.
    """
    now = sandbox.now()
    # A period that began before the change was billed by then, whoever looks first.
    renew_due(sandbox, organization)
    owned = find_subscription(sandbox, organization, request.path_params["subscription"])
    if request.headers.get("if-match") != f'"{owned.etag}"':
        raise bad("2055", "Etag is no longer valid. Read the subscription again and retry.")
    _check_whole(owned, body)
    if owned.status == "deleted":
        raise bad("2011", "The subscription is deleted; it cannot be updated.")
    changes = _status_changes(sandbox, owned, body["status"], now) or _other_changes(owned, body, now)
    booked: Json = {}
    if "quantity" in changes:
        change, booked = quantity_changes(sandbox, organization, owned, changes["quantity"])
        changes |= change
    changes["version"] = owned.version + 1
    answer = subscription_view(dataclasses.replace(owned, **changes), now, organization.zone)
    sandbox.commit(
        _record_type(owned, changes),
        organization_id=organization.organization_id,
        subscription_id=owned.subscription_id,
        subscriptions=[subscription_document(owned, **changes)],
        **booked,
        **idempotency.facts(HTTP_OK, answer),
    )
    return answer


def _record_type(owned: Subscription, changes: Json) -> str:
    status = changes.get("status", owned.status)
    if status == owned.status:
        return "subscription_changed"
    return "subscription_reactivated" if status == "active" else "subscription_cancelled"


def _check_whole(owned: Subscription, body: Json) -> None:
    """Refuse a body that is not the whole resource."""
    if body.get("id", "").lower() != owned.subscription_id:
        raise bad("2000", "The id of the body is not the id of the path.")
    for name in ("status", "quantity"):
        if name not in body:
            raise bad("2000", f"The body must be the full subscription: {name} is missing.")


def _status_changes(sandbox: Sandbox, owned: Subscription, wanted: str, now: datetime) -> dict[str, Any]:
    """Return what changes with the status; nothing when it stays."""
    if wanted == seller_status(owned, now):
        return {}
    if owned.status in _RETURNING and wanted == "active":
        return {"status": "active", "grace_ends_at": None, "cancelled_at": None, "is_auto_renewed": True}
    is_cancel = wanted == "deleted" or (wanted == "suspended" and owned.cancellable_until is None)
    if not is_cancel:
        raise bad("800096", f"The status cannot be changed to {wanted}.")
    if owned.cancellable_until is not None and now > owned.cancellable_until:
        raise bad(
            "900117",
            f"You have passed your {sandbox.settings.cancellation_window_days}-day cancellation window: "
            f"it closed on {iso(owned.cancellable_until)}.",
        )
    grace_ends_at = now + timedelta(days=sandbox.settings.grace_days)
    return {
        "status": wanted,
        "grace_ends_at": owned.grace_ends_at or grace_ends_at,
        "cancelled_at": owned.cancelled_at or now,
        "is_auto_renewed": False,
        "scheduled": None,
    }


def _other_changes(owned: Subscription, body: Json, now: datetime) -> dict[str, Any]:
    quantity = body["quantity"]
    if type(quantity) is not int or not 1 <= quantity <= QUANTITY_MAX:
        raise bad("2002", f"Quantity {quantity} is outside of the allowed range 1 to {QUANTITY_MAX}.")
    if quantity != owned.quantity and owned.status != "active":
        raise bad("2001", "The quantity of a suspended subscription cannot be changed.")
    is_late = owned.cancellable_until is not None and now > owned.cancellable_until
    if quantity < owned.quantity and is_late:
        raise bad("800090", "The quantity cannot be decreased after the cancellation window.")
    is_renewed = bool(body.get("autoRenewEnabled", False))
    return {
        "quantity": quantity,
        "scheduled": _scheduled(owned, body, quantity=quantity, is_renewed=is_renewed),
        # A missing flag is reset silently, as the vendor does.
        "is_auto_renewed": is_renewed,
        "friendly_name": str(body.get("friendlyName", owned.friendly_name)),
    }


def _scheduled(owned: Subscription, body: Json, *, quantity: int, is_renewed: bool) -> Json | None:
    """Return what is scheduled after a change: a mid-term change deletes it, a missing one is reset."""
    wanted = body.get("scheduledNextTermInstructions")
    if wanted is None or quantity != owned.quantity:
        return None
    if wanted == owned.scheduled:
        return wanted if is_renewed else None
    if not is_renewed or owned.cancellable_until is None:
        raise bad("2006", "A change can be scheduled only for new-commerce terms that renew.")
    return read_instructions(wanted)


def convert_trial(
    sandbox: Sandbox, organization: Organization, request: Request, body: Json, idempotency: Idempotency
) -> Json:
    """Make a trial a subscription that is paid for.

    Raises:
        Refusal: It is no trial that serves, or the quantity is out of range (400).
    """
    owned = find_subscription(sandbox, organization, request.path_params["subscription"])
    quantity = body.get("quantity")
    if not owned.is_trial or owned.status != "active":
        raise bad("2007", "The subscription is no active trial; it cannot be converted.")
    if type(quantity) is not int or not 1 <= quantity <= QUANTITY_MAX:
        raise bad("2002", f"Quantity {quantity} is outside of the allowed range 1 to {QUANTITY_MAX}.")
    change, booked = quantity_changes(sandbox, organization, owned, quantity)
    changes = {**change, "is_trial": False, "version": owned.version + 1}
    answer = {"subscriptionId": owned.subscription_id, "attributes": {"objectType": "ConversionResult"}}
    sandbox.commit(
        "trial_converted",
        organization_id=organization.organization_id,
        subscription_id=owned.subscription_id,
        subscriptions=[subscription_document(owned, **changes)],
        **booked,
        **idempotency.facts(HTTP_OK, answer),
    )
    return answer


def read_instructions(wanted: Any) -> Json:
    """Return instructions for the next term.

    Raises:
        Refusal: They are not understood.
    """
    product = wanted.get("product") if isinstance(wanted, dict) else None
    quantity = wanted.get("quantity") if isinstance(wanted, dict) else None
    if not isinstance(product, dict) or type(quantity) is not int or not 1 <= quantity <= QUANTITY_MAX:
        raise bad("2000", "scheduledNextTermInstructions must have a product and a quantity.")
    return {"product": product, "quantity": quantity}

"""What a client may ask before it switches: transitions, roles; and the edits that change the answers."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Annotated, Any

from starlette.requests import Request
from starlette.routing import Route

from domain.kernel.errors import InvalidInput
from sandbox.billing.billing import charge_entry, paid_period
from sandbox.cloud.answers import HTTP_TOO_MANY, Refusal
from sandbox.cloud.edit_body import Edit, Place, UserEdit
from sandbox.cloud.fold import subscription_document
from sandbox.cloud.routes import Routes
from sandbox.cloud.state import named_id
from sandbox.kernel.bodies import Body, OneOf, Quantity, Text
from sandbox.kernel.calendar_days import billing_day_of, part_price
from sandbox.kernel.clock import iso
from sandbox.kernel.model import Json, Organization, Subscription, User
from sandbox.seller.seller_views import catalog_item_id, collection, upgrade_views
from sandbox.seller.subscriptions import find_subscription

#: What a seller asks to wait who switches a high volume of plans.
HIGH_VOLUME_SECONDS = 3600
#: Template ids of the directory's roles.
ROLE_TEMPLATES = {
    "Global Administrator": "62e90394-69f5-4237-9190-012177145e10",
    "License Administrator": "4d6ac14f-3453-41d0-bef9-a3e0c569773a",
    "User Administrator": "fe930be7-5e62-47db-91af-98c3a49a38b1",
    "Billing Administrator": "b0f54661-2d74-4c50-afa3-1ec803f12efe",
}
#: Fields of a role that the directory shows.
ROLE_FIELDS = frozenset({"id", "displayName", "roleTemplateId"})
_SUBSCRIPTION = "/v1/customers/{customer}/subscriptions/{subscription}"


class InquiryRoutes(Routes):
    """Handlers of questions that change nothing."""

    def routes(self) -> list[Route]:
        """Return the routes of the seller."""
        return [
            self._show(f"{_SUBSCRIPTION}/upgrades", self.upgrades),
            self._show(f"{_SUBSCRIPTION}/transitionEligibilities", self.transitions),
        ]

    def upgrades(self, organization: Organization, request: Request) -> Json:
        """List the plans to which a subscription of legacy terms could be upgraded."""
        return collection(self._upgrades(organization, request))

    def transitions(self, organization: Organization, request: Request) -> Json:
        """List the plans to which a subscription of new-commerce terms could change."""
        currency = organization.profile["currency"]
        return collection([_transition(item, currency) for item in self._upgrades(organization, request)])

    def _upgrades(self, organization: Organization, request: Request) -> list[Json]:
        if self._sandbox.settings.is_volume_high:
            text = "We are switching a high volume of plans. Try again in about an hour."
            raise Refusal(
                HTTP_TOO_MANY, "TooManyRequests", text, headers={"Retry-After": str(HIGH_VOLUME_SECONDS)}
            )
        subscription = find_subscription(self._sandbox, organization, request.path_params["subscription"])
        items = upgrade_views(subscription, organization, self._sandbox.plans, self._sandbox.now())
        planted = organization.planted_refusals
        if planted is None:
            return items
        return [item | {"isEligible": False, "upgradeErrors": planted} for item in items]


def _transition(item: Json, currency: str) -> Json:
    offer = item["targetOffer"]
    outcome = {"isEligible": item["isEligible"], "errors": item["upgradeErrors"]}
    return {
        "operationId": offer["id"].lower(),
        "catalogItemId": catalog_item_id(offer["product"]["id"], currency),
        "title": offer["name"],
        "quantity": item["quantity"],
        "subscriptionEligibilities": [],
        "eligibilities": [outcome | {"transitionType": "transition_only"}],
        "attributes": {"objectType": "TransitionEligibility"},
    }


def role_views(organization: Organization, user: User) -> list[Json]:
    """Return the roles of a user as the directory shows them."""
    return [
        {
            "id": named_id(organization.organization_id, f"role:{name}"),
            "displayName": name,
            "roleTemplateId": ROLE_TEMPLATES[name],
        }
        for name in organization.roles.get(user.user_id, ())
    ]


class RolesEdit(UserEdit):
    """The user has other roles of the directory."""

    roles: list[Annotated[str, OneOf(ROLE_TEMPLATES)]]


class _UpgradeError(Body):
    """Why the seller refuses an upgrade."""

    code: Any
    description: Any


class VerdictEdit(Edit):
    """The seller refuses every upgrade; null: it decides by itself again."""

    errors: list[_UpgradeError] | None = None


class PurchaseEdit(Edit):
    """The organization has one more subscription: of another plan, of an add-on, or from another seller."""

    plan_id: Text
    quantity: Quantity
    #: Subscription that it is an add-on of.
    parent_subscription_id: str | None = None
    is_sold_elsewhere: bool = False
    #: It is paid for the period of the first subscription.
    is_billed: bool = False

    def facts(self, place: Place) -> Json:
        """Return what the journal keeps of it."""
        organization, plan = place.organization, place.sandbox.plans.get(self.plan_id.lower())
        if plan is None:
            raise InvalidInput(field="plan_id", value=self.plan_id, allowed="a plan of the price book")
        primary = next(iter(organization.subscriptions.values()))
        number = len(organization.subscriptions)
        subscription_id = named_id(organization.organization_id, f"hand-subscription:{number}")
        added = Subscription(
            subscription_id=subscription_id,
            order_id=subscription_id.replace("-", "")[:12],
            plan_id=plan.plan_id,
            plan_name=plan.name,
            quantity=self.quantity,
            currency=primary.currency,
            term=primary.term,
            billing_cycle=primary.billing_cycle,
            created_at=primary.created_at,
            visible_at=primary.created_at,
            ready_at=primary.created_at,
            cancellable_until=None,
            role="side",
            unit_price_minor_units=plan.unit_price_minor_units(primary.currency, primary.billing_cycle),
            parent_subscription_id=(self.parent_subscription_id or "").lower(),
            is_sold_elsewhere=self.is_sold_elsewhere,
        )
        if not self.is_billed:
            return {"document": subscription_document(added)}
        return _paid(organization, added, primary.billing or {})


def _paid(organization: Organization, added: Subscription, period: Json) -> Json:
    """Return a purchase that was paid for a period."""
    billing_day = billing_day_of(period, added.billing_cycle)
    start_on, end_on = (date.fromisoformat(period[name]) for name in ("period_start_on", "period_end_on"))
    price = added.unit_price_minor_units * added.quantity
    paid = part_price(price, start_on, end_on, billing_cycle=added.billing_cycle, billing_day=billing_day)
    added = dataclasses.replace(added, billing=paid_period(start_on, end_on, billing_day, paid))
    entry_id = named_id(organization.organization_id, f"hand-charge:{added.subscription_id}")
    entry = charge_entry(entry_id, iso(added.created_at), added, "paid in advance")
    return {"document": subscription_document(added), "entries": [entry]}

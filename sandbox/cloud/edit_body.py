"""What edits by hand have in common: what somebody with access to the cloud's own consoles might do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.cloud.answers import HTTP_NOT_FOUND, Refusal
from sandbox.cloud.licenses import find_user
from sandbox.cloud.state import Sandbox
from sandbox.kernel.bodies import Body, Text
from sandbox.kernel.model import Json, Organization, Subscription
from sandbox.kernel.plans import PlanBook, SandboxPlan


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where an edit is planted."""

    sandbox: Sandbox
    organization: Organization

    def plan(self, plan_id: str) -> SandboxPlan:
        """Return a plan of the price book."""
        return price_book_plan(self.sandbox.plans, plan_id)

    def in_days(self, days: int) -> datetime:
        """Return the instant so many days from now."""
        return self.sandbox.now() + timedelta(days=days)


class Edit(Body):
    """One edit, as it stands in a request."""

    kind: str

    def facts(self, place: Place) -> Json:  # noqa: ARG002 - most edits name somebody who is there
        """Return what the journal keeps of it.

        Raises:
            Refusal: It names somebody or something that is not there.
        """
        return self.model_dump(mode="json", exclude={"kind"})


class UserEdit(Edit):
    """An edit of one user."""

    #: Object id or principal name.
    user_id: Text

    def facts(self, place: Place) -> Json:
        """Return what the journal keeps of it, with the object id of the user."""
        return super().facts(place) | {"user_id": find_user(place.organization, self.user_id).user_id}


class PlanEdit(Edit):
    """An edit about one plan."""

    plan_id: Text

    def facts(self, place: Place) -> Json:
        """Return what the journal keeps of it, with the id of the plan in small letters."""
        return super().facts(place) | {"plan_id": place.plan(self.plan_id).plan_id}


class SubscriptionEdit(Edit):
    """An edit of one subscription."""

    subscription_id: Text

    def owned(self, place: Place) -> Subscription:
        """Return the subscription.

        Raises:
            Refusal: There is none of that id (404).
        """
        owned = place.organization.subscriptions.get(self.subscription_id.lower())
        if owned is None:
            raise Refusal(HTTP_NOT_FOUND, "UNKNOWN_SUBSCRIPTION", "There is no such subscription.")
        return owned


def price_book_plan(plans: PlanBook, plan_id: str) -> SandboxPlan:
    """Return a plan of the price book.

    Raises:
        Refusal: There is no such plan (404).
    """
    plan = plans.get(plan_id.lower())
    if plan is None:
        raise Refusal(HTTP_NOT_FOUND, "UNKNOWN_PLAN", f"There is no plan {plan_id}.")
    return plan

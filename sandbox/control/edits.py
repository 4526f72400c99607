"""Edits planted by hand: what somebody with access to the cloud's own consoles might do during a switch."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from sandbox.billing.profiles import Profile
from sandbox.billing.quantities import QuantityEdit
from sandbox.cloud.answers import HTTP_BAD_REQUEST, invalid
from sandbox.cloud.edit_body import Edit, Place, PlanEdit, SubscriptionEdit, UserEdit
from sandbox.cloud.fold import subscription_document
from sandbox.cloud.licenses import BAD_REQUEST, find_user, read_change
from sandbox.cloud.state import Sandbox, named_id
from sandbox.control.relationship_edits import RELATIONSHIP_KINDS
from sandbox.control.sku_edits import SkuEdit
from sandbox.directory.group_members import GroupNestedEdit
from sandbox.directory.group_routes import GroupErrorEdit, GroupLicensesEdit, GroupMemberEdit
from sandbox.kernel.bodies import QUANTITY_MAX, Body, Count, Instant, OneOf, Text, read_kind
from sandbox.kernel.health_board import HEALTH_BOARD, HEALTH_WORDS, service_id
from sandbox.kernel.model import Json, Organization
from sandbox.kernel.settings import Verdict
from sandbox.organizations.organizations import FEEDING_GROUP
from sandbox.organizations.other_products import ProductEdit
from sandbox.referee.referee_acknowledged import ACKNOWLEDGMENT
from sandbox.seller.inquiries import PurchaseEdit, RolesEdit, VerdictEdit


class _Licenses(UserEdit):
    """The user's licenses change."""

    #: As in `assignLicense`.
    add: list[Any] = Field(default_factory=list)
    remove: list[Any] = Field(default_factory=list)

    def facts(self, place: Place) -> Json:
        user = find_user(place.organization, self.user_id)
        change = read_change({"addLicenses": self.add, "removeLicenses": self.remove})
        for plan_id in change.removed:
            if plan_id not in user.licenses:
                raise invalid(f"The user does not hold {plan_id}.")
        for plan_id, _disabled in change.added:
            place.plan(plan_id)
        return {"user_id": user.user_id, "add": change.added, "remove": change.removed}


class _AddUser(PlanEdit):
    """A user joins, with a license of a plan."""

    display_name: Text
    #: Services that are off.
    disabled: list[str] = Field(default_factory=list)

    def facts(self, place: Place) -> Json:
        organization, name = place.organization, self.display_name
        licenses = [[place.plan(self.plan_id).plan_id, self.disabled, None]]
        user_id = named_id(organization.organization_id, f"hand-user:{name}")
        if user_id in organization.users:
            raise invalid(f"There is a user {name} already.")
        principal_name = f"{name.lower().replace(' ', '.')}.{user_id[:8]}@customer.onmicrosoft.example"
        location = organization.profile["country"]
        return {
            "user_id": user_id,
            "row": [user_id, name, principal_name, "Joined", True, location, licenses],
        }


class _DeleteUser(UserEdit):
    """The user is deleted."""


class _ChangeUser(UserEdit):
    """Fields of the user change: those that are given."""

    usage_location: Text | None = None
    is_enabled: bool = True

    def facts(self, place: Place) -> Json:
        facts = super().facts(place)
        return {name: value for name, value in facts.items() if name in self.model_fields_set}


class _LicenseState(UserEdit, PlanEdit):
    """Licenses of the plan give the user nothing from now on, those that come later too; or work again."""

    is_active: bool = False
    state: Literal["Disabled", "Error"] = "Disabled"


class _GroupLicense(UserEdit, PlanEdit):
    """A group has given the user the plan for long."""

    keep_direct: bool = False

    def facts(self, place: Place) -> Json:
        group_id = named_id(place.organization.organization_id, FEEDING_GROUP)
        return super().facts(place) | {"group_id": group_id}


class _Refusal(UserEdit):
    """The directory refuses the next license changes of the user."""

    status: Annotated[int, Field(ge=HTTP_BAD_REQUEST, le=599)] = HTTP_BAD_REQUEST
    code: Text = BAD_REQUEST
    text: Text
    times: Count = 1


class _Health(Edit):
    """A service is in another state."""

    #: Its id or its name.
    service: Annotated[str, OneOf([*HEALTH_BOARD, *HEALTH_BOARD.values()]), AfterValidator(service_id)]
    status: Annotated[str, OneOf(sorted(HEALTH_WORDS))]


class _Profile(Edit):
    """The billing profile changes."""

    changes: Profile

    def facts(self, place: Place) -> Json:  # noqa: ARG002 - it names nobody
        return {"changes": self.changes.document()}


class _Changes(Body):
    """Fields of a subscription that a hand can change."""

    quantity: Annotated[int, Field(ge=0, le=QUANTITY_MAX)] = 0
    status: str = ""
    contract_type: str = ""
    is_trial: bool = False
    is_auto_renewed: bool = True
    friendly_name: str = ""
    scheduled: Json | None = None
    cancellable_until: Instant | None = None
    grace_ends_at: Instant | None = None
    ready_at: Instant = ""
    service_statuses: dict[str, str] = Field(default_factory=dict)


class _Subscription(SubscriptionEdit):
    """The subscription changes."""

    changes: _Changes

    def facts(self, place: Place) -> Json:
        owned = self.owned(place)
        changes = self.changes.model_dump(exclude_unset=True)
        return {"document": subscription_document(owned, **changes, version=owned.version + 1)}


class _Credit(Edit):
    """The bureau decides open checks at once."""

    verdict: Verdict


class _Acknowledgment(PlanEdit):
    """The customer confirms codes with the next order of a plan, for the referee alone; none take it back."""

    codes: Annotated[list[str], AfterValidator(sorted)]
    #: The plan is owned already and no order comes: what is confirmed counts from now on.
    is_owned: bool = False


class _Arrival(Edit):
    """Every invoice on its way arrives now, or every credit arrives today."""


_KINDS: dict[str, type[Edit]] = {
    "licenses": _Licenses,
    "add_user": _AddUser,
    "delete_user": _DeleteUser,
    "user": _ChangeUser,
    "group_license": _GroupLicense,
    "license_state": _LicenseState,
    "refusal": _Refusal,
    "health": _Health,
    "profile": _Profile,
    "subscription": _Subscription,
    "purchase": PurchaseEdit,
    "quantity": QuantityEdit,
    "roles": RolesEdit,
    "sku": SkuEdit,
    "product": ProductEdit,
    "verdict": VerdictEdit,
    "credit": _Credit,
    ACKNOWLEDGMENT: _Acknowledgment,
    "invoice_delivery": _Arrival,
    "credit_settlement": _Arrival,
    "group_error": GroupErrorEdit,
    "group_licenses": GroupLicensesEdit,
    "group_member": GroupMemberEdit,
    "group_nested": GroupNestedEdit,
    **RELATIONSHIP_KINDS,
}


def plan_edit(organization: Organization, document: Any, sandbox: Sandbox, at: str = "") -> Json:
    """Return an edit as the journal keeps it.

    Args:
        organization: Whom it is about.
        document: The edit as it stands in JSON.
        sandbox: Where it is planted.
        at: Where it stands in a request, for the refusal.

    Raises:
        InvalidInput: It has no kind, or a field is not what it may be.
        Refusal: It names somebody or something that is not there.
    """
    edit = read_kind(_KINDS, document, "kind", at)
    return {"kind": edit.kind} | edit.facts(Place(sandbox=sandbox, organization=organization))

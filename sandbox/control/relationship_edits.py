"""Edits of what an organization grants others: consents, administration, agreements, its partner."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sandbox.cloud.edit_body import Edit, Place
from sandbox.cloud.state import named_id
from sandbox.identity.applications import Guid, Permissions
from sandbox.kernel.bodies import Instant, OneOf, Text
from sandbox.kernel.clock import iso, parse_instant
from sandbox.kernel.model import Json
from sandbox.seller.customer_routes import agreement_view
from sandbox.seller.inquiries import ROLE_TEMPLATES

#: Words of the directory for the state of a relationship.
STATUSES = (
    "activating",
    "active",
    "approvalPending",
    "approved",
    "created",
    "expired",
    "expiring",
    "terminated",
    "terminating",
    "terminationRequested",
)
#: Days for which a relationship lasts at most.
_DAYS = 730
_FULL_ACCESS = ("License Administrator", "User Administrator")


class ConsentEdit(Edit):
    """The organization consents to an application, to some permissions only, or no more."""

    client_id: Guid
    #: missing: nobody has consented; absent: the organization does not know the application at all.
    state: Literal["given", "missing", "absent"] = "given"
    permissions: Permissions | None = None


class RelationshipEdit(Edit):
    """A partner may administer the organization, in the state and up to the instant that are named."""

    #: Tells several apart; the same name is the same relationship.
    name: Text = "Administration"
    status: Annotated[str, OneOf(STATUSES)] = "active"
    #: None: two years from now.
    ends_at: Instant | None = None
    roles: list[Annotated[str, OneOf(ROLE_TEMPLATES)]] = Field(default_factory=lambda: list(_FULL_ACCESS))
    is_extended: bool = False

    def facts(self, place: Place) -> Json:
        """Return what the journal keeps of it: the relationship as the directory shows it."""
        organization, now = place.organization, place.sandbox.now()
        ends_at = parse_instant(self.ends_at) if self.ends_at else None
        begun = iso(now)
        view = {
            "id": named_id(organization.organization_id, f"relationship:{self.name}"),
            "displayName": self.name,
            "status": self.status,
            "duration": f"P{_DAYS}D",
            "autoExtendDuration": "P180D" if self.is_extended else "PT0S",
            "createdDateTime": begun,
            "activatedDateTime": begun,
            "lastModifiedDateTime": begun,
            "endDateTime": iso(ends_at) if ends_at else iso(place.in_days(_DAYS)),
            "customer": {
                "tenantId": organization.organization_id,
                "displayName": organization.profile["display_name"],
            },
            "accessDetails": {
                "unifiedRoles": [{"roleDefinitionId": ROLE_TEMPLATES[name]} for name in self.roles]
            },
        }
        return {"view": view}


class NoRelationshipEdit(Edit):
    """No partner may administer the organization: every relationship is gone."""


class AgreementEdit(Edit):
    """The customer has accepted the seller's agreement, or none at all."""

    is_accepted: bool = True
    first_name: Text = "Ada"
    last_name: Text = "Berg"
    email: Text = "ada.berg@customer.example"

    def facts(self, place: Place) -> Json:
        """Return what the journal keeps of it: the agreement as the seller shows it, or nothing."""
        contact = {"firstName": self.first_name, "lastName": self.last_name, "email": self.email}
        return {"view": agreement_view(contact, iso(place.sandbox.now())) if self.is_accepted else None}


class PartnerEdit(Edit):
    """The partner of a tenant sells to the organization; "" nobody does, null every one that asks."""

    partner_tenant_id: Guid | Literal[""] | None


#: Kind of an edit -> what it may say.
RELATIONSHIP_KINDS: dict[str, type[Edit]] = {
    "consent": ConsentEdit,
    "relationship": RelationshipEdit,
    "no_relationship": NoRelationshipEdit,
    "agreement": AgreementEdit,
    "partner": PartnerEdit,
}

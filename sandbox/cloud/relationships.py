"""What an organization has granted others: consents, delegated administration, agreements, its partner."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sandbox.kernel.clock import parse_instant
from sandbox.kernel.model import Json, Organization

#: States in which a relationship lets a partner in.
_IN_FORCE = frozenset({"active", "expiring", "terminationRequested"})


def has_relationship(organization: Organization, now: datetime) -> bool:
    """Return whether a partner's people may act for it now; also where nobody has said anything of it."""
    declared = organization.relationships
    return declared is None or any(status_of(each, now) in _IN_FORCE for each in declared)


def relationship_roles(organization: Organization, now: datetime) -> frozenset[str] | None:
    """Return the roles that its relationships give a partner's people; None: nobody has said anything."""
    if organization.relationships is None:
        return None
    return frozenset(
        role["roleDefinitionId"]
        for each in organization.relationships
        if status_of(each, now) in _IN_FORCE
        for role in each["accessDetails"]["unifiedRoles"]
    )


def status_of(relationship: Json, now: datetime) -> str:
    """Return the state of a relationship at an instant: it expires by itself."""
    ends_at, status = relationship["endDateTime"], str(relationship["status"])
    is_over = ends_at is not None and now >= parse_instant(ends_at)
    return "expired" if is_over and status in _IN_FORCE else status


def has_agreement(organization: Organization) -> bool:
    """Return whether the customer has accepted what the seller wants accepted before an order (13605)."""
    return organization.agreements is None or bool(organization.agreements)


def _edit_consent(organization: Organization, edit: Json, _at: str) -> None:
    organization.consents[edit["client_id"]] = {
        "state": edit["state"],
        "permissions": edit["permissions"],
    }


def _edit_relationship(organization: Organization, edit: Json, _at: str) -> None:
    kept = [each for each in organization.relationships or [] if each["id"] != edit["view"]["id"]]
    organization.relationships = [*kept, edit["view"]]


def _edit_no_relationship(organization: Organization, _edit: Json, _at: str) -> None:
    organization.relationships = []


def _edit_agreement(organization: Organization, edit: Json, _at: str) -> None:
    kept = organization.agreements or []
    organization.agreements = [*kept, edit["view"]] if edit["view"] else []


def _edit_partner(organization: Organization, edit: Json, _at: str) -> None:
    organization.partner_tenant_id = edit["partner_tenant_id"]


#: Kind of an edit -> what it changes.
RELATIONSHIP_EDITS: dict[str, Callable[[Organization, Json, str], None]] = {
    "consent": _edit_consent,
    "relationship": _edit_relationship,
    "no_relationship": _edit_no_relationship,
    "agreement": _edit_agreement,
    "partner": _edit_partner,
}

"""Licenses that a person gives or takes by hand through us: who did it, why, and how it ended.

See rules#licenses-by-hand.

They belong to no switch and stand in the organization's stream. An edit is recorded before the directory is
asked: no license changes through us without an event that names who wanted it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from domain.catalog.catalog import Catalog
from domain.kernel.errors import LastLicense, RequestReused
from domain.kernel.recorded import Meta, stored
from domain.operator.operator_commands import kept_plan
from domain.organizations.organization import Organization, OrganizationEvent
from domain.ports.directory_port import DirectoryUser


@dataclass(frozen=True, kw_only=True, slots=True)
class LicenseEdit:
    """One license of one user, to be given or taken away."""

    request_id: str
    #: Opaque, as everywhere in the record.
    user_key: str
    plan_id: str
    #: Given; False is taken away.
    is_assigned: bool
    #: The person accepted that the user is left without a license that keeps what it gave.
    is_loss_accepted: bool


@stored("organization.license-edit-begun")
class LicenseEditBegun(OrganizationEvent):
    """A person wants a license given or taken by hand; the directory is asked next."""

    request_id: str
    user_key: str
    plan_id: str
    is_assigned: bool
    is_loss_accepted: bool

    def apply(self, aggregate: Organization) -> None:
        """Remember what was asked under the request id."""
        aggregate.license_edits[self.request_id] = self

    @property
    def edit(self) -> LicenseEdit:
        """Return what was asked for."""
        return LicenseEdit(
            request_id=self.request_id,
            user_key=self.user_key,
            plan_id=self.plan_id,
            is_assigned=self.is_assigned,
            is_loss_accepted=self.is_loss_accepted,
        )


@stored("organization.license-edit-ended")
class LicenseEditEnded(OrganizationEvent):
    """The directory answered an edit by hand."""

    request_id: str
    #: The directory's word for why it refused, as of one user of a batch; "": it is done.
    error: str

    def apply(self, aggregate: Organization) -> None:
        """Remember the newest answer to the request id."""
        aggregate.license_edit_errors[self.request_id] = self.error


def is_edit_done(organization: Organization, edit: LicenseEdit) -> bool:
    """Return whether this very edit was requested before and is done; it is not sent again.

    Raises:
        RequestReused: The request id names another edit.
    """
    begun = organization.license_edits.get(edit.request_id)
    if begun is not None and _question(begun.edit) != _question(edit):
        raise RequestReused(
            f"The request id {edit.request_id} was used for another license.",
            remedy="Give each edit a request id of its own.",
        )
    return organization.license_edit_errors.get(edit.request_id) == ""


def begin_edit(organization: Organization, edit: LicenseEdit, *, at: datetime, meta: Meta) -> None:
    """Record who wants an edit before the directory is asked; a repetition is recorded once.

    Raises:
        AdministrationIsLocked: A switch moves licenses.
        RequestReused: The request id names another edit.
    """
    organization.require_administration_free()
    if not is_edit_done(organization, edit) and edit.request_id not in organization.license_edits:
        organization.record(LicenseEditBegun, at=at, meta=meta, **asdict(edit))


def end_edit(organization: Organization, request_id: str, error: str, *, at: datetime, meta: Meta) -> None:
    """Record what the directory answered; the same answer again is recorded once."""
    if organization.license_edit_errors.get(request_id) != error:
        organization.record(LicenseEditEnded, at=at, meta=meta, request_id=request_id, error=error)


def require_other_license(catalog: Catalog, plan_id: str, user: DirectoryUser) -> None:
    """Refuse to take the license that alone keeps a user's data services, unless that is accepted.

    Args:
        catalog: Plans and services.
        plan_id: Plan whose direct license is taken.
        user: As the directory shows the user now.

    Raises:
        LastLicense: No other license that works keeps what this one gives.
    """
    if not _works_by(user, plan_id, is_fed=False) or _works_by(user, plan_id, is_fed=True):
        return
    if kept_plan(catalog, plan_id, user):
        return
    others = any(held.is_active and held.plan_id != plan_id for held in user.licenses)
    left = "no license that works"
    if others:
        left = "other licenses, and none keeps the same data services"
    raise LastLicense(
        f"Without {catalog.plan(plan_id).name} this user has {left}. Nothing was changed.",
        remedy="Give the user another license first. If you want the loss, accept it with `--yes`.",
        plan_id=plan_id,
        has_others=others,
        left=left,
    )


def _works_by(user: DirectoryUser, plan_id: str, *, is_fed: bool) -> bool:
    """Return whether a license works that the user holds by a group, or by themselves."""
    return any(
        held.is_active and held.plan_id == plan_id and (held.assigned_by_group is not None) is is_fed
        for held in user.licenses
    )


def _question(edit: LicenseEdit) -> dict[str, Any]:
    """Return what makes two requests the same; a loss that is accepted only later is the same edit."""
    facts = asdict(edit)
    del facts["is_loss_accepted"]
    return facts

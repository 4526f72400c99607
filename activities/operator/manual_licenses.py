"""Licenses that somebody gives or takes by hand through us, outside any switch (rules#licenses-by-hand)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from activities.assessment.circumstances import tell_ends
from activities.base.step import SAVE_ATTEMPTS_MAX
from activities.directory.service_settings import restored
from domain.catalog.catalog import Catalog
from domain.kernel.errors import ConcurrentWrite, LastLicense, ProviderRefused
from domain.kernel.recorded import Meta
from domain.licenses.license_failures import explained_failure, remedy_by_hand
from domain.licenses.service_settings import disabled_of
from domain.operator.license_edits import (
    LicenseEdit,
    begin_edit,
    end_edit,
    is_edit_done,
    require_other_license,
)
from domain.organizations.organization import Organization
from domain.organizations.organization_plans import OrganizationPlans
from domain.ports.cloud import CloudFactory, ProviderCall
from domain.ports.directory_port import (
    Directory,
    DirectoryUser,
    LicenseChange,
    LicenseChangeResult,
    LicenseFailureCode,
)
from store.switch_store import SwitchStore

_NOT_FOUND = 404
#: What no id and no sign-in name has would be refused by the directory in words of its own.
_USER = re.compile(r"(?!\.{1,2}$)[^\s/\\?%]{1,320}")


@dataclass(frozen=True, kw_only=True, slots=True)
class LicenseRequest:
    """What a person asks for."""

    organization_id: str
    #: Directory id or principal name.
    user: str
    plan_id: str
    #: Give it; False takes it away.
    is_assigned: bool
    #: The user may be left without a license that keeps the same data services.
    is_loss_accepted: bool
    actor: str
    reason: str
    #: The same id acts once.
    request_id: str


def edit_license(
    store: SwitchStore, cloud_factory: CloudFactory, catalog: Catalog, request: LicenseRequest
) -> str:
    """Give a user a license directly, or take the direct one away; what is so already stays so.

    Returns what the user is left with where that loss was accepted, as the end of a message; else "".

    The organization's stream tells who asked before the directory is asked, and then its answer.

    Args:
        store: Where the locks are, the events, and the row of the call.
        cloud_factory: Builds the directory.
        catalog: Plans and services.
        request: Who asks for what, and why.

    Raises:
        AdministrationIsLocked: A switch moves licenses; it names the switch, since when and until when.
        LastLicense: Nothing that the user holds besides keeps the same data services.
        RequestReused: The request id was used for another edit.
        ProviderRefused: The directory says no, or shows the license in a state in which it does not work.
    """
    organization = store.organization(request.organization_id)
    calls: list[ProviderCall] = []
    directory = cloud_factory(calls.append).directory
    try:
        user = _user(directory, request)
        edit = _edit(store, request, user)
        if organization is not None and is_edit_done(organization, edit):
            return ""
        if organization is not None:
            tell_ends(store, organization, now=datetime.now(tz=UTC))
            organization.require_administration_free()
        loss = "" if edit.is_assigned else _loss(catalog, edit, user)
        record = _Record(store, request)
        record.save(lambda aggregate, at, meta: begin_edit(aggregate, edit, at=at, meta=meta))
        result = _sent(directory, catalog, request, user)
        error = result.error or ""
        record.save(lambda aggregate, at, meta: end_edit(aggregate, edit.request_id, error, at=at, meta=meta))
    finally:
        store.save_calls(calls)
    _require_done(result, catalog)
    return loss


def _loss(catalog: Catalog, edit: LicenseEdit, user: DirectoryUser) -> str:
    """Return what the user is left with where that was accepted, as a message's end; "" keeps the data."""
    try:
        require_other_license(catalog, edit.plan_id, user)
    except LastLicense as error:
        if not edit.is_loss_accepted:
            raise
        return f" That was accepted: they are left with {error.details['left']}."
    return ""


class _Record:
    """The organization's stream, written to on behalf of one request."""

    def __init__(self, store: SwitchStore, request: LicenseRequest) -> None:
        self._store = store
        self._request = request

    def save(self, decide: Callable[[Organization, datetime, Meta], None]) -> None:
        """Load the organization, decide and save; somebody else's write in between is decided upon anew."""
        for attempt in range(1, SAVE_ATTEMPTS_MAX + 1):
            at, meta = datetime.now(tz=UTC), self._meta()
            organization = self._store.organization(self._request.organization_id)
            organization = organization or Organization.register(
                self._request.organization_id, at=at, meta=meta
            )
            decide(organization, at, meta)
            try:
                self._store.save(organization)
            except ConcurrentWrite:
                if attempt == SAVE_ATTEMPTS_MAX:
                    raise
            else:
                return

    def _meta(self) -> Meta:
        return Meta(
            switch_id="",
            organization_id=self._request.organization_id,
            actor=self._request.actor,
            reason=self._request.reason,
            causation=f"request:{self._request.request_id}",
        )


def _user(directory: Directory, request: LicenseRequest) -> DirectoryUser:
    """Return the user whom a person names; the record keeps no name, so one must be found before."""
    if _USER.fullmatch(request.user):
        users = directory.users(request.organization_id, [request.user])
        if users:
            return users[0]
    raise ProviderRefused(
        f"The directory has no user {request.user!r}. Nothing was changed.",
        remedy="Give the user's directory id, or the name the user signs in with, as the directory has it.",
        status=_NOT_FOUND,
    )


def _edit(store: SwitchStore, request: LicenseRequest, user: DirectoryUser) -> LicenseEdit:
    (user_key,) = store.vault.keys_for(request.organization_id, [user.directory_id])
    return LicenseEdit(
        request_id=request.request_id,
        user_key=str(user_key),
        plan_id=request.plan_id.lower(),
        is_assigned=request.is_assigned,
        is_loss_accepted=request.is_loss_accepted,
    )


def _sent(
    directory: Directory, catalog: Catalog, request: LicenseRequest, user: DirectoryUser
) -> LicenseChangeResult:
    """Ask the directory, and return its answer; a license that is given counts once it works."""
    change = _change(directory, catalog, request, user)
    (result,) = directory.change_licenses(request.organization_id, [change])
    if result.is_done and request.is_assigned:
        return _read_back(directory, request.organization_id, result, request.plan_id)
    return result


def _require_done(result: LicenseChangeResult, catalog: Catalog) -> None:
    if result.error is None:
        return
    failure = explained_failure(result.error, result.text, catalog)
    raise ProviderRefused(
        f"The directory did not change the license: {failure.message} ({result.text or result.error}).",
        remedy=remedy_by_hand(failure.remedy) or "Check the user's id.",
        status=result.status,
    )


def _change(
    directory: Directory, catalog: Catalog, request: LicenseRequest, user: DirectoryUser
) -> LicenseChange:
    """Return the change to send: a license is given so that the directory can give it.

    What the user has off of the plan already stays off.
    """
    plan_id = request.plan_id
    if not request.is_assigned:
        return LicenseChange(directory_id=user.directory_id, add_plan_id=None, remove_plan_id=plan_id)
    plans = OrganizationPlans.of(catalog, directory.subscribed_plans(request.organization_id))
    off = restored(plans, plan_id, disabled_of(user, plan_id), user, without=())
    return LicenseChange(directory_id=user.directory_id, add_plan_id=plan_id, disabled_service_ids=off)


def _read_back(
    directory: Directory, organization_id: str, result: LicenseChangeResult, plan_id: str
) -> LicenseChangeResult:
    """Return the result by what the user holds now: only a license that works is given (switch#licenses)."""
    users = directory.users(organization_id, [result.directory_id])
    if not users or users[0].license_of(plan_id.lower()) is None or users[0].can_use(plan_id.lower()):
        return result
    return replace(result, error=LicenseFailureCode.LICENSE_INACTIVE)

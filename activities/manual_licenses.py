"""Licenses that somebody gives or takes by hand through us, outside of any switch (rules section 4)."""

from __future__ import annotations

from dataclasses import replace

from activities.service_settings import restored
from domain.catalog import Catalog
from domain.errors import ProviderRefused
from domain.license_failures import INACTIVE
from domain.license_refusals import explained_failure
from domain.organization_plans import OrganizationPlans
from domain.ports import CloudFactory, Directory, LicenseChange, LicenseChangeResult, ProviderCall
from domain.service_settings import disabled_of
from store.switch_store import SwitchStore


def edit_license(
    store: SwitchStore,
    cloud_factory: CloudFactory,
    catalog: Catalog,
    organization_id: str,
    *,
    user: str,
    plan_id: str,
    is_assigned: bool,
) -> None:
    """Give a user a license directly, or take the direct one away; what is so already stays so.

    Args:
        store: Where the locks are, and the row of the call.
        cloud_factory: Builds the directory.
        catalog: Plans and services.
        organization_id: Directory id of the organization.
        user: Directory id or principal name.
        plan_id: The plan.
        is_assigned: Give it; False takes it away.

    Raises:
        AdministrationIsLocked: A switch moves licenses; it names the switch, since when and until when.
        ProviderRefused: The directory says no, or shows the license in a state in which it does not work.
    """
    organization = store.organization(organization_id)
    if organization is not None:
        organization.require_administration_free()
    calls: list[ProviderCall] = []
    directory = cloud_factory(calls.append).directory
    try:
        change = _change(directory, catalog, organization_id, user, plan_id, is_assigned=is_assigned)
        (result,) = directory.change_licenses(organization_id, [change])
        if result.is_done and is_assigned:
            result = _read_back(directory, organization_id, result, plan_id)
    finally:
        store.save_calls(calls)
    if not result.is_done:
        failure = explained_failure(result.error, result.text, catalog)
        raise ProviderRefused(
            f"The directory did not change the license: {failure.message} ({result.text or result.error}).",
            remedy=failure.remedy or "Check the user's id.",
            status=result.status,
        )


def _change(
    directory: Directory,
    catalog: Catalog,
    organization_id: str,
    user: str,
    plan_id: str,
    *,
    is_assigned: bool,
) -> LicenseChange:
    """Return the change to send: a license is given so that the directory can give it (rules section 4).

    What the user has off of the plan already stays off.
    """
    if not is_assigned:
        return LicenseChange(directory_id=user, add_plan_id=None, remove_plan_id=plan_id)
    found = directory.users(organization_id, [user])
    off: tuple[str, ...] = ()
    if found:
        plans = OrganizationPlans.of(catalog, directory.subscribed_plans(organization_id))
        off = restored(plans, plan_id, disabled_of(found[0], plan_id), found[0], without=())
    return LicenseChange(directory_id=user, add_plan_id=plan_id, disabled_service_plan_ids=off)


def _read_back(
    directory: Directory, organization_id: str, result: LicenseChangeResult, plan_id: str
) -> LicenseChangeResult:
    """Return the result by what the user holds now: only a license that works is given (rules section 4)."""
    found = directory.users(organization_id, [result.directory_id])
    if not found or found[0].license_of(plan_id.lower()) is None or found[0].can_use(plan_id.lower()):
        return result
    return replace(result, error=INACTIVE)

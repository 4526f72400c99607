"""Licenses that somebody gives or takes by hand through us, outside of any switch (rules section 4)."""

from __future__ import annotations

from dataclasses import replace

from domain.errors import ProviderRefused
from domain.license_failures import INACTIVE, license_failure
from domain.ports import CloudFactory, Directory, LicenseChange, LicenseChangeResult, ProviderCall
from store.switch_store import SwitchStore


def edit_license(
    store: SwitchStore,
    cloud_factory: CloudFactory,
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
    change = LicenseChange(
        directory_id=user,
        add_plan_id=plan_id if is_assigned else None,
        remove_plan_id=None if is_assigned else plan_id,
    )
    calls: list[ProviderCall] = []
    directory = cloud_factory(calls.append).directory
    try:
        (result,) = directory.change_licenses(organization_id, [change])
        if result.is_done and is_assigned:
            result = _read_back(directory, organization_id, result, plan_id)
    finally:
        store.save_calls(calls)
    if not result.is_done:
        failure = license_failure(result.error)
        raise ProviderRefused(
            f"The directory did not change the license: {failure.message} ({result.text or result.error}).",
            remedy=failure.remedy or "Check the user's id.",
            status=result.status,
        )


def _read_back(
    directory: Directory, organization_id: str, result: LicenseChangeResult, plan_id: str
) -> LicenseChangeResult:
    """Return the result by what the user holds now: only a license that works is given (rules section 4)."""
    found = directory.users(organization_id, [result.directory_id])
    if not found or found[0].license_of(plan_id.lower()) is None or found[0].can_use(plan_id.lower()):
        return result
    return replace(result, error=INACTIVE)

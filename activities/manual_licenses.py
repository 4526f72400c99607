"""Licenses that somebody gives or takes by hand through us, outside of any switch (rules section 4)."""

from __future__ import annotations

from domain.errors import ProviderRefused
from domain.license_failures import license_failure
from domain.ports import CloudFactory, LicenseChange, ProviderCall
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
        ProviderRefused: The directory says no.
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
    try:
        (result,) = cloud_factory(calls.append).directory.change_licenses(organization_id, [change])
    finally:
        store.save_calls(calls)
    if not result.is_done:
        failure = license_failure(result.error)
        raise ProviderRefused(
            f"The directory did not change the license: {failure.message} ({result.text or result.error}).",
            remedy=failure.remedy or "Check the user's id.",
            status=result.status,
        )

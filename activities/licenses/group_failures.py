"""Why a group can't give members a plan: the services behind the failure, from what members hold."""

from __future__ import annotations

from dataclasses import replace

from activities.base.step import Step
from activities.directory.service_settings import plans_of, services_lacking_needs
from activities.licenses.licensing_groups import FailedMembers, Member
from domain.licenses.group_licenses import LicensingGroupBlocked
from domain.licenses.license_failures import explained_failure
from domain.ports.directory_port import GroupPlan, LicenseFailureCode


def explained_members(step: Step, error: FailedMembers, plan: GroupPlan) -> FailedMembers:
    """Return the failure of a group with both services named where one lacks what it needs.

    See rules#licensing-groups.

    Args:
        step: The attempt that changed the group.
        error: Members whom the group failed, and why.
        plan: What the group gives.
    """
    if not any(each.error is LicenseFailureCode.NEEDED_SERVICE_OFF for each in error.members):
        return error
    plans = plans_of(step)

    def explained(member: Member) -> Member:
        if member.error is not LicenseFailureCode.NEEDED_SERVICE_OFF:
            return member
        return replace(member, dependents=services_lacking_needs(plans, plan, member.user))

    members = [explained(each) for each in error.members]
    remedies = dict.fromkeys(
        explained_failure(each.error or "", "", step.catalog, services=each.dependents).remedy
        for each in members
    )
    cause = LicensingGroupBlocked(
        error.reason, error.message, remedy=" ".join(remedies), unresolved=error.unresolved
    )
    return FailedMembers(cause, members)

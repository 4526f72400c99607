"""Why a group can't give members a plan: the services behind the directory's word, from what members hold."""

from __future__ import annotations

from dataclasses import replace

from activities.base.step import Step
from activities.directory.service_settings import plans_of, services_lacking_needs
from activities.licenses.licensing_groups import FailedMember, FailedMembers
from domain.licenses.group_licenses import LicensingGroupBlocked
from domain.licenses.license_refusals import DEPENDS, explained_failure
from domain.ports.group_port import GroupPlan


def explained_members(step: Step, error: FailedMembers, given: GroupPlan) -> FailedMembers:
    """Return the failure of a group with both services named where one lacks what it needs.

    See rules#licensing-groups.

    Args:
        step: The attempt that changed the group.
        error: Members whom the group failed, with the directory's word.
        given: What the group gives.
    """
    if not any(each.error == DEPENDS for each in error.members):
        return error
    plans = plans_of(step)

    def explained(member: FailedMember) -> FailedMember:
        if member.error != DEPENDS:
            return member
        return replace(member, dependents=services_lacking_needs(plans, given, member.user))

    members = [explained(each) for each in error.members]
    remedies = dict.fromkeys(
        explained_failure(each.error, "", step.catalog, services=each.dependents).remedy for each in members
    )
    cause = LicensingGroupBlocked(
        error.reason, error.message, remedy=" ".join(remedies), unresolved=error.unresolved
    )
    return FailedMembers(cause, members)

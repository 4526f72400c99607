"""Services that users and groups have switched off, as a step carries them over; the same for every license.

The organization's own list of a plan decides what can be switched off (rules#service_not_in_plan).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from activities.base.step import Step, request_of
from activities.directory.original_settings import restoring_mapper
from domain.catalog.catalog import Catalog
from domain.catalog.disabled_services import DisabledMapping, assignable
from domain.licenses.group_licenses import require_movable
from domain.licenses.restored_settings import RestoringMapper
from domain.licenses.service_settings import SettingsMapper
from domain.organizations.organization_plans import OrganizationPlans
from domain.ports.cloud import Cloud
from domain.ports.directory_port import DirectoryUser, GroupPlan, HeldLicense, LicensingGroup
from domain.subscriptions.subscription import Subscription


def organization_plans(cloud: Cloud, catalog: Catalog, organization_id: str) -> OrganizationPlans:
    """Return the plans as the directory shows them for an organization now."""
    return OrganizationPlans.of(catalog, cloud.directory.subscribed_plans(organization_id))


def plans_of(step: Step) -> OrganizationPlans:
    """Return the plans as the directory shows them for the organization of a step now."""
    return organization_plans(step.cloud, step.catalog, step.order.organization_id)


def settings_mapper(step: Step, source: Subscription) -> SettingsMapper:
    """Return how the users' switched-off services are carried over in this switch, or given back."""
    request, first = request_of(step, source), step.order.switch_back_of
    if first is not None:
        return restoring_mapper(step.store, plans_of(step), step.order.organization_id, first)
    return SettingsMapper(
        plans_of(step),
        source=source.plan_id,
        target=request.target_plan_id,
        service_settings=request.service_settings,
    )


def restored(
    plans: OrganizationPlans,
    plan_id: str,
    old_disabled: Iterable[str],
    user: DirectoryUser,
    *,
    without: Collection[str],
) -> tuple[str, ...]:
    """Return what to switch off for a user who goes back to a plan.

    Args:
        plans: Plans as the organization has them.
        plan_id: The plan to go back to.
        old_disabled: What was off under it before.
        user: As the directory shows the user now.
        without: Ids of plans whose services do not count, as they are taken away.
    """
    beside = plans.services_beside(user, {plan_id, *without})
    return assignable(plans.plan(plan_id), old_disabled, beside=beside)[0]


def group_settings(step: Step, source: Subscription, group: LicensingGroup) -> DisabledMapping:
    """Return what the group switches off under the new plan: one set for all its members."""
    old = group.plan(source.plan_id)
    target = request_of(step, source).target_plan_id
    beside = group_services(plans_of(step), group, without={source.plan_id, target})
    mapper, off = settings_mapper(step, source), old.disabled_service_ids if old else ()
    if isinstance(mapper, RestoringMapper):
        return mapper.of_group(group.group_id, off, beside)
    return mapper.of(off, beside)


def require_movable_groups(step: Step, source_plan_id: str) -> None:
    """Refuse a switch whose licensing groups give other plans as well (rules#licensing-groups).

    Raises:
        LicensingGroupRefused: GROUP_FEEDS_OTHER_PLANS.
    """
    require_movable(step.cloud.groups.feeding(step.order.organization_id, source_plan_id), source_plan_id)


def services_lacking_needs(plans: OrganizationPlans, plan: GroupPlan, user: DirectoryUser) -> tuple[str, ...]:
    """Return ids of services for which a group can't give a member a plan, as nothing that they need is on.

    Args:
        plans: Plans as the organization has them.
        plan: What the group gives.
        user: The member, as the directory shows them now.
    """
    beside = plans.services_beside(user, {plan.plan_id})
    _, dependents = assignable(plans.plan(plan.plan_id), plan.disabled_service_ids, beside=beside)
    return tuple(each.service_plan_id for each in dependents)


def group_services(
    plans: OrganizationPlans, group: LicensingGroup, *, without: Collection[str]
) -> tuple[str, ...]:
    """Return names of the services that further plans of a group have on; those of members do not count."""
    further = (
        HeldLicense(plan_id=each.plan_id, disabled_service_ids=each.disabled_service_ids)
        for each in group.plans
        if each.plan_id not in without
    )
    return tuple(sorted({name for held in further for name in plans.names_on(held)}))

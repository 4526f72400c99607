"""The members of a pilot's group, read at the directory: counted before the order, first on the roster."""

from __future__ import annotations

from collections.abc import Iterator

from activities.assessment.preparation import Prepared
from activities.base.step import Step
from activities.directory.user_pages import user_pages
from domain.kernel.errors import UnknownGroup
from domain.licenses.pilot import PilotCount, PlannedPilot, unknown_group
from domain.ports.cloud import Cloud
from domain.ports.directory_port import DirectoryUser


def planned_pilot(cloud: Cloud, prepared: Prepared) -> PlannedPilot | None:
    """Return who would move first, or None where everybody moves at once.

    Raises:
        InvalidInput: The directory has no such group, or none of its members can move first.
    """
    terms, group_id = prepared.question.terms, prepared.question.terms.pilot_group_id
    if not group_id:
        return PlannedPilot(users=min(terms.pilot, prepared.users)) if terms.pilot else None
    count = PilotCount(group_id=group_id, plan_id=prepared.source.plan_id)
    try:
        for page in _members(cloud, terms.organization_id, group_id):
            count.add(page)
    except UnknownGroup as error:
        raise unknown_group(group_id) from error
    return count.result()


def pilot_users(step: Step, plan_id: str) -> Iterator[list[DirectoryUser]]:
    """Yield the pilot's users page by page: members who hold a license of the plan by themselves.

    A group that is gone by now has none: the switch then pauses with nobody moved.
    """
    order = step.order
    if not order.pilot_group_id:
        return
    try:
        for page in _members(step.cloud, order.organization_id, order.pilot_group_id):
            yield [user for user in page if user.has_direct(plan_id)]
    except UnknownGroup:
        return


def _members(cloud: Cloud, organization_id: str, group_id: str) -> Iterator[tuple[DirectoryUser, ...]]:
    return user_pages(lambda cursor: cloud.groups.members_page(organization_id, group_id, cursor))

"""The client of licensing groups against the sandbox's directory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.kernel.errors import InvalidInput, ProviderRefused, UnknownGroup
from domain.ports.directory_port import GroupPlan, LicenseError, LicenseFailureCode
from domain.ports.seller_port import OrderLine
from sandbox.cloud.state import named_id
from tests.support.clouds.cloud_server import SERVICE, SOURCE_PLAN, TARGET_PLAN, SandboxCloud, running_sandbox

ADD = GroupPlan(plan_id=TARGET_PLAN, disabled_service_ids=(SERVICE,))


@pytest.fixture(name="sandbox")
def _sandbox(tmp_path: Path) -> Iterator[SandboxCloud]:
    """Yield a running sandbox with the clients."""
    with running_sandbox(tmp_path) as running:
        yield running


def _organization(sandbox: SandboxCloud, *, licenses: int) -> str:
    """Make an organization of 20 users, 8 of them fed by a group, that owns licenses of the target."""
    organization_id: str = sandbox.organization(users=20, group_licensed=8)["organization_id"]
    line = OrderLine(
        plan_id=TARGET_PLAN, quantity=licenses, term="P1M", billing_cycle="monthly", currency="EUR"
    )
    sandbox.cloud.seller.place_order(organization_id, line, cart_key="cart", checkout_key="checkout")
    return organization_id


def test_a_group_is_moved_by_two_calls(sandbox: SandboxCloud) -> None:
    """Add, see everybody on both, remove, see nobody on the old; each call may be repeated."""
    organization_id = _organization(sandbox, licenses=40)
    directory, groups = sandbox.cloud.directory, sandbox.cloud.groups
    (group,) = groups.feeding(organization_id, SOURCE_PLAN)
    for _ in range(2):
        groups.change(organization_id, group.group_id, add=ADD)
    users = directory.users_page(organization_id, TARGET_PLAN, None).users
    both = [user for user in users if user.is_fed(SOURCE_PLAN, group.group_id)]
    for _ in range(2):
        groups.change(organization_id, group.group_id, remove_plan_id=SOURCE_PLAN)
    after = directory.users_page(organization_id, SOURCE_PLAN, None).users

    assert len(both) == len(users) == 8
    assert {user.is_fed(TARGET_PLAN, group.group_id) for user in users} == {True}
    assert not any(user.is_fed(SOURCE_PLAN) for user in after)
    assert len(after) == 12
    assert groups.feeding(organization_id, SOURCE_PLAN) == ()
    (moved,) = groups.feeding(organization_id, TARGET_PLAN)
    assert (moved.plans, moved.plan(SOURCE_PLAN)) == ((ADD,), None)


def test_what_a_group_could_not_give_is_told_of_the_user(sandbox: SandboxCloud) -> None:
    """A member without a free license holds the old plan alone, with the vendor's word (vendor#groups)."""
    organization_id = _organization(sandbox, licenses=7)
    (group,) = sandbox.cloud.groups.feeding(organization_id, SOURCE_PLAN)
    sandbox.cloud.groups.change(organization_id, group.group_id, add=ADD)
    users = sandbox.cloud.directory.users_page(organization_id, SOURCE_PLAN, None).users
    (failed,) = [user for user in users if user.license_errors]

    told = LicenseError(
        plan_id=TARGET_PLAN,
        group_id=group.group_id,
        error=LicenseFailureCode.NO_LICENSE_FREE,
        code="CountViolation",
    )
    assert (failed.license_errors, failed.license_of(TARGET_PLAN)) == ((told,), None)
    assert failed.is_fed(SOURCE_PLAN, group.group_id)
    sandbox.edit(organization_id, kind="delete_user", user_id=failed.directory_id)
    sandbox.cloud.groups.reprocess(organization_id, failed.directory_id)


def test_direct_and_fed_licenses_are_told_apart(sandbox: SandboxCloud) -> None:
    """A user with both shows both, the direct one first."""
    organization_id = _organization(sandbox, licenses=40)
    users = sandbox.cloud.directory.users_page(organization_id, SOURCE_PLAN, None).users
    user = next(each for each in users if each.is_fed(SOURCE_PLAN))
    direct = [{"skuId": SOURCE_PLAN, "disabledPlans": []}]
    sandbox.edit(organization_id, kind="licenses", user_id=user.directory_id, add=direct)
    (both,) = sandbox.cloud.directory.users(organization_id, [user.directory_id])

    assert (user.has_direct(SOURCE_PLAN), both.has_direct(SOURCE_PLAN)) == (False, True)
    assert both.is_fed(SOURCE_PLAN)


def test_changes_that_can_not_be_are_refused(sandbox: SandboxCloud) -> None:
    """What is no plan, and a plan that the vendor does not sell, are refused with their cause."""
    organization_id = _organization(sandbox, licenses=40)
    groups = sandbox.cloud.groups
    (group,) = groups.feeding(organization_id, SOURCE_PLAN)
    with pytest.raises(InvalidInput):
        groups.feeding(organization_id, "no plan")
    unknown = GroupPlan(plan_id="11111111-2222-4333-8444-555555555555")
    with pytest.raises(ProviderRefused, match="does not correspond"):
        groups.change(organization_id, group.group_id, add=unknown)


def test_members_of_a_group_come_page_by_page(sandbox: SandboxCloud) -> None:
    """Everybody in the group comes once, in the order of the ids, with what they hold."""
    organization_id = sandbox.organization(users=1_010, group_licensed=1_005)["organization_id"]
    (group,) = sandbox.cloud.groups.feeding(organization_id, SOURCE_PLAN)
    first = sandbox.cloud.groups.members_page(organization_id, group.group_id.upper(), None)
    last = sandbox.cloud.groups.members_page(organization_id, group.group_id, first.next_cursor)

    found = [user.directory_id for user in (*first.users, *last.users)]
    assert (len(first.users), len(last.users), last.next_cursor) == (999, 6, None)
    assert found == sorted(set(found))
    assert all(user.is_fed(SOURCE_PLAN, group.group_id) for user in (*first.users, *last.users))


def test_members_of_groups_in_a_group_are_members(sandbox: SandboxCloud) -> None:
    """The directory resolves nesting, even in a circle; the groups between are no users."""
    organization_id = sandbox.organization(users=6)["organization_id"]
    users = sandbox.cloud.directory.users_page(organization_id, SOURCE_PLAN, None).users
    for name, user in zip(("outer", "inner", "innermost", "inner"), users, strict=False):
        sandbox.edit(organization_id, kind="group_member", name=name, user_id=user.directory_id)
    for name, inner in (("outer", "inner"), ("inner", "innermost"), ("innermost", "outer")):
        sandbox.edit(organization_id, kind="group_nested", name=name, inner=inner)
    outer = named_id(organization_id, "group:outer")
    nested = sandbox.cloud.groups.members_page(organization_id, outer, None)
    sandbox.edit(organization_id, kind="group_nested", name="outer", inner="inner", is_member=False)
    alone = sandbox.cloud.groups.members_page(organization_id, outer, None)

    assert nested.users == users[:4]
    assert alone.users == users[:1]


@pytest.mark.parametrize("group_id", ["00000000-0000-4000-8000-000000000000", "pilots", "../users"])
def test_members_of_an_unknown_group_are_refused(sandbox: SandboxCloud, group_id: str) -> None:
    """A group that is not there, or no id at all, is told as such; nothing else is asked."""
    organization_id = sandbox.organization(users=1)["organization_id"]
    with pytest.raises(UnknownGroup):
        sandbox.cloud.groups.members_page(organization_id, group_id, None)

    assert not any("/users" in str(request.url.path) for request in sandbox.requests)

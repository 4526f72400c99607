"""What the port of licensing groups promises: groups that give licenses, and who is in them."""

from __future__ import annotations

import pytest

from domain.kernel.errors import InvalidInput, ProviderRefused, UnknownGroup
from domain.ports.directory_port import GroupPlan, LicenseFailureCode, LicensingGroup
from tests.support.clouds.port_cloud import Customer, PortCloud, holders
from tests.support.clouds.ports_bought import target_licenses

NO_GROUP = "00000000-0000-4000-8000-000000000000"


def _group(adapter: PortCloud, customer: Customer) -> LicensingGroup:
    (group,) = adapter.connection.cloud.groups.feeding(customer.organization_id, adapter.source_plan)
    return group


class TestLicensingGroups:
    """The promises of `domain/ports/directory_port.py`."""

    def test_a_group_tells_what_it_gives(self, adapter: PortCloud) -> None:
        """It is found by the plan that it gives, and by no other."""
        customer = adapter.customer(users=5, by_group=2)
        group = _group(adapter, customer)
        users = holders(adapter, customer, adapter.source_plan)

        assert [each.plan_id for each in group.plans] == [adapter.source_plan]
        assert sum(user.is_fed(adapter.source_plan, group.group_id) for user in users) == 2
        assert sum(user.has_direct(adapter.source_plan) for user in users) == 3
        groups = adapter.connection.cloud.groups
        assert groups.feeding(customer.organization_id, adapter.target_plan) == ()

    def test_a_group_is_moved_by_two_calls(self, adapter: PortCloud) -> None:
        """Add, see the members on both, remove, see nobody fed by the old; each call may be repeated."""
        customer = adapter.customer(users=5, by_group=2)
        target_licenses(adapter, customer, 5)
        groups, group_id = adapter.connection.cloud.groups, _group(adapter, customer).group_id
        new = GroupPlan(plan_id=adapter.target_plan)
        for _ in range(2):
            groups.change(customer.organization_id, group_id, add=new)
        between = holders(adapter, customer, adapter.target_plan)
        for _ in range(2):
            groups.change(customer.organization_id, group_id, remove_plan_id=adapter.source_plan)
        after = holders(adapter, customer, adapter.source_plan)
        moved = holders(adapter, customer, adapter.target_plan)

        assert len(between) == 2
        assert all(user.is_fed(adapter.source_plan, group_id) for user in between)
        assert not any(user.is_fed(adapter.source_plan) for user in after)
        assert len(after) == 3
        assert all(user.is_fed(adapter.target_plan, group_id) for user in moved)
        (given,) = groups.feeding(customer.organization_id, adapter.target_plan)
        assert given.plan(adapter.target_plan) is not None
        assert given.plan(adapter.source_plan) is None
        assert not adapter.has_gap(customer)

    def test_what_a_group_could_not_give_stands_with_the_user(self, adapter: PortCloud) -> None:
        """The member keeps the old plan and shows the cause; once a license is free the group gives it."""
        customer = adapter.customer(users=3, by_group=2)
        new_id = target_licenses(adapter, customer, 1)
        cloud, group_id = adapter.connection.cloud, _group(adapter, customer).group_id
        cloud.groups.change(customer.organization_id, group_id, add=GroupPlan(plan_id=adapter.target_plan))
        (failed,) = [user for user in holders(adapter, customer, adapter.source_plan) if user.license_errors]
        (error,) = failed.license_errors
        cloud.seller.change_quantity(customer.organization_id, new_id, quantity=5, key="more")
        cloud.groups.reprocess(customer.organization_id, failed.directory_id)
        (mended,) = cloud.directory.users(customer.organization_id, [failed.directory_id])

        assert (error.plan_id, error.group_id) == (adapter.target_plan, group_id)
        assert error.error is LicenseFailureCode.NO_LICENSE_FREE
        assert failed.license_of(adapter.target_plan) is None
        assert failed.is_fed(adapter.source_plan, group_id)
        assert mended.is_fed(adapter.target_plan, group_id)
        assert mended.license_errors == ()

    def test_a_group_tells_how_far_it_is_and_whom_it_failed(self, adapter: PortCloud) -> None:
        """The sign names the members who show a failure, and nobody once they have the license."""
        customer = adapter.customer(users=3, by_group=2)
        new_id = target_licenses(adapter, customer, 1)
        cloud, group_id = adapter.connection.cloud, _group(adapter, customer).group_id
        organization_id = customer.organization_id
        before = cloud.groups.sign(organization_id, group_id)
        cloud.groups.change(organization_id, group_id, add=GroupPlan(plan_id=adapter.target_plan))
        (failed,) = [user for user in holders(adapter, customer, adapter.source_plan) if user.license_errors]
        between = cloud.groups.sign(organization_id, group_id)
        cloud.seller.change_quantity(organization_id, new_id, quantity=5, key="more")
        cloud.groups.reprocess(organization_id, failed.directory_id)
        after = cloud.groups.sign(organization_id, group_id)

        assert (before.is_processing, before.failed_ids) == (False, ())
        assert between.failed_ids == (failed.directory_id,)
        assert after.failed_ids == ()
        with pytest.raises(UnknownGroup):
            cloud.groups.sign(organization_id, NO_GROUP)

    def test_a_change_that_can_not_be_is_refused(self, adapter: PortCloud) -> None:
        """Of nothing it is a mistake of the caller; of a plan that nobody bought, a refusal."""
        customer = adapter.customer(users=3, by_group=1)
        groups, group_id = adapter.connection.cloud.groups, _group(adapter, customer).group_id
        new = GroupPlan(plan_id=adapter.target_plan)

        with pytest.raises(InvalidInput):
            groups.change(customer.organization_id, group_id)
        with pytest.raises(UnknownGroup):
            groups.change(customer.organization_id, NO_GROUP, add=new)
        with pytest.raises(ProviderRefused):
            groups.change(customer.organization_id, group_id, add=new)

        assert _group(adapter, customer).plan(adapter.target_plan) is None

    def test_members_come_page_by_page(self, adapter: PortCloud) -> None:
        """Each member comes once, in a stable order, with what they hold."""
        customer = adapter.customer(users=20, licenses=20, by_group=15)
        group_id = _group(adapter, customer).group_id
        members: list[str] = []
        cursor: str | None = None
        while True:
            page = adapter.connection.cloud.groups.members_page(customer.organization_id, group_id, cursor)
            assert all(user.is_fed(adapter.source_plan, group_id) for user in page.users)
            members += [user.directory_id for user in page.users]
            cursor = page.next_cursor
            if cursor is None:
                break

        assert len(members) == len(set(members)) == 15

    def test_members_of_an_unknown_group_are_not_nobody(self, adapter: PortCloud) -> None:
        """A pilot group that is not there is no empty one."""
        customer = adapter.customer()
        with pytest.raises(UnknownGroup):
            adapter.connection.cloud.groups.members_page(customer.organization_id, NO_GROUP, None)

    def test_who_is_gone_needs_no_second_try(self, adapter: PortCloud) -> None:
        """A user who left meanwhile counts as done."""
        customer = adapter.customer()
        user = holders(adapter, customer, adapter.source_plan)[0].directory_id
        adapter.delete_user(customer, user)
        adapter.connection.cloud.groups.reprocess(customer.organization_id, user)

        assert user not in {each.directory_id for each in holders(adapter, customer, adapter.source_plan)}

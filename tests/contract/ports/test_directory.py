"""What the directory's port promises: pools, users, and licenses that change hands without a gap."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from domain.kernel.errors import InvalidInput, ProviderUnavailable, UnknownOrganization
from domain.ports.directory_port import (
    LicenseChange,
    LicenseChangeResult,
    LicenseFailureCode,
    NamedUser,
    ServiceState,
)
from tests.support.clouds.port_cloud import LOST_ANSWER, Customer, PortCloud, holders
from tests.support.clouds.ports_bought import target_licenses

NOBODY = "00000000-0000-4000-8000-000000000000"


def _move(adapter: PortCloud, directory_id: str, service: str | None = None) -> LicenseChange:
    return LicenseChange(
        directory_id=directory_id,
        add_plan_id=adapter.target_plan,
        disabled_service_ids=() if service is None else (service,),
        remove_plan_id=adapter.source_plan,
    )


def _change(
    adapter: PortCloud, customer: Customer, changes: Sequence[LicenseChange]
) -> list[LicenseChangeResult]:
    """Change users in as many calls as the adapter needs."""
    directory, size = adapter.connection.cloud.directory, adapter.connection.cloud.directory.batch_size
    return [
        result
        for start in range(0, len(changes), size)
        for result in directory.change_licenses(customer.organization_id, changes[start : start + size])
    ]


def _plans(adapter: PortCloud, customer: Customer, directory_id: str) -> set[str]:
    """Return the plans of one user, read by their id."""
    (user,) = adapter.connection.cloud.directory.users(customer.organization_id, [directory_id])
    return {held.plan_id for held in user.licenses}


class TestDirectory:
    """The promises of `domain/ports/directory_port.py`."""

    def test_pools_tell_what_is_bought_and_taken(self, adapter: PortCloud) -> None:
        """A pool has the licenses of its plan; another plan has a pool once it is bought."""
        customer = adapter.customer(users=3, licenses=10)
        directory = adapter.connection.cloud.directory
        (before,) = [
            pool
            for pool in directory.subscribed_plans(customer.organization_id)
            if pool.plan_id in {adapter.source_plan, adapter.target_plan}
        ]
        target_licenses(adapter, customer, 5)
        pools = {pool.plan_id: pool for pool in directory.subscribed_plans(customer.organization_id)}

        assert (before.plan_id, before.purchased, before.assigned) == (adapter.source_plan, 10, 3)
        target = pools[adapter.target_plan]
        assert (target.purchased, target.assigned) == (5, 0)
        assert all(each.state is ServiceState.SET_UP for each in target.services)

    def test_unknown_organization_is_named_as_such(self, adapter: PortCloud) -> None:
        """An organization that is not there is not one without users."""
        with pytest.raises(UnknownOrganization):
            adapter.connection.cloud.directory.subscribed_plans(NOBODY)

    def test_holders_come_page_by_page_each_once_in_one_order(self, adapter: PortCloud) -> None:
        """The pages end, and two readings have the same order."""
        customer = adapter.customer(users=20, licenses=20)

        users = [user.directory_id for user in holders(adapter, customer, adapter.source_plan)]

        assert len(users) == len(set(users)) == 20
        assert users == [user.directory_id for user in holders(adapter, customer, adapter.source_plan)]
        assert holders(adapter, customer, adapter.target_plan) == ()

    def test_users_are_read_by_id_and_who_is_gone_is_left_out(self, adapter: PortCloud) -> None:
        """Reading by id shows what is so now; nobody stands for who is not there."""
        customer = adapter.customer()
        users = holders(adapter, customer, adapter.source_plan)
        read = adapter.connection.cloud.directory.users
        adapter.delete_user(customer, users[0].directory_id)

        assert read(customer.organization_id, [users[1].directory_id]) == (users[1],)
        assert read(customer.organization_id, [users[0].directory_id]) == ()
        assert read(customer.organization_id, []) == ()

    def test_one_call_takes_no_more_users_than_the_adapter_says(self, adapter: PortCloud) -> None:
        """More than `batch_size` are refused before anything is sent."""
        customer = adapter.customer()
        directory = adapter.connection.cloud.directory
        names = [f"user-{number}" for number in range(directory.batch_size + 1)]

        with pytest.raises(InvalidInput):
            directory.users(customer.organization_id, names)
        with pytest.raises(InvalidInput):
            directory.change_licenses(customer.organization_id, [_move(adapter, each) for each in names])

        assert adapter.connection.calls == []

    def test_a_move_leaves_nobody_without_a_license(self, adapter: PortCloud) -> None:
        """New license and old one change hands in one stroke (switch#licenses); answers keep their order."""
        customer = adapter.customer(users=25, licenses=25)
        target_licenses(adapter, customer, 25)
        ids = [user.directory_id for user in holders(adapter, customer, adapter.source_plan)]

        results = _change(adapter, customer, [_move(adapter, each) for each in ids])

        assert [(each.directory_id, each.is_done) for each in results] == [(each, True) for each in ids]
        assert holders(adapter, customer, adapter.source_plan) == ()
        moved = holders(adapter, customer, adapter.target_plan)
        assert {user.directory_id for user in moved} == set(ids)
        assert all(user.can_use(adapter.target_plan) for user in moved)
        assert not adapter.has_gap(customer)

    def test_moved_back_users_hold_what_they_held(self, adapter: PortCloud) -> None:
        """The way back ends where the way began."""
        customer = adapter.customer()
        target_licenses(adapter, customer, 5)
        users = holders(adapter, customer, adapter.source_plan)
        back = [
            LicenseChange(
                directory_id=user.directory_id,
                add_plan_id=adapter.source_plan,
                disabled_service_ids=user.licenses[0].disabled_service_ids,
                remove_plan_id=adapter.target_plan,
            )
            for user in users
        ]
        _change(adapter, customer, [_move(adapter, user.directory_id) for user in users])
        results = _change(adapter, customer, back)

        assert all(each.is_done for each in results)
        assert holders(adapter, customer, adapter.source_plan) == users
        assert not adapter.has_gap(customer)

    def test_a_repeated_change_counts_as_done(self, adapter: PortCloud) -> None:
        """A license that is there already, or gone already, is no failure; so a lost answer is no harm."""
        customer = adapter.customer()
        target_licenses(adapter, customer, 5)
        user = holders(adapter, customer, adapter.source_plan)[0].directory_id
        adapter.plan_fault(customer, "change_licenses", LOST_ANSWER)

        with pytest.raises(ProviderUnavailable):
            _change(adapter, customer, [_move(adapter, user)])
        repeated = [_change(adapter, customer, [_move(adapter, user)])[0] for _ in range(2)]

        assert [each.is_done for each in repeated] == [True, True]
        assert _plans(adapter, customer, user) == {adapter.target_plan}

    def test_a_license_is_added_or_removed_alone(self, adapter: PortCloud) -> None:
        """Without the other half a change adds, or takes away, and nothing else."""
        customer = adapter.customer()
        target_licenses(adapter, customer, 5)
        user = holders(adapter, customer, adapter.source_plan)[0].directory_id
        add = LicenseChange(directory_id=user, add_plan_id=adapter.target_plan)
        remove = LicenseChange(directory_id=user, add_plan_id=None, remove_plan_id=adapter.source_plan)

        added = _change(adapter, customer, [add])
        both = _plans(adapter, customer, user)
        removed = [_change(adapter, customer, [remove])[0] for _ in range(2)]

        assert all(each.is_done for each in [*added, *removed])
        assert both == {adapter.source_plan, adapter.target_plan}
        assert _plans(adapter, customer, user) == {adapter.target_plan}

    def test_a_change_of_nothing_is_refused(self, adapter: PortCloud) -> None:
        """Neither a plan to add nor one to remove, or the same for both, is a mistake of the caller."""
        customer = adapter.customer()
        source = adapter.source_plan
        for add, remove in ((None, None), (source, source)):
            change = LicenseChange(directory_id=NOBODY, add_plan_id=add, remove_plan_id=remove)
            with pytest.raises(InvalidInput):
                _change(adapter, customer, [change])

    def test_a_license_taken_by_hand_is_not_given_back(self, adapter: PortCloud) -> None:
        """Who holds neither plan is reported, and nothing is changed behind the operator."""
        customer = adapter.customer()
        target_licenses(adapter, customer, 5)
        user = holders(adapter, customer, adapter.source_plan)[0].directory_id
        adapter.take_license(customer, user)

        (result,) = _change(adapter, customer, [_move(adapter, user)])

        assert result.error is LicenseFailureCode.NOT_HELD
        assert _plans(adapter, customer, user) == set()

    def test_one_users_failure_is_theirs_alone(self, adapter: PortCloud) -> None:
        """Who is gone and who has the plan from a group fail by their codes; the others move."""
        customer = adapter.customer(users=5, by_group=1)
        target_licenses(adapter, customer, 5)
        users = holders(adapter, customer, adapter.source_plan)
        fed = next(user.directory_id for user in users if user.is_fed(adapter.source_plan))
        gone, *others = [user.directory_id for user in users if user.directory_id != fed]
        adapter.delete_user(customer, gone)

        results = _change(adapter, customer, [_move(adapter, each) for each in (fed, gone, *others)])

        assert [each.error for each in results] == [
            LicenseFailureCode.LICENSE_FROM_GROUP,
            LicenseFailureCode.USER_GONE,
            *[None] * len(others),
        ]
        assert not any(each.is_retryable for each in results)
        # The record has opaque keys alone (architecture#personal-data).
        assert not any(each.directory_id in each.text for each in results)

    def test_without_a_free_license_a_user_keeps_the_old_one(self, adapter: PortCloud) -> None:
        """More users than licenses: those who are too many are reported, and go on as before."""
        customer = adapter.customer(users=3)
        target_licenses(adapter, customer, 2)
        ids = [user.directory_id for user in holders(adapter, customer, adapter.source_plan)]

        results = _change(adapter, customer, [_move(adapter, each) for each in ids])

        (failed,) = [each for each in results if not each.is_done]
        assert failed.error is LicenseFailureCode.NO_LICENSE_FREE
        assert _plans(adapter, customer, failed.directory_id) == {adapter.source_plan}
        assert not adapter.has_gap(customer)

    def test_only_services_of_the_pool_can_be_switched_off(self, adapter: PortCloud) -> None:
        """A vendor without switches shows no services; what it does not have can't be switched off."""
        customer = adapter.customer()
        target_licenses(adapter, customer, 5)
        directory = adapter.connection.cloud.directory
        user, other, *_ = (each.directory_id for each in holders(adapter, customer, adapter.source_plan))
        pools = {pool.plan_id: pool for pool in directory.subscribed_plans(customer.organization_id)}
        listed = {each.service_id for each in pools[adapter.target_plan].services}
        wanted = adapter.optional_service

        results = _change(adapter, customer, [_move(adapter, user, wanted), _move(adapter, other, NOBODY)])
        (read,) = directory.users(customer.organization_id, [user])

        assert wanted in listed if listed else wanted is None
        assert [each.error for each in results] == [None, LicenseFailureCode.SERVICE_NOT_IN_PLAN]
        held = read.license_of(adapter.target_plan)
        assert held is not None
        assert held.disabled_service_ids == (() if wanted is None else (wanted,))
        assert _plans(adapter, customer, other) == {adapter.source_plan}

    def test_users_come_with_the_names_that_people_know(self, adapter: PortCloud) -> None:
        """The list of holders names each, and each is found by the name, whatever its case; nobody else."""
        customer = adapter.customer(users=9, licenses=10)
        directory, organization_id = adapter.connection.cloud.directory, customer.organization_id
        named: list[NamedUser] = []
        cursor: str | None = None
        while True:
            page = directory.named_page(organization_id, adapter.source_plan, cursor)
            named += page.users
            cursor = page.next_cursor
            if cursor is None:
                break
        names = [each.principal_name.upper() for each in named[:3]]

        found = directory.users_by_name(organization_id, [*names, "nobody@nowhere.example"])

        assert {each.user for each in named} == set(holders(adapter, customer, adapter.source_plan))
        assert sorted(found, key=repr) == sorted(named[:3], key=repr)
        assert directory.users_by_name(organization_id, ["nobody@nowhere.example"]) == ()

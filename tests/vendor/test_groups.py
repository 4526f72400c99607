"""Groups and roles by the vendor's own client: licenses, members, casts (entry 13)."""

from __future__ import annotations

from uuid import UUID

import pytest
from msgraph.generated.groups.groups_request_builder import GroupsRequestBuilder
from msgraph.generated.groups.item.assign_license.assign_license_post_request_body import (
    AssignLicensePostRequestBody,
)
from msgraph.generated.groups.item.group_item_request_builder import GroupItemRequestBuilder
from msgraph.generated.groups.item.members.graph_user.graph_user_request_builder import (
    GraphUserRequestBuilder as DirectUsersBuilder,
)
from msgraph.generated.groups.item.members.members_request_builder import MembersRequestBuilder
from msgraph.generated.groups.item.transitive_members.graph_user.graph_user_request_builder import (
    GraphUserRequestBuilder as AllUsersBuilder,
)
from msgraph.generated.models.assigned_license import AssignedLicense
from msgraph.generated.models.directory_role import DirectoryRole
from msgraph.generated.models.group import Group
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.user import User
from msgraph.generated.users.item.transitive_member_of.graph_directory_role import (
    graph_directory_role_request_builder as roles_builder,
)
from msgraph_core.tasks.page_iterator import PageIterator

from tests.support.clouds.sandbox_world import E1, E3
from tests.vendor.kit import EVENTUAL, Kit, wanted

OF_GROUPS = GroupsRequestBuilder.GroupsRequestBuilderGetQueryParameters
OF_GROUP = GroupItemRequestBuilder.GroupItemRequestBuilderGetQueryParameters
OF_MEMBERS = MembersRequestBuilder.MembersRequestBuilderGetQueryParameters
#: A list that is narrowed to one kind of object is an advanced query: eventually consistent, and counted.
DIRECT_USERS = DirectUsersBuilder.GraphUserRequestBuilderGetQueryParameters(count=True)
ALL_USERS = AllUsersBuilder.GraphUserRequestBuilderGetQueryParameters(count=True)
ROLES = roles_builder.GraphDirectoryRoleRequestBuilder.GraphDirectoryRoleRequestBuilderGetQueryParameters(
    count=True
)


@pytest.fixture(name="members")
def _members(kit: Kit) -> list[str]:
    """Return who is in the group `inner`, which is in the group `outer` beside one user."""
    users = kit.world.user_ids()[:3]
    for user_id in users:
        kit.world.edit(kind="group_member", name="inner", user_id=user_id)
    kit.world.edit(kind="group_member", name="outer", user_id=kit.world.user_ids()[3])
    kit.world.edit(kind="group_nested", name="outer", inner="inner")
    return users


async def _group_id(kit: Kit, name: str) -> str:
    groups = (await kit.client.groups.get(wanted(OF_GROUPS(select=["id", "displayName"])))).value
    return next(str(group.id) for group in groups if group.display_name == name)


async def test_groups_are_listed_and_counted(kit: Kit, members: list[str]) -> None:
    """Groups come in pages and with their number, in the answer and alone."""
    page = await kit.client.groups.get(wanted(OF_GROUPS(top=1, count=True), **EVENTUAL))

    assert (len(page.value), page.odata_count) == (1, 2)
    assert await kit.client.groups.count.get(wanted(**EVENTUAL)) == 2


async def test_members_are_of_their_kind(kit: Kit, members: list[str]) -> None:
    """Direct members are the user and the inner group, each of the client's class for it."""
    outer = kit.client.groups.by_group_id(await _group_id(kit, "outer"))
    found = (await outer.members.get()).value
    deep = (await outer.transitive_members.get()).value

    assert sorted(type(each).__name__ for each in found) == ["Group", "User"]
    assert sorted(each.id for each in deep if isinstance(each, User)) == sorted(
        [*members, kit.world.user_ids()[3]]
    )
    assert [each.id for each in deep if isinstance(each, Group)] == [await _group_id(kit, "inner")]


async def test_members_are_cast_to_users(kit: Kit, members: list[str]) -> None:
    """The cast that the client writes as `graph.user` lists users alone, and counts them."""
    outer = kit.client.groups.by_group_id(await _group_id(kit, "outer"))
    direct = (await outer.members.graph_user.get(wanted(DIRECT_USERS, **EVENTUAL))).value
    deep = (await outer.transitive_members.graph_user.get(wanted(ALL_USERS, **EVENTUAL))).value

    assert [each.id for each in direct] == [kit.world.user_ids()[3]]
    assert len(deep) == 4
    assert await outer.transitive_members.graph_user.count.get(wanted(**EVENTUAL)) == 4


async def test_members_come_in_pages(kit: Kit, members: list[str]) -> None:
    """The page iterator reads the members to the end."""
    inner = kit.client.groups.by_group_id(await _group_id(kit, "inner"))
    first = await inner.members.get(wanted(OF_MEMBERS(top=2, select=["id"])))
    seen: list[str] = []

    def keep(member: User) -> bool:
        seen.append(str(member.id))
        return True

    await PageIterator(first, kit.adapter).iterate(keep)
    assert seen == sorted(members)


async def test_user_tells_groups_and_roles(kit: Kit, members: list[str]) -> None:
    """`memberOf` lists the group and the role of a user, `transitiveMemberOf` the outer group too."""
    kit.world.edit(kind="roles", user_id=members[0], roles=["User Administrator"])
    user = kit.client.users.by_user_id(members[0])
    direct = (await user.member_of.get()).value
    deep = (await user.transitive_member_of.get()).value
    roles = (await user.transitive_member_of.graph_directory_role.get(wanted(ROLES, **EVENTUAL))).value

    assert [each.display_name for each in direct if isinstance(each, Group)] == ["inner"]
    assert sorted(each.display_name for each in deep if isinstance(each, Group)) == ["inner", "outer"]
    assert [each.display_name for each in deep if isinstance(each, DirectoryRole)] == ["User Administrator"]
    assert [each.role_template_id for each in roles] == ["fe930be7-5e62-47db-91af-98c3a49a38b1"]


async def test_group_gives_a_license(kit: Kit, members: list[str]) -> None:
    """A license given to a group reaches its members; who could not get it is told."""
    kit.world.order(quantity=40)
    kit.world.edit(kind="group_error", user_id=members[0], error="CountViolation")
    group_id = await _group_id(kit, "inner")
    body = AssignLicensePostRequestBody(
        add_licenses=[AssignedLicense(sku_id=UUID(E3), disabled_plans=[])], remove_licenses=[]
    )
    await kit.client.groups.by_group_id(group_id).assign_license.post(body)
    names = ["id", "assignedLicenses", "licenseProcessingState"]
    group = await kit.client.groups.by_group_id(group_id).get(wanted(OF_GROUP(select=names)))
    failed = (await kit.client.groups.by_group_id(group_id).members_with_license_errors.get()).value
    only_errors = wanted(OF_GROUPS(filter="hasMembersWithLicenseErrors eq true"))

    assert [str(each.sku_id) for each in group.assigned_licenses] == [E3]
    assert group.license_processing_state.state == "ProcessingComplete"
    assert [each.id for each in failed] == [members[0]]
    assert [each.id for each in (await kit.client.groups.get(only_errors)).value] == [group_id]
    assert set(kit.world.user_ids(E3)) == set(members[1:])
    assert set(kit.world.user_ids(E1)) >= set(members)


async def test_cast_that_is_no_advanced_query_is_refused(kit: Kit, members: list[str]) -> None:
    """Without the header, or without the count, the directory does not narrow a list to one kind."""
    outer = kit.client.groups.by_group_id(await _group_id(kit, "outer"))
    for configuration in (wanted(DIRECT_USERS), wanted(**EVENTUAL)):
        with pytest.raises(ODataError) as caught:
            await outer.members.graph_user.get(configuration)
        assert caught.value.error.code == "Request_UnsupportedQuery"


async def test_unknown_group_is_not_there(kit: Kit) -> None:
    """A group that is not there is a 404 with the vendor's code, its members too."""
    nobody = kit.client.groups.by_group_id("00000000-0000-4000-8000-000000000000")
    users = nobody.transitive_members.graph_user.get(wanted(ALL_USERS, **EVENTUAL))
    for ask in (nobody.get(), nobody.members.get(), users):
        with pytest.raises(ODataError) as caught:
            await ask
        assert caught.value.error.code == "Request_ResourceNotFound"

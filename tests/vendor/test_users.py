"""Users by the vendor's own client: lists, counts, fields, changes and licenses (issue 12, entry 13)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from msgraph.generated.models.assigned_license import AssignedLicense
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.user import User
from msgraph.generated.users.item.assign_license.assign_license_post_request_body import (
    AssignLicensePostRequestBody,
)
from msgraph.generated.users.item.user_item_request_builder import UserItemRequestBuilder
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph_core.tasks.page_iterator import PageIterator

from tests.support.clouds.sandbox_world import E1, E3, SHAREPOINT_E3, WEB
from tests.vendor.kit import EVENTUAL, Kit, wanted

OF_LIST = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters
OF_USER = UserItemRequestBuilder.UserItemRequestBuilderGetQueryParameters


async def test_pages_hold_every_user_once(kit: Kit) -> None:
    """The client's page iterator follows the next links to the end."""
    first = await kit.client.users.get(wanted(OF_LIST(top=7, select=["id", "displayName"])))
    seen: list[Any] = []

    def keep(user: Any) -> bool:
        seen.append(user)
        return True

    await PageIterator(first, kit.adapter).iterate(keep)

    assert len(first.value) == 7
    assert sorted(user.id for user in seen) == kit.world.user_ids()
    assert all(user.display_name for user in seen)


async def test_users_are_filtered_by_license(kit: Kit) -> None:
    """The filter of a license goes through the client's own encoding."""
    found = await kit.client.users.get(
        wanted(OF_LIST(filter=f"assignedLicenses/any(s:s/skuId eq {E1})", top=999))
    )
    nobody = await kit.client.users.get(wanted(OF_LIST(filter=f"assignedLicenses/any(s:s/skuId eq {E3})")))

    assert (len(found.value), nobody.value) == (30, [])


async def test_count_is_told_to_requests_of_eventual_consistency(kit: Kit) -> None:
    """`$count=true` tells the number with the header and is silently left out without it (vendor's page)."""
    counted = await kit.client.users.get(wanted(OF_LIST(count=True, top=5), **EVENTUAL))
    plain = await kit.client.users.get(wanted(OF_LIST(count=True, top=5)))

    assert (counted.odata_count, len(counted.value)) == (30, 5)
    assert plain.odata_count is None


async def test_count_alone_is_a_number_as_text(kit: Kit) -> None:
    """`/users/$count` is a number with the header, and refused with the vendor's words without it."""
    assert await kit.client.users.count.get(wanted(**EVENTUAL)) == 30
    with pytest.raises(ODataError) as caught:
        await kit.client.users.count.get()

    assert caught.value.response_status_code == 400
    assert caught.value.error.code == "Request_BadRequest"
    assert caught.value.error.message == "$count is not currently supported."


async def test_user_is_named_by_principal_name(kit: Kit) -> None:
    """A user is the same by id and by principal name, whose @ the client encodes."""
    by_id = await kit.client.users.by_user_id(kit.user_id()).get()
    by_name = await kit.client.users.by_user_id(by_id.user_principal_name).get()

    assert by_name.id == by_id.id
    assert by_id.assigned_licenses is None


async def test_assigned_plans_tell_what_the_licenses_give(kit: Kit) -> None:
    """`$select=assignedPlans` lists each service that is on, with since when and its state."""
    kit.world.order()
    user_id = kit.user_id()
    assert kit.world.assign(user_id, add=E3, remove=E1, disabled=[SHAREPOINT_E3, WEB]).status_code == 200
    user = await kit.client.users.by_user_id(user_id).get(wanted(OF_USER(select=["id", "assignedPlans"])))
    plans = {str(plan.service_plan_id): plan for plan in user.assigned_plans}
    exchange = plans["efb87545-963c-4e0d-99df-69c6916d9eb0"]

    assert SHAREPOINT_E3 not in plans
    assert (exchange.service, exchange.capability_status) == ("exchange", "Enabled")
    assert exchange.assigned_date_time is not None


async def test_assigned_plans_come_with_lists(kit: Kit) -> None:
    """A list shows the assigned plans of each user too."""
    found = await kit.client.users.get(wanted(OF_LIST(select=["id", "assignedPlans"], top=3)))

    assert all(user.assigned_plans for user in found.value)


async def test_every_field_of_the_vendors_user_can_be_selected(kit: Kit) -> None:
    """Fields that the sandbox has no value for are null, not refused."""
    names = ["id", "city", "companyName", "createdDateTime", "employeeId", "onPremisesSyncEnabled"]
    names += ["otherMails", "proxyAddresses", "provisionedPlans", "signInActivity", "state"]
    user = await kit.client.users.by_user_id(kit.user_id()).get(wanted(OF_USER(select=names)))

    assert (user.city, user.on_premises_sync_enabled, user.other_mails) == (None, None, [])


async def test_unknown_field_is_refused(kit: Kit) -> None:
    """A field that no user has is a 400 that names it."""
    with pytest.raises(ODataError) as caught:
        await kit.client.users.by_user_id(kit.user_id()).get(wanted(OF_USER(select=["shoeSize"])))

    assert caught.value.response_status_code == 400
    assert "'shoeSize'" in caught.value.error.message


async def test_relations_come_along_or_are_refused(kit: Kit) -> None:
    """`$expand` brings groups with users; what the sandbox can't bring is a 400, never left out."""
    kit.world.edit(kind="group_member", name="Bonn", user_id=kit.user_id())
    user = await kit.client.users.by_user_id(kit.user_id()).get(wanted(OF_USER(expand=["memberOf"])))
    page = await kit.client.users.get(wanted(OF_LIST(expand=["manager"], top=2)))
    for ask in (
        kit.client.users.by_user_id(kit.user_id()).get(wanted(OF_USER(expand=["photo"]))),
        kit.client.users.get(wanted(OF_LIST(expand=["photo"]))),
    ):
        with pytest.raises(ODataError) as caught:
            await ask
        assert caught.value.error.code == "Request_UnsupportedQuery"

    assert [each.display_name for each in user.member_of] == ["Bonn"]
    assert [each.manager for each in page.value] == [None, None]


async def test_user_is_changed(kit: Kit) -> None:
    """A PATCH of the client carries `@odata.type` and every field that was set."""
    user_id = kit.user_id()
    change = User(usage_location="dk", department="Legal", display_name="Ada Berg", account_enabled=False)
    await kit.client.users.by_user_id(user_id).patch(change)
    kit.world.restart()
    names = "usageLocation,department,displayName,accountEnabled"

    changed = kit.world.get(f"/v1.0/users/{user_id}?$select={names}")
    assert {name: changed[name] for name in names.split(",")} == {
        "usageLocation": "DK",
        "department": "Legal",
        "displayName": "Ada Berg",
        "accountEnabled": False,
    }


async def test_field_that_can_not_be_changed_is_named(kit: Kit) -> None:
    """A PATCH of anything else is refused whole."""
    with pytest.raises(ODataError) as caught:
        await kit.client.users.by_user_id(kit.user_id()).patch(User(usage_location="SE", city="Berlin"))

    assert caught.value.error.code == "Request_BadRequest"
    assert "usageLocation" in caught.value.error.message


async def test_license_is_swapped(kit: Kit) -> None:
    """`assignLicense` of the client adds and removes in one call, with annotations in its body."""
    kit.world.order()
    user_id = kit.user_id()
    added = AssignedLicense(
        sku_id=UUID(E3),
        disabled_plans=[UUID(SHAREPOINT_E3), UUID(WEB)],
        odata_type="#microsoft.graph.assignedLicense",
    )
    body = AssignLicensePostRequestBody(
        add_licenses=[added],
        remove_licenses=[UUID(E1)],
        additional_data={"@odata.type": "#microsoft.graph.assignLicense"},
    )
    user = await kit.client.users.by_user_id(user_id).assign_license.post(body)

    held = {str(one.sku_id): [str(each) for each in one.disabled_plans] for one in user.assigned_licenses}
    assert held[E3] == [SHAREPOINT_E3, WEB]
    assert E1 not in held


async def test_license_details_tell_the_services(kit: Kit) -> None:
    """`licenseDetails` lists each license with its services, off ones among them, and each by its id."""
    kit.world.order()
    user_id = kit.user_id()
    assert kit.world.assign(user_id, add=E3, remove=E1, disabled=[SHAREPOINT_E3, WEB]).status_code == 200
    builder = kit.client.users.by_user_id(user_id).license_details
    details = {str(one.sku_id): one for one in (await builder.get()).value}
    one = await builder.by_license_details_id(details[E3].id).get()
    services = {str(each.service_plan_id): each for each in one.service_plans}

    assert one.sku_part_number == "ENTERPRISEPACK"
    assert services[SHAREPOINT_E3].provisioning_status == "Disabled"
    assert services["efb87545-963c-4e0d-99df-69c6916d9eb0"].provisioning_status == "Success"
    assert await builder.count.get() == len(details)


async def test_groups_give_again(kit: Kit) -> None:
    """`reprocessLicenseAssignment` answers with the user."""
    user = await kit.client.users.by_user_id(kit.user_id()).reprocess_license_assignment.post()

    assert user.id == kit.user_id()


async def test_token_of_an_application_is_nobody(kit: Kit) -> None:
    """`/me` is refused with the vendor's words: the token stands for no user."""
    with pytest.raises(ODataError) as caught:
        await kit.client.me.get()

    assert caught.value.error.message == "/me request is only valid with delegated authentication flow."


async def test_users_are_filtered_and_ordered(kit: Kit) -> None:
    """Filters and orders of the client's own encoding choose and sort; advanced ones with the header."""
    ordered = await kit.client.users.get(wanted(OF_LIST(orderby=["displayName desc"], top=999)))
    active = await kit.client.users.get(wanted(OF_LIST(filter="accountEnabled eq true", top=999)))
    licensed = await kit.client.users.get(
        wanted(OF_LIST(filter="assignedLicenses/$count ne 0", count=True, top=5), **EVENTUAL)
    )
    names = [user.display_name for user in ordered.value]

    assert names == sorted(names, key=str.casefold, reverse=True)
    assert 0 < len(active.value) < 30
    assert (licensed.odata_count, len(licensed.value)) == (30, 5)


async def test_headers_of_standard_clients_are_borne(kit: Kit) -> None:
    """Preferences, conditions and languages that a client sends change no answer."""
    headers = {"Prefer": 'return=representation, odata.maxpagesize="2"', "Accept-Language": "de"}
    user = kit.client.users.by_user_id(kit.user_id())
    await user.patch(User(usage_location="FR"), wanted(**headers, **{"If-Match": "*"}))
    page = await kit.client.users.get(wanted(OF_LIST(top=3), **headers))

    assert kit.world.get(f"/v1.0/users/{kit.user_id()}?$select=usageLocation")["usageLocation"] == "FR"
    assert len(page.value) == 3

"""What an organization has, by the vendor's own client: itself, pools, purchases, services (entry 13)."""

from __future__ import annotations

import pytest
from msgraph.generated.admin.service_announcement.health_overviews.health_overviews_request_builder import (
    HealthOverviewsRequestBuilder,
)
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.organization.organization_request_builder import OrganizationRequestBuilder
from msgraph.generated.subscribed_skus.subscribed_skus_request_builder import SubscribedSkusRequestBuilder

from tests.support.clouds.sandbox_world import E1, SHAREPOINT_E1
from tests.vendor.kit import Kit, wanted

OF_SELF = OrganizationRequestBuilder.OrganizationRequestBuilderGetQueryParameters
OF_POOLS = SubscribedSkusRequestBuilder.SubscribedSkusRequestBuilderGetQueryParameters
OF_SERVICES = HealthOverviewsRequestBuilder.HealthOverviewsRequestBuilderGetQueryParameters


async def test_organization_shows_itself(kit: Kit) -> None:
    """`/organization` lists the token's own with its plans and domains, and shows it by id."""
    (listed,) = (await kit.client.organization.get()).value
    alone = await kit.client.organization.by_organization_id(listed.id).get()
    plans = {str(plan.service_plan_id): plan for plan in alone.assigned_plans}
    user = await kit.client.users.by_user_id(kit.user_id()).get()

    assert listed.id == kit.organization_id
    assert listed.country_letter_code == "DE"
    assert plans[SHAREPOINT_E1].service == "SharePoint"
    assert {(plan.service, plan.provisioning_status) for plan in alone.provisioned_plans} >= {
        ("exchange", "Success")
    }
    (domain,) = [each for each in alone.verified_domains if each.is_default]
    assert user.user_principal_name.endswith(f"@{domain.name}")


async def test_fields_of_the_organization_are_selected(kit: Kit) -> None:
    """`$select` leaves the other fields out; an unknown one is refused."""
    (chosen,) = (await kit.client.organization.get(wanted(OF_SELF(select=["id", "displayName"])))).value
    with pytest.raises(ODataError) as caught:
        await kit.client.organization.get(wanted(OF_SELF(select=["motto"])))

    assert (chosen.id, chosen.assigned_plans) == (kit.organization_id, None)
    assert chosen.display_name
    assert "'motto'" in caught.value.error.message


async def test_another_organization_is_not_there(kit: Kit) -> None:
    """Another's id is a 404 with the vendor's code."""
    nobody = "00000000-0000-4000-8000-000000000000"
    with pytest.raises(ODataError) as caught:
        await kit.client.organization.by_organization_id(nobody).get()

    assert caught.value.error.code == "Request_ResourceNotFound"


async def test_license_pools_are_listed_and_shown(kit: Kit) -> None:
    """Each pool is in the list and alone by its id, with its services; `$select` chooses."""
    pools = {str(pool.sku_id): pool for pool in (await kit.client.subscribed_skus.get()).value}
    alone = await kit.client.subscribed_skus.by_subscribed_sku_id(pools[E1].id).get()
    chosen = await kit.client.subscribed_skus.get(wanted(OF_POOLS(select=["skuId", "consumedUnits"])))

    assert (alone.sku_part_number, alone.consumed_units) == ("STANDARDPACK", 30)
    assert alone.prepaid_units.enabled == pools[E1].prepaid_units.enabled
    assert {each.service_plan_name for each in alone.service_plans} >= {"SHAREPOINTSTANDARD"}
    assert {each.sku_part_number for each in chosen.value} == {None}


async def test_purchases_are_found_by_either_id(kit: Kit) -> None:
    """A purchase is shown by its own id and by the seller's, which the client writes as a key."""
    listed = (await kit.client.directory.subscriptions.get()).value
    first = listed[0]
    by_id = await kit.client.directory.subscriptions.by_company_subscription_id(first.id).get()
    by_seller = await kit.client.directory.subscriptions_with_commerce_subscription_id(
        first.commerce_subscription_id
    ).get()

    assert by_id.id == by_seller.id == first.id
    assert await kit.client.directory.subscriptions.count.get() == len(listed)


async def test_services_tell_their_state(kit: Kit) -> None:
    """The state of services comes whole, in pages, counted, and one by one; there are no issues."""
    builder = kit.client.admin.service_announcement.health_overviews
    everything = (await builder.get()).value
    page = await builder.get(wanted(OF_SERVICES(top=2, count=True)))
    one = await builder.by_service_health_id(everything[0].id).get()
    issues = await kit.client.admin.service_announcement.issues.get()

    assert (len(page.value), page.odata_count) == (2, len(everything))
    assert page.odata_next_link
    assert (one.service, str(one.status.value)) == (everything[0].service, "serviceOperational")
    assert issues.value == []

"""The vendor's own client signs in by a certificate at the sandbox's authority, and works (issue 16)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from azure.core.exceptions import ClientAuthenticationError
from kiota_abstractions.request_information import RequestInformation
from msgraph.generated.models.assigned_license import AssignedLicense
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.users.item.assign_license.assign_license_post_request_body import (
    AssignLicensePostRequestBody,
)
from msgraph.generated.users.item.user_item_request_builder import UserItemRequestBuilder
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem
from msgraph_core.tasks.page_iterator import PageIterator

from tests.support.access.authority import running_authority
from tests.support.clouds.cloud_server import SOURCE_PLAN, TARGET_PLAN
from tests.vendor.kit import wanted
from tests.vendor.signed_kit import SignedKit

OF_LIST = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters
OF_USER = UserItemRequestBuilder.UserItemRequestBuilderGetQueryParameters
USERS = 30


@pytest_asyncio.fixture(name="kit")
async def _kit(tmp_path: Path) -> AsyncIterator[SignedKit]:
    """Yield a client that signs in for an organization of 30 users on E1 that owns seats of E3 too."""
    with running_authority(tmp_path) as authority:
        made = authority.cloud.organization(users=USERS)
        authority.cloud.edit(made["organization_id"], kind="purchase", plan_id=TARGET_PLAN, quantity=USERS)
        kit = SignedKit(authority, made)
        yield kit
        await kit.close()


async def _user_ids(kit: SignedKit) -> list[str]:
    """Return every user's id, by the client's own pages of 7."""
    first = await kit.client.users.get(wanted(OF_LIST(top=7, select=["id"])))
    ids: list[str] = []

    def keep(user: Any) -> bool:
        ids.append(user.id)
        return True

    await PageIterator(first, kit.adapter).iterate(keep)
    return ids


def _change(add: str = "", remove: str = "") -> AssignLicensePostRequestBody:
    added = [AssignedLicense(sku_id=UUID(add), disabled_plans=[])] if add else []
    return AssignLicensePostRequestBody(add_licenses=added, remove_licenses=[UUID(remove)] if remove else [])


async def _held(kit: SignedKit, user_id: str) -> set[str]:
    user = await kit.client.users.by_user_id(user_id).get(wanted(OF_USER(select=["assignedLicenses"])))
    return {str(each.sku_id) for each in user.assigned_licenses}


async def test_certificate_pages_users_and_reads_plans(kit: SignedKit) -> None:
    """Signed in by certificate, the client reads every page, the plans, and each license of a user."""
    ids = await _user_ids(kit)
    plans = await kit.client.subscribed_skus.get()
    details = await kit.client.users.by_user_id(ids[0]).license_details.get()

    assert len(ids) == len(set(ids)) == USERS
    assert {SOURCE_PLAN, TARGET_PLAN} <= {str(each.sku_id) for each in plans.value}
    assert SOURCE_PLAN in {str(each.sku_id) for each in details.value}


async def test_license_is_assigned_and_removed(kit: SignedKit) -> None:
    """One call adds a license, another removes one, and a third does both."""
    user_id = (await _user_ids(kit))[0]
    user = kit.client.users.by_user_id(user_id)
    before = await _held(kit, user_id)
    await user.assign_license.post(_change(add=TARGET_PLAN))
    both = await _held(kit, user_id)
    await user.assign_license.post(_change(remove=SOURCE_PLAN))
    after = await _held(kit, user_id)
    await user.assign_license.post(_change(add=SOURCE_PLAN, remove=TARGET_PLAN))

    assert both == before | {TARGET_PLAN}
    assert after == both - {SOURCE_PLAN}
    assert await _held(kit, user_id) == before


async def test_batch_of_twenty_moves_twenty(kit: SignedKit) -> None:
    """A batch of 20 with whole addresses swaps the licenses of 20 users."""
    ids = (await _user_ids(kit))[:20]
    items = {}
    for user_id in ids:
        builder = kit.client.users.by_user_id(user_id).assign_license
        made: RequestInformation = builder.to_post_request_information(
            _change(add=TARGET_PLAN, remove=SOURCE_PLAN)
        )
        made.path_parameters["baseurl"] = kit.adapter.base_url
        items[user_id] = BatchRequestItem(made, user_id)
    answer = await kit.client.batch.post(BatchRequestContent(items))

    assert answer.get_response_status_codes() == dict.fromkeys(ids, 200)
    assert [TARGET_PLAN in await _held(kit, user_id) for user_id in ids] == [True] * 20


async def test_client_survives_revoked_sessions(kit: SignedKit) -> None:
    """A challenge of continuous access evaluation makes the client renew its token and repeat the call."""
    before = await kit.client.users.get(wanted(OF_LIST(top=1)))
    kit.authority.revoke(kit.organization_id)
    after = await kit.client.users.get(wanted(OF_LIST(top=1)))

    assert [each.id for each in before.value] == [each.id for each in after.value]


async def test_missing_consent_and_permission_are_told_apart(kit: SignedKit) -> None:
    """Without consent there is no token (AADSTS65001); without a permission the directory refuses (403)."""
    edit = {"kind": "consent", "client_id": kit.authority.client_id}
    kit.authority.cloud.edit(kit.organization_id, **edit, state="missing")
    with pytest.raises(ClientAuthenticationError, match="AADSTS65001"):
        await kit.client.users.get()
    kit.authority.cloud.edit(kit.organization_id, **edit, permissions=["User.Read.All"])
    with pytest.raises(ODataError) as caught:
        await kit.client.subscribed_skus.get()

    assert caught.value.error.code == "Authorization_RequestDenied"

"""Batches by the vendor's own client: items of every path, with whole addresses (entry 13)."""

from __future__ import annotations

from typing import Any
from urllib.request import Request
from uuid import UUID

import pytest
from kiota_abstractions.request_information import RequestInformation
from kiota_serialization_json.json_parse_node import JsonParseNode
from msgraph.generated.models.assigned_license import AssignedLicense
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.organization_collection_response import OrganizationCollectionResponse
from msgraph.generated.models.subscribed_sku_collection_response import SubscribedSkuCollectionResponse
from msgraph.generated.models.user import User
from msgraph.generated.users.item.assign_license.assign_license_post_request_body import (
    AssignLicensePostRequestBody,
)
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_content_collection import BatchRequestContentCollection
from msgraph_core.requests.batch_request_item import BatchRequestItem

from tests.support.clouds.sandbox_world import E1, E3
from tests.vendor.kit import EVENTUAL, Kit, wanted


def _item(kit: Kit, made: RequestInformation, name: str) -> BatchRequestItem:
    """Return one item of a batch, as the client's own request builders make it."""
    made.path_parameters["baseurl"] = kit.adapter.base_url
    return BatchRequestItem(made, name)


def _swap() -> AssignLicensePostRequestBody:
    added = [AssignedLicense(sku_id=UUID(E3), disabled_plans=[])]
    return AssignLicensePostRequestBody(add_licenses=added, remove_licenses=[UUID(E1)])


class Answers:
    """What a batch was answered: by the client, and as it came."""

    def __init__(self, content: Any, sent: dict[str, Any]) -> None:
        self.statuses: dict[str, int] = content.get_response_status_codes()
        self._bodies = {each["id"]: each.get("body") for each in sent["responses"]}

    def of(self, name: str, kind: Any) -> Any:
        """Return the answer of an item as the client's class; the client drops bodies (kiota-python#737)."""
        return JsonParseNode(self._bodies[name]).get_object_value(kind)


async def _post(kit: Kit, items: list[BatchRequestItem]) -> Answers:
    sent: list[dict[str, Any]] = []

    async def keep(response: Any) -> None:
        await response.aread()
        sent.append(response.json())

    kit.http.event_hooks["response"] = [keep]
    content = await kit.client.batch.post(BatchRequestContent({item.id: item for item in items}))
    return Answers(content, sent[-1])


async def test_items_of_every_path_are_answered(kit: Kit) -> None:
    """Organization, pools, purchases, services, groups, details and users stand in one batch."""
    client, user = kit.client, kit.client.users.by_user_id(kit.user_id())
    items = [
        _item(kit, client.organization.to_get_request_information(), "organization"),
        _item(kit, client.subscribed_skus.to_get_request_information(), "pools"),
        _item(kit, client.directory.subscriptions.to_get_request_information(), "purchases"),
        _item(
            kit,
            client.admin.service_announcement.health_overviews.to_get_request_information(),
            "services",
        ),
        _item(kit, client.groups.to_get_request_information(), "groups"),
        _item(kit, user.license_details.to_get_request_information(), "details"),
        _item(kit, user.member_of.to_get_request_information(), "owners"),
        _item(kit, client.users.to_get_request_information(), "users"),
        _item(kit, client.users.count.to_get_request_information(wanted(**EVENTUAL)), "number"),
    ]
    answer = await _post(kit, items)
    pools = answer.of("pools", SubscribedSkuCollectionResponse)
    organizations = answer.of("organization", OrganizationCollectionResponse)

    assert answer.statuses == {item.id: 200 for item in items}
    assert E1 in {str(pool.sku_id) for pool in pools.value}
    assert [each.id for each in organizations.value] == [kit.organization_id]


async def test_writes_of_a_batch_take_effect(kit: Kit) -> None:
    """A swap and a changed user stand in one batch, and the journal holds both."""
    kit.world.order()
    first, second = kit.world.user_ids()[:2]
    users = kit.client.users
    items = [
        _item(kit, users.by_user_id(first).assign_license.to_post_request_information(_swap()), "swap"),
        _item(kit, users.by_user_id(second).to_patch_request_information(User(usage_location="SE")), "patch"),
        _item(kit, users.by_user_id(first).to_get_request_information(), "read"),
    ]
    answer = await _post(kit, items)
    kit.world.restart()

    assert answer.statuses == {"swap": 200, "patch": 204, "read": 200}
    assert answer.of("read", User).id == first
    assert kit.world.user_ids(E3) == [first]
    assert kit.world.get(f"/v1.0/users/{second}?$select=usageLocation")["usageLocation"] == "SE"


async def test_failed_items_tell_why(kit: Kit) -> None:
    """Unknown users, paths and methods fail alone, each with a body that the client reads."""
    nobody = "00000000-0000-4000-8000-000000000000"
    unknown = kit.client.users.by_user_id(nobody)
    items = [
        _item(kit, unknown.to_get_request_information(), "user"),
        _item(kit, kit.client.domains.to_get_request_information(), "path"),
        _item(kit, unknown.to_delete_request_information(), "method"),
        _item(kit, kit.client.users.count.to_get_request_information(), "count"),
        _item(kit, kit.client.organization.to_get_request_information(), "good"),
    ]
    answer = await _post(kit, items)
    codes = {name: answer.of(name, ODataError).error.code for name in ("user", "path", "method", "count")}

    assert answer.statuses == {
        "user": 404,
        "path": 404,
        "method": 405,
        "count": 400,
        "good": 200,
    }
    assert codes == {
        "user": "Request_ResourceNotFound",
        "path": "ResourceNotFound",
        "method": "Request_BadRequest",
        "count": "Request_BadRequest",
    }


async def test_items_made_of_plain_requests(kit: Kit) -> None:
    """An item of a plain request has the whole address of its host and no body."""
    request = Request("https://graph.microsoft.com/v1.0/organization?$select=id")
    answer = await _post(kit, [BatchRequestItem.create_with_urllib_request(request, "plain")])

    assert answer.statuses == {"plain": 200}


async def test_more_than_twenty_items_are_sent_in_several_batches(kit: Kit) -> None:
    """The client's collection cuts 45 items into batches, and every item is answered."""
    collection = BatchRequestContentCollection()
    user = kit.client.users.by_user_id(kit.user_id())
    for number in range(45):
        collection.add_batch_request_item(_item(kit, user.to_get_request_information(), f"item-{number}"))
    answer = await kit.client.batch.post(collection)

    each = [batch.get_response_status_codes() for batch in answer.get_responses()]

    assert len({name for statuses in each for name in statuses}) == 45
    assert {status for statuses in each for status in statuses.values()} == {200}


async def test_dependencies_of_the_client_are_borne(kit: Kit) -> None:
    """The client writes its dependencies under a name that the vendor does not know, and gets its answers."""
    user = kit.client.users.by_user_id(kit.user_id())
    first = _item(kit, user.to_get_request_information(), "first")
    second = BatchRequestItem(user.license_details.to_get_request_information(), "second", [first])
    answer = await _post(kit, [first, second])

    assert answer.statuses == {"first": 200, "second": 200}


async def test_malformed_batch_is_refused(kit: Kit) -> None:
    """A batch without any item is a 400 that the client reads."""
    with pytest.raises(ODataError) as caught:
        await kit.client.batch.post(BatchRequestContent(), {"XXX": ODataError})

    assert caught.value.error.code == "Request_BadRequest"

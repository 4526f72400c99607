"""Errors by the vendor's own client: each is JSON that it reads, and what can be repeated is (entry 13)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from msgraph.generated.models.assigned_license import AssignedLicense
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.user import User
from msgraph.generated.users.item.assign_license.assign_license_post_request_body import (
    AssignLicensePostRequestBody,
)

from tests.support.clouds.sandbox_world import E3
from tests.vendor.kit import Kit

NOBODY = "00000000-0000-4000-8000-000000000000"


async def _refusal(call: Awaitable[Any]) -> ODataError:
    """Return the error of a call that must fail, after a look at what every error of the vendor has."""
    with pytest.raises(ODataError) as caught:
        await call
    error = caught.value.error
    assert error.code
    assert error.message
    assert error.inner_error.date is not None
    assert UUID(error.inner_error.request_id)
    assert UUID(error.inner_error.client_request_id)
    refusal: ODataError = caught.value
    return refusal


CALLS: dict[str, tuple[Callable[[Any], Awaitable[Any]], int, str]] = {
    "unknown user": (lambda client: client.users.by_user_id(NOBODY).get(), 404, "Request_ResourceNotFound"),
    "details of an unknown user": (
        lambda client: client.users.by_user_id(NOBODY).license_details.get(),
        404,
        "Request_ResourceNotFound",
    ),
    "unknown pool": (
        lambda client: client.subscribed_skus.by_subscribed_sku_id("nothing").get(),
        404,
        "Request_ResourceNotFound",
    ),
    "path that is not there": (lambda client: client.domains.get(), 404, "ResourceNotFound"),
    "deep path that is not there": (
        lambda client: client.users.by_user_id(NOBODY).mail_folders.get(),
        404,
        "ResourceNotFound",
    ),
    "user to delete": (lambda client: client.users.by_user_id(NOBODY).delete(), 405, "Request_BadRequest"),
    "user to make": (lambda client: client.users.post(User(display_name="A")), 405, "Request_BadRequest"),
    "license that nobody bought": (
        lambda client: client.users.by_user_id(NOBODY).assign_license.post(
            AssignLicensePostRequestBody(
                add_licenses=[AssignedLicense(sku_id=UUID(E3), disabled_plans=[])], remove_licenses=[]
            )
        ),
        404,
        "Request_ResourceNotFound",
    ),
    "change without lists": (
        lambda client: client.users.by_user_id(NOBODY).assign_license.post(AssignLicensePostRequestBody()),
        400,
        "Request_BadRequest",
    ),
}


@pytest.mark.parametrize("name", CALLS)
async def test_refusals_are_read_by_the_client(kit: Kit, name: str) -> None:
    """Each refusal has the vendor's code, message, date and request ids."""
    call, status, code = CALLS[name]
    refusal = await _refusal(call(kit.client))

    assert (refusal.response_status_code, refusal.error.code) == (status, code)


@pytest_asyncio.fixture(name="stranger")
async def _stranger(kit: Kit) -> AsyncIterator[Kit]:
    """Yield a client whose token is none of the sandbox's."""
    stranger = Kit(kit.world, "eyJ0eXAiOiJKV1QifQ")
    yield stranger
    await stranger.close()


async def test_wrong_token_is_refused(stranger: Kit) -> None:
    """A token of another issuer is a 401 that the client reads."""
    refusal = await _refusal(stranger.client.users.get())

    assert (refusal.response_status_code, refusal.error.code) == (401, "InvalidAuthenticationToken")


@pytest.mark.parametrize("kind", ["throttled", "unavailable"])
async def test_what_may_be_repeated_is_repeated(kit: Kit, kind: str) -> None:
    """The client waits as `Retry-After` says and sends again: reads and writes both get through."""
    user = kit.client.users.by_user_id(kit.user_id())
    kit.world.settings(faults=[{"match": "GET /v1.0/users", "kind": kind, "count": 1}])
    assert (await user.get()).id
    kit.world.settings(faults=[{"match": "PATCH /v1.0/users", "kind": kind, "count": 1}])
    await user.patch(User(usage_location="NO"))

    assert kit.world.get(f"/v1.0/users/{kit.user_id()}?$select=usageLocation")["usageLocation"] == "NO"


async def test_own_failure_is_told(kit: Kit) -> None:
    """A 500 is not repeated by the client, and is an error like the others."""
    kit.world.settings(faults=[{"match": "GET /v1.0/subscribedSkus", "kind": "failed", "count": 1}])
    refusal = await _refusal(kit.client.subscribed_skus.get())

    assert (refusal.response_status_code, refusal.error.code) == (500, "generalException")

"""How the directory client reads users, pools of licenses and the health board."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from domain.kernel.errors import (
    AccessLost,
    InvalidInput,
    PagingUnreliable,
    PermissionMissing,
    ProviderBusy,
    ProviderRefused,
    ProviderThrottled,
    ProviderUnavailable,
)
from domain.licenses.group_licenses import is_served
from domain.ports.cloud import Cloud, ProviderCall
from providers.factory import cloud_factory
from tests.support.clouds.http_handlers import HandlerLine

OLD = "18181a46-0d4e-45cd-891e-60aabd171b4e"
NEW = "6fd2c87f-b296-42f0-b197-1e91e994b900"
SERVICE = "57ff2da0-773e-42df-b2af-ffb7a2317929"
USER = "161ab652-cdbc-490d-82a4-0ada1f0db247"
Item = dict[str, Any]


def _cloud(handler: Callable[[httpx2.Request], httpx2.Response]) -> tuple[Cloud, list[ProviderCall]]:
    calls: list[ProviderCall] = []
    factory, _close = cloud_factory("http://cloud.test", line=HandlerLine(handler))
    return factory(calls.append), calls


def _reading(item: Item) -> Cloud:
    """Return a cloud whose batches answer `item` for every user."""

    def handler(request: httpx2.Request) -> httpx2.Response:
        items = json.loads(request.content)["requests"]
        return httpx2.Response(200, json={"responses": [{"id": each["id"], **item} for each in items]})

    return _cloud(handler)[0]


def _refusal(status: int) -> Item:
    return {"status": status, "headers": {}, "body": {"error": {"code": "Some", "message": "No."}}}


@pytest.mark.parametrize(
    ("item", "error"),
    [
        (_refusal(429), ProviderThrottled),
        (_refusal(500), ProviderUnavailable),
        (_refusal(403), PermissionMissing),
        (_refusal(401), AccessLost),
        (_refusal(423), ProviderBusy),
    ],
)
def test_users_are_all_read_or_none(item: Item, error: type[Exception]) -> None:
    """A user who could not be read is not taken for gone."""
    cloud = _reading(item)

    with pytest.raises(error):
        cloud.directory.users("contoso", [USER])


def test_group_license_is_told_from_direct_one() -> None:
    """A user's own license comes before the one a group gives; a failed group assignment is none."""
    body = {
        "id": USER,
        "accountEnabled": False,
        "usageLocation": "",
        "assignedLicenses": [{"skuId": NEW, "disabledPlans": []}, {"skuId": OLD, "disabledPlans": [SERVICE]}],
        "licenseAssignmentStates": [
            {"skuId": NEW, "disabledPlans": [], "assignedByGroup": "group-1", "state": "Active"},
            {"skuId": NEW, "disabledPlans": [SERVICE], "assignedByGroup": None, "state": "Active"},
            {"skuId": OLD, "disabledPlans": [], "assignedByGroup": "group-2", "state": "Error"},
        ],
    }
    cloud = _reading({"status": 200, "body": body})

    user = cloud.directory.users("contoso", [USER])[0]

    shown = [(held.plan_id, held.assigned_by_group, held.disabled_service_ids) for held in user.licenses]
    assert shown == [(OLD, None, (SERVICE,)), (NEW, None, (SERVICE,)), (NEW, "group-1", ())]
    assert user.lacks_location


@pytest.mark.parametrize(
    ("state", "is_active"),
    [("Active", True), ("ActiveWithError", True), ("Disabled", False), (None, False), ("Unheard", False)],
)
def test_a_license_that_is_switched_off_is_held_and_gives_nothing(state: str | None, is_active: bool) -> None:  # noqa: FBT001
    """Only a license that the directory shows as active serves its user; any is theirs (switch#licenses)."""
    fed: Item = {"skuId": NEW, "disabledPlans": [], "assignedByGroup": "group-1", "state": state}
    own = fed | {"assignedByGroup": None}
    body = {
        "id": USER,
        "assignedLicenses": [{"skuId": NEW, "disabledPlans": []}],
        "licenseAssignmentStates": [fed, own],
    }
    user = _reading({"status": 200, "body": body}).directory.users("contoso", [USER])[0]

    assert [held.is_active for held in user.licenses] == [is_active] * 2
    assert (user.has_direct(NEW), user.is_fed(NEW, "group-1")) == (True, True)
    assert (is_served(user, NEW, "group-1"), is_served(user, NEW, "group-2")) == (is_active, False)
    assert user.license_errors == ()


def test_next_page_never_leaves_our_address() -> None:
    """A next link gives its query only: the token goes nowhere but to the configured address."""
    seen: list[str] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        seen.append(str(request.url))
        link = (
            {"@odata.nextLink": "https://CLOUD.test:81/v1.0/users?$skiptoken=abc"} if len(seen) == 1 else {}
        )
        return httpx2.Response(200, json={"value": [], **link})

    cloud, _calls = _cloud(handler)
    first = cloud.directory.users_page("contoso", NEW, None)
    last = cloud.directory.users_page("contoso", NEW, first.next_cursor)

    assert seen[1] == "http://cloud.test/v1.0/users?$skiptoken=abc"
    assert last.next_cursor is None


@pytest.mark.parametrize(
    "link",
    [
        "http://cloud.test/v1.0/groups?$skiptoken=a",
        "http://cloud.test/v1.0/users",
        "https://evil.test/v1.0/users?$skiptoken=a",
        "//evil.test/v1.0/users?$skiptoken=a",
        "http://cloud.test@evil.test/v1.0/users?$skiptoken=a",
    ],
)
def test_strange_next_link_is_refused(link: str) -> None:
    """A link to another list, to no page, or to another host, which would get our token, is not followed."""
    cloud, _calls = _cloud(lambda _request: httpx2.Response(200, json={"value": [], "@odata.nextLink": link}))

    with pytest.raises(ProviderRefused):
        cloud.directory.users_page("contoso", NEW, None)


def test_roster_asks_for_a_plan_only() -> None:
    """What is no GUID can't become part of the filter."""
    cloud, calls = _cloud(lambda _request: httpx2.Response(200, json={"value": []}))

    with pytest.raises(InvalidInput):
        cloud.directory.users_page("contoso", "x) or (true", None)

    assert calls == []


def test_pools_count_grace_and_leave_company_plans_out() -> None:
    """Licenses in grace can be assigned; a plan for the whole company is in no pool of users."""
    pool = {
        "skuId": NEW.upper(),
        "skuPartNumber": "ENTERPRISEPACK ",
        "prepaidUnits": {"enabled": 5, "warning": 2, "suspended": 9, "lockedOut": 1},
        "consumedUnits": 4,
        "capabilityStatus": "Enabled",
        "appliesTo": "User",
        "servicePlans": [
            {"servicePlanId": SERVICE, "servicePlanName": "TEAMS1", "provisioningStatus": "Success"}
        ],
    }
    value = [pool, pool | {"appliesTo": "Company"}]
    cloud, _calls = _cloud(lambda _request: httpx2.Response(200, json={"value": value}))

    plans = cloud.directory.subscribed_plans("contoso")

    assert [(plan.plan_id, plan.plan_name, plan.purchased, plan.assigned) for plan in plans] == [
        (NEW, "ENTERPRISEPACK", 7, 4)
    ]
    assert plans[0].services[0].name == "TEAMS1"
    assert (plans[0].in_grace, plans[0].lasting) == (2, 5)


def test_health_is_read_to_its_end() -> None:
    """Every page of the health board is read; a list without an end is none that can be relied on."""

    def handler(request: httpx2.Request) -> httpx2.Response:
        is_last = "skip=1" in str(request.url)
        link = {} if is_last else {"@odata.nextLink": f"{request.url}?$skip=1"}
        service = {"service": "Teams" if is_last else "Exchange", "status": "resolved"}
        return httpx2.Response(200, json={"value": [service], **link})

    def endless(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(
            200, json={"value": [], "@odata.nextLink": str(request.url.copy_with(query=b"$skip=1"))}
        )

    assert len(_cloud(handler)[0].health.service_health("contoso")) == 2
    with pytest.raises(PagingUnreliable):
        _cloud(endless)[0].health.service_health("contoso")


def test_answer_that_breaks_the_contract_is_named() -> None:
    """An answer without a field of the contract is a refusal that says which."""
    cloud, _calls = _cloud(lambda _request: httpx2.Response(200, json={"value": [{"skuId": NEW}]}))

    with pytest.raises(ProviderRefused, match="prepaidUnits"):
        cloud.directory.subscribed_plans("contoso")

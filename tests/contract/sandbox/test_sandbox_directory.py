"""The sandbox's directory speaks the vendor's contract: every answer fits graph_slice.yaml."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.clouds.sandbox_world import (
    E1,
    E3,
    SHAREPOINT_E3,
    WEB,
    World,
    directory_contract,
    open_world,
)


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[World]:
    """Yield a sandbox with one organization of 30 users on E1."""
    with open_world(tmp_path) as world:
        world.make()
        yield world


def _checked(answer: httpx2.Response, status: int) -> Any:
    """Return the body of an answer that has the status and fits the contract."""
    assert answer.status_code == status, answer.text
    directory_contract().check(answer, answer.request.url.path)
    return answer.json() if answer.content else None


def _swap(user_id: str, item_id: str, *, add: str = E3, remove: str = E1) -> dict[str, Any]:
    return {
        "id": item_id,
        "method": "POST",
        "url": f"/users/{user_id}/assignLicense",
        "headers": {"Content-Type": "application/json"},
        "body": {"addLicenses": [{"skuId": add, "disabledPlans": []}], "removeLicenses": [remove]},
    }


@pytest.mark.parametrize(
    "path",
    [
        "/v1.0/users",
        "/v1.0/users?$select=id,accountEnabled,usageLocation,assignedLicenses,licenseAssignmentStates",
        "/v1.0/subscribedSkus",
        "/v1.0/directory/subscriptions",
        "/v1.0/admin/serviceAnnouncement/healthOverviews",
    ],
)
def test_lists_fit_the_contract(world: World, path: str) -> None:
    """Each list of the directory fits the vendor's description."""
    assert _checked(world.call("GET", path), 200)["value"]


def test_pages_hold_every_user_once_in_order(world: World) -> None:
    """Following the next links gives every user once, ordered by id, with the filter kept."""
    seen: list[str] = []
    url = f"/v1.0/users?$filter=assignedLicenses/any(s:s/skuId eq {E1})&$select=id&$top=7"
    while url:
        body = _checked(world.call("GET", url), 200)
        assert len(body["value"]) <= 7
        seen += [user["id"] for user in body["value"]]
        url = body.get("@odata.nextLink", "")

    assert seen == sorted(set(seen))
    assert len(seen) == 30


def test_pages_stay_stable_while_users_leave_the_filter(world: World) -> None:
    """A user who was moved between two pages takes nobody else out of the list."""
    world.order()
    everybody = world.user_ids()
    path = f"/v1.0/users?$filter=assignedLicenses/any(s:s/skuId eq {E1})&$select=id&$top=10"
    first = world.get(path)
    for user in first["value"]:
        assert world.assign(user["id"], add=E3, remove=E1).status_code == 200
    second = world.get(first["@odata.nextLink"])

    assert [user["id"] for user in second["value"]] == everybody[10:20]


def test_licenses_and_location_come_only_when_selected(world: World) -> None:
    """Without `$select` a user shows no licenses and no location (vendor#reads)."""
    user_id = world.user_ids()[0]
    plain = _checked(world.call("GET", f"/v1.0/users/{user_id}"), 200)
    chosen = world.get(f"/v1.0/users/{user_id}?$select=id,usageLocation,licenseAssignmentStates")

    assert not {"usageLocation", "assignedLicenses", "licenseAssignmentStates"} & set(plain)
    assert chosen["usageLocation"]
    assert {state["skuId"] for state in chosen["licenseAssignmentStates"]} >= {E1}


def test_swap_is_one_atomic_call(world: World) -> None:
    """Adding E3 and removing E1 in one call does both, keeps the other licenses, and moves a seat."""
    world.order()
    user_id = world.user_ids()[0]
    body = _checked(world.assign(user_id, add=E3, remove=E1, disabled=[SHAREPOINT_E3, WEB]), 200)
    held = {one["skuId"]: one["disabledPlans"] for one in body["assignedLicenses"]}

    assert held[E3] == [SHAREPOINT_E3, WEB]
    assert E1 not in held
    pools = {pool["skuId"]: pool for pool in world.get("/v1.0/subscribedSkus")["value"]}
    assert (pools[E1]["consumedUnits"], pools[E3]["consumedUnits"]) == (29, 1)


def test_refused_change_changes_nothing(world: World) -> None:
    """When the removal is refused, the addition of the same call does not happen either."""
    world.order()
    user_id = world.user_ids()[0]
    assert world.assign(user_id, add=E3, remove=E1).status_code == 200
    _checked(world.assign(user_id, add=E1, remove="c5928f49-12ba-48f7-ada3-0d743a3601d5"), 400)

    assert user_id not in world.user_ids(E1)


def test_adding_what_is_held_replaces_the_services(world: World) -> None:
    """A repeated add is accepted and replaces the services that are off (vendor#license-changes)."""
    world.order()
    user_id = world.user_ids()[0]
    for disabled in ([SHAREPOINT_E3, WEB], []):
        assert world.assign(user_id, add=E3, disabled=disabled).status_code == 200

    licenses = world.get(f"/v1.0/users/{user_id}?$select=assignedLicenses")["assignedLicenses"]
    assert next(one for one in licenses if one["skuId"] == E3)["disabledPlans"] == []


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"addLicenses": []}, "missing parameters are: removeLicenses"),
        ({"addLicenses": [], "removeLicenses": []}, "No license changes provided"),
        ({"addLicenses": [], "removeLicenses": [E3]}, "User does not have a corresponding license."),
        ({"addLicenses": [{"skuId": "x"}], "removeLicenses": []}, "Edm.Guid"),
        ({"addLicenses": [{"skuId": E3}], "removeLicenses": [], "x": 1}, "'x'"),
        ({"addLicenses": [{"skuId": E3}], "removeLicenses": []}, f"License {E3} does not correspond"),
        ({"addLicenses": [{"skuId": E1}], "removeLicenses": [E1]}, "only once"),
    ],
)
def test_bad_changes_are_refused_with_the_vendors_text(world: World, body: dict[str, Any], text: str) -> None:
    """A wrong license change is a 400 Request_BadRequest whose text tells why."""
    path = f"/v1.0/users/{world.user_ids()[0]}/assignLicense"
    error = _checked(world.call("POST", path, body), 400)["error"]

    assert error["code"] == "Request_BadRequest"
    assert text in error["message"]


def test_no_seat_no_license(world: World) -> None:
    """When the pool is used up, the text names the SKU (vendor#license-changes)."""
    world.order(quantity=1)
    first, second = world.user_ids()[:2]
    assert world.assign(first, add=E3).status_code == 200
    error = _checked(world.assign(second, add=E3), 400)["error"]

    assert error["message"] == f"Subscription with SKU {E3} does not have any available licenses."


def test_usage_location_must_be_set(world: World) -> None:
    """Without a usage location nothing can be assigned; PATCH sets it."""
    world.order()
    user_id = world.user_ids()[0]
    world.edit(kind="user", user_id=user_id, usage_location=None)
    error = _checked(world.assign(user_id, add=E3, remove=E1), 400)["error"]
    patched = world.call("PATCH", f"/v1.0/users/{user_id}", {"usageLocation": "dk"})

    assert "invalid usage location" in error["message"]
    _checked(patched, 204)
    assert world.assign(user_id, add=E3, remove=E1).status_code == 200


def test_group_license_cannot_be_removed_directly(world: World) -> None:
    """A license that a group feeds stays, and the state names the group."""
    user_id = world.user_ids()[0]
    world.edit(kind="group_license", user_id=user_id, plan_id=E1)
    error = _checked(world.assign(user_id, remove=E1), 400)["error"]
    states = world.get(f"/v1.0/users/{user_id}?$select=licenseAssignmentStates")

    assert "inherited from a group" in error["message"]
    assert next(one for one in states["licenseAssignmentStates"] if one["skuId"] == E1)["assignedByGroup"]


def test_missing_user_and_token_fit_the_contract(world: World) -> None:
    """An unknown user is 404, so is a token of nobody, and no token is 401, each with an error body."""
    nobody = "00000000-0000-4000-8000-000000000000"
    missing = _checked(world.call("GET", f"/v1.0/users/{nobody}"), 404)
    answer = world.call("GET", "/v1.0/users", headers={"Authorization": f"Bearer sandbox-{nobody}"})

    assert missing["error"]["code"] == "Request_ResourceNotFound"
    assert _checked(answer, 404)["error"]["code"] == "OrganizationNotFound"
    nameless = world.call("GET", "/v1.0/users", headers={"Authorization": "Bearer other"})
    assert _checked(nameless, 401)["error"]["code"] == "InvalidAuthenticationToken"


def test_batch_answers_every_item_on_its_own(world: World) -> None:
    """One bad item of a batch fails alone, and the answers may come in another order."""
    world.order()
    users = world.user_ids()
    items = [_swap(user_id, str(number)) for number, user_id in enumerate(users[:3])]
    items.append(_swap("00000000-0000-4000-8000-000000000000", "gone"))
    items.append({"id": "read", "method": "GET", "url": f"/users/{users[0]}?$select=id,assignedLicenses"})
    body = _checked(world.call("POST", "/v1.0/$batch", {"requests": items}), 200)
    statuses = {item["id"]: item["status"] for item in body["responses"]}

    assert statuses == {"0": 200, "1": 200, "2": 200, "gone": 404, "read": 200}
    assert [item["id"] for item in body["responses"]] != [item["id"] for item in items]
    assert len(world.user_ids(E3)) == 3


def test_failed_dependency_is_424(world: World) -> None:
    """An item whose `dependsOn` failed is not carried out (vendor#batches)."""
    world.order()
    user_id = world.user_ids()[0]
    items = [
        _swap("00000000-0000-4000-8000-000000000000", "1"),
        _swap(user_id, "2") | {"dependsOn": ["1"]},
    ]
    body = _checked(world.call("POST", "/v1.0/$batch", {"requests": items}), 200)

    assert {item["id"]: item["status"] for item in body["responses"]} == {"1": 404, "2": 424}
    assert world.user_ids(E3) == []


@pytest.mark.parametrize("ids", [["a"] * 2, ["a", "A"], [str(number) for number in range(21)]])
def test_malformed_batch_is_refused_whole(world: World, ids: list[str]) -> None:
    """Duplicate ids, whatever their case, or more than 20 items refuse the whole batch."""
    world.order()
    items = [_swap(user_id, item_id) for user_id, item_id in zip(world.user_ids(), ids, strict=False)]
    _checked(world.call("POST", "/v1.0/$batch", {"requests": items}), 400)

    assert world.user_ids(E3) == []


def test_quota_throttles_items_with_retry_after(world: World) -> None:
    """Past 3,000 writes items are 429 with Retry-After inside a 200; the bucket refills at 20 a second."""
    world.settings(is_quota_on=True)
    user_id = world.user_ids()[0]
    items = [_swap(user_id, str(number), remove=E3) for number in range(20)]
    for _ in range(150):
        world.call("POST", "/v1.0/$batch", {"requests": items})
    body = _checked(world.call("POST", "/v1.0/$batch", {"requests": items}), 200)
    world.clock.advance(seconds=0.52)
    later = world.call("POST", "/v1.0/$batch", {"requests": items}).json()

    assert {item["status"] for item in body["responses"]} == {429}
    assert all(int(item["headers"]["Retry-After"]) >= 1 for item in body["responses"])
    assert [item["status"] for item in later["responses"]].count(429) == 10


def test_planted_refusal_is_answered_and_used_up(world: World) -> None:
    """A planted conflict is answered once with Retry-After; then the same change succeeds."""
    world.order()
    user_id = world.user_ids()[0]
    text = "Error due to concurrent requests being made to the tenant. Please wait briefly and retry."
    code = "Directory_ConcurrencyViolation"
    world.edit(kind="refusal", user_id=user_id, status=409, code=code, text=text)
    refused = world.assign(user_id, add=E3, remove=E1)

    assert _checked(refused, 409)["error"]["code"] == code
    assert refused.headers["retry-after"] == "1"
    world.restart()
    assert world.assign(user_id, add=E3, remove=E1).status_code == 200

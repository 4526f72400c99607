"""The sandbox's directory answers what clients other than ours ask (issue 12, entry 13)."""

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

EVENTUAL = {"ConsistencyLevel": "eventual"}
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[World]:
    """Yield a sandbox whose organization of 30 users has 10 who are fed by a group."""
    with open_world(tmp_path) as world:
        world.make(options={"group_licensed": 10}, display_name="Corvane Foods")
        yield world


def _checked(answer: httpx2.Response, status: int, contract: str = "graph_slice") -> Any:
    """Return the body of an answer that has the status and fits the vendor's description."""
    assert answer.status_code == status, answer.text
    directory_contract(contract).check(answer, answer.request.url.path)
    return answer.json() if answer.content else None


def _error(answer: httpx2.Response, status: int) -> Any:
    """Return the error of an answer of the directory, whatever its path."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "innerError"}
    assert {"date", "request-id", "client-request-id"} <= set(error["innerError"])
    return error


LISTS = {
    "/v1.0/organization": "graph_slice_more",
    "/v1.0/users/{user}/licenseDetails": "graph_slice",
    "/v1.0/users/{user}/memberOf": "graph_slice_more",
    "/v1.0/users/{user}/transitiveMemberOf": "graph_slice_more",
    "/v1.0/users/{user}/transitiveMemberOf/microsoft.graph.directoryRole": "graph_slice_more",
    "/v1.0/groups/{group}/members": "graph_slice_more",
    "/v1.0/groups/{group}/members/microsoft.graph.user": "graph_slice_more",
    "/v1.0/groups/{group}/transitiveMembers": "graph_slice_more",
    "/v1.0/groups/{group}/transitiveMembers/microsoft.graph.user": "graph_slice_more",
    "/v1.0/admin/serviceAnnouncement/issues": "graph_slice",
}


@pytest.fixture(name="names")
def _names(world: World) -> dict[str, str]:
    """Return a user who has a role and is in the group, and the group."""
    group_id = world.get("/v1.0/groups?$select=id")["value"][0]["id"]
    user_id = world.get(f"/v1.0/groups/{group_id}/members")["value"][0]["id"]
    world.edit(kind="roles", user_id=user_id, roles=["Billing Administrator"])
    return {"user": user_id, "group": group_id}


@pytest.mark.parametrize("path", LISTS)
def test_lists_fit_the_contract(world: World, names: dict[str, str], path: str) -> None:
    """Each list fits the vendor's description; only that of issues is empty."""
    is_cast = ".graph." in path
    query, headers = ("?$count=true", EVENTUAL) if is_cast else ("", {})
    body = _checked(world.call("GET", path.format(**names) + query, headers=headers), 200, LISTS[path])

    assert bool(body["value"]) is not path.endswith("issues")


@pytest.mark.parametrize("path", [each for each in LISTS if ".graph." in each])
@pytest.mark.parametrize("query", ["", "?$count=true"])
def test_a_list_of_one_kind_is_an_advanced_query(
    world: World, names: dict[str, str], path: str, query: str
) -> None:
    """Narrowed to one kind of object, a list needs the header and the count (vendor#roles)."""
    refused = _error(world.call("GET", path.format(**names) + query), 400)

    assert refused["code"] == "Request_UnsupportedQuery"


@pytest.mark.parametrize("path", [each for each in LISTS if ".graph." in each])
def test_a_list_of_one_kind_is_counted_alone(world: World, names: dict[str, str], path: str) -> None:
    """The number alone is such a query too: the header is enough, as the vendor's own client sends it."""
    path = path.format(**names)
    listed = world.call("GET", f"{path}?$count=true", headers=EVENTUAL).json()["value"]

    assert world.call("GET", f"{path}/$count", headers=EVENTUAL).text == str(len(listed))
    assert _error(world.call("GET", f"{path}/$count"), 400)


def test_every_answer_has_the_ids_by_which_it_is_found(world: World) -> None:
    """The directory gives each answer an id and repeats the client's own; the seller repeats both of ours."""
    directory = world.call("GET", "/v1.0/subscribedSkus", headers={"client-request-id": "own-1"})
    unnamed = world.call("GET", "/v1.0/subscribedSkus")
    organization_id = world.made["organization_id"]
    seller = world.call(
        "GET", f"/v1/customers/{organization_id}/subscriptions", headers={"MS-CorrelationId": "own-2"}
    )

    assert directory.headers["client-request-id"] == "own-1"
    assert directory.headers["request-id"] not in {"", "own-1", unnamed.headers["request-id"]}
    assert seller.headers["MS-CorrelationId"] == "own-2"


@pytest.mark.parametrize(
    "path", ["/v1.0/subscribedSkus", "/v1.0/directory/subscriptions", "/v1.0/users/{user}/licenseDetails"]
)
def test_entries_are_shown_alone(world: World, names: dict[str, str], path: str) -> None:
    """What a list shows can be read by its id and is the same; another id is a 404."""
    path = path.format(**names)
    for entry in world.get(path)["value"]:
        alone = _checked(world.call("GET", f"{path}/{entry['id']}"), 200)
        assert {name: value for name, value in alone.items() if name != "@odata.context"} == entry

    assert _error(world.call("GET", f"{path}/{NOBODY}"), 404)["code"] == "Request_ResourceNotFound"


def test_organization_tells_what_is_known_of_it(world: World) -> None:
    """Name, country, domains and plans are the organization's; what nobody knows is null, never invented."""
    (shown,) = _checked(world.call("GET", "/v1.0/organization"), 200, "graph_slice_more")["value"]
    alone = _checked(world.call("GET", f"/v1.0/organization/{shown['id']}"), 200, "graph_slice_more")

    assert shown["id"] == world.made["organization_id"]
    assert (shown["displayName"], shown["countryLetterCode"], shown["city"]) == ("Corvane Foods", "DE", None)
    assert [each["name"] for each in shown["verifiedDomains"]] == ["corvanefoods.onmicrosoft.example"]
    assert {"exchange", "SharePoint"} <= {each["service"] for each in alone["assignedPlans"]}
    assert _error(world.call("GET", f"/v1.0/organization/{NOBODY}"), 404)


def test_license_details_follow_the_licenses(world: World, names: dict[str, str]) -> None:
    """Details name each license with the services that are off; a swap changes them."""
    world.order()
    user_id = world.user_ids()[-1]
    assert world.assign(user_id, add=E3, remove=E1, disabled=[SHAREPOINT_E3, WEB]).status_code == 200
    details = _checked(world.call("GET", f"/v1.0/users/{user_id}/licenseDetails"), 200)["value"]
    new = next(each for each in details if each["skuId"] == E3)
    states = {each["servicePlanId"]: each["provisioningStatus"] for each in new["servicePlans"]}

    assert E1 not in {each["skuId"] for each in details}
    assert (states[SHAREPOINT_E3], states[WEB]) == ("Disabled", "Disabled")
    assert list(states.values()).count("Disabled") == 2
    assert _error(world.call("GET", f"/v1.0/users/{NOBODY}/licenseDetails"), 404)


def test_assigned_plans_are_what_is_on(world: World) -> None:
    """Assigned plans hold each service once that a license gives; one that is off or broken is none."""
    world.order()
    user_id = world.user_ids()[-1]
    path = f"/v1.0/users/{user_id}?$select=id,assignedPlans"
    assert world.assign(user_id, add=E3, remove=E1, disabled=[SHAREPOINT_E3, WEB]).status_code == 200
    plans = _checked(world.call("GET", path), 200)["assignedPlans"]
    ids = [each["servicePlanId"] for each in plans]
    world.edit(kind="license_state", user_id=user_id, plan_id=E3, is_active=False)
    broken = {each["servicePlanId"] for each in world.get(path)["assignedPlans"]}

    assert len(ids) == len(set(ids))
    assert "efb87545-963c-4e0d-99df-69c6916d9eb0" in ids
    assert not {SHAREPOINT_E3, WEB} & set(ids)
    assert "efb87545-963c-4e0d-99df-69c6916d9eb0" not in broken


def test_assigned_plans_follow_the_subscription(world: World) -> None:
    """The state of a service is that of the subscription that pays it."""
    world.settings(cancellation_window_days=30)
    path = f"/v1.0/users/{world.user_ids()[-1]}?$select=assignedPlans"
    before = {each["capabilityStatus"] for each in world.get(path)["assignedPlans"]}
    assert world.cancel(world.made["subscription_id"]).status_code == 200
    after = {each["capabilityStatus"] for each in world.get(path)["assignedPlans"]}

    assert before == {"Enabled"}
    assert "Warning" in after


def test_count_needs_eventual_consistency(world: World) -> None:
    """`$count` of directory objects is told with the header alone, and silently left out without it."""
    path = f"/v1.0/users?$filter=assignedLicenses/any(s:s/skuId eq {E1})&$top=4&$count=true"
    counted = _checked(world.call("GET", path, headers=EVENTUAL), 200)
    plain = _checked(world.call("GET", path), 200)
    number = world.call("GET", "/v1.0/users/$count", headers=EVENTUAL)

    assert (counted["@odata.count"], len(counted["value"])) == (30, 4)
    assert "@odata.count" not in plain
    assert (number.text, number.headers["content-type"]) == ("30", "text/plain; charset=utf-8")
    refused = _error(world.call("GET", "/v1.0/users/$count"), 400)
    assert refused["message"] == "$count is not currently supported."


@pytest.mark.parametrize(
    "path",
    ["/v1.0/groups/$count", "/v1.0/groups/{group}/members/$count", "/v1.0/users/{user}/memberOf/$count"],
)
def test_counts_of_directory_objects(world: World, names: dict[str, str], path: str) -> None:
    """Each list of the directory's objects has its count, which is that of its entries."""
    path = path.format(**names)
    entries = world.get(path.removesuffix("/$count"))["value"]

    assert world.call("GET", path, headers=EVENTUAL).text == str(len(entries))
    assert _error(world.call("GET", path), 400)


def test_rows_come_in_pages_when_a_client_wants_it(world: World) -> None:
    """`$top` cuts a list that comes whole otherwise, and the next links lead to its end."""
    path = "/v1.0/admin/serviceAnnouncement/healthOverviews"
    everything = {each["id"] for each in world.get(path)["value"]}
    seen: list[str] = []
    url = f"{path}?$top=3&$select=id&$count=true"
    while url:
        body = _checked(world.call("GET", url), 200)
        assert body["@odata.count"] == len(everything)
        seen += [each["id"] for each in body["value"]]
        url = body.get("@odata.nextLink", "")

    assert (len(seen), set(seen)) == (len(everything), everything)


@pytest.mark.parametrize(
    "query", ["$expand=photo", "$expand=memberOf($top=1)", "$apply=x", "$skip=3", "$format=xml", "other=1"]
)
@pytest.mark.parametrize("path", ["/v1.0/users", "/v1.0/users/{user}", "/v1.0/subscribedSkus"])
def test_what_is_not_understood_is_refused(
    world: World, names: dict[str, str], path: str, query: str
) -> None:
    """A query option that the sandbox has not is a 400 that names it: to leave it out would be an answer."""
    error = _error(world.call("GET", f"{path.format(**names)}?{query}"), 400)

    assert error["code"] == "Request_UnsupportedQuery"
    assert query.partition("=")[0] in error["message"]


def test_relations_come_along(world: World, names: dict[str, str]) -> None:
    """`$expand` brings groups and roles with users, and issues with services."""
    path = f"/v1.0/users/{names['user']}?$select=id&$expand=memberOf,manager"
    alone = _checked(world.call("GET", path), 200)
    listed = _checked(world.call("GET", "/v1.0/users?$select=id&$expand=transitiveMemberOf&$top=999"), 200)
    services = world.get("/v1.0/admin/serviceAnnouncement/healthOverviews?$expand=issues")["value"]
    kinds = {"#microsoft.graph.group", "#microsoft.graph.directoryRole"}

    assert {each["@odata.type"] for each in alone["memberOf"]} == kinds
    assert alone["manager"] is None
    assert [len(user["transitiveMemberOf"]) for user in listed["value"]].count(0) == 20
    assert {tuple(each["issues"]) for each in services} == {()}


def test_annotations_in_bodies_are_left_alone(world: World) -> None:
    """`@odata.type` and its like stand in what standard clients send; they change nothing."""
    world.order()
    user_id = world.user_ids()[-1]
    patch = {"@odata.type": "#microsoft.graph.user", "usageLocation": "se"}
    added = {"@odata.type": "#microsoft.graph.assignedLicense", "skuId": E3, "disabledPlans": []}
    swap = {"@odata.context": "x", "addLicenses": [added], "removeLicenses": [E1]}
    _checked(world.call("PATCH", f"/v1.0/users/{user_id}", patch), 204)
    _checked(world.call("POST", f"/v1.0/users/{user_id}/assignLicense", swap), 200)

    assert world.get(f"/v1.0/users/{user_id}?$select=usageLocation")["usageLocation"] == "SE"
    assert world.user_ids(E3) == [user_id]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "at least one"),
        ({"@odata.type": "#microsoft.graph.user"}, "at least one"),
        ({"department": "Legal", "city": "Bonn"}, "Only accountEnabled"),
        ({"usageLocation": "Germany"}, "'usageLocation'"),
        ({"usageLocation": None}, "'usageLocation'"),
        ({"accountEnabled": "yes"}, "'accountEnabled'"),
        ({"displayName": " "}, "'displayName'"),
        ({"displayName": "a\x00b"}, "'displayName'"),
        ({"department": 7}, "'department'"),
        ({"manager@odata.bind": "https://graph.microsoft.com/v1.0/users/1"}, "Only accountEnabled"),
    ],
)
def test_wrong_changes_of_a_user_change_nothing(world: World, body: dict[str, Any], words: str) -> None:
    """A change that is wrong or not possible is refused whole."""
    user_id = world.user_ids()[0]
    fields = "?$select=accountEnabled,department,displayName,usageLocation"
    before = world.get(f"/v1.0/users/{user_id}{fields}")
    error = _error(
        world.call(
            "PATCH", f"/v1.0/users/{user_id}", {"department": "Legal"} | body if body.get("city") else body
        ),
        400,
    )

    assert words in error["message"]
    assert world.get(f"/v1.0/users/{user_id}{fields}") == before


@pytest.mark.parametrize("path", ["/v1.0/domains", "/v1.0/users/x/manager/y", "/v1.0", "/beta/users"])
def test_unknown_paths_of_the_directory_are_its_errors(world: World, path: str) -> None:
    """A path that is not there is a 404 in the directory's words."""
    error = _error(world.call("GET", path), 404)

    assert error["code"] == "ResourceNotFound"
    assert path in error["message"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", "/v1.0/users/x"), ("POST", "/v1.0/users"), ("GET", "/v1.0/$batch"), ("PUT", "/v1.0/groups")],
)
def test_wrong_methods_of_the_directory_are_its_errors(world: World, method: str, path: str) -> None:
    """A method that is not there is a 405 in the directory's words, with what is allowed."""
    answer = world.call(method, path)

    assert _error(answer, 405)["message"] == "Specified HTTP method is not allowed for the request target."
    assert answer.headers["allow"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nothing", 404),
        ("DELETE", "/v1/customers/x/subscriptions", 405),
        ("GET", "/billing/v1/nothing", 404),
        ("DELETE", "/sandbox/organizations", 405),
        ("GET", "/", 404),
        ("GET", "/users", 404),
    ],
)
def test_every_other_error_is_json_too(world: World, method: str, path: str, status: int) -> None:
    """Seller, billing and control paths answer unknown paths and methods each in their own form of JSON."""
    answer = world.call(method, path)
    is_seller = path.startswith("/v1/")
    media = "application/json" if is_seller else "application/problem+json"

    assert (answer.status_code, answer.headers["content-type"]) == (status, media)
    assert answer.json()["code"] == {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}[status]

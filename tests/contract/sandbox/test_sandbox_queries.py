"""`$filter` and `$orderby` of the sandbox's directory, as standard clients send them (issue 12, entry 13)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest

from tests.support.clouds.sandbox_world import E1, E3, World, open_world

EVENTUAL = {"ConsistencyLevel": "eventual"}


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[World]:
    """Yield a sandbox with one organization of 30 users on E1, three of them on E3 too."""
    with open_world(tmp_path) as world:
        world.make()
        world.order()
        for user_id in world.user_ids()[:3]:
            assert world.assign(user_id, add=E3).status_code == 200
        yield world


def _users(world: World, **options: str) -> httpx2.Response:
    """Ask for users, with eventual consistency where a count is asked for."""
    query = urlencode({f"${name}": value for name, value in options.items()})
    return world.call("GET", f"/v1.0/users?{query}", headers=EVENTUAL if "count" in options else None)


def _everybody(world: World) -> list[dict[str, Any]]:
    names = "id,displayName,department,accountEnabled,usageLocation,userPrincipalName,assignedLicenses"
    users: list[dict[str, Any]] = world.get(f"/v1.0/users?$select={names}&$top=999")["value"]
    return users


FILTERS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "department eq 'sales'": lambda user: user["department"] == "Sales",
    "accountEnabled eq false": lambda user: not user["accountEnabled"],
    "department eq 'Sales' and accountEnabled eq true": (
        lambda user: user["department"] == "Sales" and user["accountEnabled"]
    ),
    "department eq 'Sales' or department eq 'Legal'": lambda user: user["department"] in {"Sales", "Legal"},
    "department in ('Sales', 'Legal')": lambda user: user["department"] in {"Sales", "Legal"},
    "(department eq 'Sales' or department eq 'Finance') and accountEnabled eq true": (
        lambda user: user["department"] in {"Sales", "Finance"} and user["accountEnabled"]
    ),
    "startswith(displayName,'A')": lambda user: user["displayName"].startswith("A"),
    "startsWith(displayName, 'a')": lambda user: user["displayName"].startswith("A"),
    f"assignedLicenses/any(x:x/skuId eq {E3})": (
        lambda user: E3 in {each["skuId"] for each in user["assignedLicenses"]}
    ),
    f"assignedLicenses/any(x:x/skuId eq {E3}) and accountEnabled eq true": (
        lambda user: E3 in {each["skuId"] for each in user["assignedLicenses"]} and user["accountEnabled"]
    ),
    "city eq null": lambda _user: True,
    "displayName ge 'M'": lambda user: user["displayName"] >= "M",
    "displayName eq 'O''Neil'": lambda _user: False,
}
ADVANCED: dict[str, Callable[[dict[str, Any]], bool]] = {
    "department ne 'Sales'": lambda user: user["department"] != "Sales",
    "not(department eq 'Sales')": lambda user: user["department"] != "Sales",
    "endsWith(userPrincipalName,'.example')": lambda _user: True,
    "assignedLicenses/$count eq 0": lambda user: not user["assignedLicenses"],
    "assignedLicenses/$count ne 0": lambda user: bool(user["assignedLicenses"]),
    f"NOT assignedLicenses/any(x:x/skuId eq {E3})": (
        lambda user: E3 not in {each["skuId"] for each in user["assignedLicenses"]}
    ),
}


@pytest.mark.parametrize("text", FILTERS)
def test_filters_choose_users(world: World, text: str) -> None:
    """A filter gives those users of whom it is true, in the order of their ids."""
    answer = _users(world, filter=text, select="id", top="999")

    assert answer.status_code == 200, answer.text
    expected = [user["id"] for user in _everybody(world) if FILTERS[text](user)]
    assert [user["id"] for user in answer.json()["value"]] == expected


@pytest.mark.parametrize("text", ADVANCED)
def test_advanced_filters_need_eventual_consistency(world: World, text: str) -> None:
    """What the vendor indexes apart is refused without the header and a count, and answered with both."""
    refused = _users(world, filter=text)
    answer = _users(world, filter=text, count="true", select="id", top="999")
    number = world.call("GET", f"/v1.0/users/$count?{urlencode({'$filter': text})}", headers=EVENTUAL)

    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "Request_UnsupportedQuery"
    expected = [user["id"] for user in _everybody(world) if ADVANCED[text](user)]
    assert [user["id"] for user in answer.json()["value"]] == expected
    assert number.text == str(len(expected))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "department",
        "department eq",
        "department eq 'Sales",
        "department eq 'Sales' and",
        "department like 'S%'",
        "department eq 'Sales' department eq 'Legal'",
        "(department eq 'Sales'",
        "department in ()",
        "startswith(department)",
        "assignedLicenses/any(x)",
        "eq eq eq eq",
        "((((((((((((((((((((((department eq 'a'))))))))))))))))))))))",
        "not " * 5_000 + "department eq 'a'",
        "(" * 5_000,
    ],
)
def test_filters_that_are_none_are_refused(world: World, text: str) -> None:
    """A filter that can't be read is a 400 of the directory, however deep it goes."""
    answer = _users(world, filter=text)

    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["code"] in {"Request_UnsupportedQuery", "BadRequest"}


def test_unknown_fields_are_named(world: World) -> None:
    """A filter or an order by a field that users have not is refused by its name."""
    for answer in (_users(world, filter="shoeSize eq 44"), _users(world, orderby="shoeSize")):
        assert answer.status_code == 400
        assert "'shoeSize'" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("text", "is_down"), [("displayName", False), ("displayName desc", True), ("displayName asc", False)]
)
def test_users_come_in_the_order_asked_for(world: World, text: str, *, is_down: bool) -> None:
    """`$orderby` holds over all pages, each user once."""
    seen: list[str] = []
    answer = _users(world, orderby=text, select="id,displayName", top="7")
    while True:
        body = answer.json()
        seen += [user["displayName"] for user in body["value"]]
        if "@odata.nextLink" not in body:
            break
        answer = world.call("GET", body["@odata.nextLink"])

    names = [user["displayName"] for user in _everybody(world)]
    assert seen == sorted(names, key=str.casefold, reverse=is_down)


def test_order_and_filter_together_are_advanced(world: World) -> None:
    """`$orderby` beside `$filter` needs the header and a count (vendor's page on users)."""
    both = {"filter": "accountEnabled eq true", "orderby": "userPrincipalName", "select": "userPrincipalName"}
    answer = _users(world, **both, count="true", top="999")
    names = [user["userPrincipalName"] for user in _everybody(world) if user["accountEnabled"]]

    assert _users(world, **both).status_code == 400
    assert [user["userPrincipalName"] for user in answer.json()["value"]] == sorted(names)


def test_groups_and_rows_are_filtered_too(world: World) -> None:
    """Groups, purchases and services take filters and orders; license pools take none, as the vendor's."""
    world.edit(kind="group_member", name="Berlin", user_id=world.user_ids()[0])
    world.edit(kind="group_member", name="Bonn", user_id=world.user_ids()[0])
    groups = world.get("/v1.0/groups?$filter=displayName eq 'bonn'")["value"]
    purchases = world.get(f"/v1.0/directory/subscriptions?$filter=skuId eq '{E3}'&$select=skuId")["value"]
    path = "/v1.0/admin/serviceAnnouncement/healthOverviews"
    services = [each["service"] for each in world.get(f"{path}?$orderby=service desc")["value"]]

    assert [each["displayName"] for each in groups] == ["Bonn"]
    assert purchases == [{"skuId": E3}]
    assert services == sorted(services, key=str.casefold, reverse=True)
    assert world.call("GET", f"/v1.0/subscribedSkus?$filter=skuId eq {E1}").status_code == 400

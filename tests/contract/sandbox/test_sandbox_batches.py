"""The sandbox's `$batch` takes items of every path, as standard clients write them (issue 12, entry 13)."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.clouds.sandbox_world import E1, E3, World, directory_contract, open_world

EVENTUAL = {"ConsistencyLevel": "eventual"}


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


def _batch(world: World, *items: dict[str, Any]) -> dict[str, Any]:
    """Send a batch and return the answers by id."""
    body = _checked(world.call("POST", "/v1.0/$batch", {"requests": list(items)}), 200)
    return {answer["id"]: answer for answer in body["responses"]}


def _get(url: str, name: str = "1", **more: Any) -> dict[str, Any]:
    return {"id": name, "method": "GET", "url": url} | more


@pytest.fixture(name="names")
def _names(world: World) -> dict[str, str]:
    """Return a user who has a role and is in the group, and the group."""
    group_id = world.get("/v1.0/groups?$select=id")["value"][0]["id"]
    user_id = world.get(f"/v1.0/groups/{group_id}/members")["value"][0]["id"]
    world.edit(kind="roles", user_id=user_id, roles=["Billing Administrator"])
    return {"user": user_id, "group": group_id}


def test_batch_takes_items_of_every_path(world: World, names: dict[str, str]) -> None:
    """Items may call any path, whole addresses among them; what is no JSON comes as base64."""
    answers = _batch(
        world,
        _get("/organization?$select=id", "organization"),
        _get("subscribedSkus", "pools"),
        _get("https://graph.microsoft.com/v1.0/directory/subscriptions", "purchases"),
        _get(f"/v1.0/groups/{names['group']}/members?$top=2", "members"),
        _get(f"/users/{names['user']}/licenseDetails", "details"),
        _get("/users?$top=2&$count=true", "users", headers=EVENTUAL),
        _get("/users/$count", "number", headers=EVENTUAL),
        _get("/domains", "path"),
        {"id": "method", "method": "DELETE", "url": "/organization"},
        _get("/users/$count", "refused", headers=None),
    )
    bodies = {name: answer.get("body") for name, answer in answers.items()}

    assert {name: answer["status"] for name, answer in answers.items() if answer["status"] != 200} == {
        "path": 404,
        "method": 405,
        "refused": 400,
    }
    assert bodies["organization"]["value"] == [{"id": world.made["organization_id"]}]
    assert bodies["users"]["@odata.count"] == 30
    assert base64.b64decode(bodies["number"]) == b"30"
    assert bodies["method"]["error"]["code"] == "Request_BadRequest"
    for link in (bodies["members"]["@odata.nextLink"], bodies["users"]["@odata.nextLink"]):
        assert len(world.get(link)["value"]) == 2


def test_batch_changes_users_and_groups(world: World, names: dict[str, str]) -> None:
    """Writes of a batch on other paths take effect in its order, and outlive a restart."""
    world.order()
    user_id = world.user_ids()[-1]
    json_type = {"content-type": "application/json; charset=utf-8"}
    give = {"addLicenses": [{"skuId": E3, "disabledPlans": []}], "removeLicenses": []}
    swap = give | {"removeLicenses": [E1]}
    answers = _batch(
        world,
        {
            "id": "patch",
            "method": "patch",
            "url": f"/users/{user_id}",
            "headers": json_type,
            "body": {"usageLocation": "SE", "@odata.type": "#microsoft.graph.user"},
        },
        {"id": "swap", "method": "POST", "headers": json_type, "body": swap}
        | {"url": f"{world.client.base_url}v1.0/users/{user_id}/assignLicense"},
        {"id": "group", "method": "POST", "headers": json_type, "body": give}
        | {"url": f"/groups/{names['group']}/assignLicense", "dependsOn": ["swap"]},
        {"id": "again", "method": "POST", "url": f"/users/{names['user']}/reprocessLicenseAssignment"},
    )
    world.restart()

    assert {name: answer["status"] for name, answer in answers.items()} == {
        "patch": 204,
        "swap": 200,
        "group": 202,
        "again": 200,
    }
    assert "body" not in answers["patch"]
    assert world.get(f"/v1.0/users/{user_id}?$select=usageLocation")["usageLocation"] == "SE"
    assert len(world.user_ids(E3)) == 11


@pytest.mark.parametrize(
    "item",
    [
        _get("http://[/users"),
        _get("/organization", headers=["Accept"]),
        _get("/organization", dependsOn="2"),
        _get("/organization", dependsOn=5),
        _get("/organization", body={"a": 1}, headers=None),
        {"id": 1, "method": "GET", "url": "/organization"},
    ],
)
def test_malformed_items_refuse_the_batch(world: World, item: dict[str, Any]) -> None:
    """An item that can't be read refuses the whole batch with a 400, never with a 500."""
    answer = world.call("POST", "/v1.0/$batch", {"requests": [item]})

    assert _error(answer, 400)["code"] == "Request_BadRequest"


def test_batch_in_a_batch_is_refused(world: World) -> None:
    """A batch is no item of a batch."""
    item = {"id": "1", "method": "POST", "url": "/$batch", "headers": {"Content-Type": "application/json"}}
    answers = _batch(world, item | {"body": {"requests": [_get("/organization")]}})

    assert answers["1"]["status"] == 400


def test_items_are_asked_with_the_token_of_the_batch(world: World) -> None:
    """An item can't speak for another organization: its own authorization does not count."""
    other = world.call("POST", "/sandbox/organizations", {"seed": 8, "users": 3, "plan_id": E1}).json()
    headers = {"Authorization": f"Bearer {other['token']}"}
    answers = _batch(world, _get("/organization?$select=id", headers=headers))

    assert answers["1"]["body"]["value"] == [{"id": world.made["organization_id"]}]


def test_whole_addresses_and_unknown_members_are_borne(world: World, names: dict[str, str]) -> None:
    """Whole addresses do what relative ones do; members that nobody knows are left out."""
    world.order()
    user_id = names["user"]
    address = f"https://graph.microsoft.com/v1.0/users/{user_id}"
    body: dict[str, Any] = {
        "addLicenses": [{"skuId": E3, "disabledPlans": [], "@odata.type": "#x"}],
        "removeLicenses": [],
    }
    change: dict[str, Any] = {"id": "a", "method": "POST", "url": f"{address}/assignLicense", "body": body}
    change |= {"headers": {"Content-Type": "application/json"}, "continueOnError": True}
    read = _get(f"{address}?$select=assignedLicenses", "b", dependsOn=["a"], atomicityGroup="g")
    answers = world.call("POST", "/v1.0/$batch", {"requests": [change, read], "transaction": "t"}).json()
    by_id = {each["id"]: each for each in answers["responses"]}

    assert {name: each["status"] for name, each in by_id.items()} == {"a": 200, "b": 200}
    assert E3 in {each["skuId"] for each in by_id["b"]["body"]["assignedLicenses"]}

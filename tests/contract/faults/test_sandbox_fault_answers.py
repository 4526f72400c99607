"""Faults that mean "ask anew": refused calls and items, tokens that expire, lists that lead astray."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.clouds.faults import batch, fired, plant
from tests.support.clouds.sandbox_world import World, open_world


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[World]:
    """Yield a sandbox with one organization."""
    with open_world(tmp_path) as world:
        world.make()
        yield world


@pytest.mark.parametrize("status", [400, 401, 403, 409, 412, 423])
def test_a_call_is_refused_once_and_then_answered(world: World, status: int) -> None:
    """A whole call may be answered with any "ask anew" or "no", in the words that the program gives."""
    plant(
        world, {"operation": "users_page", "fault": "refused", "hits": [1], "status": status, "code": "Word"}
    )

    first, second = (world.call("GET", "/v1.0/users") for _ in range(2))

    assert (first.status_code, first.json()["error"]["code"], second.status_code) == (status, "Word", 200)
    assert fired(world) == {"refused": 1}


@pytest.mark.parametrize("status", [401, 403, 412, 423])
def test_items_are_answered_with_trouble_that_is_not_their_users(world: World, status: int) -> None:
    """One item of a batch may say that the caller is not let in, or that something is locked."""
    user = world.user_ids()[0]
    plant(world, {"fault": "item_refused", "hits": [1], "status": status, "code": "Word", "text": "Not now."})

    first, second = (batch(world, [user])[0]["status"] for _ in range(2))

    assert (first, second == status) == (status, False)


def test_a_token_that_expired_is_taken_no_more_until_it_is_renewed(world: World) -> None:
    """From its hit on a token is refused by every interface, until it is renewed or the program ends."""
    plant(world, {"operation": "users_page", "fault": "token_expired", "hits": [2]})
    token = f"Bearer sandbox-{world.made['organization_id']}"
    paths = ("/v1.0/users", "/v1.0/users", f"/v1/customers/{world.made['organization_id']}/subscriptions")

    answers = [world.call("GET", path, headers={"Authorization": token}) for path in paths]
    renewed = world.call("GET", "/v1.0/users", headers={"Authorization": f"{token}~1"})

    assert [answer.status_code for answer in answers] == [200, 401, 401]
    assert "invalid_token" in answers[1].headers["www-authenticate"]
    assert renewed.status_code == 200
    world.call("DELETE", "/sandbox/faults")
    assert world.call("GET", "/v1.0/users", headers={"Authorization": token}).status_code == 200


def _user_pages(world: World, pages_max: int = 4) -> tuple[list[list[str]], list[int]]:
    """Return the users of each page of a list that may not end, and the status of each answer."""
    found, statuses, path = [], [], "/v1.0/users?$select=id"
    for _ in range(pages_max):
        answer = world.call("GET", path)
        statuses.append(answer.status_code)
        if answer.status_code != 200:
            break
        body = answer.json()
        found.append([user["id"] for user in body["value"]])
        link = body.get("@odata.nextLink")
        if link is None:
            break
        path = link.partition("/v1.0")[1] + link.partition("/v1.0")[2]
    return found, statuses


def test_a_page_token_expires(world: World) -> None:
    """The link to a next page is not taken any more; the list can be read again from page one."""
    plant(world, {"operation": "users_page", "fault": "page_expired", "hits": [2], "page_size": 2})

    _, first = _user_pages(world, 9)
    _, again = _user_pages(world, 2)

    assert (first, again) == ([200, 400], [200, 200])


def test_a_link_leads_back_to_its_own_page(world: World) -> None:
    """The next page is the same one, for as long as the rule says so."""
    plant(world, {"operation": "users_page", "fault": "page_repeated", "rate": 1, "page_size": 2})

    found, _ = _user_pages(world)

    assert found == [found[0]] * 4


def test_an_entry_stands_on_two_pages(world: World) -> None:
    """The last entry of a page is the first one of the next."""
    plant(world, {"operation": "users_page", "fault": "entry_repeated", "hits": [1], "page_size": 2})

    found, _ = _user_pages(world)

    assert found[0][-1] == found[1][0]
    assert found[1][-1] != found[2][0]

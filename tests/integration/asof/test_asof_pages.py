"""The API and the page of past states, in process over a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from console.app import create_app
from console.server import open_dependencies
from projections.running.projector import Projector
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.support.consoles.store_parts import lone_settings
from tests.support.stories.switch_story import FAILED, USERS, SwitchStory

KEY = "a-key-of-the-tests"


@pytest.fixture(name="client")
def _client(database_url: str, tmp_path: Path) -> Iterator[TestClient]:
    """Yield a client of a console whose cloud and Temporal are down."""
    settings = lone_settings(database_url, tmp_path, api_key=KEY, local_actor="olga")
    with open_dependencies(settings) as dependencies, TestClient(create_app(dependencies)) as client:
        client.headers["X-API-Key"] = KEY
        yield client


@pytest.fixture(name="story")
def _story(client: TestClient, database_url: str, tmp_path: Path) -> SwitchStory:
    """Return a completed switch that is shown."""
    assert client
    with SwitchStore.open(database_url, FileKeyProvider(tmp_path / "master.key")) as store:
        story = SwitchStory(store=store)
        story.request()
        story.order()
        story.move(failed=FAILED)
        story.finish()
    Projector(database_url).catch_up()
    return story


def test_each_event_of_the_timeline_has_a_page(client: TestClient, story: SwitchStory) -> None:
    """The page tells the event, what it changed and the state after it, and leads to its neighbors."""
    address = f"/switches/{story.switch_id}"
    audit = client.get(f"/api{address}/audit").json()
    places = [each["position"] for each in audit["events"]]
    timeline = client.get(address).text
    pages = [client.get(f"{address}/at/{place}") for place in places]
    moved = next(each["position"] for each in audit["events"] if each["event"] == "license-move.group-moved")

    assert [page.status_code for page in pages] == [200] * len(places)
    assert all(f'href="{address}/at/{place}"' in timeline for place in places)
    assert all("<script" not in page.text for page in pages)
    assert 'rel="prev"' not in pages[0].text
    assert 'rel="next"' not in pages[-1].text
    shown = pages[places.index(moved)].text
    assert f"the new plan: {USERS - FAILED}" in shown
    assert f"{USERS - FAILED} users: not known → new plan" in shown


@pytest.mark.parametrize("place", ["0", "99999", "x", "-1", "99999999999999999999"])
def test_a_place_without_an_event_of_the_switch_has_no_page(
    client: TestClient, story: SwitchStory, place: str
) -> None:
    """Only events of the switch have a page; a wrong address is told as one."""
    answer = client.get(f"/switches/{story.switch_id}/at/{place}", headers={"Accept": "text/html"})

    assert answer.status_code in {404, 422}
    assert "Traceback" not in answer.text


def test_the_api_tells_state_users_and_differences(client: TestClient, story: SwitchStory) -> None:
    """One moment by three names is one state; users who changed are those that differ."""
    address = f"/api/switches/{story.switch_id}/state"
    by_version = client.get(f"{address}?at_version=13").json()
    by_place = client.get(address, params={"at_position": by_version["position"]}).json()
    recorded_at = by_version["event"]["recorded_at"]
    by_instant = client.get(address, params={"at_instant": recorded_at}).json()
    moments = {"from_moment": "version:11", "to_moment": recorded_at}
    differences = client.get(f"{address}/differences", params=moments).json()
    users = client.get(f"{address}/differences/users", params=moments | {"limit": 7}).json()

    assert by_place == by_version
    assert (
        by_instant["users"]
        == by_version["users"]
        == {
            "known": USERS,
            "old_plan": FAILED,
            "new_plan": USERS - FAILED,
            "both_plans": 0,
            "neither_plan": 0,
            "gone": 0,
        }
    )
    assert sum(each["users"] for each in differences["moves"]) == users["total"] == USERS
    assert len(users["users"]) == 7
    assert users["next_cursor"] == users["users"][-1]["user_key"]

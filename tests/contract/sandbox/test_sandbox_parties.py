"""The sandbox's seller keeps names and addresses as the vendor's customer profiles show them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.clouds.sandbox_world import World, open_world


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[World]:
    """Yield a sandbox with one organization."""
    with open_world(tmp_path) as world:
        world.make()
        yield world


@pytest.mark.parametrize(("profile", "address"), [("billing", "defaultAddress"), ("company", "address")])
def test_profile_is_replaced_once_and_kept(world: World, profile: str, address: str) -> None:
    """A change needs the etag, is repeated by its request id without effect, and survives a restart."""
    path = world.seller(f"/profiles/{profile}")
    before = world.get(path)
    moved = before | {address: before[address] | {"city": "Bonn"}}
    headers = {"If-Match": f'"{before["attributes"]["etag"]}"', "MS-RequestId": "move-1"}

    changed = world.call("PUT", path, moved, headers)
    repeated = world.call("PUT", path, moved, headers)
    stale = world.call("PUT", path, moved, headers | {"MS-RequestId": "move-2"})
    world.restart()

    assert (changed.status_code, repeated.json()) == (200, changed.json())
    assert (stale.status_code, stale.json()["code"]) == (400, 2055)
    assert world.get(path) == changed.json()
    assert (world.get(path)[address]["city"], before[address]["city"]) == ("Bonn", "Berlin")
    assert world.get(path)["attributes"]["etag"] != before["attributes"]["etag"]


def test_profile_that_is_not_whole_is_refused(world: World) -> None:
    """An address without a street, and a profile that is not there, change nothing."""
    path = world.seller("/profiles/billing")
    before = world.get(path)
    bare = before | {"defaultAddress": before["defaultAddress"] | {"addressLine1": ""}}
    headers = {"If-Match": f'"{before["attributes"]["etag"]}"'}

    answer = world.call("PUT", path, bare, headers)

    assert (answer.status_code, answer.json()["code"]) == (400, 2000)
    assert "addressLine1" in answer.json()["description"]
    assert world.call("GET", world.seller("/profiles/color")).status_code == 404
    assert world.get(path) == before

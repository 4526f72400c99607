"""The sandbox's groups give licenses as the vendor's do: in the background, member by member."""

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

#: SharePoint (Plan 2) sold by itself.
SHAREPOINT_ALONE = "a9732ec9-17d9-494c-a51c-d6b45b384dcb"
FIGURES = ("unlicensed_user_seconds", "data_service_gap_user_seconds")


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[World]:
    """Yield a sandbox whose organization of 30 users has 10 who are fed by a group."""
    with open_world(tmp_path) as world:
        world.make(options={"group_licensed": 10})
        yield world


def _checked(answer: httpx2.Response, status: int) -> Any:
    assert answer.status_code == status, answer.text
    directory_contract().check(answer, answer.request.url.path)
    return answer.json() if answer.content else None


def _group(world: World) -> dict[str, Any]:
    select = "$select=id,displayName,assignedLicenses,licenseProcessingState"
    filtered = f"$filter=assignedLicenses/any(s:s/skuId eq {E1})"
    (group,) = _checked(world.call("GET", f"/v1.0/groups?{select}&{filtered}"), 200)["value"]
    found: dict[str, Any] = group
    return found


def _assign(world: World, group_id: str, *, add: str | None = None, remove: str | None = None) -> Any:
    body = {
        "addLicenses": [{"skuId": add, "disabledPlans": [SHAREPOINT_E3, WEB]}] if add else [],
        "removeLicenses": [remove] if remove else [],
    }
    return world.call("POST", f"/v1.0/groups/{group_id}/assignLicense", body)


def _states(world: World, plan_id: str) -> list[dict[str, Any]]:
    path = "/v1.0/users?$select=id,assignedLicenses,licenseAssignmentStates&$top=999"
    users = _checked(world.call("GET", path), 200)["value"]
    return [each for user in users for each in user["licenseAssignmentStates"] if each["skuId"] == plan_id]


def test_groups_fit_the_contract(world: World) -> None:
    """Lists, single groups and refusals fit the vendor's description; licenses come only when selected."""
    group = _group(world)
    plain = _checked(world.call("GET", f"/v1.0/groups/{group['id']}"), 200)
    _checked(world.call("GET", "/v1.0/groups/00000000-0000-4000-8000-000000000000"), 404)
    _checked(_assign(world, group["id"], add="c5928f49-12ba-48f7-ada3-0d743a3601d5"), 400)
    _checked(_assign(world, group["id"], remove=E3), 400)

    assert [each["skuId"] for each in group["assignedLicenses"]] == [E1]
    assert "assignedLicenses" not in plain
    assert len([each for each in _states(world, E1) if each["assignedByGroup"] == group["id"]]) == 10


def test_members_follow_one_by_one(world: World) -> None:
    """A change is 202 and reaches each member in its time; until then the old license stays.

    See vendor#groups.
    """
    world.order()
    world.settings(group_delay_seconds=10.0)
    group = _group(world)
    _checked(_assign(world, group["id"], add=E3), 202)

    seen = [len(_states(world, E3))]
    world.clock.advance(seconds=4.01)
    seen.append(len(_states(world, E3)))
    assert _group(world)["licenseProcessingState"]["state"] == "ProcessingInProgress"
    world.restart()
    world.clock.advance(seconds=6.0)
    states = _states(world, E3)

    assert [*seen, len(states)] == [0, 4, 10]
    assert {each["state"] for each in states} == {"Active"}
    assert {tuple(each["disabledPlans"]) for each in states} == {(SHAREPOINT_E3, WEB)}
    assert _group(world)["licenseProcessingState"]["state"] == "ProcessingComplete"
    _checked(_assign(world, group["id"], remove=E1), 202)
    world.clock.advance(seconds=10.01)
    assert len(_states(world, E1)) == 20
    pools = {pool["skuId"]: pool["consumedUnits"] for pool in world.get("/v1.0/subscribedSkus")["value"]}
    assert (pools[E1], pools[E3]) == (20, 10)
    assert world.referee()["unlicensed_user_seconds"] == 0


def test_errors_are_on_the_members(world: World) -> None:
    """Seats short are told on the users alone; more seats and a reprocess mend it (vendor#groups)."""
    world.order(quantity=7)
    group = _group(world)
    _checked(_assign(world, group["id"], add=E3), 202)
    failed = [each for each in _states(world, E3) if each["state"] == "Error"]
    found = _checked(world.call("GET", "/v1.0/groups?$filter=hasMembersWithLicenseErrors eq true"), 200)
    world.order(quantity=3, key="2")
    for user_id in world.user_ids():
        _checked(world.call("POST", f"/v1.0/users/{user_id}/reprocessLicenseAssignment"), 200)

    assert [each["error"] for each in failed] == ["CountViolation"] * 3
    assert {each["assignedByGroup"] for each in failed} == {group["id"]} == {found["value"][0]["id"]}
    assert [each["state"] for each in _states(world, E3)] == ["Active"] * 10


def test_plans_that_exclude_each_other_are_swapped_in_one_change(world: World) -> None:
    """Where E1 and E3 exclude each other adding fails and nobody loses anything; one change swaps them."""
    world.order()
    world.settings(is_exclusive=True)
    group = _group(world)
    _checked(_assign(world, group["id"], add=E3), 202)
    errors = {each["error"] for each in _states(world, E3)}
    _checked(_assign(world, group["id"], add=E3, remove=E1), 202)

    assert errors == {"MutuallyExclusiveViolation"}
    assert (len(_states(world, E3)), len(_states(world, E1))) == (10, 20)
    assert world.referee()["unlicensed_user_seconds"] == 0


def test_removing_first_from_a_group_is_a_gap(world: World) -> None:
    """The referee sees what a group takes away before it gives the other plan."""
    world.order()
    group = _group(world)
    _checked(_assign(world, group["id"], remove=E1), 202)
    world.get("/v1.0/users")
    world.clock.advance(seconds=60)
    _checked(_assign(world, group["id"], add=E3), 202)
    world.get("/v1.0/users")

    assert world.referee()["unlicensed_user_seconds"] == pytest.approx(600, abs=1)
    assert world.referee()["unlicensed_users"] == 10


def test_direct_and_group_are_told_apart(world: World) -> None:
    """Who holds a plan both ways uses one seat, keeps it when one part goes, and has what either gives."""
    group = _group(world)
    user_id = next(each for each in world.user_ids() if _is_fed(world, each))
    assert world.assign(user_id, add=E1, disabled=()).status_code == 200
    both = _states_of(world, user_id)
    assert world.assign(user_id, remove=E1).status_code == 200
    fed = _states_of(world, user_id)

    assert [each["assignedByGroup"] for each in both] == [None, group["id"]]
    assert [each["assignedByGroup"] for each in fed] == [group["id"]]
    assert len(world.user_ids()) == 30
    assert {name: world.referee()[name] for name in FIGURES} == dict.fromkeys(FIGURES, 0)


def test_hand_edits_of_groups_work_in_the_background_too(world: World) -> None:
    """Who joins a group gets its licenses, who leaves loses them; the gap is the hand's, not ours."""
    outsider = next(each for each in world.user_ids() if not _is_fed(world, each))
    world.edit(kind="group_member", user_id=outsider)
    joined = _is_fed(world, outsider)
    insider = next(each for each in world.user_ids() if _is_fed(world, each) and each != outsider)
    world.edit(kind="group_member", user_id=insider, is_member=False)
    world.edit(kind="group_error", user_id=outsider, error="Other")
    world.get("/v1.0/users")
    world.clock.advance(seconds=5)
    verdict = world.referee()

    assert joined
    assert insider not in world.user_ids()
    assert verdict["unlicensed_user_seconds"] == 0
    assert verdict["by_actor"]["hand"]["unlicensed_user_seconds"] > 4.9
    before = world.get("/v1.0/users?$select=id,licenseAssignmentStates&$top=999")
    world.restart()
    assert world.get("/v1.0/users?$select=id,licenseAssignmentStates&$top=999") == before


def test_a_disabled_license_is_shown_and_serves_nobody(world: World) -> None:
    """The state is the vendor's word; who takes the plan beside it away is blamed for the gap."""
    group, _ = _group(world)["id"], world.order(quantity=40)
    user_id = next(user_id for user_id in world.user_ids() if _is_fed(world, user_id))
    world.edit(kind="license_state", user_id=user_id, plan_id=E3)
    _checked(_assign(world, group, add=E3), 202)
    shown = [each["state"] for each in _states(world, E3)]
    world.clock.advance(seconds=5)
    both = world.referee()
    _checked(_assign(world, group, remove=E1), 202)
    _states(world, E1)
    world.clock.advance(seconds=5)
    alone = world.referee()
    world.edit(kind="license_state", user_id=user_id, plan_id=E3, is_active=True)
    world.restart()

    assert sorted(shown) == ["Active"] * 9 + ["Disabled"]
    assert {name: both[name] for name in FIGURES} == dict.fromkeys(FIGURES, 0)
    assert alone["unlicensed_users"] == 1
    assert alone["unlicensed_user_seconds"] > 4.9
    assert {each["state"] for each in _states(world, E3)} == {"Active"}


def _states_of(world: World, user_id: str) -> list[dict[str, Any]]:
    user = world.get(f"/v1.0/users/{user_id}?$select=licenseAssignmentStates")
    return [each for each in user["licenseAssignmentStates"] if each["skuId"] == E1]


def _is_fed(world: World, user_id: str) -> bool:
    return any(each["assignedByGroup"] for each in _states_of(world, user_id))


def test_member_without_what_a_service_needs_is_not_served(world: World) -> None:
    """Background work fails a member alone; a further license that meets the need counts (vendor#groups)."""
    world.order()
    group = _group(world)
    lacking, served = [each for each in world.user_ids() if not _is_fed(world, each)][:2]
    for user_id in (lacking, served):
        world.edit(kind="licenses", user_id=user_id, remove=[E1])
        world.edit(kind="group_error", user_id=user_id, error="CountViolation", times=1)
        world.edit(kind="group_member", user_id=user_id, is_member=True)
    world.clock.advance(seconds=60.0)
    world.edit(kind="licenses", user_id=served, add=[{"skuId": SHAREPOINT_ALONE, "disabledPlans": []}])
    body = {"addLicenses": [{"skuId": E3, "disabledPlans": [SHAREPOINT_E3]}], "removeLicenses": []}
    _checked(world.call("POST", f"/v1.0/groups/{group['id']}/assignLicense", body), 202)
    world.clock.advance(seconds=60.0)

    errors = [each["error"] for each in _states(world, E3) if each["error"]]
    holders = world.user_ids(E3)

    assert errors == ["DependencyViolation"]
    assert (lacking in holders, served in holders, len(holders)) == (False, True, 11)

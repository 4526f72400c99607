"""Licenses by hand over HTTP and command line: asked for where one is the last, told by whom.

See rules#licenses-by-hand.
"""

from __future__ import annotations

import json

from tests.support.clouds.cloud_server import SOURCE_PLAN
from tests.support.consoles.console_world import COLUMNS, ConsoleWorld


async def test_last_license_taken_unasked(console: ConsoleWorld) -> None:
    """A user's only license is taken once that is accepted, and the record tells who did it and why."""
    organization = await console.organization(users=2, group_licensed=0, has_side_products=False)
    organization_id = organization["organization_id"]
    directory = console.world.sandbox.cloud.directory
    user = directory.users_page(organization_id, SOURCE_PLAN, None).users[0].directory_id
    path = f"/api/organizations/{organization_id}/licenses"
    body = {"user": user, "plan": "E1", "action": "remove", "reason": "left", "request_id": "edit-1"}
    named = ["license", "remove", organization_id, user, "E1", "--reason", "left", "--request-id", "edit-1"]

    refused = await console.post(path, body)
    unasked = await console.run(*named)
    kept = directory.users(organization_id, [user])[0].has_direct(SOURCE_PLAN)
    untold = await console.get(path)
    taken = await console.run(*named, "--yes")
    gone = not directory.users(organization_id, [user])[0].has_direct(SOURCE_PLAN)
    repeated = await console.post(path, body)
    reused = await console.post(path, {**body, "action": "assign"})
    given = await console.post(path, {**body, "action": "assign", "reason": "back", "request_id": "edit-2"})
    told = await console.run("license", "history", organization_id)
    edits = json.loads((await console.run("license", "history", organization_id, "--json")).out)["edits"]

    assert (refused.status_code, refused.json()["code"]) == (409, "LAST_LICENSE")
    assert (unasked.code, kept, untold.json()["edits"]) == (2, True, [])
    assert (taken.code, gone) == (0, True)
    assert (repeated.status_code, given.status_code) == (200, 200)
    assert (reused.status_code, reused.json()["code"]) == (409, "REQUEST_REUSED")
    assert [(each["request_id"], each["action"], each["reason"], each["outcome"]) for each in edits] == [
        ("edit-2", "assign", "back", "done"),
        ("edit-1", "remove", "left", "done"),
    ]
    assert {(each["directory_id"], each["actor"]) for each in edits} == {(user, given.json()["actor"])}
    assert [each["is_loss_accepted"] for each in edits] == [False, True]
    assert told.longest_line <= COLUMNS
    assert "the loss was accepted" in " ".join(told.out.split())


async def test_person_in_the_record_of_an_edit_by_hand(console: ConsoleWorld) -> None:
    """Events of an edit hold the opaque key, and no directory id; an edit that is refused is told as such."""
    organization = await console.organization(users=2, group_licensed=0, missing_usage_location=1)
    organization_id = organization["organization_id"]
    users = console.world.sandbox.cloud.directory.users_page(organization_id, SOURCE_PLAN, None).users
    user = next(each for each in users if each.lacks_location).directory_id
    path = f"/api/organizations/{organization_id}/licenses"
    wanted = {"user": user, "plan": "E3", "action": "assign", "reason": "promoted", "request_id": "edit-3"}

    refused = await console.post(path, wanted)
    unreasoned = await console.post(path, {name: wanted[name] for name in ("user", "plan", "action")})
    (edit,) = (await console.get(path)).json()["edits"]
    stream = console.world.store.organization(organization_id)

    assert (refused.status_code, refused.json()["code"]) == (409, "PROVIDER_REFUSED")
    assert unreasoned.status_code == 422
    assert (edit["outcome"], edit["error"]) == ("refused", "LOCATION_NOT_SERVED")
    assert edit["vendor_code"] == "ProhibitedInUsageLocationViolation"
    assert edit["user_key"] != user
    assert stream is not None
    begun = stream.license_edits["edit-3"]
    assert (begun.meta["actor"], begun.meta["reason"]) == (edit["actor"], "promoted")
    assert user not in repr(vars(begun))

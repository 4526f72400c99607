"""Ids that somebody types: an unknown one is told as such, and one in capitals names the same thing."""

from __future__ import annotations

import re
from uuid import uuid4

from domain.kernel.ids import switch_id_of
from tests.support.consoles.console_world import ConsoleWorld, start_body

UNKNOWN = "6d3f0c1e-6b4f-5a0e-9b57-0a5d6f0b1c2d"
#: What stands in a path for something that may be unknown.
_PLACE = re.compile(r"\{[^}]+\}")
#: The form of an exported list: no thing, but how its rows are written.
_FORM = "{form}"
_MOMENTS: dict[str, object] = {"from_moment": "1", "to_moment": "2"}
#: End of an address -> what must be asked of it.
_QUERIES: dict[str, dict[str, object]] = {
    "/amendment": {"quantity": 1},
    "/state": {"at_position": 1},
    "/state/users": {"at_position": 1},
    "/state/differences": _MOMENTS,
    "/state/differences/users": _MOMENTS,
    "/whatif": {"rules": "2014"},
}


async def test_no_unknown_thing_is_an_empty_answer(console: ConsoleWorld) -> None:
    """What is asked about a thing of which nobody knows is a 404 with a remedy, and never a list."""
    document = (await console.get("/api/openapi.json")).json()
    paths = sorted(
        path
        for path, what in document["paths"].items()
        if "get" in what and "{" in path.replace(_FORM, "") and not path.endswith("{delivery_id}")
    )
    pages = ["/switches/{a}", "/switches/{a}/refusals", "/checkouts/{a}", "/docs/{a}"]
    faults = []
    for path in paths + pages:
        query = next((query for end, query in _QUERIES.items() if path.endswith(end)), {})
        answer = await console.get(_PLACE.sub(UNKNOWN, path.replace(_FORM, "csv")), **query)
        if answer.status_code != 404:
            faults.append((path, answer.status_code, answer.text[:300]))
        elif path in paths and not answer.json().get("remedy"):
            faults.append((path, 404, answer.text[:300]))
    printed = await console.run("license", "history", UNKNOWN)

    assert len(paths) >= 20
    assert faults == []
    assert printed.code == 3
    assert "UNKNOWN_ORGANIZATION" in printed.err


async def test_organization_that_nobody_edited_by_hand_has_an_empty_list(console: ConsoleWorld) -> None:
    """One that the cloud knows is there, whoever has or has not done something with it through us."""
    organization = await console.organization(users=3)
    answer = await console.get(f"/api/organizations/{organization['organization_id'].upper()}/licenses")

    assert (answer.status_code, answer.json()["edits"], answer.json()["total"]) == (200, [], 0)
    assert answer.json()["organization_id"] == organization["organization_id"]


async def test_id_in_capitals_names_the_same_thing(console: ConsoleWorld) -> None:
    """An organization in capitals is recorded in the one spelling: the same request is the same switch."""
    organization = await console.organization(users=3)
    name, source = organization["organization_id"], organization["subscription_id"]
    loud = {"organization_id": f" {name.upper()}", "source_subscription_id": source.upper()}
    request_id = str(uuid4())
    quote = await console.post(
        "/api/quotes", {**loud, "target_plan": "E3", "target_subscription_id": None, "caller": ""}
    )
    draft = await console.post("/api/checkouts", {**loud, "target_plan": "E3"})
    held = await console.get(f"/api/organizations/{name.upper()}/subscriptions")
    targets = await console.get(f"/api/organizations/{name.upper()}/subscriptions/{source.upper()}/targets")
    first = await console.run(
        *("switch", "start", name.upper(), "--to", "E3", "--yes", "--reason", "x", "--request-id", request_id)
    )
    again = await console.post("/api/switches", start_body(organization, request_id=request_id, reason="x"))
    row = await console.ended(switch_id_of(name, request_id))

    for answer in (quote, draft, held, targets):
        assert answer.status_code < 300, answer.text
    assert {each.json()["organization_id"] for each in (draft, held, targets)} == {name}
    assert first.code == 0, first.err
    assert (again.status_code, again.json()["repeated"]) == (200, True)
    assert (row["organization_id"], row["source_subscription_id"]) == (name, source)


async def test_license_taken_says_what_was_lost(console: ConsoleWorld) -> None:
    """`license remove --yes` tells who has lost what; where other licenses keep the data it tells no loss."""
    organization = await console.organization(users=3, has_side_products=False)
    name = organization["organization_id"]
    user = console.world.sandbox.control.get(f"/sandbox/organizations/{name}/users").json()["users"][0]["id"]
    taken = ("license", "remove", name.upper(), user.upper(), "E1", "--reason", "left", "--yes")
    first = " ".join((await console.run(*taken)).out.split())
    again = " ".join((await console.run(*taken)).out.split())
    given = await console.run("license", "assign", name, user, "E1", "--reason", "back")

    told = f"User {user} does not have Office 365 E1 directly any more."
    assert first == f"{told} That was accepted: they are left with no license that works."
    assert again == told
    assert " ".join(given.out.split()) == f"User {user} has Office 365 E1 directly."

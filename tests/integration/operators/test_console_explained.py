"""Why a switch stands where it does: command, API and page say the same (audit#why-did-it-fail)."""

from __future__ import annotations

import json
from html import unescape

from domain.eligibility.assessment import Assessed
from tests.support.consoles.console_world import COLUMNS, ConsoleWorld, start_body


async def test_a_held_switch_is_explained_by_command_api_and_page(console: ConsoleWorld) -> None:
    """The same cause everywhere, with the commands that the switch accepts; a refused request as well."""
    organization = await console.organization(users=6, missing_usage_location=2)
    switch_id = (await console.post("/api/switches", start_body(organization))).json()["switch_id"]
    await console.until(switch_id, "held")

    told = await console.run("audit", "explain", switch_id[:8])
    facts = json.loads((await console.run("audit", "explain", switch_id, "--json")).out)
    answer = (await console.get(f"/api/switches/{switch_id}/explanation")).json()
    page = " ".join(unescape((await console.get(f"/switches/{switch_id}")).text).split())
    unknown = await console.run("audit", "explain", "00000000-0000-4000-8000-000000000000")

    words = " ".join(told.out.split())
    assert (told.code, told.longest_line <= COLUMNS) == (0, True)
    assert facts["first_cause"] == answer["first_cause"]
    assert (answer["outcome"], answer["first_cause"]["cause"]) == ("hold", "users_not_assignable")
    assert {"retry", "roll_back", "skip"} <= {each["command"] for each in answer["options"]}
    assert answer["first_cause"]["sentence"] in words
    assert answer["first_cause"]["sentence"] in page
    assert "Set the user's usage location" in page
    assert (unknown.code, "no switch has the id" in " ".join(unknown.err.split()).lower()) == (3, True)


async def test_a_request_that_was_refused_is_explained_by_its_assessment(console: ConsoleWorld) -> None:
    """It is on no board, and no switch; the assessment that refused it has an id (switch#assessment)."""
    organization = await console.organization(users=6)
    refused = await console.post("/api/switches", start_body(organization, caller_role="none"))
    (newest,) = console.world.store.notifications_of(Assessed.TOPIC, after_id=0, until_id=1_000)

    answer = await console.get(f"/api/switches/{newest.stream_id}/explanation")
    told = await console.run("audit", "explain", str(newest.stream_id))

    assert refused.status_code >= 400, refused.text
    assert (answer.status_code, answer.json().get("outcome")) == (200, "refused"), answer.text
    assert answer.json()["first_cause"]["cause"] == "wrong_role"
    assert "REFUSED at" in told.out

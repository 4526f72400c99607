"""Switches that are scheduled for a later day, through API and command line (cli#scheduling-a-switch)."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from tests.support.clouds.cloud_server import SOURCE_PLAN
from tests.support.consoles.console_world import COLUMNS, ConsoleWorld

WAITING = "waiting_eligible"


def paid_year(console: ConsoleWorld) -> dict[str, Any]:
    """Make an organization whose 200 licenses were paid for a year."""
    body = {
        "seed": 81_000,
        "users": 25,
        "plan_id": SOURCE_PLAN,
        "billing_cycle": "annual",
        "options": {"quantity": 200},
    }
    control = console.world.sandbox.control
    made: dict[str, Any] = control.post("/sandbox/organizations", json=body).raise_for_status().json()
    return made


async def test_a_switch_is_scheduled_shown_and_ended(console: ConsoleWorld) -> None:
    """The quote offers the day without a loss; `--on` quotes that day, waits for it, and can be ended."""
    made = paid_year(console)
    organization, renews_on = made["organization_id"], made["period_end_on"]
    asked = (organization, "--to", "E3", "--quantity", "30")

    offered = await console.run("switch", "quote", *asked)
    quoted = await console.run("switch", "quote", *asked, "--on", "without-forfeiture", "--json")
    start = ("switch", "start", *asked, "--yes", "--on", "without-forfeiture")
    started = await console.run(*start, "--request-id", "r-1", "--json")
    answer, shown_quote = json.loads(started.out), json.loads(quoted.out)["quote"]
    switch_id = answer["switch_id"]
    await console.until(switch_id, WAITING)
    again = await console.run(*start, "--request-id", "r-1", "--json")
    listed = await console.run("switch", "list")
    shown = await console.run("switch", "show", switch_id)
    ended = await console.run("switch", "cancel", switch_id, "--reason", "not needed", "--yes")
    row = await console.ended(switch_id)
    audit = await console.run("audit", "show", switch_id)

    assert f"ordered on {renews_on} forfeits nothing" in " ".join(offered.out.split())
    assert "--on without-forfeiture" in " ".join(offered.out.split())
    assert (shown_quote["start_on"], shown_quote["quoted_on"]) == (renews_on, renews_on)
    assert shown_quote["forfeiture"] is None
    assert (started.code, answer["quote"]["digest"]) == (0, shown_quote["digest"]), started
    assert "by the quote of that day" in started.err.replace("\n", " ")
    most = max(day["total_minor_units"] for day in shown_quote["days"])
    assert answer["wait"]["total_at_most_minor_units"] == most
    assert answer["wait"]["forfeited_at_most_minor_units"] == 0
    assert (again.code, json.loads(again.out)["repeated"]) == (0, True)
    assert f"its day, {renews_on}" in listed.out
    assert f"starts on {renews_on}" in " ".join(shown.out.split())
    assert (ended.code, row["outcome"], row["start_on"]) == (0, "cancelled", renews_on)
    assert f"starts on {renews_on}" in audit.out.replace("\n ", " ")
    widths = [each.longest_line for each in (offered, listed, shown, audit)]
    assert max(widths) <= COLUMNS, widths


async def test_a_day_that_can_not_be_is_refused(console: ConsoleWorld) -> None:
    """Past, too far, no such word, nothing prepaid, an end before the day: said with what is allowed."""
    organization = (await console.organization())["organization_id"]
    today = date.today()  # noqa: DTZ011  # any zone's today is past a day ago
    body = {"organization_id": organization, "target_plan": "E3", "accept": True}
    later = (today + timedelta(days=9)).isoformat()
    refused: dict[str, dict[str, Any]] = {
        "past": {"start_on": (today - timedelta(days=2)).isoformat()},
        "too far": {"start_on": (today + timedelta(days=402)).isoformat()},
        "no word": {"start_on": "someday"},
        "nothing prepaid": {"start_on": "without-forfeiture"},
        "ends before": {"start_on": later, "wait_until": today.isoformat()},
        "too little": {"start_on": later, "max_total": "0.01"},
        "of two days": {"start_on": later, "quoted_on": today.isoformat()},
    }

    answers = {name: await console.post("/api/switches", body | changes) for name, changes in refused.items()}
    quoted = await console.post("/api/quotes", {**body, "start_on": "someday"} | {"accept": None})
    both = await console.run(
        "switch",
        "start",
        organization,
        "--to",
        "E3",
        "--yes",
        "--wait-eligible",
        "--until",
        later,
        "--on",
        later,
    )
    unknown = await console.run("switch", "quote", organization, "--to", "E3", "--on", "someday")

    assert {name: each.status_code for name, each in answers.items()} == dict.fromkeys(refused, 422)
    assert {each.json()["code"] for each in answers.values()} == {"INVALID_INPUT"}
    for name in ("past", "too far", "no word"):
        assert "without-forfeiture or renewal" in answers[name].text
    assert "nothing was paid in advance" in answers["nothing prepaid"].text
    assert quoted.status_code == 422
    assert (both.code, unknown.code) == (2, 2), (both, unknown)
    assert (await console.get("/api/switches")).json()["switches"] == []

"""Why on that day, and what other inputs would have decided, by command line and API (docs/audit.md)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from audit.whatif import switches
from audit.whatif.switches import what_if_all
from tests.support.acts.deciding_again import basis, differing
from tests.support.consoles.console_world import ConsoleWorld, start_body


async def test_refusal_is_read_with_the_figures_that_were_compared(console: ConsoleWorld) -> None:
    """Who asked, by which rules, and every figure of each reason; a quote that changed says so itself."""
    organization = await console.organization(users=5, profile={"balance_due_minor_units": 4200})
    organization_id = organization["organization_id"]
    refused = await console.post("/api/switches", start_body(organization))
    stale = start_body(organization, quote_digest="0" * 64, accept=False, mode="manual")
    changed = await console.post("/api/switches", stale)

    listed = await console.run("audit", "assessments", organization_id)
    facts = json.loads((await console.run("audit", "assessments", organization_id, "--json")).out)
    first = await console.run("audit", "assessments", organization_id, "--limit", "1")
    newest, oldest = facts["assessments"]
    shown = await console.run("audit", "assessment", str(oldest["number"]))
    record = json.loads((await console.run("audit", "assessment", newest["stream_id"], "--json")).out)
    nobody = await console.run("audit", "assessment", "999999")
    base = f"/organizations/{organization_id}/assessments"
    pages = [await console.get(each) for each in (base, f"{base}/{oldest['number']}")]

    assert (refused.json()["code"], changed.json()["code"]) == ("NOT_ELIGIBLE_FOR_SWITCH", "QUOTE_CHANGED")
    assert (oldest["verdict"], oldest["codes"], oldest["actor"]) == ("refused", ["UNPAID_BALANCE"], "olga")
    assert (newest["verdict"], newest["codes"]) == ("refused", ["QUOTE_CHANGED"])
    assert f"--after {newest['number']}" in first.err
    assert "figures: balance due 42.00 EUR" in shown.out
    assert ("rule set      current" in shown.out, "olga" in shown.out) == (True, True)
    assert record["refusal_code"] == "QUOTE_CHANGED"
    assert record["inputs"]["profile"]["balance_due"] == {"minor_units": 4200, "currency": "EUR"}
    assert [each.status_code for each in pages] == [200, 200]
    assert all("UNPAID_BALANCE" in each.text for each in pages)
    assert nobody.code == 3
    assert max(each.longest_line for each in (listed, shown, first, nobody)) <= 80


async def test_what_other_rules_would_have_said(console: ConsoleWorld) -> None:
    """Each difference names what was recorded, what it would be, and the input that makes it."""
    organization = await console.organization(users=5)
    started = await console.post("/api/switches", start_body(organization))
    switch_id = started.json()["switch_id"]
    await console.ended(switch_id)

    told = await console.run("audit", "whatif", switch_id, "--rules", "2014")
    facts = json.loads((await console.run("audit", "whatif", switch_id, "--rules", "2014", "--json")).out)
    thirty = await console.run("audit", "whatif", switch_id, "--policy", "fixed_30")
    whole = await console.run("audit", "whatif", "--all", "--rules", "2014")
    lines = [json.loads(each) for each in (await _json_lines(console, "--rules", "2014"))]
    wrong = [await console.run("audit", "whatif", switch_id, *each) for each in _WRONG]

    differences: dict[str, Any] = {each["decision"]: each for each in facts["answer"]["differences"]}
    assert (differences["service_settings"]["recorded"], differences["service_settings"]["would_be"]) == (
        "keep",
        "grant_all",
    )
    assert "switch_back_days none instead of 30" in differences["switch_back"]["why"]
    assert f"switch {switch_id[:8]}" in whole.out
    assert [each.get("switch_id") for each in lines] == [switch_id, None]
    assert lines[-1]["summary"]["differing"] == 1
    assert [each.code for each in wrong] == [2, 2, 3, 2, 2, 2]
    assert all(word in each.err for word, each in zip(_ALLOWED, wrong, strict=True))
    assert max(each.longest_line for each in (told, thirty, whole, *wrong)) <= 80


async def test_a_history_of_many_parts_is_told_as_one(
    console: ConsoleWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parts of one assessment each give the lines and the sums of one part, in the order of the log."""
    organization = await console.organization(users=5)
    asked = {"organization_id": organization["organization_id"], "target_plan": "E3"}
    for _ in range(3):
        await console.post("/api/quotes", asked)
    started = await console.post("/api/switches", start_body(organization))
    await console.ended(started.json()["switch_id"])

    whole = await _json_lines(console, "--rules", "2014")
    monkeypatch.setattr(switches, "PAGE_SIZE", 1)
    pages = (await console.get("/api/whatif/pages")).json()
    parts = await _json_lines(console, "--rules", "2014")

    assert (len(pages["ends"]) >= 4, pages["at_once"], pages["next"]) == (True, 1, None)
    assert parts == whole
    assert len(whole) > 1


async def test_deciding_again_is_deciding(console: ConsoleWorld) -> None:
    """With the recorded rules, catalog, calendar and policy nothing differs, in a switch or a preview."""
    organization = await console.organization(users=5)
    await console.post(
        "/api/quotes", {"organization_id": organization["organization_id"], "target_plan": "E3"}
    )
    started = await console.post("/api/switches", start_body(organization))
    store, catalogs = console.world.store, console.world.toolbox.catalogs
    answers = list(what_if_all(store, basis(catalogs=catalogs)))

    assert {each.switch_id for each in answers} >= {"", started.json()["switch_id"]}
    assert (differing(answers), [each.undecided for each in answers if each.undecided]) == ([], [])
    assert min(each.decisions for each in answers) > 10


#: What is no input, and what its refusal names.
_WRONG = (
    ("--rules", "2015"),
    ("--policy", "hourly"),
    ("--catalog", "2999-01"),
    ("--calendar", "XX"),
    (),
    ("--rules", "2014", "--policy", "per_day"),
)
_ALLOWED = ("2014, 2020, current", "fixed_30", "there are:", "DE", "exactly one", "exactly one")


async def _json_lines(console: ConsoleWorld, *options: str) -> list[str]:
    ran = await console.run("audit", "whatif", "--all", "--json", *options)
    return ran.out.splitlines()

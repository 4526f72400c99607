"""Support as a remedy: the contact where a remedy says so, a bundle with nobody's data (cli#support)."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

from tests.support.consoles.console_world import (
    COLUMNS,
    CREDIT_SECRET,
    KEY,
    SUPPORT,
    ConsoleWorld,
)

DOMAIN = "jansen-family.example"
REASON = "asked by Piet Pietersen"
REQUEST = "request-of-piet"
PERSON = "jan@jansen-family.example"


def personal_words(console: ConsoleWorld, organization_id: str) -> set[str]:
    """Return everything that names a person or opens a door: users, parties, texts, names, secrets."""
    answer = console.world.sandbox.control.get(f"/sandbox/organizations/{organization_id}/users")
    names = ("id", "userPrincipalName", "displayName")
    words = {str(user[name]) for user in answer.json()["users"] for name in names if name in user}
    assert len(words) > 4
    cloud = console.world.sandbox.cloud
    for role in ("sold_to", "billed_to"):
        person = {"last_name": f"Jansen of {role}", "address_line_1": f"{role} street 7", "email": PERSON}
        cloud.parties.change_party(organization_id, role, person, key=f"{organization_id}-{role}")
        words |= set(person.values())
    words |= {DOMAIN, REASON, REQUEST, "olga", KEY, CREDIT_SECRET.decode()}
    words |= {cloud.billing.profile(organization_id).display_name}
    return words - {""}


def leaked(words: set[str], told: dict[str, Any]) -> list[str]:
    """Return the personal words that stand in a bundle."""
    text = json.dumps({name: value for name, value in told.items() if name != "contact"}, ensure_ascii=False)
    return sorted(word for word in words if word in text)


async def test_bundle_of_a_question_has_figures_and_nobody(console: ConsoleWorld, tmp_path: Path) -> None:
    """The file tells evidence, quote, versions, codes of calls, topics and times, and no personal data."""
    profile = {"custom_domains": [DOMAIN], "balance_due_minor_units": 4200}
    organization = await console.organization(users=5, profile=profile)
    organization_id = organization["organization_id"]
    words = personal_words(console, organization_id)
    file = tmp_path / "case.json"

    case = ("--organization", organization_id, "--to", "E3")
    ran = await console.run("support", "bundle", *case, "--output", str(file))
    again = await console.run("support", "bundle", *case, "--output", str(file))
    vague = await console.run("support", "bundle", "--organization", organization_id)
    told = json.loads(file.read_text(encoding="utf-8"))

    (assessed,) = told["case"]["assessments"]
    reasons = {each["code"]: each["evidence"] for each in assessed["answer"]["reasons"]}
    assert (ran.code, again.code, vague.code) == (0, 2, 2)
    assert (ran.out.strip(), SUPPORT in ran.err) == (str(file), True)
    told_lines = [line for each in (again, vague) for line in (each.out + each.err).splitlines()]
    # A path is never cut, however deep the folder of a test is.
    told_lines = [line.replace(str(tmp_path), "") for line in [*told_lines, *ran.err.splitlines()]]
    assert max(len(line) for line in told_lines) <= COLUMNS
    assert file.stat().st_mode & 0o077 == 0
    assert reasons["UNPAID_BALANCE"] == {"balance_due": "42.00 EUR"}
    assert reasons["CUSTOM_DOMAIN_REVIEW"] == {"domains": "[redacted]"}
    assert assessed["inputs"]["custom_domains"] == 1
    assert told["case"]["quotes"][0]["totals_minor_units"]
    assert told["catalog_versions"] == [assessed["inputs"]["catalog_version"]]
    assert told["rule_sets"] == ["current"]
    assert {each["status"] for each in told["case"]["provider_calls"]} == {200}
    assert leaked(words, told) == []


async def test_bundle_of_a_switch_is_told_from_its_record(console: ConsoleWorld) -> None:
    """Assessment, quote, calls and every event's topic and time come from the record, without who and why."""
    organization = await console.organization(users=5)
    organization_id = organization["organization_id"]
    words = personal_words(console, organization_id)
    body = {"organization_id": organization_id, "target_plan": "E3", "accept": True}
    started = await console.post("/api/switches", {**body, "reason": REASON, "request_id": REQUEST})
    row = await console.ended(started.json()["switch_id"])

    ran = await console.run("support", "bundle", "--switch", row["switch_id"][:8], "--output", "-")
    told = json.loads(ran.out)
    audit = (await console.get(f"/api/switches/{row['switch_id']}/audit")).json()

    assert told["case"]["outcome"] == "completed"
    assert [each["topic"] for each in told["case"]["events"]] == [each["event"] for each in audit["events"]]
    assert all(each["at"] for each in told["case"]["events"])
    assert len(told["case"]["assessments"]) == len(told["case"]["quotes"]) == 1
    steps = {each["step"] for each in told["case"]["provider_calls"]}
    assert {each["step"] for each in audit["provider_calls"]} == steps
    assert leaked(words, told) == []


async def test_contact_stands_where_a_remedy_says_support(console: ConsoleWorld) -> None:
    """Quote, refusal, command and page name the contact beside a remedy that is support, and nowhere else."""
    organization = await console.organization(users=5, profile={"segment": "government"})
    body = {"organization_id": organization["organization_id"], "target_plan": "E3"}
    words = personal_words(console, body["organization_id"])

    quoted = (await console.post("/api/quotes", body)).json()
    refused = (await console.post("/api/switches", {**body, "accept": True})).json()
    command = await console.run("switch", "quote", body["organization_id"], "--to", "E3")
    start = await console.run("switch", "start", body["organization_id"], "--to", "E3", "--yes")
    contact = await console.run("support", "contact")
    family = await console.run(
        "switch", "quote", body["organization_id"], "--to", "Microsoft 365 Business Premium"
    )
    draft = (await console.post("/api/checkouts", body)).json()["checkout_id"]
    page = (await console.get(f"/checkouts/{draft}")).text
    file = await asyncio.to_thread(console.http.post, f"/checkouts/{draft}/support-bundle")

    (reason,) = quoted["assessment"]["reasons"]
    assert reason["code"] == "GOVERNMENT_OR_NONPROFIT"
    assert [each["support"] for each in (reason, refused["reasons"][0])] == [{"contact": SUPPORT}] * 2
    for text in (command.out, start.err, contact.out):
        assert f"support: {SUPPORT}" in re.sub(r"\s+", " ", text)
    assert max(each.longest_line for each in (command, start, contact)) <= COLUMNS
    assert f"Support: {SUPPORT}" in page
    for option in ("--acknowledge backup_done", "--acknowledge no_way_back", "docs/rules.md#backup-before"):
        assert option in family.out, "what an order will need is told by the quote"
    assert "attachment" in file.headers["content-disposition"]
    assert leaked(words, file.json()) == []


async def test_cloud_that_is_down_is_a_case_as_well(console: ConsoleWorld) -> None:
    """The bundle of a question that got no answer tells the code and the calls that failed."""
    organization = await console.organization(users=5)
    body = {"organization_id": organization["organization_id"], "target_plan": "E3"}
    down = await console.post("/api/support/bundles", {**body, "organization_id": "nobody"})
    unknown = await console.post("/api/support/bundles", {**body, "target_plan": "E99"})
    both = await console.post("/api/support/bundles", {**body, "switch": "00000000"})

    case = down.json()["case"]
    assert (case["failure"], case["assessments"]) == ("UNKNOWN_ORGANIZATION", [])
    assert case["provider_calls"]
    assert 200 not in {each["status"] for each in case["provider_calls"]}
    assert (unknown.status_code, both.status_code) == (404, 422)

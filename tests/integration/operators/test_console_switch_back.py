"""A completed switch is taken back from the command line, by API and from its page (rules#switch-back)."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

from tests.support.acts.switching_back import licenses
from tests.support.consoles.console_world import COLUMNS, LOOKS_MAX, ConsoleWorld, start_body

USERS = 12


async def completed(console: ConsoleWorld, **options: Any) -> tuple[str, str]:
    """Return a completed switch to E3, and its organization."""
    organization = await console.organization(users=USERS, **options)
    answer = await console.post("/api/switches", start_body(organization))
    switch_id = answer.json()["switch_id"]
    assert (await console.ended(switch_id))["outcome"] == "completed"
    return switch_id, organization["organization_id"]


async def board_row(console: ConsoleWorld, switch_id: str) -> dict[str, Any]:
    """Return the row of a switch as soon as the board has it."""
    for _ in range(LOOKS_MAX):
        row: dict[str, Any] = (await console.get(f"/api/switches/{switch_id}")).json()
        if row.get("licenses"):
            return row
        await asyncio.sleep(0.1)
    raise AssertionError(f"switch {switch_id} is not shown")


def words(text: str) -> str:
    """Return what was printed without its line breaks."""
    return " ".join(text.split())


async def test_a_switch_is_quoted_taken_back_and_both_name_each_other(console: ConsoleWorld) -> None:
    """Without a yes nothing starts; afterwards users, lists, pages and audits are as the rule says."""
    organization = await console.organization(users=USERS)
    before = licenses(console.world, organization["organization_id"])
    answer = await console.post("/api/switches", start_body(organization))
    first = answer.json()["switch_id"]
    assert (await console.ended(first))["outcome"] == "completed"
    asked = ("switch", "back", first, "--acknowledge", "backup_done")

    unconfirmed = await console.run("switch", "back", first, "--yes")
    unanswered = await console.run(*asked)
    started = await console.run(*asked, "--yes", "--reason", "too dear", "--request-id", "undo-1", "--json")
    second = json.loads(started.out)["switch_id"]
    row = await console.ended(second)
    repeated = await console.run(*asked, "--yes", "--request-id", "undo-1", "--json")
    again = await console.run(*asked, "--yes")
    shown = [await console.run("switch", "show", each) for each in (first, second)]
    audits = [await console.run("audit", "show", each) for each in (first, second)]
    pages = [(await console.get(f"/switches/{each}")).text for each in (first, second)]

    assert (unconfirmed.code, unanswered.code, again.code) == (4, 2, 4)
    assert "backup_done" in words(unconfirmed.err)
    assert "quote " in unanswered.err
    assert "SWITCH_BACK_REPEATED" in again.err
    assert second in words(again.err).replace(" ", "") or second[:8] in again.err
    assert json.loads(repeated.out)["repeated"] is True
    assert json.loads(repeated.out)["switch_id"] == second
    assert (row["outcome"], row["switch_back_of"], row["moved"]) == ("completed", first, USERS)
    assert licenses(console.world, organization["organization_id"]) == before
    assert f"taken back by switch {second}" in words(shown[0].out)
    assert f"takes back switch {first}" in words(shown[1].out)
    assert ["can go back" in each.out for each in shown] == [False, True]
    assert f"planswitch switch back {second[:8]}" in words(shown[1].out)
    assert second in "".join(audits[0].out.split())
    assert first in "".join(audits[1].out.split())
    assert f'href="/switches/{second}"' in pages[0]
    assert f'href="/switches/{first}"' in pages[1]
    assert "was taken back already" in pages[0]
    printed = (unconfirmed, unanswered, *shown)
    assert max(each.longest_line for each in printed) <= COLUMNS


async def test_the_page_shows_the_quote_and_starts_it_once(console: ConsoleWorld) -> None:
    """What has to be confirmed is a box; a double click is one switch; afterwards it says why not."""
    first, organization_id = await completed(console)
    page = (await console.get(f"/switches/{first}")).text
    shown = (await console.get(f"/switches/{first}/back")).text
    fields = {
        name: unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', shown)
    }
    post = console.http.post

    refused = await asyncio.to_thread(post, f"/switches/{first}/back", data=fields)
    sent = fields | {"acknowledged": "backup_done", "reason": "wrong plan"}
    answers = [await asyncio.to_thread(post, f"/switches/{first}/back", data=sent) for _ in range(2)]
    second = answers[0].headers["location"].rpartition("/")[2]
    row = await console.ended(second)
    closed = await console.get(f"/switches/{first}/back")
    plain = {
        "organization_id": organization_id,
        "source_subscription_id": row["source_subscription_id"],
        "target_plan": row["target_plan_id"],
        "request_id": row["request_id"],
        "accept": True,
    }
    reused = await console.post("/api/switches", plain)
    bundles = [
        (await console.post("/api/support/bundles", {"switch": each})).json()["case"]
        for each in (first, second)
    ]

    assert row["outcome"] == "completed"
    # The same way without the switch that it takes back is another request.
    assert (reused.status_code, reused.json()["code"]) == (409, "REQUEST_REUSED")
    assert [each["switch_back_of"] for each in bundles] == ["", first]
    assert [each["switched_back_by"] for each in bundles] == [second, ""]
    assert f'href="/switches/{first}/back"' in page
    assert 'value="backup_done" required' in shown
    assert "12 users" in words(shown)
    assert set(fields) == {"quote_digest", "request_id"}
    assert (refused.status_code, "backup_done" in refused.text) == (409, True)
    assert [each.status_code for each in answers] == [303, 303]
    assert answers[1].headers["location"] == answers[0].headers["location"]
    assert (closed.status_code, "was taken back already" in closed.text) == (409, True)
    assert console.world.sandbox.verdict(organization_id)["orders"] == 2


async def test_what_its_page_asks_for_can_be_chosen_there(console: ConsoleWorld) -> None:
    """Quantity and payment are quoted anew, and a plan that can't be cancelled is no dead end of the page."""
    first, organization_id = await completed(console)
    row = (await console.get(f"/api/switches/{first}")).json()
    page = f"/switches/{first}/back"
    chosen = (await console.get(f"{page}?quantity=14&payment_method=card")).text
    wrong = await console.get(f"{page}?quantity=x")
    late = {"cancellable_until": (datetime.now(UTC) - timedelta(days=1)).isoformat()}
    await asyncio.to_thread(
        console.world.sandbox.edit,
        organization_id,
        kind="subscription",
        subscription_id=row["target_subscription_id"],
        changes=late,
    )
    blocked = (await console.get(page)).text
    accepted = (await console.get(f"{page}?quantity=14&accepted=overlap")).text
    fields = dict(
        re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', accepted),
        acknowledged="backup_done",
        reason="wrong plan",
    )
    started = await asyncio.to_thread(console.http.post, page, data=fields)
    second = started.headers["location"].rpartition("/")[2]
    asked = await board_row(console, second)

    assert "orders 14 licenses" in words(chosen)
    assert '<input type="hidden" name="quantity" value="14">' in chosen
    assert '<input type="hidden" name="payment_method" value="card">' in chosen
    assert (wrong.status_code, "a whole number" in wrong.text) == (422, True)
    assert "SOURCE_NOT_CANCELLABLE" in blocked
    assert 'name="accepted" value="overlap"' in blocked
    assert "Start the switch back" not in blocked
    assert 'value="overlap" checked' in accepted
    assert "Start the switch back" in accepted
    assert started.status_code == 303
    assert (asked["licenses"], asked["switch_back_of"]) == (14, first)


async def test_the_api_lists_who_is_not_restored_and_refuses_wrong_inputs(console: ConsoleWorld) -> None:
    """Who joined since is named before anything is ordered; a switch that names another way is refused."""
    first, organization_id = await completed(console)
    soon = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    row = (await console.get(f"/api/switches/{first}")).json()
    edit = console.world.sandbox.edit
    await asyncio.to_thread(
        edit, organization_id, kind="add_user", plan_id=row["target_plan_id"], display_name="Nora New"
    )

    quoted = (await console.post(f"/api/switches/{first}/back/quote", {})).json()
    wrong = await console.post(f"/api/switches/{first}/back/quote", {"quantity": 0})
    unknown = await console.post("/api/switches/ffffffff/back", {"accept": True})
    terms = {
        "organization_id": organization_id,
        "source_subscription_id": row["target_subscription_id"],
        "service_settings": "keep",
        "switch_back_of": first,
    }
    elsewhere = await console.post("/api/quotes", terms | {"target_plan": "E5"})
    later = {
        name: await console.post("/api/quotes", terms | {"target_plan": row["source_plan_id"], name: day})
        for name, day in (("wait_until", soon), ("start_on", soon), ("quiet_hours", "00:00-23:59"))
    }

    findings = {each["code"]: each for each in quoted["plan"]["preflight"]["findings"]}
    assert (findings["JOINED_SINCE"]["users"], len(findings["JOINED_SINCE"]["named"])) == (1, 1)
    assert sorted(quoted["assessment"]["acknowledgments_missing"]) == ["backup_done", "users_not_restored"]
    assert quoted["quantity"] == row["licenses"]
    assert (wrong.status_code, wrong.json()["field"]) == (422, "quantity")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "UNKNOWN_SWITCH")
    # A switch back does not wait: it starts at once, or is asked for again.
    assert {name: (each.status_code, each.json()["field"]) for name, each in later.items()} == {
        "wait_until": (422, "wait_until"),
        "start_on": (422, "start_on"),
        # Also while its window is open.
        "quiet_hours": (422, "quiet_hours"),
    }
    assert (elsewhere.status_code, elsewhere.json()["field"]) == (422, "target_plan_id")
    assert console.world.sandbox.verdict(organization_id)["orders"] == 1

"""A switch of licenses only from the command line, by API and from its page (rules#licenses-only)."""

from __future__ import annotations

import asyncio
import json
import re
from html import unescape
from typing import Any

from tests.support.acts.switching_back import licenses
from tests.support.consoles.console_world import COLUMNS, ConsoleWorld
from tests.support.switches.owned import buy_plan
from tests.support.worlds.world import TARGET_PLAN

USERS = 12


async def owning(console: ConsoleWorld) -> tuple[str, Any]:
    """Return an organization that owns E3 from another seller, and that subscription."""
    made = await console.organization(users=USERS)
    owned = await asyncio.to_thread(buy_plan, console.world, made)
    return str(made["organization_id"]), owned


def words(text: str) -> str:
    """Return what was printed without its line breaks."""
    return " ".join(text.split())


async def test_it_is_found_quoted_started_shown_and_taken_back(console: ConsoleWorld) -> None:
    """Every text says that no money moves, and fits the terminal; afterwards it is taken back."""
    organization_id, owned = await owning(console)
    before = licenses(console.world, organization_id)
    options = ("--licenses-only", "--to-subscription", owned.directory_id)

    targets = await console.run("switch", "targets", organization_id, "--licenses-only")
    quoted = await console.run("switch", "quote", organization_id, *options)
    start = ("switch", "start", organization_id, *options, "--yes", "--request-id", f"own-{organization_id}")
    started = await console.run(*start)
    listed = (await console.get("/api/switches", organization=organization_id)).json()["switches"]
    switch_id = listed[0]["switch_id"]
    row = await console.ended(switch_id)
    repeated = await console.run(*start, "--json")
    shown = await console.run("switch", "show", switch_id)
    told = [await console.run("audit", each, switch_id) for each in ("show", "plan", "explain")]
    page = (await console.get(f"/switches/{switch_id}")).text
    back = await console.run("switch", "back", switch_id, "--acknowledge", "backup_done", "--yes", "--json")
    second = await console.ended(json.loads(back.out)["switch_id"])

    assert owned.subscription_id in targets.out
    assert "yes" in targets.out
    for each in (quoted.out, started.err, shown.out):
        assert "none moves: nothing is ordered, cancelled, billed or credited" in words(each)
    assert "next: planswitch switch watch" in started.out
    assert (row["outcome"], row["moved"], row["licenses_only"]) == ("completed", USERS, True)
    assert (row["target_subscription_id"], row["quote_total"]) == (owned.subscription_id, None)
    assert json.loads(repeated.out)["repeated"] is True
    assert "Money</dt><dd>none moves" in page
    assert (second["outcome"], second["licenses_only"], second["moved"]) == ("completed", True, USERS)
    assert licenses(console.world, organization_id) == before
    printed = (targets, quoted, started, shown, *told)
    assert [each.code for each in printed] == [0] * len(printed)
    assert max(each.longest_line for each in printed) <= COLUMNS
    verdict = console.world.sandbox.verdict(organization_id)
    assert (verdict["orders"], verdict["cancellations"]) == (0, 0)


async def test_the_page_lists_quotes_and_starts(console: ConsoleWorld) -> None:
    """A choice leads to its quote, the quote to the switch; what is wrong is told on the page."""
    organization_id, owned = await owning(console)

    empty = await console.get("/licenses-only")
    choice = await console.get("/licenses-only", organization=organization_id)
    shown = await console.get("/licenses-only", organization=organization_id, to=owned.subscription_id)
    wrong = await console.get("/licenses-only", organization=organization_id, to="no-such-subscription")
    fields = {
        name: unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', shown.text)
    }
    post = console.http.post
    sent = [await asyncio.to_thread(post, "/licenses-only", data=fields) for _ in range(2)]
    switch_id = sent[0].headers["location"].rpartition("/")[2]
    row = await console.ended(switch_id)

    assert [each.status_code for each in (empty, choice, shown)] == [200, 200, 200]
    assert owned.subscription_id in choice.text
    assert "No money moves" in shown.text
    assert wrong.status_code == 404
    assert "The directory lists no subscription" in wrong.text
    assert sent[0].headers["location"] == sent[1].headers["location"]
    assert (row["outcome"], row["moved"], row["target_plan_id"]) == ("completed", USERS, TARGET_PLAN)


async def test_what_is_wrong_is_refused_by_the_api_with_its_field(console: ConsoleWorld) -> None:
    """Nothing is started by a request that names no plan, one of the same plan, or an order's option."""
    organization_id, owned = await owning(console)
    usual = {"organization_id": organization_id, "licenses_only": True}
    cases: dict[str, dict[str, Any]] = {
        "target_plan": {"organization_id": organization_id},
        "target_subscription_id": usual,
        "quantity": {**usual, "target_subscription_id": owned.subscription_id, "quantity": 5},
        "mode": {**usual, "target_subscription_id": owned.subscription_id, "mode": "manual"},
    }
    for field, body in cases.items():
        answer = await console.post("/api/quotes", body)
        assert (answer.status_code, answer.json()["field"]) == (422, field)
        assert answer.json()["remedy"] or answer.json()["allowed"]


async def test_a_quote_binds_who_moves(console: ConsoleWorld) -> None:
    """No amount tells the users apart, so the digest does (rules#quote-and-cutover)."""
    organization_id, owned = await owning(console)
    users = sorted(licenses(console.world, organization_id))
    options = {"organization_id": organization_id, "licenses_only": True}
    options["target_subscription_id"] = owned.subscription_id
    quoted = await console.post("/api/quotes", {**options, "users_listed": users[:3]})
    start = {**options, "quote_digest": quoted.json()["quote"]["digest"], "reason": "some first"}

    others: list[dict[str, Any]] = [{}, {"users_listed": users[3:6]}, {"users_listed": users[:4]}]
    refused = [await console.post("/api/switches", {**start, **named}) for named in others]
    started = await console.post("/api/switches", {**start, "users_listed": users[:3][::-1]})
    row = await console.ended(started.json()["switch_id"])

    assert [(each.status_code, each.json()["code"]) for each in refused] == [(409, "QUOTE_CHANGED")] * 3
    assert (row["outcome"], row["moved"]) == ("completed", 3)

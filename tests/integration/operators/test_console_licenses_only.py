"""A switch of licenses only from the command line, by API and from its page (rules#licenses-only)."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest

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
    # The command that was printed is run as it stands.
    (copied,) = re.findall(r"^planswitch (switch start .*)$", targets.out.replace("\\\n", " "), re.MULTILINE)
    start = (*shlex.split(copied), "--yes", "--request-id", f"own-{organization_id}")
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

    assert {organization_id, owned.subscription_id, "--licenses-only"} <= set(start)
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
    for story in told:
        assert not re.search(r"was ordered|was charged|seller", story.out), story.out
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


async def test_the_page_starts_nothing_that_is_blocked(console: ConsoleWorld) -> None:
    """It tells why, and names no option of an order; with fewer users it can be started."""
    made = await console.organization(users=4)
    organization_id = str(made["organization_id"])
    owned = await asyncio.to_thread(buy_plan, console.world, made, quantity=2)
    place = {"organization": organization_id, "to": owned.subscription_id}
    some = sorted(licenses(console.world, organization_id))[:2]

    blocked = (await console.get("/licenses-only", **place)).text
    asked = {"organization_id": organization_id, "target_subscription_id": owned.subscription_id}
    quoted = await console.post("/api/quotes", {**asked, "licenses_only": True, "users_listed": some})
    possible = (await console.get("/licenses-only", **place, selection=quoted.json()["selection"])).text

    assert "TOO_FEW_LICENSES" in blocked
    assert "--quantity" not in blocked
    assert "Start the switch" not in blocked
    assert "Start the switch" in possible


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


def later(days: int) -> str:
    """Return a day to come."""
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


async def begun(console: ConsoleWorld, organization_id: str, owned: Any, **changes: Any) -> str:
    """Start a switch of licenses only by the quote of this moment, and return its id."""
    body = {
        "organization_id": organization_id,
        "licenses_only": True,
        "target_subscription_id": owned.directory_id,
        "accept": True,
        "reason": "first",
        **changes,
    }
    answer = await console.post("/api/switches", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["switch_id"])


async def test_what_it_does_not_take_is_refused_with_why(console: ConsoleWorld) -> None:
    """It has no order to amend, no steps and no credit check; who is skipped keeps the old plan."""
    made = await console.organization(users=4, missing_usage_location=1)
    organization_id = str(made["organization_id"])
    owned = await asyncio.to_thread(buy_plan, console.world, made)
    before = licenses(console.world, organization_id)
    switch_id = await begun(console, organization_id, owned)
    await console.until(switch_id, "held")
    why = ("--reason", "x", "--yes")
    refusals = {
        ("switch", "amend", switch_id, "--quantity", "9", *why): "ordered no licenses that could be amended",
        ("switch", "step", switch_id, "buy", *why): "The switch runs by itself",
        ("credit", "approve", switch_id, "--reason", "x"): "no credit check waits",
        ("schedule", "change", switch_id, "--on", later(9), *why): "Nothing is scheduled any more",
        ("switch", "back", switch_id, "--yes"): "only a completed switch can be taken back",
        ("switch", "resume", switch_id, "--reason", "x"): "not paused",
    }
    for command, words_of in refusals.items():
        refused = await console.run(*command)
        assert (refused.code != 0, words_of in words(refused.err)) == (True, True), refused
        assert "Traceback" not in refused.err
        assert refused.longest_line <= COLUMNS

    (user,) = (await console.get(f"/api/switches/{switch_id}/unresolved")).json()["users"]
    listed = await console.run("switch", "commands", switch_id)
    told = [await console.run("audit", each, switch_id) for each in ("show", "explain", "plan")]
    skipped = await console.run("switch", "skip", switch_id, user["directory_id"], *why)
    retried = await console.run("switch", "retry", switch_id, "--reason", "x")
    row = await console.ended(switch_id)

    assert "They keep the old plan." in words(listed.out)
    assert "order is voided" not in words(listed.out)
    assert "keeps the data services that the old plan has" in words(skipped.err)
    printed = (listed, *told, skipped, retried)
    assert [each.code for each in printed] == [0] * len(printed), printed
    assert max(each.longest_line for each in printed) <= COLUMNS
    assert (row["outcome"], row["moved"], row["skipped"]) == ("completed", 3, 1)
    after = licenses(console.world, organization_id)
    assert after[user["directory_id"]] == before[user["directory_id"]]


@pytest.mark.long
async def test_two_parts_of_an_organization_are_taken_back_each(console: ConsoleWorld) -> None:
    """First two users, then the others: each switch back restores its own users and leaves the rest."""
    made = await console.organization(users=6)
    organization_id = str(made["organization_id"])
    owned = await asyncio.to_thread(buy_plan, console.world, made)
    before = licenses(console.world, organization_id)
    first = await begun(console, organization_id, owned, users_listed=sorted(before)[:2])
    some = await console.ended(first)
    second = await begun(console, organization_id, owned)
    rest = await console.ended(second)
    options = ("--acknowledge", "backup_done", "--yes", "--json")

    back = await console.run("switch", "back", second, "--leave-others", *options)
    rows = [await console.ended(json.loads(back.out)["switch_id"])]
    left = licenses(console.world, organization_id)
    back = await console.run("switch", "back", first, *options)
    rows += [await console.ended(json.loads(back.out)["switch_id"])]

    assert (some["moved"], rest["moved"]) == (2, 4)
    assert [(each["outcome"], each["moved"]) for each in rows] == [("completed", 4), ("completed", 2)]
    assert {user for user in before if left[user] != before[user]} == set(sorted(before)[:2])
    assert licenses(console.world, organization_id) == before


async def test_a_scheduled_one_is_put_off_and_undone(console: ConsoleWorld) -> None:
    """It waits as any request does, costs nothing whenever it starts, and nothing was moved."""
    organization_id, owned = await owning(console)
    before = licenses(console.world, organization_id)
    options = ("--licenses-only", "--to-subscription", owned.subscription_id)
    started = await console.run(
        *("switch", "start", organization_id, *options, "--at", f"{later(20)}T08:00", "--yes", "--json")
    )
    switch_id = json.loads(started.out)["switch_id"]
    shown = await console.run("schedule", "show", switch_id)
    story = await console.run("audit", "show", switch_id)
    waiting = await console.run("switch", "show", switch_id)
    changed = await console.run(
        *("schedule", "change", switch_id, "--on", later(25), "--reason", "later", "--yes")
    )
    bounded = await console.run(
        *("schedule", "change", switch_id, "--on", later(26), "--max-total", "5", "--reason", "x", "--yes")
    )
    page = (await console.get(f"/schedule/{switch_id}")).text
    again = {"start_on": later(27), "reason": "x"}
    offer = (await asyncio.to_thread(console.http.post, f"/schedule/{switch_id}/quote", data=again)).text
    undone = await console.run("schedule", "undo", switch_id, "--reason", "no", "--yes")
    row = await console.ended(switch_id)

    assert [each.code for each in (shown, changed, undone)] == [0, 0, 0], (shown, changed, undone)
    assert max(each.longest_line for each in (shown, changed, undone)) <= COLUMNS
    assert (bounded.code, "nothing with licenses_only" in words(bounded.err)) == (2, True), bounded
    assert "for no money" in words(story.out)
    for each in (words(shown.out), words(changed.err), words(waiting.out), page, offer):
        assert "none moves: nothing is ordered, cancelled" in each
        assert "XXX" not in each
    assert row["outcome"] == "cancelled"
    assert licenses(console.world, organization_id) == before


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

"""What is scheduled and what waits: listed, changed, undone and asked again, by API, command line and page.

See rules#scheduled-starts and rules#a-price-that-has-changed.
"""

from __future__ import annotations

import asyncio
import json
import re
from html import unescape
from typing import Any

from tests.support.clouds.cloud_server import SOURCE_PLAN
from tests.support.consoles.checkout_pages import send, shown
from tests.support.consoles.console_world import COLUMNS, LOOKS_MAX, ConsoleWorld
from tests.support.consoles.waits import WAITING, day
from tests.support.worlds.waiting import BROKEN, WELL, health


async def scheduled(console: ConsoleWorld, *options: str) -> tuple[str, dict[str, Any]]:
    """Schedule a switch by the command line, and return its id with the answer."""
    organization = (await console.organization(users=5))["organization_id"]
    start = ("switch", "start", organization, "--to", "E3", "--yes", "--json")
    started = await console.run(*start, *options)
    assert started.code == 0, started
    answer = json.loads(started.out)
    await console.until(answer["switch_id"], WAITING)
    return str(answer["switch_id"]), answer


async def dearer(console: ConsoleWorld, *, seed: int = 1) -> str:
    """Let a request ask about its price, and return its id."""
    organization = (await console.organization(seed=seed, users=5))["organization_id"]
    await asyncio.to_thread(health, console.world, organization, BROKEN)
    body = {"organization_id": organization, "target_plan": "E3", "accept": True, "wait_until": day(30)}
    switch_id = str((await console.post("/api/switches", body)).json()["switch_id"])
    await console.until(switch_id, WAITING)
    edit = console.world.sandbox.edit
    await asyncio.to_thread(edit, organization, kind="profile", changes={"tax_rate": "0.25"})
    # Once this look has ended, no earlier one can bring the old rate together with a healthy service.
    await console.post(f"/api/switches/{switch_id}/look", {"reason": "the tax rose"})
    await asyncio.to_thread(health, console.world, organization, WELL)
    looked = await console.post(f"/api/switches/{switch_id}/look", {"reason": "they called"})
    assert "an answer about the new price" in looked.text
    await until(console, switch_id, lambda each: each["price"] is not None)
    return switch_id


async def until(console: ConsoleWorld, switch_id: str, is_met: Any) -> dict[str, Any]:
    """Return how a request is scheduled once that is as it should be."""
    for _ in range(LOOKS_MAX):
        answer: dict[str, Any] = (await console.get(f"/api/switches/{switch_id}/schedule")).json()
        if is_met(answer):
            return answer
        await asyncio.sleep(0.1)
    raise AssertionError(answer)


async def test_an_instant_is_shown_changed_and_undone(console: ConsoleWorld) -> None:
    """By commands: each acts once for its request id, and says who, why and when (rules#scheduled-starts)."""
    switch_id, answer = await scheduled(
        console, "--at", f"{day(3)}T18:00", "--policy", "per_second", "--price-tolerance-percent", "2.5"
    )
    change = ("schedule", "change", switch_id, "--at", f"{day(5)}T07:30", "--reason", "they asked", "--yes")

    listed = await console.run("schedule", "list")
    showing = await console.run("schedule", "show", switch_id[:8])
    changed = await console.run(*change, "--request-id", "c-1", "--json")
    again = await console.run(*change, "--request-id", "c-1", "--json")
    after = await until(console, switch_id, lambda each: each["start_at"].startswith(day(5)))
    undo = ("schedule", "undo", switch_id, "--reason", "not needed", "--yes", "--request-id", "u-1")
    undone = await console.run(*undo)
    row = await console.ended(switch_id)
    repeated = await console.run(*undo)
    late = await console.run("schedule", "undo", switch_id, "--reason", "again", "--yes")
    audit = await console.run("audit", "show", switch_id)
    empty = await console.run("schedule", "list")

    assert answer["wait"]["not_before"].startswith(day(3))
    assert f"{day(3)} 18:00" in " ".join(listed.out.split())
    assert f"{day(3)} 18:00" in showing.out
    assert "per_second" in showing.out
    assert (changed.code, again.code) == (0, 0), (changed, again)
    assert "taken before" in json.loads(again.out)["message"]
    assert (after["starts_by"], after["policy"], after["price_tolerance_percent"]) == (
        "instant",
        "per_second",
        "2.5",
    )
    assert (undone.code, repeated.code, late.code) == (0, 0, 4), (undone, repeated, late)
    assert (row["outcome"], row["error_message"]) == ("cancelled", "not needed")
    told = " ".join(audit.out.split())
    assert "starts at another time" in told
    assert "they asked" in told
    assert "Nothing is scheduled" in empty.err
    assert max(each.longest_line for each in (listed, showing, undone, audit, empty)) <= COLUMNS


async def test_a_new_price_is_shown_and_accepted_or_declined(console: ConsoleWorld) -> None:
    """What was accepted, what it costs now, and how to answer; an answer for another quote is refused."""
    first, second = [await dearer(console, seed=seed) for seed in (1, 2)]

    listed = await console.run("schedule", "list")
    showing = await console.run("schedule", "show", first)
    price = (await console.get(f"/api/switches/{first}/schedule/price")).json()
    path = f"/api/switches/{first}/schedule/price"
    wrong = await console.post(path, {"reason": "fine", "quote_digest": "0" * 64})
    body = {"reason": "fine", "quote_digest": price["quote"]["digest"], "request_id": "a-1"}
    accepted = await console.post(path, body)
    ended = await console.ended(first)
    repeated = await console.post(path, body)
    declined = await console.run("schedule", "decline", second, "--reason", "too much", "--yes")
    row = await console.ended(second)

    assert "the price has changed" in " ".join(listed.out.split())
    told = " ".join(showing.out.split())
    assert "at most was accepted" in told
    assert "what it costs now" in told
    assert f"planswitch schedule accept {first[:8]}" in told or "schedule accept" in told
    assert (wrong.status_code, wrong.json()["code"]) == (409, "QUOTE_CHANGED")
    assert accepted.status_code == 200, accepted.text
    assert (ended["outcome"], repeated.status_code) == ("completed", 200), repeated.text
    assert ended["charged_total"] <= price["wait"]["total_at_most_minor_units"]
    assert (declined.code, row["outcome"]) == (0, "cancelled")
    assert max(each.longest_line for each in (listed, showing, declined)) <= COLUMNS


async def test_the_page_shows_changes_and_undoes(console: ConsoleWorld) -> None:
    """The list leads to a page with forms: a quote first, then the change; a slip is told beside its form."""
    switch_id, _ = await scheduled(console, "--on", day(4))
    path = f"/schedule/{switch_id}"

    listed = await shown(console, "/schedule")
    first = await shown(console, path)
    slip = await send(console, f"{path}/quote", {"start_at": "soon"})
    offered = await send(console, f"{path}/quote", {"quiet_hours": "22:00-06:00", "start_on": day(6)})
    fields = hidden(offered.text, f"{path}/change#change") | {"reason": "the office is closed"}
    changed = await send(console, f"{path}/change", fields)
    twice = await send(console, f"{path}/change", fields)
    second = await shown(console, path)
    blank = await send(console, f"{path}/undo", {"reason": " "})
    undone = await send(console, f"{path}/undo", {"reason": "not needed"})
    row = await console.ended(switch_id)
    gone = await console.get(path)

    assert path in listed
    assert f"its day, {day(4)}" in listed
    assert f"its day, {day(4)}" in first
    assert (slip.status_code, "a time of day" in slip.text) == (422, True)
    assert offered.status_code == 200, offered.text
    assert [changed.status_code, twice.status_code] == [303, 303], changed.text
    assert f"{day(6)}, in quiet hours 22:00-06:00" in second
    assert blank.status_code == 422
    assert (undone.status_code, row["outcome"]) == (303, "cancelled"), undone.text
    assert (gone.status_code, gone.headers["location"]) == (303, f"/switches/{switch_id}")


async def test_the_page_schedules_a_switch_by_the_quote_that_it_shows(console: ConsoleWorld) -> None:
    """Organization, plan and a time; the quote is shown first, and accepted with its digest."""
    organization = (await console.organization(users=5))["organization_id"]
    asked = {"organization_id": organization, "target_plan": "E3"}

    timeless = await send(console, "/schedule", asked)
    offered = await send(console, "/schedule", {**asked, "start_at": f"{day(3)}T18:00"})
    form = offered.text.partition("By this quote")[2]
    fields = hidden(form, "/schedule#new") | {"reason": "growth"}
    started = await send(console, "/schedule", fields)
    twice = await send(console, "/schedule", fields)
    listed = await shown(console, "/schedule")
    waiting = (await console.get("/api/schedules")).json()["schedules"]

    assert (timeless.status_code, "an end of the wait" in timeless.text) == (422, True)
    assert offered.status_code == 200, offered.text
    assert [started.status_code, twice.status_code] == [303, 303], started.text
    assert started.headers["location"] == f"/schedule/{waiting[0]['switch_id']}"
    assert [each["starts_by"] for each in waiting] == ["instant"]
    assert f"{day(3)} 18:00" in listed


async def test_the_page_asks_about_a_new_price(console: ConsoleWorld) -> None:
    """It says what was accepted and what it costs now; the button accepts just that."""
    switch_id = await dearer(console)
    path = f"/schedule/{switch_id}"

    listed = await shown(console, "/schedule")
    page = await shown(console, path)
    fields = hidden(page, f"{path}/price#price") | {"reason": "the tax rose"}
    accepted = await send(console, f"{path}/price", fields)
    row = await console.ended(switch_id)

    assert "Answer" in listed
    assert "at most was accepted" in page
    assert "What it costs now" in page
    assert (accepted.status_code, row["outcome"]) == (303, "completed"), accepted.text


async def test_a_start_that_can_not_be_is_refused(console: ConsoleWorld) -> None:
    """Past, too far, twice or never shown, two at once, no window: refused with the field, nothing waits."""
    organization = (await console.organization())["organization_id"]
    body = {"organization_id": organization, "target_plan": "E3", "accept": True}
    refused: dict[str, tuple[dict[str, Any], str, str]] = {
        "past": ({"start_at": f"{day(-2)}T18:00"}, "start_at", "an instant after now"),
        "too far": ({"start_at": f"{day(402)}T18:00"}, "start_at", "an instant after now"),
        "no instant": ({"start_at": day(3)}, "start_at", "a time of day"),
        "skipped": ({"start_at": "2027-03-28T02:30"}, "start_at", "skip this time"),
        "two": ({"start_at": f"{day(3)}T18:00", "start_on": day(3)}, "start_on", "nothing beside start_at"),
        "no window": ({"quiet_hours": "22-06"}, "quiet_hours", "two times of day"),
        "none configured": ({"quiet_hours": "configured"}, "quiet_hours", "none configured"),
        "seconds": ({"policy": "per_second"}, "policy", "per_day"),
        "tolerance": ({"start_on": day(3), "price_tolerance_percent": "101"}, *PERCENT),
        "no wait": ({"price_tolerance_percent": "5"}, "price_tolerance_percent", "nothing without"),
    }

    answers = {
        name: await console.post("/api/switches", body | changes) for name, (changes, _, _) in refused.items()
    }
    unknown = await console.get("/api/switches/ffffffff/schedule")

    for name, (_, field, words) in refused.items():
        problem = answers[name].json()
        assert (answers[name].status_code, problem.get("field")) == (422, field), (name, problem)
        assert words in answers[name].text, (name, problem)
    assert unknown.status_code == 404
    assert (await console.get("/api/schedules")).json() == {
        "schedules": [],
        "total": 0,
        "all": 0,
        "next": None,
        "next_cursor": None,
    }


PERCENT = ("price_tolerance_percent", "a percentage from 0 to 100")


def hidden(page: str, action: str) -> dict[str, str]:
    """Return the hidden fields of a form."""
    form = page.partition(f'action="{action}"')[2].partition("</form>")[0]
    assert form, f"no form of {action}"
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form)
    return {name: unescape(value) for name, value in fields}


async def test_a_loss_is_shown_and_accepted_with_a_change(console: ConsoleWorld) -> None:
    """A day that loses prepaid value says how much, and is taken only where that is accepted."""
    body = {"seed": 81_500, "users": 25, "plan_id": SOURCE_PLAN, "billing_cycle": "annual"}
    body |= {"options": {"quantity": 200}}
    made = await asyncio.to_thread(console.world.sandbox.control.post, "/sandbox/organizations", json=body)
    organization = made.raise_for_status().json()["organization_id"]
    start = ("switch", "start", organization, "--to", "E3", "--quantity", "30", "--yes", "--json")
    started = await console.run(*start, "--on", "without-forfeiture")
    assert started.code == 0, started
    switch_id = json.loads(started.out)["switch_id"]
    await console.until(switch_id, WAITING)
    path, change = f"/api/switches/{switch_id}/schedule", {"start_on": day(2)}

    offered = (await console.post(f"{path}/quote", change)).json()
    page = await send(console, f"/schedule/{switch_id}/quote", change)
    accepted = change | {"reason": "sooner", "quote_digest": offered["quote"]["digest"], "request_id": "c-1"}
    refused = await console.post(path, accepted)
    typed = ("schedule", "change", switch_id, "--on", day(2), "--reason", "sooner", "--yes")
    told = await console.run(*typed)
    taken = await console.post(path, accepted | {"accept_forfeiture": True})
    after = await until(console, switch_id, lambda each: each["start_on"] == day(2))
    reused = await console.post(path, accepted | {"start_on": day(3)})
    showing = await console.run("schedule", "show", switch_id)
    await console.run("schedule", "undo", switch_id, "--reason", "not needed", "--yes")
    await console.ended(switch_id)

    assert offered["quote"]["forfeiture"]["is_accepted"] is False
    assert offered["wait"]["forfeited_at_most_minor_units"] > 0
    assert 'name="accept_forfeiture"' in page.text
    assert "Lost at most" in page.text
    assert (refused.status_code, told.code) == (409, 4), (refused.text, told)
    assert "accept that with --accept-forfeiture" in " ".join(told.err.split())
    assert taken.status_code == 200, taken.text
    assert (reused.status_code, reused.json()["code"]) == (409, "REQUEST_REUSED")
    assert after["forfeited_at_most_minor_units"] == offered["wait"]["forfeited_at_most_minor_units"]
    assert "lost at most" in showing.out
    assert max(each.longest_line for each in (told, showing)) <= COLUMNS


async def test_a_decline_without_a_question_ends_nothing(console: ConsoleWorld) -> None:
    """By command and by form it is refused, and the request waits on."""
    switch_id, _ = await scheduled(console, "--on", day(4))

    declined = await console.run("schedule", "decline", switch_id, "--reason", "too much", "--yes")
    form = await send(console, f"/schedule/{switch_id}/undo", {"reason": "too much", "declines_price": "yes"})
    shown_after = await console.get(f"/api/switches/{switch_id}/schedule")
    await console.run("schedule", "undo", switch_id, "--reason", "not needed", "--yes")
    row = await console.ended(switch_id)

    assert "No new price waits for an answer" in declined.err
    assert "NO_QUESTION" in declined.err
    assert (declined.code, form.status_code, shown_after.status_code) == (4, 409, 200)
    assert row["error_message"] == "not needed"


async def test_what_bounds_a_wait_is_taken_in_an_open_window_too(console: ConsoleWorld) -> None:
    """Nobody has to know whether quiet hours are open now; a bound below the quote is refused in them too."""
    organization = (await console.organization(users=5))["organization_id"]
    body = {"organization_id": organization, "target_plan": "E3", "quiet_hours": "00:00-23:59"}

    tolerant = await console.post("/api/quotes", body | {"price_tolerance_percent": "5"})
    bounded = await console.post("/api/quotes", body | {"max_total": "99999"})
    too_little = await console.post("/api/quotes", body | {"max_total": "0.01"})

    assert (tolerant.status_code, bounded.status_code) == (200, 200), (tolerant.text, bounded.text)
    assert (too_little.status_code, too_little.json()["code"]) == (422, "INVALID_INPUT")


async def test_what_ended_before_it_became_a_switch_is_not_started_again(console: ConsoleWorld) -> None:
    """A request that was cancelled while it waited has ended: that is said, and no lost record is suspected.

    See rules#scheduled-starts.
    """
    switch_id, _ = await scheduled(console, "--on", day(3))
    cancelled = await console.post(f"/api/switches/{switch_id}/cancel", {"reason": "not now"})
    await console.ended(switch_id)
    refused = await console.post(f"/api/switches/{switch_id}/restart", {"reason": "try"})

    assert cancelled.status_code == 200, cancelled.text
    assert (refused.status_code, refused.json()["code"]) == (409, "RULE_VIOLATED")
    assert "has ended as cancelled" in refused.json()["detail"]

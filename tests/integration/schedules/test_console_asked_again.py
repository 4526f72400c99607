"""A request that waits is asked again with exactly what it asks for (rules#scheduled-starts)."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from domain.kernel.errors import ConcurrentWrite
from domain.kernel.recorded import Meta
from domain.quote.quote import Quote
from domain.requests.wait_changes import Excess
from services.base.switch_rows import recorded_wait
from tests.support.consoles.console_world import LOOKS_MAX, ConsoleWorld, start_body
from tests.support.consoles.waits import WAITING, day
from tests.support.products.acts import change
from tests.support.switches.by_hand import held_by


async def _ask_price(console: ConsoleWorld, switch_id: str) -> None:
    """Record the question about a new price as the look at the stated instant does, and wait for it."""
    for _ in range(LOOKS_MAX):
        # The request writes its own next look into the stream.
        with suppress(ConcurrentWrite):
            _record_question(console, switch_id)
            break
    for _ in range(LOOKS_MAX):
        answer = (await console.get(f"/api/switches/{switch_id}/schedule")).json()
        if answer["price"] is not None:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(answer)


def _record_question(console: ConsoleWorld, switch_id: str) -> None:
    store = console.world.store
    wait = recorded_wait(store, switch_id)
    assert wait is not None
    assert wait.quote is not None
    total = wait.terms.total_at_most
    meta = Meta(
        switch_id=switch_id,
        organization_id=wait.order["organization_id"],
        actor="planswitch",
        reason="",
        causation="look",
    )
    more = Excess(total=replace(total, minor_units=total.minor_units + 100), accepted=total, words="more")
    wait.ask_price(Quote.from_facts(wait.quote), more, message="more", at=datetime.now(UTC), meta=meta)
    store.save(wait)


async def test_a_new_price_of_an_instant_is_shown_and_accepted(console: ConsoleWorld) -> None:
    """The day that was found for an instant is no second start: the price can be answered in every way."""
    organization = (await console.organization(users=5))["organization_id"]
    at = f"{day(3)}T18:00"
    started = await console.run("switch", "start", organization, "--to", "E3", "--at", at, "--yes", "--json")
    switch_id = json.loads(started.out)["switch_id"]
    await console.until(switch_id, WAITING)
    await _ask_price(console, switch_id)

    price = await console.get(f"/api/switches/{switch_id}/schedule/price")
    showing = await console.run("schedule", "show", switch_id)
    page = await console.get(f"/schedule/{switch_id}")
    accepted = await console.run("schedule", "accept", switch_id, "--reason", "fine", "--yes")
    after = (await console.get(f"/api/switches/{switch_id}/schedule")).json()
    await console.run("schedule", "undo", switch_id, "--reason", "not needed", "--yes")
    await console.ended(switch_id)

    assert price.status_code == 200, price.text
    assert f"{day(3)} 18:00" in price.json()["starts"]
    assert "what it costs now" in showing.out
    assert page.status_code == 200
    assert accepted.code == 0, accepted
    assert (after["start_at"][:16], after["starts_by"]) == (at, "instant")


async def test_another_time_of_some_users_counts_only_them(console: ConsoleWorld) -> None:
    """12 licenses for 12 of 60 users are enough, also where the request is asked again for another day."""
    organization = await console.organization(users=60, group_licensed=0)
    some = sorted(held_by(console, organization["organization_id"]))[:12]
    body = start_body(organization, mode="manual", users_listed=some, start_on=day(3))
    started = await console.post("/api/switches", body)
    switch_id = started.json()["switch_id"]
    await console.until(switch_id, WAITING)

    path = f"/api/switches/{switch_id}/schedule"
    offered = await console.post(f"{path}/quote", {"start_on": day(4)})
    digest = offered.json()["quote"]["digest"]
    changed = await console.post(path, {"start_on": day(4), "reason": "later", "quote_digest": digest})
    await console.run("schedule", "undo", switch_id, "--reason", "not needed", "--yes")
    await console.ended(switch_id)

    assert started.status_code == 201, started.text
    assert offered.status_code == 200, offered.text
    assert "TOO_FEW_LICENSES" not in [each["code"] for each in offered.json()["assessment"]["reasons"]]
    assert changed.status_code == 200, changed.text


async def test_some_users_start_no_later_than_licenses_are_taken_back(console: ConsoleWorld) -> None:
    """After the window the old licenses would be paid for beside the new ones; a new term opens another."""
    now = datetime.now(UTC)
    began_on = (now - timedelta(days=10)).date()
    organization = await console.organization(users=12, group_licensed=0, period_start_on=began_on)
    await change(console, organization, cancellable_until=(now + timedelta(days=1, hours=12)).isoformat())
    some = sorted(held_by(console, organization["organization_id"]))[:3]
    body = start_body(organization, mode="manual", users_listed=some)
    del body["accept"], body["reason"]

    starts: dict[str, dict[str, str]] = {
        "now": {},
        "in the window": {"start_on": day(1)},
        "after it": {"start_on": day(3)},
        "at an instant after it": {"start_at": f"{day(3)}T18:00"},
        "on a day in quiet hours": {"start_on": day(3), "quiet_hours": "00:00-23:59"},
        "with the next term": {"start_on": organization["period_end_on"]},
    }
    answers = {name: await console.post("/api/quotes", body | start) for name, start in starts.items()}

    assert {name: each.status_code for name, each in answers.items()} == {
        "now": 200,
        "in the window": 200,
        "after it": 409,
        "at an instant after it": 409,
        "on a day in quiet hours": 409,
        "with the next term": 200,
    }, {name: each.text for name, each in answers.items() if each.status_code != 200}
    assert answers["after it"].json()["code"] == "RULE_VIOLATED"
    assert "would be paid for beside the new plan" in answers["after it"].json()["detail"]

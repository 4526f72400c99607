"""A switch back that leaves the others, as an operator asks for it (rules#leaving-the-others)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from domain.catalog.catalog import load_catalog
from domain.eligibility.assessment import Assessed
from sandbox.referee.assignments import Assignments, read_assignments
from tests.support.consoles.console_world import COLUMNS, ConsoleWorld, start_body
from tests.support.money.ledger import Account, Cycle, Purchase, Terms, switch
from tests.support.switches.by_hand import SOURCE_PLAN, TARGET_PLAN, ByHand
from tests.support.worlds.world import CLEAN

USERS = 12
CATALOG = load_catalog()
BACKUP = ("--acknowledge", "backup_done")
NOT_RESTORED = ("--acknowledge", "users_not_restored")


@dataclass(frozen=True, kw_only=True)
class Troubled:
    """A completed switch of whose users one left, one was changed by hand, and one joined since."""

    first: str
    organization_id: str
    left: str
    changed: str
    others: tuple[str, ...]
    #: Days of the billing period, and licenses, before anything was switched.
    period_start_on: date
    licenses: int
    #: What was booked net by then, of other products too, in minor units.
    booked: int


async def troubled(console: ConsoleWorld) -> Troubled:
    """Return such a switch; what happened by hand is planted as in the vendor's own pages."""
    start_on = (datetime.now(UTC) - timedelta(days=3)).date()
    made = await console.organization(users=USERS, period_start_on=start_on)
    organization_id = made["organization_id"]
    held = console.world.sandbox.cloud.seller.subscription(organization_id, made["subscription_id"])
    began = sum(amount for _, amount in booked(console, organization_id))
    answer = await console.post("/api/switches", start_body(made))
    first = answer.json()["switch_id"]
    assert (await console.ended(first))["outcome"] == "completed"
    left, changed, *others = sorted(journal(console, organization_id).at_start)
    await asyncio.to_thread(_change, console, organization_id, left=left, changed=changed)
    return Troubled(
        first=first,
        organization_id=organization_id,
        left=left,
        changed=changed,
        others=tuple(others),
        period_start_on=start_on,
        licenses=held.quantity,
        booked=began,
    )


def _change(console: ConsoleWorld, organization_id: str, *, left: str, changed: str) -> None:
    edit = console.world.sandbox.edit
    edit(organization_id, kind="licenses", user_id=left, add=[], remove=[TARGET_PLAN])
    sway = next(
        each.service_plan_id for each in CATALOG.plan(TARGET_PLAN).service_plans if each.name == "SWAY"
    )
    off = {"skuId": TARGET_PLAN, "disabledPlans": [sway]}
    edit(organization_id, kind="licenses", user_id=changed, add=[off], remove=[])
    edit(organization_id, kind="add_user", plan_id=TARGET_PLAN, display_name="Nora New")


def journal(console: ConsoleWorld, organization_id: str) -> Assignments:
    """Return what the sandbox's own journal says of everyone's licenses."""
    return read_assignments(console.world.sandbox.journal, organization_id)


def booked(console: ConsoleWorld, organization_id: str) -> list[tuple[dict[str, Any], int]]:
    """Return each entry of the seller's ledger, with what it adds to what is paid, in minor units."""
    path = f"/billing/v1/customers/{organization_id}/ledger"
    token = {"Authorization": f"Bearer sandbox-{organization_id}"}
    answer = console.world.sandbox.control.get(path, headers=token).raise_for_status()
    signs = {"charge": 1, "credit": -1}
    return [
        (each, signs[each["kind"]] * each["amount_minor_units"])
        for each in answer.json()["entries"]
        if each["kind"] in signs
    ]


def words(text: str) -> str:
    """Return what was printed without its line breaks."""
    return " ".join(text.split())


def refusals(console: ConsoleWorld) -> list[Assessed]:
    """Return what the assessment log has of refusals, oldest first."""
    notices = console.world.store.notifications()
    return [each.event for each in notices if isinstance(each.event, Assessed) and not each.event.accepted]


def price(part: str, currency: str) -> int:
    """Return what one license costs for a month, in minor units."""
    return CATALOG.price(CATALOG.find(part).plan_id, currency).unit_price.minor_units


def ledger_due(case: Troubled, *, moved: int, staying: int, days: list[date], currency: str) -> int:
    """Return what both switches come to net, by the rules alone.

    Args:
        case: What was there before.
        moved: Users who are taken back, each with a license.
        staying: Users who stay, each with a license.
        days: Of the first switch, and of the second one.
        currency: Of the organization.
    """
    on, back_on = days[0], days[-1]
    cycle = Cycle(billing_day=case.period_start_on.day, months=1)
    before = Account(plan="E1", price=price("E1", currency), cycle=cycle)
    before.change(case.licenses, case.period_start_on)
    bought = Purchase(plan="E3", price=price("E3", currency), licenses=case.licenses)
    there = switch([before], [bought], cycle, Terms(cutover=on)).net
    held = Account(plan="E3", price=price("E3", currency), cycle=cycle)
    held.change(case.licenses, on)
    given_back = held.change(staying - case.licenses, back_on).amount
    again = Account(plan="E1", price=price("E1", currency), cycle=cycle).change(moved, back_on).amount
    return there + given_back + again


async def test_only_whom_it_restores_moves_and_the_others_are_not_touched(
    console: ConsoleWorld, tmp_path: Path
) -> None:
    """Undecided it is refused with the list; by hand it takes the others back, to service and cent."""
    case = await troubled(console)
    between = journal(console, case.organization_id)
    asked = ("switch", "back", case.first, *BACKUP, "--yes")

    undecided = await console.run(*asked)
    both = await console.run(*asked, *NOT_RESTORED, "--leave-others")
    # The referee has to know what is confirmed with the order that comes.
    acknowledge = console.world.sandbox.acknowledge
    await asyncio.to_thread(acknowledge, case.organization_id, SOURCE_PLAN, ("backup_done",))
    left_others = (*asked, "--leave-others", "--reason", "too dear", "--request-id", "some-1", "--json")
    started = await console.run(*left_others)
    by_hand = ByHand(
        console=console,
        organization_id=case.organization_id,
        switch_id=json.loads(started.out)["switch_id"],
        folder=tmp_path,
    )
    for step in ("buy", "verify", "reassign", "reduce"):
        await by_hand.until_next(step)
        assert (await by_hand.step(step)).code == 0
    row = await console.ended(by_hand.switch_id)
    repeated = await console.run(*left_others)
    again = await console.run(*asked)

    after = journal(console, case.organization_id)
    (new,) = set(after.now) - set(after.at_start)
    untouched = (case.left, case.changed, new)
    assert (undecided.code, both.code, again.code) == (4, 2, 4)
    for told in ("JOINED_SINCE", "CHANGED_SINCE", case.changed, new, "--leave-others"):
        assert told in words(undecided.err)
    assert "--leave-others" in words(both.err)
    assert started.code == 0, started.err
    for told in ("JOINED_STAYS", "CHANGED_STAYS", "LEFT_SINCE", case.changed, case.left, new):
        assert told in words(started.err)
    ended = (row["outcome"], row["moved"], row["switch_back_of"])
    assert ended == ("completed", len(case.others), case.first)
    assert _held(after.now, case.others) == _held(after.at_start, case.others)
    assert _held(after.now, untouched) == _held(between.now, untouched)
    assert json.loads(repeated.out)["repeated"] is True
    assert "the others stayed" in words(again.err)
    verdict = console.world.sandbox.verdict(case.organization_id)
    assert {name: verdict[name] for name in CLEAN} == CLEAN
    assert max(each.longest_line for each in (undecided, both, again)) <= COLUMNS
    _assert_money(console, case, row)


def _held(now: Mapping[str, Any], users: Iterable[str]) -> dict[str, Any]:
    return {user: now[user] for user in users}


def _assert_money(console: ConsoleWorld, case: Troubled, row: dict[str, Any]) -> None:
    """Check licenses and money of both subscriptions against the rules (proration#every-policy)."""
    sandbox = console.world.sandbox
    held = {
        plan: sum(
            each.quantity
            for each in sandbox.cloud.seller.subscriptions(case.organization_id)
            if each.plan_id == plan and each.status == "active"
        )
        for plan in (SOURCE_PLAN, TARGET_PLAN)
    }
    entries = booked(console, case.organization_id)
    days = sorted({date.fromisoformat(each["from_on"]) for each, amount in entries if amount < 0})
    due = ledger_due(case, moved=len(case.others), staying=2, days=days, currency=row["currency"])
    assert held == {SOURCE_PLAN: len(case.others), TARGET_PLAN: 2}
    assert sum(amount for _, amount in entries) - case.booked == due


async def test_there_has_to_be_somebody_to_leave(console: ConsoleWorld) -> None:
    """Where everybody can be restored nothing is left, and the refusal says what to do in its place."""
    made = await console.organization(users=3)
    first = (await console.post("/api/switches", start_body(made))).json()["switch_id"]
    assert (await console.ended(first))["outcome"] == "completed"

    refused = await console.run("switch", "back", first, *BACKUP, "--leave-others", "--yes")
    asked = await console.post(f"/api/switches/{first}/back/quote", {"leave_others": True})

    assert refused.code == 2
    assert "every user of the plan can be restored" in words(refused.err)
    assert (asked.status_code, asked.json()["field"]) == (422, "leave_others")


async def test_each_refusal_of_a_switch_back_is_recorded(console: ConsoleWorld) -> None:
    """What was asked, by whom, and why not: in the assessment log, where other refusals are."""
    made = await console.organization(users=3)
    first = (await console.post("/api/switches", start_body(made))).json()["switch_id"]
    assert (await console.ended(first))["outcome"] == "completed"
    accepted = {"accept": True, "acknowledgments": ["backup_done"]}
    second = (await console.post(f"/api/switches/{first}/back", accepted)).json()["switch_id"]
    assert (await console.ended(second))["outcome"] == "completed"
    known = len(refusals(console))

    repeated = await console.post(f"/api/switches/{first}/back/quote", {})

    (recorded,) = refusals(console)[known:]
    assert (repeated.status_code, repeated.json()["code"]) == (409, "SWITCH_BACK_REPEATED")
    assert recorded.subject["answer"]["code"] == "SWITCH_BACK_REPEATED"
    assert recorded.subject["inputs"]["switch_back_of"] == first
    assert recorded.meta["actor"] == "olga"
    assert recorded.organization_id == made["organization_id"]

"""A new switch takes a completed one back: everybody gets back what they had (rules#switch-back)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from activities import contract as steps
from activities.assessment import preflight as looking
from activities.contract import SwitchOrder
from domain.catalog.catalog import load_catalog
from domain.event_table.event_table import effect_of
from domain.switch.move_events import BillingCutOver, SourceCancelled
from domain.switch.preflight_events import PreflightChecked
from domain.switch.return_events import SwitchBackRequested
from sandbox.referee.assignments import read_assignments
from tests.support.acts.switching_back import Licenses, back_order, licenses
from tests.support.controls.pausing import pause, resume
from tests.support.licenses.moving import add_user
from tests.support.money.ledger import CHARGE, Account, Bill, Cycle, Purchase, Terms, switch
from tests.support.switches.reassessment import BEFORE_MOVE
from tests.support.worlds.dated import DatedWorlds
from tests.support.worlds.forward import forward
from tests.support.worlds.scheduled import starting_at
from tests.support.worlds.steps import StepRunner
from tests.support.worlds.world import CLEAN, SOURCE_PLAN, TARGET_PLAN, World
from workflows.switch.plan_switch import PlanSwitch

USERS, FED = 40, 10
BACKUP = ("backup_done",)
E5 = "c7df2760-2c81-4ef7-b578-5b5392b571df"


def organization(world: World, *, fed: int = FED) -> dict[str, Any]:
    """Make an organization of which some users have services off, and some have the license by a group."""
    options = {"group_licensed": fed, "group_services_off": "SWAY YAMMER"} if fed else {}
    made = world.organization(users=USERS, **options)
    held = licenses(world, made["organization_id"]).values()
    assert len({off for rows in held for plan, off, _ in rows if plan == SOURCE_PLAN}) > 2
    return made


def switched(held: Licenses) -> set[str]:
    """Return which of both plans users hold; further ones stay as they are."""
    return {plan for rows in held.values() for plan, _, _ in rows} & {SOURCE_PLAN, TARGET_PLAN}


def looks(world: World, order: SwitchOrder) -> list[PreflightChecked]:
    """Return each look at the users that a switch back has recorded, oldest first."""
    left = world.store.resolve_subscription(order.organization_id, order.source_subscription_id)
    events = [each.event for each in world.store.stream_events(left)]
    return [each for each in events if isinstance(each, PreflightChecked)]


def preflight_of(world: World, order: SwitchOrder) -> PreflightChecked:
    """Return what the request recorded of its users."""
    return looks(world, order)[0]


def net(world: World, order: Any) -> Counter[str]:
    """Return kind of entry -> minor units that all entries of it come to."""
    sums: Counter[str] = Counter()
    for kind in ("charge", "credit"):
        sums[kind] = sum(each["amount_minor_units"] for each in world.ledger(order, kind))
    return sums


def cutovers(world: World, order: SwitchOrder) -> tuple[date, int]:
    """Return on which day a switch was cut over, and what it was billed, in minor units."""
    events: list[Any] = [each.event for each in world.source_events(order)]
    own = [each for each in events if getattr(each, "switch_id", "") == order.switch_id]
    (cancelled,) = [each for each in own if isinstance(each, SourceCancelled)]
    (billed,) = [each for each in own if isinstance(each, BillingCutOver)]
    return cancelled.cutover_on, billed.total.minor_units


@dataclass(frozen=True)
class Books:
    """What a switch from E1 to E3 and back comes to, by the rules of proration alone."""

    period_start_on: date
    currency: str
    tax_rate: Fraction

    def there_and_back(
        self, there_on: date, back_on: date, *, licenses: int, licenses_back: int
    ) -> tuple[Bill, Bill]:
        """Return the bills of both switches."""
        cycle = Cycle(billing_day=self.period_start_on.day, months=1)
        held = Account(plan="E1", price=self._price("E1"), cycle=cycle)
        held.change(licenses, self.period_start_on)
        wanted = Purchase(plan="E3", price=self._price("E3"), licenses=licenses)
        there = switch([held], [wanted], cycle, Terms(cutover=there_on, tax_rate=self.tax_rate))
        between = Account(plan="E3", price=self._price("E3"), cycle=cycle)
        between.change(licenses, there_on)
        again = Purchase(plan="E1", price=self._price("E1"), licenses=licenses_back)
        return there, switch([between], [again], cycle, Terms(cutover=back_on, tax_rate=self.tax_rate))

    def _price(self, part: str) -> int:
        catalog = load_catalog()
        return catalog.price(catalog.find(part).plan_id, self.currency).unit_price.minor_units


async def test_everybody_gets_back_exactly_what_they_had(world: World) -> None:
    """Direct or by a group, service by service, although the first switch granted everything to everyone.

    Both happen on one day: the money of both is nothing, since each plan is paid for the days it was held
    (rules#quote-and-cutover). The orders name each other in the record.
    """
    made = organization(world)
    before = licenses(world, made["organization_id"])
    first = world.order(made, service_settings="grant_all")
    paid = net(world, first)
    assert (await world.complete(first)).outcome == "completed"
    between = licenses(world, first.organization_id)

    second = back_order(world, first, acknowledgments=BACKUP)
    result = await world.complete(second)

    journal = read_assignments(world.sandbox.journal, first.organization_id)
    money = net(world, second)
    (named,) = [
        each.event for each in world.source_events(first) if isinstance(each.event, SwitchBackRequested)
    ]
    assert (result.outcome, result.code, result.moved) == ("completed", "", USERS)
    assert switched(between) == {TARGET_PLAN}
    assert licenses(world, first.organization_id) == before
    fed = {user for user, rows in before.items() if any(group for _, _, group in rows)}
    assert len(fed) == FED
    # The journal tells direct licenses alone: by its own fold everybody has what they had at the start.
    assert {user: journal.now[user] for user in journal.now if user not in fed} == {
        user: {plan: frozenset(off) for plan, off, _ in rows}
        for user, rows in before.items()
        if user not in fed
    }
    assert money["charge"] - money["credit"] == paid["charge"] - paid["credit"]
    assert world.failings(second) == CLEAN
    assert (named.by_switch_id, named.meta["actor"]) == (second.switch_id, second.actor)
    assert world.is_free(second)


async def test_who_left_joined_or_was_changed_is_listed_and_nobody_decides_for_them(world: World) -> None:
    """Without the acknowledgment nothing is ordered; with it they move as they are, and who left is left."""
    made = organization(world, fed=0)
    before = licenses(world, made["organization_id"])
    first = world.order(made)
    assert (await world.complete(first)).outcome == "completed"
    left, gone, changed, *others = sorted(before)
    edit = world.sandbox.edit
    edit(made["organization_id"], kind="licenses", user_id=left, add=[], remove=[TARGET_PLAN])
    edit(made["organization_id"], kind="delete_user", user_id=gone)
    services = load_catalog().plan(TARGET_PLAN).service_plans
    sway = next(each.service_plan_id for each in services if each.name == "SWAY")
    off = {"skuId": TARGET_PLAN, "disabledPlans": [sway]}
    edit(made["organization_id"], kind="licenses", user_id=changed, add=[off], remove=[])
    edit(made["organization_id"], kind="add_user", plan_id=TARGET_PLAN, display_name="Nora New")
    between = licenses(world, made["organization_id"])
    (new,) = set(between) - set(before)

    handle, refused = await world.start(back_order(world, first, acknowledgments=BACKUP))
    orders = world.verdict(first)["orders"]
    second = back_order(world, first, acknowledgments=(*BACKUP, "users_not_restored"))
    result = await world.complete(second)

    after = licenses(world, made["organization_id"])
    checked = preflight_of(world, second)
    listed = {each["code"]: (each["users"], len(each["user_keys"])) for each in checked.findings}
    assert (await world.result(handle)).outcome == "refused"
    assert (refused.accepted, refused.code, orders) == (False, "RULE_VIOLATED", 1)
    assert "users_not_restored" in refused.message
    assert {name: listed[name] for name in ("JOINED_SINCE", "CHANGED_SINCE", "LEFT_SINCE")} == {
        "JOINED_SINCE": (1, 1),
        "CHANGED_SINCE": (1, 1),
        "LEFT_SINCE": (2, 2),
    }
    assert (result.outcome, result.moved) == ("completed", len(others) + 2)
    assert {user: after[user] for user in others} == {user: before[user] for user in others}
    assert (after[left], gone in after) == (between[left], False)
    assert switched({new: after[new]}) == {SOURCE_PLAN}
    assert switched({changed: after[changed]}) == {SOURCE_PLAN}


async def test_who_came_while_licenses_moved_is_not_taken_for_restored(world: World) -> None:
    """They stand on no roster: what the first switch granted them is nothing that they had."""
    made = organization(world, fed=0)
    first = world.order(made, service_settings="grant_all")
    ambush = world.ambushes.lay(first.switch_id, "verification.verify_move:begin")
    handle, _ = await world.start(first)
    await world.until(ambush.is_reached.is_set)
    add_user(world, first, "Nia Late")
    ambush.is_over.set()
    assert (await world.result(handle)).outcome == "completed"

    second = back_order(world, first, acknowledgments=BACKUP)
    _, refused = await world.start(second)

    assert (refused.accepted, refused.code) == (False, "RULE_VIOLATED")
    assert "users_not_restored" in refused.message
    assert world.verdict(first)["orders"] == 1


async def test_who_joins_before_the_first_move_is_decided_about(
    world: World, temporal_env: WorkflowEnvironment
) -> None:
    """The roster is not frozen with them: the switch back waits, and goes on once they have another plan."""
    made = organization(world, fed=0)
    first = world.order(made)
    assert (await world.complete(first)).outcome == "completed"
    before = licenses(world, first.organization_id)
    second = back_order(world, first, acknowledgments=BACKUP)
    ambush = world.ambushes.lay(second.switch_id, BEFORE_MOVE)
    handle, _ = await world.start(second)
    await world.until(ambush.is_reached.is_set)
    edit = world.sandbox.edit
    edit(first.organization_id, kind="add_user", plan_id=TARGET_PLAN, display_name="Nora New")
    (new,) = set(licenses(world, first.organization_id)) - set(before)
    ambush.is_over.set()
    await world.until(lambda: world.ambushes.seen[second.switch_id][-1].endswith("start_license_move:end"))
    waiting = licenses(world, first.organization_id)
    listed = [{each["code"]: each["users"] for each in one.findings} for one in looks(world, second)]

    edit(first.organization_id, kind="licenses", user_id=new, add=[], remove=[TARGET_PLAN])
    await forward(temporal_env, handle, timedelta(minutes=6))
    result = await world.result(handle)

    assert [each.get("JOINED_SINCE") for each in listed] == [None, 1]
    assert {user: waiting[user] for user in before} == before, "nobody has moved"
    assert (result.outcome, result.code, result.moved) == ("completed", "", USERS)
    assert "JOINED_SINCE" not in {each["code"] for each in looks(world, second)[-1].findings}
    frozen = world.store.roster_summary(second.switch_id)
    assert frozen is not None
    assert frozen.count == USERS
    assert world.verdict(first)["orders"] == 2


async def test_who_joins_before_the_first_move_moves_if_that_was_confirmed(world: World) -> None:
    """The acknowledgment of the request covers them, and the record names them before they move."""
    made = organization(world, fed=0)
    first = world.order(made)
    assert (await world.complete(first)).outcome == "completed"
    confirmed = (*BACKUP, "users_not_restored")
    second = back_order(world, first, acknowledgments=confirmed, quantity=USERS + 5)
    ambush = world.ambushes.lay(second.switch_id, BEFORE_MOVE)
    handle, _ = await world.start(second)
    await world.until(ambush.is_reached.is_set)
    world.sandbox.edit(first.organization_id, kind="add_user", plan_id=TARGET_PLAN, display_name="Nora New")
    ambush.is_over.set()
    result = await world.result(handle)

    newest = {each["code"]: each["users"] for each in looks(world, second)[-1].findings}
    assert result.outcome == "completed"
    assert newest["JOINED_SINCE"] == 1
    assert effect_of(looks(world, second)[-1]).endswith("since the switch that is taken back 1 joined")


@pytest.mark.long
async def test_of_many_users_nobody_is_moved_undecided(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The request reads the first users; what the look at all of them finds is refused before the order."""
    monkeypatch.setattr(looking, "USERS_MAX", 500)
    first = world.order(world.organization(1_100))
    assert (await world.complete(first)).outcome == "completed"
    second = back_order(world, first, acknowledgments=BACKUP)
    runner = StepRunner(world, second)
    accepted = await runner.run(steps.REQUEST_SWITCH)
    world.sandbox.edit(first.organization_id, kind="add_user", plan_id=TARGET_PLAN, display_name="Nora New")
    codes = []
    for attempt in (1, 2):
        with pytest.raises(ApplicationError) as refused:
            await runner.run(steps.ORDER_REPLACEMENT, attempt=attempt, keep=False)
        codes.append(refused.value.type)

    # Its workflow does not know whether something was ordered; the record does: there is nothing to void.
    ended = await runner.run(
        steps.END_SWITCH, outcome="failed", code="RULE_VIOLATED", message="undecided", is_order_unknown=True
    )

    assert accepted.accepted
    assert codes == ["RULE_VIOLATED", "RULE_VIOLATED"]
    assert [each.users_checked for each in looks(world, second)] == [999, 1_101]
    assert ended.outcome == "failed"
    assert world.verdict(first)["orders"] == 1
    assert world.is_free(second)


async def test_a_switch_is_taken_back_once(world: World) -> None:
    """The refusal names the switch that has taken it back, and nothing is ordered or recorded."""
    made = organization(world, fed=0)
    first = world.order(made)
    assert (await world.complete(first)).outcome == "completed"
    second = back_order(world, first, acknowledgments=BACKUP)
    third = back_order(world, first, acknowledgments=BACKUP)
    assert (await world.complete(second)).outcome == "completed"
    events = len(world.source_events(first))

    handle, repeated = await world.start(third)
    await world.result(handle)

    assert (repeated.accepted, repeated.code) == (False, "SWITCH_BACK_REPEATED")
    assert second.switch_id in repeated.message
    assert len(world.source_events(first)) == events
    assert world.verdict(first)["orders"] == 2


async def test_a_switch_that_a_later_one_has_overtaken_is_not_taken_back(world: World) -> None:
    """E1 to E3 to E5: the subscription that the first switch ordered is gone."""
    made = organization(world, fed=0)
    first = world.order(made)
    assert (await world.complete(first)).outcome == "completed"
    early = back_order(world, first, acknowledgments=BACKUP)
    source = early.source_subscription_id
    later = world.order(
        made | {"subscription_id": source},
        source_subscription_id=source,
        target_plan_id=E5,
        acknowledgments=("dependent_service_off",),
    )
    assert (await world.complete(later)).outcome == "completed"

    _, answer = await world.start(early)

    assert (answer.accepted, answer.code) == (False, "SWITCH_OVERTAKEN")
    assert later.switch_id in answer.message


@pytest.mark.long
async def test_a_switch_back_may_be_taken_back_itself(world: World) -> None:
    """It is a switch as any other: the users are on the new plan again, as they were after the first one."""
    made = organization(world, fed=0)
    first = world.order(made)
    assert (await world.complete(first)).outcome == "completed"
    between = licenses(world, first.organization_id)
    second = back_order(world, first, acknowledgments=BACKUP)
    assert (await world.complete(second)).outcome == "completed"

    third = back_order(world, second)
    result = await world.complete(third)

    assert (result.outcome, result.code) == ("completed", "")
    assert licenses(world, first.organization_id) == between
    assert world.failings(third) == CLEAN


async def test_a_switch_back_that_was_rolled_back_does_not_count(world: World) -> None:
    """It changed nothing, so the first switch may be taken back once more."""
    made = organization(world, fed=0)
    before = licenses(world, made["organization_id"])
    first = world.order(made)
    assert (await world.complete(first)).outcome == "completed"
    tried = back_order(world, first, acknowledgments=BACKUP)
    ambush = world.ambushes.lay(tried.switch_id, "verification.verify_move:begin")
    handle, _ = await world.start(tried)
    await world.until(ambush.is_reached.is_set)
    between = licenses(world, first.organization_id)
    await world.roll_back(handle)
    ambush.is_over.set()
    assert (await world.result(handle)).outcome == "rolled_back"
    returned = licenses(world, first.organization_id)

    second = back_order(world, first, acknowledgments=BACKUP)
    result = await world.complete(second)

    named = [each.event for each in world.source_events(first) if isinstance(each.event, SwitchBackRequested)]
    assert between == before
    assert switched(returned) == {TARGET_PLAN}
    assert result.outcome == "completed"
    assert licenses(world, first.organization_id) == before
    assert [each.by_switch_id for each in named] == [tried.switch_id, second.switch_id]
    assert world.failings(second) == CLEAN


async def test_rule_set_2014_has_no_way_back_across_families(world: World) -> None:
    """Small Business to E1: the refusal is NO_WAY_BACK, and nothing is ordered (NO_WAY_BACK)."""
    small = load_catalog().find("LITEPACK").plan_id
    made = world.sandbox.make({"seed": 2_014_001, "users": 12, "plan_id": small})
    first = world.order(
        made, target_plan_id=SOURCE_PLAN, rule_set="2014", acknowledgments=("no_way_back", *BACKUP)
    )
    assert (await world.complete(first)).outcome == "completed"

    _, answer = await world.start(back_order(world, first, acknowledgments=("no_way_back", *BACKUP)))

    assert (answer.accepted, answer.code) == (False, "NOT_ELIGIBLE_FOR_SWITCH")
    assert [each.code for each in answer.reasons] == ["NO_WAY_BACK"]
    assert world.verdict(first)["orders"] == 1


async def test_it_costs_what_the_rules_say_on_another_day_for_another_number(
    dated_worlds: DatedWorlds,
) -> None:
    """Five days later, for another number: both bills and the sum by a ledger of its own (proration)."""
    start = datetime.now(UTC) + timedelta(days=1)
    async with dated_worlds.at(start, client_at=starting_at) as world:
        period_start_on = (start - timedelta(days=3)).date()
        made = world.organization(users=USERS, period_start_on=period_start_on)
        before = licenses(world, made["organization_id"])
        first = world.order(made)
        seller, organization_id = world.sandbox.cloud.seller, first.organization_id
        held = seller.subscription(organization_id, made["subscription_id"]).quantity
        # Other products are charged too: what both switches book is compared.
        began = net(world, first)
        assert (await world.complete(first)).outcome == "completed"
        world.move_clock(start + timedelta(days=5))

        second = back_order(world, first, acknowledgments=BACKUP, quantity=USERS + 3)
        result = await world.complete(second)

        there, back = cutovers(world, first), cutovers(world, second)
        profile = world.sandbox.cloud.billing.profile(organization_id)
        books = Books(period_start_on, profile.currency, Fraction(profile.tax_rate))
        bills = books.there_and_back(there[0], back[0], licenses=held, licenses_back=USERS + 3)
        booked = net(world, first)
        booked.subtract(began)
        assert (result.outcome, result.moved) == ("completed", USERS)
        assert (back[0] - there[0]).days in {5, 6}
        assert [there[1], back[1]] == [each.total for each in bills]
        # Nothing is lost or paid twice: each plan is paid for the days on which it was held.
        held_to_the_end = sum(each.amount for each in bills[1].of(CHARGE))
        paid_in_all = bills[0].paid + booked["charge"] - booked["credit"]
        assert paid_in_all == sum(each.consumed for each in bills) + held_to_the_end
        assert licenses(world, organization_id) == before
        assert world.failings(second) == CLEAN


@pytest.mark.long
async def test_one_that_is_paused_and_loses_its_workflow_restores_everybody(world: World) -> None:
    """A run that begins anew from the record moves nobody before somebody resumes."""
    made = organization(world, fed=0)
    before = licenses(world, made["organization_id"])
    first = world.order(made, service_settings="grant_all")
    assert (await world.complete(first)).outcome == "completed"
    second = back_order(world, first, acknowledgments=BACKUP)
    ambush = world.ambushes.lay(second.switch_id, "license_reassignment.start_license_move:end")
    handle, _ = await world.start(second)
    await world.until(ambush.is_reached.is_set)
    await pause(handle)
    await handle.terminate("lost")
    ambush.is_over.set()

    again = await world.client.start_workflow(
        PlanSwitch.run, replace(second), id=handle.id, task_queue=world.task_queue
    )
    await world.until_stage(again, "paused")
    between = licenses(world, first.organization_id)
    await resume(again)
    result = await world.result(again)

    assert switched(between) == {TARGET_PLAN}, "nobody moves while it is paused"
    assert (result.outcome, result.moved) == ("completed", USERS)
    assert licenses(world, first.organization_id) == before
    assert world.verdict(first)["orders"] == 2
    assert world.failings(second) == CLEAN


async def test_an_order_made_by_hand_leads_nowhere_else(world: World) -> None:
    """Whoever names a switch and asks for another plan or other services is refused; nothing is ordered."""
    made = organization(world, fed=0)
    first = world.order(made)
    assert (await world.complete(first)).outcome == "completed"
    asked = ({"target_plan_id": E5}, {"service_settings": "grant_all"})

    answers = [
        (await world.start(back_order(world, first, acknowledgments=BACKUP, **each)))[1] for each in asked
    ]

    assert [(each.accepted, each.code) for each in answers] == [(False, "INVALID_INPUT")] * 2
    assert ["target_plan_id" in answers[0].message, "service_settings" in answers[1].message] == [True, True]
    assert world.verdict(first)["orders"] == 1
    assert world.is_free(first)

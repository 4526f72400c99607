"""Chains whose last switch is a whole one: real Temporal, PostgreSQL and worker, today, after a past.

The past of an organization (plans, parts of periods, licenses) is carried out on earlier days of its sandbox.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from temporalio.client import Client

from activities.contract import SwitchOrder
from domain.kernel.errors import AuditMismatch
from domain.switch.move_events import LicenseMoveHeld
from ops.stack.postgres_binaries import temporary_data_folder
from ops.stack.postgres_server import EmbeddedPostgres
from ops.stack.temporal_server import EmbeddedTemporal
from sandbox.organizations.organizations import PLACES
from tests.support.acts.amending import amend, shown
from tests.support.chaos.command import connected
from tests.support.chaos.run_log import RunResult
from tests.support.controls.half_moved import recorded
from tests.support.money.money_books import AT_ORDER, Ordered
from tests.support.money.money_cases import ADD, END, REMOVE, SCHEDULE, SWITCH, Chain, Step
from tests.support.money.money_drive import TOLD, MoneyDrive
from tests.support.money.money_market import catalog, open_market
from tests.support.worlds.world import SwitchHandle, World, open_world

E1, E3, E5 = "STANDARDPACK", "ENTERPRISEPACK", "ENTERPRISEPREMIUM"
#: Where the rule set of 2014 leads from a plan.
PATHS_2014 = {E1: E3, E3: "ENTERPRISEWITHSCAL"}
#: The plans of the past, and the one that the whole switch leads to.
PATHS = ((E1,), (E1,), (E3,), (E1, E3), (E1, E3), (E3, E1, E3))
USERS_MAX = 8
#: What an operator accepts before the order, as far as it comes up.
ACCEPTED = ("forfeiture", "dependent_service_off", "scheduled_change_lost", "overlap")
#: Where a switch stands while its licenses are amended, or the old plan's are changed.
CHANGED_AT = (
    "license_reassignment.start_license_move:begin",
    "license_reassignment.move_slice:begin",
    "verification.verify_move:begin",
)
POLICIES = ("per_day", "per_day", "vendor_day", "kill_bill")
CreateDatabase = Callable[[str], str]
POSTGRES_SETTINGS = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "64MB"}


@dataclass(frozen=True, kw_only=True, slots=True)
class WholeCase:
    """A past, and the switch that follows it today."""

    past: Chain
    users: int
    last: Step
    #: schedule or end: what is asked of the seller for the next term before the last switch; "": nothing.
    next_term: str = ""
    #: Point at which something of the licenses changes while the last switch runs.
    changed_at: str = CHANGED_AT[0]
    #: What is bought for the old plan then, or given back of it: the switch holds and is taken back.
    change: Step | None = None

    @property
    def is_changed(self) -> bool:
        """Tell whether licenses change while the last switch runs."""
        return bool(self.last.amended_to or self.change)


def whole_case(seed: int) -> WholeCase:
    """Return the case of a seed; days are counted back from today."""
    draw = random.Random(f"planswitch-money-whole:{seed}")
    currency = draw.choice(("EUR", "USD"))
    cycle = "annual" if draw.random() < 0.25 else "monthly"
    path, users = draw.choice(PATHS), draw.randint(1, USERS_MAX)
    policy = draw.choice(POLICIES)
    steps: list[Step] = []
    for target in path[1:]:
        steps += _changes(draw)
        steps.append(
            Step(kind=SWITCH, after_days=draw.randint(0, 14), amount=0, target=target, policy=policy)
        )
    steps += _changes(draw)
    days = sum(step.after_days for step in steps) + draw.randint(1, 12)
    today = datetime.now(ZoneInfo(PLACES[currency][2])).date()
    has_addons = draw.random() < 0.3
    late_days = draw.randint(1, 26) if draw.random() < 0.4 else 0
    past = Chain(
        seed=seed,
        currency=currency,
        plan=path[0],
        cycle=cycle,
        start_on=today - timedelta(days=days + late_days),
        late_days=late_days,
        licenses=users + draw.randint(25, 60),
        contract="subscription",
        tax=draw.choice(("0", "0.19", "0.077")),
        addons=(("MCOEV", draw.randint(1, 9)),) if has_addons else (),
        steps=tuple(steps),
    )
    amount = draw.choice((0, users + draw.randint(0, 90)))
    last = Step(
        kind=SWITCH,
        after_days=0,
        amount=amount,
        target=E5 if path[-1] == E3 else draw.choice((E3, E5)),
        policy=policy,
        is_kept=not has_addons and draw.random() < 0.25,
    )
    case = WholeCase(past=past, users=users, last=last, next_term=draw.choice(("", SCHEDULE, END)))
    return _with_changes(case, path[-1])


def _with_changes(case: WholeCase, plan: str) -> WholeCase:
    """Draw what changes while the last switch runs, and by which rules it is billed."""
    draw, last = random.Random(f"planswitch-money-whole-changes:{case.past.seed}"), case.last
    is_2014, is_amended, is_bought = (draw.random() < share for share in (0.3, 0.5, 0.25))
    # The rules of 2014 let nobody have fewer licenses than before (LICENSE_REMOVAL_IN_SWITCH).
    most = case.past.licenses + sum(step.amount for step in case.past.steps if step.kind == ADD)
    if is_2014:
        last = replace(last, rule_set=AT_ORDER, target=PATHS_2014[plan], amount=0, is_kept=False)
    if is_amended:
        least = most + 1 if is_2014 else case.users
        last = replace(last, amended_to=draw.randint(least, least + 90))
    kind, amount = draw.choice((ADD, REMOVE)), draw.randint(1, 12)
    # What stands for no billing is changed by nobody.
    change = Step(kind=kind, after_days=0, amount=amount) if is_bought and not is_2014 else None
    return replace(case, last=last, changed_at=draw.choice(CHANGED_AT), change=change)


def _changes(draw: random.Random) -> list[Step]:
    return [
        Step(kind=draw.choice((ADD, REMOVE)), after_days=draw.randint(0, 9), amount=draw.randint(1, 12))
        for _number in range(draw.choice((0, 0, 1, 2)))
    ]


def run_whole(seeds: Sequence[int]) -> Iterator[RunResult]:
    """Run whole switches one after another on one Temporal and one PostgreSQL."""
    if not seeds:
        return
    folder = temporary_data_folder("planswitch-money-")
    try:
        with (
            EmbeddedPostgres(folder / "postgres", settings=POSTGRES_SETTINGS) as postgres,
            EmbeddedTemporal(folder / "temporal") as temporal,
            asyncio.Runner() as runner,
        ):
            client = runner.run(connected(temporal.address))
            for seed in seeds:
                yield runner.run(run_one(seed, client, postgres.create_database, folder / f"seed-{seed}"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def run_one(seed: int, client: Client, create_database: CreateDatabase, folder: Path) -> RunResult:
    """Run the past of a seed and then its whole switch, and say what differs."""
    started, case = time.monotonic(), whole_case(seed)
    await asyncio.to_thread(folder.mkdir, parents=True)
    url = await asyncio.to_thread(create_database, f"money_{uuid.uuid4().hex}")
    with open_market(folder / "cloud") as market:
        drive = WholeDrive(market=market, chain=case.past, users=case.users)
        try:
            await asyncio.to_thread(drive.go_through, case)
            async with open_world(client, url, market.sandbox, folder) as world:
                await drive.switch_whole(world, case)
        except TOLD as error:
            drive.differences.append(f"{type(error).__name__}: {error}")
    return RunResult(
        seed=seed,
        outcome="whole",
        seconds=round(time.monotonic() - started, 1),
        problem="; ".join(drive.differences[:6]),
        faults={"switches": drive.switches, "lines": drive.lines, "differences": len(drive.differences)},
    )


class WholeDrive(MoneyDrive):
    """A chain that ends with a whole switch."""

    def go_through(self, case: WholeCase) -> None:
        """Carry the past out, and let it be today."""
        self._begin()
        for step in self.chain.steps:
            self.day += timedelta(days=step.after_days)
            self._today()
            self._carry_out(step)
        self._hand_out_licenses()
        self.market.clock.go_live()
        self.day = self.market.clock.now().astimezone(self.zone).date()
        self.books.renew(self.day)
        self.market.cloud.billing.period(self.organization_id, self.source_id)
        if case.next_term:
            self._state_next_term(Step(kind=case.next_term, after_days=0, amount=case.users + 5))
        if case.last.is_kept:
            self._pass_window()

    def _hand_out_licenses(self) -> None:
        """Let every user hold the plan that the past led to."""
        first, last = (catalog().find(part).plan_id for part in (self.chain.plan, self.books.plan.plan))
        if first == last:
            return
        control = self.market.sandbox.control
        path = f"/sandbox/organizations/{self.organization_id}/users"
        for user in control.get(path).raise_for_status().json()["users"]:
            added = [{"skuId": last, "disabledPlans": []}]
            self.market.sandbox.edit(
                self.organization_id, kind="licenses", user_id=user["id"], add=added, remove=[first]
            )

    async def switch_whole(self, world: World, case: WholeCase) -> None:
        """Run the last switch on Temporal, and compare what it booked."""
        self.switches += 1
        step = case.last
        organization = {"organization_id": self.organization_id, "subscription_id": self.source_id}
        asked = {
            "target_plan_id": catalog().find(step.target).plan_id,
            "quantity": step.amount or None,
            "policy": step.policy,
            "rule_set": step.rule_set,
        }
        prepared = await asyncio.to_thread(world.prepare, organization, **asked)
        ordered = self._ordered(step, prepared.quote)
        await asyncio.to_thread(self._compare_table, ordered, prepared.quote)
        order = await asyncio.to_thread(lambda: world.order(organization, acknowledgments=ACCEPTED, **asked))
        known, held = len(self._entries()), self.books.plan.licenses
        standing = world.ambushes.lay(order.switch_id, case.changed_at) if case.is_changed else None
        handle, answer = await world.start(order)
        if standing and answer.accepted:
            await world.until(standing.is_reached.is_set)
            ordered = await self._amend(world, order, handle, ordered)
            known = await asyncio.to_thread(self._change_beside, case, known)
            world.ambushes.go_on(order.switch_id)
        is_billable = self.books.plan.licenses == held
        if not is_billable:
            await self._take_back(world, order, handle)
        result = await world.result(handle)
        if result.outcome != ("completed" if is_billable else "rolled_back"):
            self._tell("whole switch", [f"ended {result.outcome}: {result}"])
            return
        if is_billable:
            await asyncio.to_thread(self._compare_whole, ordered, known)
        else:
            self._compare_entries(Counter(), known, "taken back")
        await asyncio.to_thread(self._ask_referee, world, order, is_kept=step.is_kept and is_billable)

    def _ask_referee(self, world: World, order: SwitchOrder, *, is_kept: bool) -> None:
        failings = world.failings(order)
        if is_kept:
            # The operator accepted the days on which both plans are paid.
            failings.pop("overlap_days", None)
        texts = world.verdict(order)["wrong_amount_texts"]
        self._tell("referee", [f"{name} {figure} {texts}" for name, figure in failings.items() if figure])

    async def _take_back(self, world: World, order: SwitchOrder, handle: SwitchHandle) -> None:
        """See that a switch holds whose accepted quote can't bill the old plan any more, and take it back."""
        await world.until_waiting(handle)
        codes = {each.code for each in recorded(world, order, LicenseMoveHeld)}
        self._tell("changed old plan", [f"held for {each}" for each in codes ^ {AuditMismatch.code}])
        await world.roll_back(handle)

    async def _amend(
        self, world: World, order: SwitchOrder, handle: SwitchHandle, ordered: Ordered
    ) -> Ordered:
        """Give the switch other licenses of the new plan, and compare what it is quoted then."""
        licenses = ordered.step.amended_to
        if licenses in {0, ordered.licenses}:
            return ordered
        asked = await asyncio.to_thread(shown, world, order, licenses)
        answer = await amend(world, order, handle, licenses, is_loss_accepted=True)
        self._tell("amendment", [] if answer.accepted else [answer.message])
        ordered = replace(ordered, licenses=licenses)
        await asyncio.to_thread(self._compare_table, ordered, asked.amendment.after)
        return ordered

    def _change_beside(self, case: WholeCase, known: int) -> int:
        """Change the licenses of the old plan, and return how many entries are booked before the cutover."""
        self._compare_entries(Counter(), known, "before the cutover")
        step = case.change
        if step is not None and (step.kind == ADD or self.books.plan.licenses - step.amount >= case.users):
            self._change(step)
        return len(self._entries())

    def _compare_whole(self, ordered: Ordered, known: int) -> None:
        """Compare the ledger by the day on which the switch completed, which may be past midnight."""
        charges = [each for each in self._entries()[known:] if each.get("reason") == "start"]
        self.day = datetime.fromisoformat(charges[0]["from_on"]).date() if charges else self.day
        self._compare_booked(ordered, self.books.due(ordered, self.day), known)

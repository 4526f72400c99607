"""Chains whose last switch is a whole one: real Temporal, PostgreSQL and worker, today, after a past.

The past of an organization (plans, parts of periods, licenses) is carried out on earlier days of its sandbox.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from temporalio.client import Client

from ops.postgres_binaries import temporary_data_folder
from ops.postgres_server import EmbeddedPostgres
from ops.temporal_server import EmbeddedTemporal
from providers.sandbox.organizations import PLACES
from tests.chaos.command import connected
from tests.chaos.money_books import Ordered
from tests.chaos.money_cases import ADD, END, REMOVE, SCHEDULE, SWITCH, Chain, Step
from tests.chaos.money_drive import TOLD, MoneyDrive
from tests.chaos.money_market import catalog, open_market
from tests.chaos.run_log import RunResult
from tests.workflow.world import World, open_world

E1, E3, E5 = "STANDARDPACK", "ENTERPRISEPACK", "ENTERPRISEPREMIUM"
#: The plans of the past, and the one that the whole switch leads to.
PATHS = ((E1,), (E1,), (E3,), (E1, E3), (E1, E3), (E3, E1, E3))
USERS_MAX = 8
#: What an operator accepts before the order, as far as it comes up.
ACCEPTED = ("forfeiture", "dependent_service_off", "scheduled_change_lost", "overlap")
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
    return WholeCase(past=past, users=users, last=last, next_term=draw.choice(("", SCHEDULE, END)))


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
                await drive.switch_whole(world, case.last)
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

    async def switch_whole(self, world: World, step: Step) -> None:
        """Run the last switch on Temporal, and compare what it booked."""
        self.switches += 1
        organization = {"organization_id": self.organization_id, "subscription_id": self.source_id}
        asked = {
            "target_plan_id": catalog().find(step.target).plan_id,
            "quantity": step.amount or None,
            "policy": step.policy,
        }
        prepared = await asyncio.to_thread(world.prepare, organization, **asked)
        ordered = self._ordered(step, prepared.quote)
        await asyncio.to_thread(self._compare_table, ordered, prepared.quote)
        order = await asyncio.to_thread(lambda: world.order(organization, acknowledgments=ACCEPTED, **asked))
        known = len(self._entries())
        result = await world.complete(order)
        if result.outcome != "completed":
            self._tell("whole switch", [f"ended {result.outcome}: {result}"])
            return
        await asyncio.to_thread(self._compare_whole, ordered, known)
        failings = await asyncio.to_thread(world.failings, order)
        if step.is_kept:
            # The operator accepted the days on which both plans are paid.
            failings.pop("overlap_days", None)
        texts = await asyncio.to_thread(lambda: world.verdict(order)["wrong_amount_texts"])
        self._tell("referee", [f"{name} {figure} {texts}" for name, figure in failings.items() if figure])

    def _compare_whole(self, ordered: Ordered, known: int) -> None:
        """Compare the ledger by the day on which the switch completed, which may be past midnight."""
        charges = [each for each in self._entries()[known:] if each.get("reason") == "start"]
        self.day = datetime.fromisoformat(charges[0]["from_on"]).date() if charges else self.day
        self._compare_booked(ordered, self.books.due(ordered, self.day), known)

"""The fault runs in short: twenty-five seeds at once, and proof that a bad end would be told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest_asyncio
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from ops.base.payloads import data_converter
from ops.stack.postgres_server import EmbeddedPostgres
from tests.support.chaos.command import Plan, in_slots
from tests.support.chaos.drive import Drive
from tests.support.chaos.fault_cases import FaultCase, case_of
from tests.support.chaos.fault_points import CountedPoints
from tests.support.chaos.fault_worlds import FaultWorlds, open_fault_worlds
from tests.support.chaos.invariants import Ended
from tests.support.chaos.run_log import RunLog, RunResult, summary
from tests.support.worlds.world import SOURCE_PLAN

RUNS = 25
#: More at a time only wait for each other.
PARALLEL = 25
CALM = 10_000


@pytest_asyncio.fixture(name="worlds")
async def _worlds(
    temporal_env: WorkflowEnvironment, postgres_server: EmbeddedPostgres, tmp_path: Path
) -> AsyncIterator[FaultWorlds]:
    """Yield the two worlds of fault runs."""
    config = temporal_env.client.config()
    config["data_converter"] = data_converter
    async with open_fault_worlds(
        Client(**config), postgres_server.create_database, tmp_path / "worlds"
    ) as worlds:
        yield worlds


async def test_twenty_five_seeds_harm_nobody(worlds: FaultWorlds) -> None:
    """Whatever fails, every switch ends as its final state demands: users, money, record (rules 4 to 7).

    A seed that fails is repeated by `./run chaos faults --seed S --runs 1`.
    """
    plan = Plan(log=RunLog(None), parallel=PARALLEL)

    results = await in_slots(worlds.run, range(1, RUNS + 1), plan, rebuild=worlds.rebuild)

    told = "\n".join(summary(results))
    assert [result.seed for result in results if result.problem] == [], told
    assert len(results) == RUNS
    assert len({result.outcome for result in results}) > 3, told
    assert sum(sum(result.faults.values()) for result in results) > RUNS, told


async def test_a_bad_end_is_told(worlds: FaultWorlds) -> None:
    """The judge of the runs can say no: wrong plan, a charge too many, a state that is not the record's."""
    ended = await calm_end(worlds)
    world, order = ended.world, ended.order
    assert ended.problems() == []

    wrong = replace(ended, result=replace(ended.result, outcome="rolled_back")).problems()
    assert "the record says completed, Temporal rolled_back" in wrong
    assert "rolled_back with 1 orders and 1 cancellations" in wrong
    assert "1 entries of kind invoice, not 0" in wrong
    assert "5 users of the roster have no final state" in wrong

    charge = world.ledger(order, "charge")[-1]
    path = f"/billing/v1/customers/{order.organization_id}/subscriptions/{charge['subscription_id']}/start"
    body = {
        "currency": charge["currency"],
        "amount_minor_units": charge["amount_minor_units"],
        "effective_on": charge["from_on"],
        "period_end_on": charge["to_on"],
        "quantity": 5,
        "unit_price_minor_units": 1,
    }
    headers = {"Authorization": f"Bearer sandbox-{order.organization_id}", "Idempotency-Key": "again"}
    answer = await asyncio.to_thread(world.sandbox.control.post, path, json=body, headers=headers)
    assert answer.is_success, answer.text
    user = next(iter(ended.before))
    world.sandbox.edit(
        order.organization_id,
        kind="licenses",
        user_id=user,
        add=[{"skuId": SOURCE_PLAN, "disabledPlans": []}],
    )

    told = replace(ended).problems()
    assert any(each.startswith("double_charges is ") for each in told)
    assert "2 entries of kind charge, not 1" in told
    assert "1 users are on the wrong plan" in told


async def calm_end(worlds: FaultWorlds) -> Ended:
    """Return the end of a switch at which nothing went wrong."""
    case = FaultCase(seed=CALM, users=5, program={"seed": 0, "rules": []})
    points = worlds.large.toolbox.points
    assert isinstance(points, CountedPoints)
    drive = Drive(world=worlds.large, case=case, points=points)
    result = await drive.run()
    assert (result.outcome, result.problem) == ("completed", "")
    assert drive.ended is not None
    return drive.ended


def test_a_seed_is_one_run() -> None:
    """A seed fixes who switches, what goes wrong and what is commanded, so that a failing run is repeated."""
    assert case_of(7) == case_of(7)
    assert len({repr(case_of(seed)) for seed in range(100)}) == 100
    kinds = {kind for seed in range(400) for kind in case_of(seed).faults}
    assert len(kinds) >= 19


def test_a_long_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """Seeds that passed are not repeated; those that failed are, and the newest result counts."""
    log = RunLog(tmp_path / "runs.jsonl")
    facts: dict[str, Any] = {"outcome": "completed", "seconds": 1.0}
    log.add(RunResult(seed=1, **facts))
    log.add(RunResult(seed=2, **facts, problem="double_charges is 1"))
    left = log.left(1, 4)
    failed = summary(list(log.results().values()))
    log.add(RunResult(seed=2, **facts))

    assert left == [2, 3, 4]
    assert failed[-1] == "FAILED seed 2: double_charges is 1"
    assert log.left(1, 4) == [3, 4]


def test_orders_and_cancellations_are_told_for_each_final_state() -> None:
    """Runs of one final state are added up; a line of a log that is older has no counts and is left out."""

    def run(seed: int, outcome: str, **counts: float) -> RunResult:
        return RunResult(seed=seed, outcome=outcome, seconds=1.0, counts=counts)

    told = summary(
        [
            run(1, "completed", orders=1, cancellations=1, hand_seconds=2.6),
            run(2, "completed", orders=1, cancellations=1, hand_seconds=0),
            run(3, "rolled_back", orders=1, cancellations=0, hand_seconds=0),
            run(4, "rolled_back"),
        ]
    )

    assert told[2:4] == [
        "  completed: 2 runs, 2 orders, 2 cancellations, 3 s without a license by a planted hand",
        "  rolled_back: 1 runs, 1 orders, 0 cancellations, 0 s without a license by a planted hand",
    ]

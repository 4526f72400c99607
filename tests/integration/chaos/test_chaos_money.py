"""The money runs in short: 80 chains against the independent ledger, and four with a whole switch."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from ops.base.payloads import data_converter
from ops.stack.postgres_server import EmbeddedPostgres
from tests.chaos.money import CHAIN, WHOLE, run_chains, told
from tests.support.money.money_cases import (
    ADD,
    CURRENCIES,
    END,
    REMOVE,
    SCHEDULE,
    SWITCH,
    Chain,
    Step,
    chain_of,
)
from tests.support.money.money_drive import MoneyDrive
from tests.support.money.money_market import open_market
from tests.support.money.money_whole import CHANGED_AT, run_one, whole_case

CHAINS = 40
#: Amended and taken back, by the rules of 2014, with add-ons, and paid beyond its cancellation window.
WHOLE_SEEDS = (2, 3, 6, 7)


@pytest.mark.timeout(300)
def test_chains_of_switches_cost_what_the_rules_say() -> None:
    """Every line, entry, invoice and sum of 40 chains is the independent ledger's (rules 5).

    A seed that differs is repeated by `./run chaos money --runs 1 --seed S`.
    """
    results = list(run_chains(range(1, CHAINS + 1)))

    lines = told(results, CHAIN)
    assert [each.seed for each in results if each.problem] == [], "\n".join(lines)
    assert len(results) == CHAINS
    assert sum(each.faults["switches"] for each in results) > CHAINS, lines[0]
    assert sum(each.faults["lines"] for each in results) > 20 * CHAINS, lines[0]


@pytest.mark.parametrize("after_days", [0, 6])
@pytest.mark.parametrize("currency", ["EUR", "JPY"])
def test_a_switch_and_the_one_that_takes_it_back_conserve(
    tmp_path: Path, currency: str, after_days: int
) -> None:
    """Each plan costs what it is held for, over both, line by line (rules#switch-back)."""
    to = Step(kind=SWITCH, after_days=9, amount=0, target="ENTERPRISEPACK", takes_days=1)
    back = Step(kind=SWITCH, after_days=after_days, amount=0, target="STANDARDPACK", takes_days=1)
    chain = Chain(
        seed=1,
        currency=currency,
        plan="STANDARDPACK",
        cycle="monthly",
        start_on=date(2026, 2, 10),
        licenses=37,
        contract="subscription",
        tax="0.19",
        addons=(),
        steps=(to, back),
    )

    with open_market(tmp_path) as market:
        drive = MoneyDrive(market=market, chain=chain)
        differences = drive.run()

    assert differences == []
    assert drive.switches == 2
    assert drive.books.plan.plan == "STANDARDPACK"


@pytest.mark.timeout(300)
async def test_whole_switches_cost_what_the_rules_say(
    temporal_env: WorkflowEnvironment, postgres_server: EmbeddedPostgres, tmp_path: Path
) -> None:
    """Four pasts end with a switch on Temporal that books what is due; the referee has no fault (rules 5)."""
    config = temporal_env.client.config()
    config["data_converter"] = data_converter
    client = Client(**config)

    results = [
        await run_one(seed, client, postgres_server.create_database, tmp_path / str(seed))
        for seed in WHOLE_SEEDS
    ]

    assert [each.seed for each in results if each.problem] == [], "\n".join(told(results, WHOLE))


def test_whole_switches_meet_what_money_depends_on() -> None:
    """A few hundred whole switches are amended at every point, by both rule sets, and meet changes beside."""
    cases = [whole_case(seed) for seed in range(300)]
    amended = [case for case in cases if case.last.amended_to]

    assert whole_case(7) == whole_case(7)
    assert {case.last.rule_set for case in amended} == {"2014", "current"}
    assert {case.changed_at for case in amended} == set(CHANGED_AT)
    assert {case.change.kind for case in cases if case.change} == {ADD, REMOVE}
    assert any(case.last.is_kept for case in amended)
    assert {case.next_term for case in amended} == {"", SCHEDULE, END}


def test_chains_meet_what_money_depends_on() -> None:
    """A seed is one chain, and few hundred of them have every currency, policy, cycle and billing day."""
    chains = [chain_of(seed) for seed in range(800)]
    switches = [step for chain in chains for step in chain.steps if step.kind == SWITCH]

    assert chain_of(7) == chain_of(7)
    assert {chain.currency for chain in chains} == set(CURRENCIES)
    assert {chain.start_on.day for chain in chains} == set(range(1, 32))
    assert {chain.cycle for chain in chains} == {"monthly", "annual"}
    assert {step.policy for step in switches} >= {
        "per_day",
        "per_second",
        "fixed_30",
        "kill_bill",
        "vendor_day",
    }
    assert {step.mode for step in switches} == {"automatic", "manual"}
    assert {step.rule_set for step in switches} == {"2014", "current"}
    assert {step.kind for chain in chains for step in chain.steps} >= {SCHEDULE, END}
    assert {chain.cycle for chain in chains if chain.late_days} == {"monthly", "annual"}
    assert any(step.amended_to for step in switches)
    assert any(step.is_kept for step in switches)
    assert {1, 2, 3, 4} <= {sum(step.kind == SWITCH for step in chain.steps) for chain in chains}

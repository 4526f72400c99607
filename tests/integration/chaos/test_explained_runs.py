"""One switch for each kind of planted fault, with nothing else going wrong: each is named as planted.

Seeded runs with noise beside the fault: tests/chaos/test_explained_faults.py (audit#how-far-to-trust-it).
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from domain.catalog.catalog import load_catalog
from domain.catalog.rule_sets import CURRENT, rule_set
from ops.base.payloads import data_converter
from tests.support.chaos.fault_cases import LASTING
from tests.support.explained.terminal_faults import (
    INVOICED_USERS_MIN,
    KINDS,
    fault_of,
    noise_of,
    operations_of,
    users_of,
)
from tests.support.explained.terminal_runs import ExplainedRun, open_terminal_world, run_and_explain
from tests.support.worlds.world import TARGET_PLAN

PARALLEL = 7
#: Seeds of which the properties below are asked.
SEEDS = range(50 * KINDS)
#: Faults that come once and leave something behind that stays.
_STAYING = frozenset({"seats_short", "slow_provisioning", "second_seller", "license_disabled"})


async def test_each_kind_of_fault_is_named(
    temporal_env: WorkflowEnvironment, database_url: str, tmp_path: Path
) -> None:
    """What the planter wrote down is what the audit names."""
    config = temporal_env.client.config()
    config["data_converter"] = data_converter
    slots = asyncio.Semaphore(PARALLEL)
    async with open_terminal_world(Client(**config), database_url, tmp_path / "world") as world:

        async def in_slot(seed: int) -> ExplainedRun:
            async with slots:
                return await run_and_explain(world, seed, is_noisy=False)

        runs = await asyncio.gather(*(in_slot(seed) for seed in range(KINDS)))

    assert [f"{each.fault}: {each.named}: {each.sentence}" for each in runs if not each.is_right] == []
    assert len({each.planted for each in runs}) > 15


def test_a_seed_is_always_the_same_run() -> None:
    """Faults and noise are drawn from the seed alone, and noise has nothing that lasts."""
    for seed in range(3 * KINDS):
        assert (fault_of(seed), noise_of(seed)) == (fault_of(seed), noise_of(seed))
        assert all(rule.get("count", 0) <= 2 for rule in noise_of(seed))


def test_a_planted_fault_stays_whatever_passes_beside_it() -> None:
    """An answer that comes once may be lost with its call, and the call that is repeated gets through."""
    rules = [rule for seed in SEEDS for rule in fault_of(seed).rules]

    assert {each["fault"] for each in rules if "hits" in each} == _STAYING
    assert all(each["rate"] == 1 and each["count"] == LASTING for each in rules if "hits" not in each)
    assert not any(
        rule.get("operation") in operations_of(fault_of(seed)) for seed in SEEDS for rule in noise_of(seed)
    )


def test_a_step_must_be_noted_with_the_code_of_its_planted_fault() -> None:
    """Another note may come first, for something that passes: the switch does not stand for it."""
    faults = [fault_of(seed) for seed in SEEDS]

    assert {each.stands == "noted" for each in faults if each.code} == {True}
    assert all(each.code for each in faults if each.stands == "noted")


def test_no_request_by_invoice_is_refused_as_too_small() -> None:
    """A refused request becomes no switch, and nothing can stop it (rules#invoice_below_minimum)."""
    price, minimum = load_catalog().price(TARGET_PLAN, "EUR"), rule_set(CURRENT).invoice_minimum("EUR")
    by_invoice = [seed for seed in SEEDS if fault_of(seed).command == "decline"]

    assert minimum is not None
    assert not price.unit_price.times(INVOICED_USERS_MIN) < minimum
    assert by_invoice
    assert all(users_of(seed) >= INVOICED_USERS_MIN for seed in by_invoice)

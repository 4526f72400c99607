"""A worker that sleeps across its heartbeat time-out and a roll-back wakes up and writes.

See reliability#late-writers.

Each switch stands in its license step just before a request goes out, when its worker is stopped. Another one
rolls the switch back; at some moment of that, drawn from the seed, the first one wakes up and sends what it
was about to send. Nobody may end on the plan whose order is void.
"""

from __future__ import annotations

import random
import shutil
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from ops.stack.postgres_binaries import temporary_data_folder
from tests.support.chaos.gates import VARIABLE, Gates
from tests.support.chaos.stack import CLEAN, RunningStack, running_stack

BEFORE_REQUEST = "license_reassignment.move_slice:call:change_licenses"
SENT = "license_reassignment.move_slice:called:change_licenses"
USERS = 120
#: The worker's license slots: more switches would not reach their license step at once.
SEEDS_AT_ONCE = 4
SEEDS = range(20)
#: Longer than the heartbeat time-out of the license step, in which nothing can be taken over.
AWAKE_SECONDS_MAX = 40.0
END_SECONDS_MAX = 150.0
#: A request that a waking worker sends is answered within this.
LATE_SECONDS = 3.0


@dataclass(frozen=True, kw_only=True)
class Sleeper:
    """One switch, whose worker is to sleep."""

    seed: int
    organization_id: str
    switch_id: str
    before: dict[str, Any]


@pytest.fixture(scope="module", name="gates")
def _gates(tmp_path_factory: pytest.TempPathFactory) -> Gates:
    """Return gates that the stack's workers watch."""
    return Gates(tmp_path_factory.mktemp("points"))


@pytest.fixture(scope="module", name="running")
def _running(gates: Gates) -> Iterator[RunningStack]:
    """Yield a running stack for all seeds."""
    folder = temporary_data_folder("planswitch-sleep-")
    try:
        with running_stack(folder, **{VARIABLE: str(gates.folder)}) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def held_by_users(running: RunningStack, organization_id: str) -> dict[str, Any]:
    """Return user -> plan -> services switched off."""
    answer = running.sandbox.get(f"/sandbox/organizations/{organization_id}/users").raise_for_status()
    return {
        user["id"]: {each["skuId"]: sorted(each["disabledPlans"]) for each in user["licenseAssignmentStates"]}
        for user in answer.json()["users"]
    }


def begin(running: RunningStack, gates: Gates, seed: int) -> Sleeper:
    """Start a switch that stands just before it sends a batch of its license step."""
    organization_id = running.organization(seed=5_000 + seed, users=USERS)
    before = held_by_users(running, organization_id)
    gates.close(organization_id, BEFORE_REQUEST)
    switch_id = running.start_switch(organization_id)
    return Sleeper(seed=seed, organization_id=organization_id, switch_id=switch_id, before=before)


def wake(running: RunningStack, sleepers: list[Sleeper], ended: threading.Event) -> None:
    """Wait for the moment that the seeds draw: somewhere in the roll-back, or after its end."""
    draw = random.Random(sleepers[0].seed)
    if draw.random() < 1 / 4:
        ended.wait(END_SECONDS_MAX)
        return
    for sleeper in sleepers:
        running.wait_for(sleeper.switch_id, "rolling_back", "rolled_back", seconds=AWAKE_SECONDS_MAX)
    time.sleep(draw.uniform(0, 14))


def roll_back(running: RunningStack, sleeper: Sleeper) -> None:
    """Command the roll-back of one switch and wait for its end."""
    path = f"/api/switches/{sleeper.switch_id}/rollback"
    body = {"request_id": f"back-{sleeper.seed}", "reason": "chaos"}
    for _ in range(5):
        answer = running.api.post(path, json=body)
        if answer.is_success:
            break
    assert answer.is_success, answer.text
    running.wait_for(sleeper.switch_id, "rolled_back", seconds=END_SECONDS_MAX)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("first_seed", SEEDS[::SEEDS_AT_ONCE])
def test_nobody_ends_on_the_void_plan(running: RunningStack, gates: Gates, first_seed: int) -> None:
    """A request that a stopped worker sends on waking harms nobody, whenever it comes."""
    seeds = range(first_seed, first_seed + SEEDS_AT_ONCE)
    sleepers = [begin(running, gates, seed) for seed in seeds]
    stands = [(each.organization_id, BEFORE_REQUEST) for each in sleepers]
    assert gates.missing(stands, seconds=60) == []
    ended = threading.Event()
    with running.second_worker(), ThreadPoolExecutor(SEEDS_AT_ONCE) as operators:
        with running.suspended(running.process_id("worker")):
            for stand in stands:
                gates.open(*stand)
            endings = [operators.submit(roll_back, running, each) for each in sleepers]
            threading.Thread(target=_note_end, args=(endings, ended), daemon=True).start()
            wake(running, sleepers, ended)
        for ending in endings:
            ending.result()
        time.sleep(LATE_SECONDS)

    for sleeper in sleepers:
        # The sleeper did send its request on waking: otherwise this proves nothing.
        assert SENT in gates.points_of(sleeper.organization_id), sleeper.seed
        assert held_by_users(running, sleeper.organization_id) == sleeper.before, sleeper.seed
        assert running.referee(sleeper.organization_id) == CLEAN, sleeper.seed
        assert running.counts(sleeper.organization_id) == (1, 0), sleeper.seed


def _note_end(endings: list[Future[None]], ended: threading.Event) -> None:
    for ending in endings:
        ending.exception()
    ended.set()

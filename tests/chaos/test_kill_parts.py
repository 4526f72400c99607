"""Kill -9 of parts while licenses move: the switch completes and nobody is harmed.

See reliability#kill-matrix.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.processes.processes import is_alive
from tests.support.chaos.stack import CLEAN, RunningStack, running_stack

USERS = 300
KILL_AFTER_USERS = 60
LATENCY_MS = 150


@pytest.fixture(name="running")
def _running(reachable_folder: Path) -> Iterator[RunningStack]:
    """Yield a running stack."""
    with running_stack(reachable_folder) as running:
        yield running


@pytest.mark.parametrize("part", ["worker"])
def test_a_part_killed_in_the_license_step_harms_nobody(running: RunningStack, part: str) -> None:
    """After kill -9 in the license step the switch completes: one order, one cancellation (rules 4, 7)."""
    organization_id = running.organization(seed=11, users=USERS)
    running.settings(latency_ms=LATENCY_MS)
    switch_id = running.start_switch(organization_id)
    running.wait_for_calls(organization_id, KILL_AFTER_USERS)

    killed = running.kill(part)
    running.settings(latency_ms=0)

    row = running.wait_for(switch_id, "completed")
    assert running.process_id(part) != killed
    assert (row["moved"], row["failed"]) == (USERS, 0)
    assert running.referee(organization_id) == CLEAN
    assert running.counts(organization_id) == (1, 1)


def test_a_worker_that_was_stopped_hands_its_slice_over(running: RunningStack) -> None:
    """A stopped worker no longer beats: another one ends the switch, and the late writer changes nothing."""
    organization_id = running.organization(seed=12, users=USERS)
    running.settings(latency_ms=LATENCY_MS)
    switch_id = running.start_switch(organization_id)
    running.wait_for_calls(organization_id, KILL_AFTER_USERS)

    stopped = running.process_id("worker")
    with running.suspended(stopped), running.second_worker() as second:
        running.settings(latency_ms=0)
        row = running.wait_for(switch_id, "completed")
        assert is_alive(second)

    time.sleep(2)
    assert is_alive(stopped), signal.strsignal(signal.SIGCONT)
    assert (row["moved"], row["failed"]) == (USERS, 0)
    assert running.referee(organization_id) == CLEAN
    assert running.counts(organization_id) == (1, 1)

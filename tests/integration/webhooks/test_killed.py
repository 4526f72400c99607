"""A process that is killed at each point around a send loses nothing (webhooks#sending)."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from activities.base.points import REACHED_SUFFIX
from services.webhooks.sender import CLAIMED, FANNED_OUT, RECORDED, SENT
from store.webhooks.deliveries import DeliveryState
from tests.support.sealing import wait_until
from tests.support.webhooks.receiver import running_receiver
from tests.support.webhooks.world import WebhookWorld

ROOT = Path(__file__).parents[3]
ORGANIZATION = "organization-1"
EVENTS = ("switch-1", "switch-1", "switch-2", "switch-3")


@contextmanager
def _process(webhooks: WebhookWorld, folder: Path, points: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a sender in a process of its own, and kill it at the end."""
    command = [sys.executable, "-m", "tests.support.webhooks.sender_process"]
    process = subprocess.Popen([*command, webhooks.database_url, str(folder), str(points)], cwd=ROOT)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


@pytest.mark.parametrize("point", [FANNED_OUT, CLAIMED, SENT, RECORDED])
def test_a_killed_sender_loses_nothing(webhooks: WebhookWorld, tmp_path: Path, point: str) -> None:
    """Another process goes on: each message arrives, and twice only where its answer was not recorded."""
    points = tmp_path / "points"
    points.mkdir()
    gate = points / f"{'' if point == FANNED_OUT else ORGANIZATION}@{point}"
    gate.touch()
    with running_receiver() as receiver:
        made = webhooks.endpoint(receiver)
        webhooks.record(*EVENTS)
        with _process(webhooks, tmp_path, points) as process:
            wait_until(lambda: gate.with_name(gate.name + REACHED_SUFFIX).exists())
            assert process.poll() is None
        recorded = {each.webhook_id for each in webhooks.deliveries(made) if each.last is not None}
        gate.unlink()
        with _process(webhooks, tmp_path, points):
            wait_until(
                lambda: (
                    {each.state for each in webhooks.deliveries(made)} == {DeliveryState.DELIVERED}
                    and len(webhooks.deliveries(made)) == len(EVENTS)
                )
            )
        payloads = receiver.verified(made.secret)

    counts = receiver.counts()
    assert len(counts) == len(EVENTS)
    assert {each["data"]["switch_id"] for each in payloads} == set(EVENTS)
    # Each lane had sent one message at most that nobody recorded: that one comes once more.
    assert set(counts.values()) <= ({1, 2} if point in {SENT, RECORDED} else {1})
    assert point != SENT or 2 in counts.values()
    assert bool(recorded) is (point == RECORDED)
    assert {counts[each] for each in recorded} <= {1}
    assert [each.attempt_count for each in webhooks.deliveries(made)] == [1] * len(EVENTS)

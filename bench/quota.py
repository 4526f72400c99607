"""How much of the directory's write quota the license move uses, and whether it is refused on the way.

The quota is the real one, 3,000 writes and 20 a second; its time runs SPEED times faster, here and there.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import httpx2

from bench.stack import plan_of, running_stack
from cli.stack.demo_run import run_demo
from cli.stack.sandbox_client import SandboxClient
from ops.base.settings import ENVIRONMENT_PREFIX
from providers.microsoft.directory.batches import WRITE_ALLOWANCES

SPEED = 10
WINDOWS = 3
APPLICATION, ORGANIZATION = WRITE_ALLOWANCES
#: Writes that are left between two batches once the burst is over.
BURST_IS_OVER = 40
LOOK_SECONDS = 0.05


def share_of(samples: list[dict[str, Any]], writes_per_second: float, seconds: float) -> float:
    """Return which part of rate x time was used, from the end of the burst on.

    Args:
        samples: What the sandbox counted at which instant of its own.
        writes_per_second: How fast the quota comes back.
        seconds: How long to look.
    """
    instants = [datetime.fromisoformat(each["at"]) for each in samples]
    first = next(i for i, each in enumerate(samples) if each["allowed"] and each["left"] <= BURST_IS_OVER)
    last = next(i for i, at in enumerate(instants) if (at - instants[first]).total_seconds() >= seconds)
    elapsed = (instants[last] - instants[first]).total_seconds()
    moved = int(samples[last]["allowed"]) - int(samples[first]["allowed"])
    return moved / (elapsed * writes_per_second)


def measure_share() -> dict[str, Any]:
    """Run one switch of four windows of users under the quota; one that ends early is not measured."""
    window_seconds = APPLICATION.window_seconds / SPEED
    users = APPLICATION.writes * (WINDOWS + 2)
    with _environment(window_seconds), running_stack() as stack:
        with SandboxClient(stack.state.urls["sandbox"]) as sandbox:
            sandbox.change_settings({"is_quota_on": True, "quota_speed": SPEED})
        with _sampling(stack.state.urls["sandbox"]) as samples:
            result = run_demo(plan_of(users), stack.state)
        assert result.is_as_expected, result
        assert result.is_proven, result
        (counts,) = _counts(stack.state.urls["sandbox"])
    share = share_of(samples, APPLICATION.writes / window_seconds, WINDOWS * window_seconds)
    return {
        "quota_share": round(share, 3),
        "quota_throttled": counts["throttled"],
        "quota_throttled_twice_in_a_row": counts["throttled_again"],
    }


@contextmanager
def _environment(window_seconds: float) -> Iterator[None]:
    """Let the worker of the stack know the quota as the sandbox has it."""
    own = {
        "DIRECTORY_WRITES_MAX": APPLICATION.writes,
        "DIRECTORY_WRITES_WINDOW_SECONDS": window_seconds,
        "DIRECTORY_ORGANIZATION_WRITES_MAX": ORGANIZATION.writes,
        "DIRECTORY_ORGANIZATION_WRITES_WINDOW_SECONDS": ORGANIZATION.window_seconds / SPEED,
    }
    names = {f"{ENVIRONMENT_PREFIX}{name}": str(value) for name, value in own.items()}
    os.environ.update(names)
    try:
        yield
    finally:
        for name in names:
            del os.environ[name]


@contextmanager
def _sampling(url: str) -> Iterator[list[dict[str, Any]]]:
    """Look at the sandbox's own counts again and again while the block runs."""
    samples: list[dict[str, Any]] = []
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(LOOK_SECONDS):
            samples.extend(_counts(url))

    looking = threading.Thread(target=look, name="quota-samples")
    looking.start()
    try:
        yield samples
    finally:
        ended.set()
        looking.join()


def _counts(url: str) -> list[dict[str, Any]]:
    with httpx2.Client(base_url=url, timeout=60, trust_env=False) as client:
        organizations = client.get("/sandbox/organizations").raise_for_status().json()["organizations"]
        paths = [f"/sandbox/organizations/{each['organization_id']}/quota" for each in organizations]
        return [client.get(path).raise_for_status().json() for path in paths]

"""Kind of fault: a workflow that can't go on, on a whole stack: its worker finds it, the pages tell it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from ops.stack.temporal_server import temporal_binary
from tests.e2e.browser import WIDTH, open_browser
from tests.support.chaos.stack import RunningStack, running_stack

STEP = "license_reassignment.move_slice"


@pytest.fixture(name="running")
def _running(reachable_folder: Path) -> Iterator[RunningStack]:
    """Yield a running stack."""
    with running_stack(reachable_folder) as running:
        yield running


@pytest.fixture(name="browser")
def _browser() -> Iterator[Browser]:
    """Yield a headless Chromium; its absence skips, saying so."""
    with open_browser() as browser:
        yield browser


def temporal(running: RunningStack, *arguments: str) -> dict[str, Any]:
    """Run the `temporal` command against the stack, and return what it said."""
    address = running.state.environment["PLANSWITCH_TEMPORAL_ADDRESS"]
    command = [str(temporal_binary()), *arguments, "--address", address, "--output", "json"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(ran.stdout or "{}")
    return found


def test_a_step_that_is_paused_by_hand_is_on_the_pages_until_it_goes_on(
    running: RunningStack, browser: Browser, tmp_path: Path
) -> None:
    """The worker finds it by itself; list and page tell what to do, and both forget it afterwards."""
    organization_id = running.organization(seed=7, users=120)
    running.settings(latency_ms=400)
    switch_id = running.start_switch(organization_id)
    running.wait_for(switch_id, "moving")
    named = ("-w", f"licenses:{switch_id}:1", "--activity-id", "1")
    temporal(running, "activity", "pause", *named)
    page = browser.new_page(viewport={"width": WIDTH, "height": 800})
    path = running.api.post("/api/sign-in-codes").raise_for_status().json()["path"]
    page.goto(running.state.urls["console"] + path)

    row = page.locator("tr", has_text=switch_id[:8])
    row.get_by_text("ACTIVITY_PAUSED").wait_for(timeout=60_000)
    assert STEP in row.inner_text()
    assert "temporal activity unpause" in row.inner_text()
    page.screenshot(path=tmp_path / "list.png")
    assert page.evaluate("document.documentElement.scrollWidth") == WIDTH
    page.get_by_role("link", name=switch_id[:8]).click()
    page.get_by_text("Its workflow: in trouble").wait_for(timeout=30_000)
    page.screenshot(path=tmp_path / "switch.png", full_page=True)

    running.settings(latency_ms=0)
    temporal(running, "activity", "unpause", *named)
    assert running.wait_for(switch_id, "completed", seconds=180)["moved"] == 120
    page.goto(running.state.urls["console"])
    row.get_by_text("completed").first.wait_for(timeout=60_000)
    row.get_by_text("ACTIVITY_PAUSED").wait_for(state="detached", timeout=60_000)

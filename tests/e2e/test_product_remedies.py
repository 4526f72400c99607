"""What a switch waits for is cleared in a browser, and the switch starts by itself (products#acts).

A whole stack: the console, a worker that wakes waits and carries acts on, Temporal and the sandbox.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.browser import CHROMIUM, FLAGS
from tests.support.chaos.stack import SOURCE_PLAN, RunningStack, running_stack

WAIT_MILLISECONDS = 60_000
USERS = 5
DUE = 12_345


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A person at a browser that is signed in, in front of a running stack."""

    running: RunningStack
    page: Page

    def waiting(self, seed: int, code: str, *facts: dict[str, Any], quantity: int = USERS) -> Waiting:
        """Make an organization, plant what stands in the way, and let a switch wait for it."""
        options = {"has_side_products": False, "group_licensed": 0}
        organization_id = self.running.organization(seed=seed, users=USERS, **options)
        answer = self.running.api.get(f"/api/organizations/{organization_id}/products").raise_for_status()
        subscription_id = answer.json()["products"][0]["subscription"]["subscription_id"]
        waiting = Waiting(desk=self, organization_id=organization_id, subscription_id=subscription_id)
        for each in facts:
            waiting.edit(**each)
        until = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
        body = {
            "organization_id": organization_id,
            "source_subscription_id": subscription_id,
            "target_plan": "E3",
            "quantity": quantity,
            "accept": True,
            "reason": "growth",
            "wait_until": until,
        }
        begun = self.running.api.post("/api/switches", json=body)
        assert begun.is_success, begun.text
        waiting.switch_id = str(begun.json()["switch_id"])
        row = self.running.wait_for(waiting.switch_id, "waiting_eligible")
        assert row["error_code"] == code
        return waiting


@dataclass(kw_only=True)
class Waiting:
    """A switch that waits, and the product that it leaves."""

    desk: Desk
    organization_id: str
    subscription_id: str
    switch_id: str = ""

    @property
    def path(self) -> str:
        """Return the address of the organization's page."""
        return f"{self.desk.running.state.urls['console']}/organizations/{self.organization_id}"

    def edit(self, **facts: Any) -> None:
        """Plant an edit by hand at the sandbox; one of the subscription is about this product."""
        if facts["kind"] == "subscription":
            facts = {**facts, "subscription_id": self.subscription_id}
        address = f"/sandbox/organizations/{self.organization_id}/edits"
        self.desk.running.sandbox.post(address, json=facts).raise_for_status()

    def users(self) -> list[str]:
        """Return the directory ids of the users who hold the plan."""
        address = f"/sandbox/organizations/{self.organization_id}/users"
        answer = self.desk.running.sandbox.get(address).raise_for_status()
        users = answer.json()["users"]
        return [each["id"] for each in users if _holds(each["licenseAssignmentStates"])]

    def completed(self, *, lost: frozenset[str] = frozenset()) -> None:
        """Wait until the switch has started by itself and completed; only what was accepted is lost."""
        self.desk.running.wait_for(self.switch_id, "completed")
        figures = self.desk.running.referee(self.organization_id)
        assert {name for name, figure in figures.items() if figure} == lost


def _holds(licenses: list[dict[str, Any]]) -> bool:
    return any(each["skuId"] == SOURCE_PLAN for each in licenses)


@pytest.fixture(name="desk")
def _desk(reachable_folder: Path) -> Iterator[Desk]:
    """Yield a signed-in browser on a running stack; without a Chromium it skips, saying so."""
    if not CHROMIUM.exists():
        pytest.skip("no Chromium at /usr/bin/chromium: apt install chromium")
    with running_stack(reachable_folder) as running, sync_playwright() as playwright:
        browser: Browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        path = running.api.post("/api/sign-in-codes").raise_for_status().json()["path"]
        page.goto(running.state.urls["console"] + path)
        yield Desk(running=running, page=page)
        browser.close()


def test_what_a_switch_waits_for_is_cleared_on_pages(desk: Desk) -> None:
    """A balance is paid, a conflict is bought away and unassigned away, an incident passes: each starts."""
    few = {"kind": "subscription", "changes": {"quantity": 3}}
    owed = {"kind": "profile", "changes": {"balance_due_minor_units": DUE}}
    ill = {"kind": "health", "service": "Exchange Online", "status": "serviceInterruption"}

    _pay(desk.waiting(1, "UNPAID_BALANCE", owed))
    _buy_missing(desk.waiting(2, "MORE_USERS_THAN_LICENSES", few))
    _unassign(desk.waiting(3, "MORE_USERS_THAN_LICENSES", few))
    _outlast(desk.waiting(4, "SERVICE_UNHEALTHY", ill))


def _pay(waiting: Waiting) -> None:
    """Follow the remedy of the switch to the organization, and pay there."""
    page = waiting.desk.page
    page.goto(f"{waiting.desk.running.state.urls['console']}/switches/{waiting.switch_id}")
    expect(page.locator("#facts")).to_contain_text("UNPAID_BALANCE", timeout=WAIT_MILLISECONDS)
    page.locator("#facts").get_by_role("link", name="organization").first.click()
    page.locator("#account").wait_for(timeout=WAIT_MILLISECONDS)
    assert page.url.startswith(waiting.path)
    page.locator("#account input[name=reason]").fill("due")
    page.get_by_role("button", name="Pay 123.45 EUR now").click()
    expect(page.locator("#acts")).to_contain_text("123.45 EUR is paid", timeout=WAIT_MILLISECONDS)
    waiting.completed()


def _buy_missing(waiting: Waiting) -> None:
    """Buy as many licenses as are missing, once their price was shown."""
    page = waiting.desk.page
    page.goto(waiting.path)
    page.fill(f"#reason-reconcile-{waiting.subscription_id}", "grown")
    page.get_by_role("button", name="Buy 2 licenses").click()
    page.locator("#confirm").wait_for(timeout=WAIT_MILLISECONDS)
    page.get_by_role("button", name="Do it").click()
    expect(page.locator("#acts")).to_contain_text("Change to 5 licenses: done", timeout=WAIT_MILLISECONDS)
    waiting.completed()


def _unassign(waiting: Waiting) -> None:
    """Take the license from two users, who are asked for where it is their last one."""
    page = waiting.desk.page
    page.goto(waiting.path)
    form = page.locator("form", has=page.locator("input[name=act][value=unassign]"))
    form.locator("textarea").fill("\n".join(waiting.users()[:2]))
    form.locator("input[name=accept_loss]").check()
    form.locator("input[name=reason]").fill("left")
    form.get_by_role("button", name="Take the licenses").click()
    expect(page.locator("main")).to_contain_text("Licenses taken", timeout=WAIT_MILLISECONDS)
    assert page.get_by_text("the license was taken").count() == 2
    waiting.completed(lost=frozenset({"unlicensed_user_seconds", "data_service_gap_user_seconds"}))


def _outlast(waiting: Waiting) -> None:
    """Read name and state of the incident where the switch waits; once it is over, let it look."""
    page, told = waiting.desk.page, "Exchange Online (serviceInterruption)"
    page.goto(f"{waiting.desk.running.state.urls['console']}/switches/{waiting.switch_id}")
    expect(page.locator("#facts")).to_contain_text(told, timeout=WAIT_MILLISECONDS)
    page.goto(waiting.path)
    expect(page.locator("#health")).to_contain_text("Exchange Online: serviceInterruption")
    expect(page.locator(f"#product-{waiting.subscription_id}")).to_contain_text(told)
    waiting.edit(kind="health", service="Exchange Online", status="serviceOperational")
    page.reload()
    page.locator("#cleared input[name=reason]").fill("it is over")
    page.locator("#cleared").get_by_role("button", name="Look now").click()
    expect(page.locator("main")).to_contain_text("looks now", timeout=WAIT_MILLISECONDS)
    waiting.completed()

"""The checklist of a switch by hand in a real browser: its steps by clicks, at each width, light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.accessibility import serious_violations
from tests.e2e.browser import CHROMIUM, FLAGS
from tests.support.chaos.stack import CLEAN, SOURCE_PLAN, RunningStack, running_stack

USERS = 12
WIDTHS = (1280, 320)
SCHEMES: tuple[Any, ...] = ("light", "dark")
WAIT_MILLISECONDS = 60_000
#: What is cut at the screen's edge; what scrolls on purpose is left aside.
WIDE = """() => [...document.querySelectorAll('main *')]
  .filter(each => !each.closest('.scroll, pre, .unseen') && each.getClientRects().length)
  .filter(each => each.getBoundingClientRect().right > innerWidth + 1)
  .map(each => each.outerHTML.slice(0, 120))"""
#: Fields without a name for whoever does not see them.
UNNAMED = """() => [...document.querySelectorAll('main input:not([type=hidden]), main select, main textarea')]
  .filter(each => !each.labels.length).map(each => each.outerHTML.slice(0, 120))"""
#: Ids that stand twice: a label would lead to the first alone.
TWICE = """() => { const ids = [...document.querySelectorAll('[id]')].map(each => each.id);
  return ids.filter((each, place) => ids.indexOf(each) !== place); }"""
OPENED = "document.querySelectorAll('#steps details').forEach(each => { each.open = true; })"


@dataclass(frozen=True, kw_only=True)
class Checklist:
    """A switch by hand whose first step is next, and the page of it."""

    running: RunningStack
    browser: Browser
    page: Page
    url: str
    organization_id: str
    switch_id: str
    folder: Path

    def until_next(self, step: str) -> None:
        """Wait until the page, without a reload, has the form of a step."""
        form = self.page.locator(f"#step-{step}-reason")
        form.wait_for(state="attached", timeout=WAIT_MILLISECONDS)
        expect(self.page.locator("#steps [aria-current=step]")).to_have_attribute("id", f"step-{step}")

    def start(self, step: str, button: str) -> None:
        """Say why, start a step by its form, and wait until it was accepted."""
        self.page.fill(f"#step-{step}-reason", f"{step} it")
        self.page.locator(f"#step-{step}").get_by_role("button", name=button, exact=True).click()
        expect(self.page.locator("#done")).to_contain_text(step, timeout=WAIT_MILLISECONDS, ignore_case=True)

    def user(self) -> str:
        """Return the principal name of a user who holds the old plan."""
        path = f"/sandbox/organizations/{self.organization_id}/users"
        users = self.running.sandbox.get(path).raise_for_status().json()["users"]
        return next(
            str(user["userPrincipalName"])
            for user in users
            if any(each["skuId"] == SOURCE_PLAN for each in user["licenseAssignmentStates"])
        )

    def faults(self, name: str) -> dict[str, Any]:
        """Return what is wrong with the page as it is now, at each width and in each scheme."""
        state, faults = self.page.context.storage_state(), {}
        for width in WIDTHS:
            for scheme in SCHEMES:
                context = self.browser.new_context(
                    viewport={"width": width, "height": 900}, color_scheme=scheme, storage_state=state
                )
                page = context.new_page()
                page.goto(self.url, timeout=WAIT_MILLISECONDS)
                page.locator("#steps").wait_for(timeout=WAIT_MILLISECONDS)
                page.evaluate(OPENED)
                page.screenshot(path=self.folder / f"{name}-{width}-{scheme}.png", full_page=True)
                faults[f"{width}-{scheme}"] = (
                    *(page.evaluate(look) for look in (WIDE, UNNAMED, TWICE)),
                    serious_violations(page),
                    page.evaluate("document.documentElement.scrollWidth") - width,
                )
                context.close()
        return {place: each for place, each in faults.items() if each != ([], [], [], [], 0)}


@pytest.fixture(name="checklist")
def _checklist(reachable_folder: Path, tmp_path: Path) -> Iterator[Checklist]:
    """Yield the page of a switch by hand on a running stack; without a Chromium it skips, saying so."""
    if not CHROMIUM.exists():
        pytest.skip("no Chromium at /usr/bin/chromium: apt install chromium")
    with running_stack(reachable_folder) as running, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        organization_id = running.organization(seed=31, users=USERS)
        body = {
            "organization_id": organization_id,
            "target_plan": "ENTERPRISEPACK",
            "mode": "manual",
            "accept": True,
            "reason": "agreed",
        }
        answer = running.api.post("/api/switches", json=body)
        assert answer.is_success, answer.text
        switch_id = answer.json()["switch_id"]
        page = browser.new_page(viewport={"width": WIDTHS[0], "height": 900})
        path = running.api.post("/api/sign-in-codes").raise_for_status().json()["path"]
        page.goto(running.state.urls["console"] + path)
        url = f"{running.state.urls['console']}/switches/{switch_id}"
        page.goto(url)
        yield Checklist(
            running=running,
            browser=browser,
            page=page,
            url=url,
            organization_id=organization_id,
            switch_id=switch_id,
            folder=tmp_path,
        )
        browser.close()


def test_the_checklist_is_worked_through_by_clicks(checklist: Checklist) -> None:
    """Each step has its form when it is next; nothing is cut, and every field has a name (manual#steps)."""
    errors: list[str] = []
    page, running = checklist.page, checklist.running
    page.on("pageerror", lambda error: errors.append(str(error)))
    checklist.until_next("buy")
    faults = {"buy": checklist.faults("buy")}
    for step, button in (("buy", "Buy"), ("verify", "Verify")):
        checklist.until_next(step)
        checklist.start(step, button)
    checklist.until_next("reassign")
    faults["reassign"] = checklist.faults("reassign")
    before = running.moved(checklist.organization_id)
    page.fill("#step-users", checklist.user())
    checklist.start("reassign", "Reassign")
    checklist.until_next("reassign")
    moved = running.moved(checklist.organization_id) - before
    checklist.start("reassign", "Reassign")
    checklist.until_next("cancel")
    faults["cancel"] = checklist.faults("cancel")
    page.locator("#step-cancel summary").click()
    checklist.start("cancel", "Yes, cancel the old subscription")
    page.locator("#headline .status", has_text="completed").wait_for(timeout=WAIT_MILLISECONDS)
    faults["completed"] = checklist.faults("completed")

    assert moved == 1
    assert faults == {"buy": {}, "reassign": {}, "cancel": {}, "completed": {}}
    assert page.locator("#steps form").count() == 0
    assert running.row(checklist.switch_id)["moved"] == running.row(checklist.switch_id)["total"]
    assert running.referee(checklist.organization_id) == CLEAN
    assert errors == []


def test_a_list_of_users_that_is_being_written_is_not_replaced(checklist: Checklist) -> None:
    """The page shows anew what has changed, and leaves alone a form that somebody works with."""
    page = checklist.page
    for step, button in (("buy", "Buy"), ("verify", "Verify")):
        checklist.until_next(step)
        checklist.start(step, button)
    checklist.until_next("reassign")
    page.fill("#step-users", "somebody@example.com")
    page.locator("h1").click()
    pause = {"reason": "lunch"}
    path = f"/api/switches/{checklist.switch_id}/pause"
    assert checklist.running.api.post(path, json=pause).is_success
    page.locator("#headline .status", has_text="paused").wait_for(timeout=WAIT_MILLISECONDS)

    assert page.input_value("#step-users") == "somebody@example.com"

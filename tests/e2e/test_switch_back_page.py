"""The page that takes a switch back, in a real browser: narrow and wide, light and dark, and by its forms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.accessibility import serious_violations
from tests.e2e.browser import CHROMIUM, FLAGS
from tests.support.chaos.stack import RunningStack, running_stack
from tests.support.clouds.cloud_server import TARGET_PLAN

WAIT_MILLISECONDS = 60_000
WIDTHS = (1280, 320)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
#: What is cut at the screen's edge; what scrolls on purpose is left aside.
WIDE = """() => [...document.querySelectorAll('main *')]
  .filter(each => !each.closest('.scroll, pre, .unseen') && each.getClientRects().length)
  .filter(each => each.getBoundingClientRect().right > innerWidth + 1)
  .map(each => each.outerHTML.slice(0, 120))"""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A browser that is signed in, and a completed switch after which a user joined and one was changed."""

    running: RunningStack
    browser: Browser
    state: Any
    switch_id: str

    @property
    def url(self) -> str:
        """Return the address of the page."""
        return f"{self.running.state.urls['console']}/switches/{self.switch_id}/back"

    def page(self, width: int, scheme: Literal["light", "dark"] = "light", query: str = "") -> Page:
        """Open the page."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, storage_state=self.state
        )
        page = context.new_page()
        page.goto(f"{self.url}{query}", timeout=WAIT_MILLISECONDS)
        page.locator("#choice").wait_for(timeout=WAIT_MILLISECONDS)
        return page


@pytest.fixture(name="shown")
def _shown(reachable_folder: Path) -> Iterator[Shown]:
    """Yield the page over a running stack; without a Chromium it skips, saying so."""
    if not CHROMIUM.exists():
        pytest.skip("no Chromium at /usr/bin/chromium: apt install chromium")
    with running_stack(reachable_folder) as running, sync_playwright() as playwright:
        organization_id = running.organization(seed=14, users=12)
        switch_id = running.start_switch(organization_id)
        running.wait_for(switch_id, "completed")
        _change_by_hand(running, organization_id)
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = browser.new_page()
        path = running.api.post("/api/sign-in-codes").raise_for_status().json()["path"]
        page.goto(running.state.urls["console"] + path)
        state = page.context.storage_state()
        yield Shown(running=running, browser=browser, state=state, switch_id=switch_id)
        browser.close()


def _change_by_hand(running: RunningStack, organization_id: str) -> None:
    """Let a user join, and one be given other services, as in the vendor's own pages."""
    path = f"/sandbox/organizations/{organization_id}"
    users = running.sandbox.get(f"{path}/users").raise_for_status().json()["users"]
    off = ["7547a3fe-08ee-4ccb-b430-5077c5041653"]
    changed = {"add": [{"skuId": TARGET_PLAN, "disabledPlans": off}], "remove": []}
    for edit in (
        {"kind": "licenses", "user_id": users[0]["id"], **changed},
        {"kind": "add_user", "plan_id": TARGET_PLAN, "display_name": "Nora New"},
    ):
        running.sandbox.post(f"{path}/edits", json=edit).raise_for_status()


def test_page_fits_reads_aloud_and_leaves_the_others(shown: Shown, tmp_path: Path) -> None:
    """Nothing is cut and axe finds nothing serious, before and after the choice; clicks leave the others."""
    cut, serious = {}, {}
    for width in WIDTHS:
        for scheme in SCHEMES:
            for name, query in (("all", ""), ("some", "?leave_others=yes")):
                page = shown.page(width, scheme, query)
                page.screenshot(path=tmp_path / f"back-{name}-{width}-{scheme}.png", full_page=True)
                case = f"{name}-{width}-{scheme}"
                cut[case], serious[case] = page.evaluate(WIDE), serious_violations(page)
                assert page.evaluate("document.documentElement.scrollWidth") == width
                page.context.close()
    page = shown.page(1280)
    undecided = page.locator("#users").inner_text()
    page.get_by_label("Take back only the users who can be restored").check()
    page.get_by_role("button", name="Quote again").click()
    page.get_by_text("they joined the plan since").wait_for(timeout=WAIT_MILLISECONDS)
    left = page.locator("main").inner_text()
    page.get_by_label("A backup of the users' data was made.").check()
    page.fill("#back-reason", "too dear")
    page.get_by_role("button", name="Start the switch back").click()
    page.get_by_role("heading", name="Steps").wait_for(timeout=WAIT_MILLISECONDS)
    page.screenshot(path=tmp_path / "started.png", full_page=True)
    row = shown.running.row(page.url.rpartition("/")[2])

    assert all(found == [] for found in (*cut.values(), *serious.values())), (cut, serious)
    assert "Decide above whether they stay or move" in undecided
    assert "moves 11 users" in left
    assert "to the users who stay" in left
    assert (row["switch_back_of"], row["licenses"]) == (shown.switch_id, 11)

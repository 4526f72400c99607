"""The page of a switch as of one of its events, in a real browser: narrow and wide, light and dark."""

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
    """A browser that is signed in, and a completed switch."""

    running: RunningStack
    browser: Browser
    state: Any
    switch_id: str

    @property
    def url(self) -> str:
        """Return the address of the page of the switch."""
        return f"{self.running.state.urls['console']}/switches/{self.switch_id}"

    def page(self, address: str, width: int, scheme: Literal["light", "dark"] = "light") -> Page:
        """Open a page."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, storage_state=self.state
        )
        page = context.new_page()
        page.goto(address, timeout=WAIT_MILLISECONDS)
        page.locator("main h2").first.wait_for(timeout=WAIT_MILLISECONDS)
        return page

    def position(self, event: str) -> int:
        """Return where the newest event of a topic stands in the log."""
        audit = self.running.api.get(f"/api/switches/{self.switch_id}/audit").raise_for_status().json()
        return max(int(each["position"]) for each in audit["events"] if each["event"] == event)


@pytest.fixture(name="shown")
def _shown(reachable_folder: Path) -> Iterator[Shown]:
    """Yield the page over a running stack; without a Chromium it skips, saying so."""
    if not CHROMIUM.exists():
        pytest.skip("no Chromium at /usr/bin/chromium: apt install chromium")
    with running_stack(reachable_folder) as running, sync_playwright() as playwright:
        switch_id = running.start_switch(running.organization(seed=15, users=12))
        running.wait_for(switch_id, "completed")
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = browser.new_page()
        path = running.api.post("/api/sign-in-codes").raise_for_status().json()["path"]
        page.goto(running.state.urls["console"] + path)
        state = page.context.storage_state()
        yield Shown(running=running, browser=browser, state=state, switch_id=switch_id)
        browser.close()


def test_state_page_fits_reads_aloud_and_leads_from_event_to_event(shown: Shown, tmp_path: Path) -> None:
    """Nothing is cut and axe finds nothing serious; it runs no script, and links lead through the events."""
    started = shown.position("subscription.license-move-started")
    moved, cancelled = shown.position("license-move.group-moved"), shown.position("subscription.cancelled")
    places = [started, moved, cancelled]
    cut, serious = {}, {}
    for width in WIDTHS:
        for scheme in SCHEMES:
            for place in places:
                page = shown.page(f"{shown.url}/at/{place}", width, scheme)
                case = f"{places.index(place)}-{width}-{scheme}"
                page.screenshot(path=tmp_path / f"at-{case}.png", full_page=True)
                cut[case], serious[case] = page.evaluate(WIDE), serious_violations(page)
                assert page.locator("script").count() == 0
                assert page.evaluate("document.documentElement.scrollWidth") == width
                page.context.close()
    page = shown.page(shown.url, 1280)
    page.screenshot(path=tmp_path / "switch.png", full_page=True)
    page.locator(f'#timeline a[href$="/at/{started}"]').click()
    page.get_by_role("heading", name="What it changed").wait_for(timeout=WAIT_MILLISECONDS)
    changed, after = page.locator(".differences").inner_text(), page.locator("main").inner_text()
    # The next event locks administration, in the same save.
    page.get_by_role("link", name="later event").click()
    page.wait_for_url(lambda address: not address.endswith(f"/{started}"), timeout=WAIT_MILLISECONDS)
    locked = page.locator("main").inner_text()

    assert all(found == [] for found in (*cut.values(), *serious.values())), (cut, serious)
    assert "ready" in changed
    assert "moving" in changed
    assert "the old plan: 12" in after
    assert "administration, held by this switch" not in after
    assert "administration, held by this switch" in locked

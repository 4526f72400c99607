"""The console's page in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.browser import WIDTH, open_browser
from tests.support.chaos.stack import RunningStack, running_stack


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


def _signed_in(running: RunningStack, browser: Browser) -> Page:
    page = browser.new_page(viewport={"width": WIDTH, "height": 700})
    path = running.api.post("/api/sign-in-codes").raise_for_status().json()["path"]
    page.goto(running.state.urls["console"] + path)
    return page


def test_page_shows_a_switch_live_until_it_is_completed(
    running: RunningStack, browser: Browser, tmp_path: Path
) -> None:
    """Without a reload the row goes from running to completed, with users, quote and charge."""
    errors: list[str] = []
    organization_id = running.organization(seed=3, users=120)
    running.settings(latency_ms=200)
    page = _signed_in(running, browser)
    page.on("pageerror", lambda error: errors.append(str(error)))
    switch_id = running.start_switch(organization_id)

    page.get_by_text(switch_id[:8]).wait_for(timeout=15_000)
    running.settings(latency_ms=0)
    page.get_by_text("completed").first.wait_for(timeout=60_000)
    page.screenshot(path=tmp_path / "page.png")

    row = page.locator("tr", has_text=switch_id[:8]).inner_text()
    assert "120 of 120 moved" in row
    assert errors == []


def test_checkout_is_edited_and_ordered_in_a_browser(running: RunningStack, browser: Browser) -> None:
    """The policies of the pages let each form through: start, edit, order, and the switch completes."""
    errors: list[str] = []
    organization_id = running.organization(seed=4, users=12)
    page = _signed_in(running, browser)
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.get_by_role("link", name="Checkouts").click()

    page.fill("#new-organization", organization_id)
    page.fill("#new-plan", "E3")
    page.get_by_role("button", name="Start and quote").click()
    page.locator("#items summary").click()
    page.fill("#items-quantity", "20")
    page.locator("#items button").click()
    page.get_by_text("20 licenses of").first.wait_for(timeout=15_000)
    page.get_by_role("button", name="Order and start the switch").click()
    page.get_by_role("heading", name="Ordered").wait_for(timeout=60_000)
    switch_id = (page.get_by_role("link", name="switch").last.get_attribute("href") or "")[-36:]

    assert running.wait_for(switch_id, "completed")["total"] == 12
    assert page.evaluate("document.documentElement.scrollWidth") == WIDTH
    assert errors == []


def test_switch_is_paused_and_resumed_on_its_page(running: RunningStack, browser: Browser) -> None:
    """From the list to the page: pause, resume, and the end is seen without a reload; forms are kept."""
    errors: list[str] = []
    organization_id = running.organization(seed=5, users=160)
    running.settings(latency_ms=300)
    page = _signed_in(running, browser)
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    switch_id = running.start_switch(organization_id)

    page.get_by_role("link", name=switch_id[:8]).click()
    page.get_by_role("heading", name="What you can do").wait_for(timeout=15_000)
    page.fill("#pause-reason", "phones are down")
    page.get_by_role("button", name="Pause", exact=True).click()
    page.locator("#done", has_text="Pause").wait_for(timeout=30_000)
    page.locator("#headline .status", has_text="paused").wait_for(timeout=15_000)
    page.fill("#resume-reason", "they ring again")
    page.locator("#live", has_text="live").wait_for(timeout=15_000)
    typed = page.input_value("#resume-reason")
    page.get_by_role("button", name="Resume", exact=True).click()
    page.locator("#done", has_text="Resume").wait_for(timeout=30_000)
    page.evaluate("window.isSame = true")
    running.settings(latency_ms=0)
    page.locator("#headline .status", has_text="completed").wait_for(timeout=60_000)

    assert typed == "they ring again"
    assert page.evaluate("window.isSame")
    assert "160 of 160 moved" in page.locator("#facts").inner_text()
    timeline = page.locator("#timeline").inner_text()
    assert all(words in timeline for words in ("phones are down", "they ring again", "completed: 160 users"))
    page.locator("#controls", has_text="The switch has ended.").wait_for(timeout=15_000)
    assert page.evaluate("document.documentElement.scrollWidth") == WIDTH
    assert errors == []


def test_reference_of_the_api_is_whole_and_loads_nothing_foreign(
    running: RunningStack, browser: Browser, tmp_path: Path
) -> None:
    """Behind the sign-in the reference shows every operation, under the policy, from this console alone."""
    errors: list[str] = []
    asked: list[str] = []
    console = running.state.urls["console"]
    stranger = browser.new_page()
    stranger.goto(f"{console}/api/docs")
    page = _signed_in(running, browser)
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: asked.append(request.url))

    answer = page.goto(f"{console}/api/docs")
    page.screenshot(path=tmp_path / "reference.png", full_page=True)
    document = running.api.get("/api/openapi.json").raise_for_status().json()
    shown = page.locator("main").inner_text()

    assert stranger.url.startswith(f"{console}/sign-in")
    assert answer is not None
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert all(path in shown for path in document["paths"])
    assert page.locator("article").count() == sum(len(methods) for methods in document["paths"].values())
    assert page.locator("script").count() == 0
    assert {url for url in asked if not url.startswith(f"{console}/")} == set()
    assert page.evaluate("getComputedStyle(document.querySelector('.method')).fontWeight") == "700"
    assert page.evaluate("document.documentElement.scrollWidth") == WIDTH
    assert errors == []

"""The pages of what is scheduled and what waits, in a real browser (rules#scheduled-starts)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

import pytest
from playwright.sync_api import Page, sync_playwright

from activities.contract import SwitchOrder
from domain.kernel import ids
from domain.kernel.recorded import Meta
from domain.quote.quote import quote
from domain.requests.start_times import StartTerms
from domain.requests.wait_changes import Excess
from domain.requests.wait_events import EligibilityWait
from domain.requests.wait_terms import WaitTerms
from projections.running.projector import Projector
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.e2e.accessibility import serious_violations
from tests.e2e.browser import CHROMIUM, FLAGS, WIDTH
from tests.support.consoles.served_console import KEY, served
from tests.support.stories import quote_inputs
from tests.support.stories.switch_story import E1, E3, money

NARROW, BROAD = 320, 1280
WAIT_MILLISECONDS = 60_000
NOW = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
DAY = date(2026, 12, 24)
REASONS = [
    {"code": "SERVICE_UNHEALTHY", "message": "Exchange has an open incident.", "remedy": "Wait a few hours."}
]
#: What is cut at the screen's edge; what scrolls on purpose, such as a table, is left aside.
WIDE = """() => [...document.querySelectorAll('main *')]
  .filter(each => !each.closest('.scroll, pre, .unseen') && each.getClientRects().length)
  .filter(each => each.getBoundingClientRect().right > innerWidth + 1)
  .map(each => each.outerHTML.slice(0, 120))"""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A page of a served console with requests that wait."""

    page: Page
    url: str
    #: Switch of a request that is scheduled, of one that waits for reasons, and of one with a new price.
    day: str
    ill: str
    asked: str


@pytest.fixture(name="shown")
def _shown(database_url: str, tmp_path: Path) -> Iterator[Shown]:
    """Yield a signed-in page in a headless Chromium; its absence skips, saying so."""
    if not CHROMIUM.exists():
        pytest.skip("no Chromium at /usr/bin/chromium: apt install chromium")
    with (
        served(database_url, tmp_path) as running,
        SwitchStore.open(database_url, FileKeyProvider(tmp_path / "master.key")) as store,
        sync_playwright() as playwright,
    ):
        day, ill, asked = _scheduled(store), _waiting(store, REASONS), _asked(store)
        Projector(database_url).catch_up()
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        url = f"http://127.0.0.1:{running.port}"
        page = browser.new_page(viewport={"width": WIDTH, "height": 900})
        page.goto(f"{url}/sign-in")
        page.fill("input[name=key]", KEY)
        page.get_by_role("button").click()
        page.get_by_role("link", name="Schedule").click()
        page.locator("#schedule tbody tr").first.wait_for(timeout=WAIT_MILLISECONDS)
        yield Shown(page=page, url=url, day=day, ill=ill, asked=asked)
        browser.close()


def _begun(reasons: list[dict[str, Any]], **order: Any) -> tuple[EligibilityWait, Meta]:
    organization_id, request_id = str(uuid4()), str(uuid4())
    meta = Meta(
        switch_id=ids.switch_id_of(organization_id, request_id),
        organization_id=organization_id,
        actor="olga",
        reason="growth",
        causation=f"request:{request_id}",
        workflow_id=ids.wait_workflow_id_of(organization_id, request_id),
        activity="eligibility_wait.begin",
    )
    asked = SwitchOrder(
        switch_id=meta.switch_id,
        request_id=request_id,
        organization_id=organization_id,
        source_subscription_id="SUB-1",
        target_plan_id=E3,
        quote_digest="0" * 64,
        quoted_on=NOW.date().isoformat(),
        actor="olga",
        reason="growth",
        **order,
    ).as_facts()
    del asked["signed"]
    terms = WaitTerms(until=NOW + timedelta(days=60), total_at_most=money(47_639), forfeited_at_most=money(0))
    wait = EligibilityWait.begin(asked, terms, source_plan_id=E1, reasons=reasons, at=NOW, meta=meta)
    return wait, meta


def _scheduled(store: SwitchStore) -> str:
    wait, meta = _begun([], start_on=DAY.isoformat())
    wait.schedule(DAY, not_before=datetime(2026, 12, 23, 23, tzinfo=UTC), at=NOW, meta=meta)
    start = StartTerms(start_on=DAY.isoformat(), quiet_hours="22:00-06:00")
    shown = quote(quote_inputs.terms())
    wait.reschedule(
        start, wait.terms, request_id="c-1", tolerance_percent="0", quote=shown, at=NOW, meta=meta
    )
    store.save(wait)
    return wait.switch_id


def _waiting(store: SwitchStore, reasons: list[dict[str, Any]]) -> str:
    wait, meta = _begun(reasons)
    wait.plan_look(NOW + timedelta(minutes=5), at=NOW, meta=meta)
    store.save(wait)
    return wait.switch_id


def _asked(store: SwitchStore) -> str:
    wait, meta = _begun([])
    now = quote(quote_inputs.terms())
    message = "The switch may begin, and was not started: the switch takes up to 512.20 EUR by now."
    excess = Excess(total=money(51_220), accepted=money(47_639), words="")
    wait.ask_price(now, excess, message=message, at=NOW, meta=meta)
    store.save(wait)
    return wait.switch_id


def path_of(shown: Shown, place: str) -> str:
    """Return the address of the list, or of a request by its name in `Shown`."""
    return "/schedule" if place == "list" else f"/schedule/{getattr(shown, place)}"


def test_each_request_says_what_it_waits_for_and_leads_to_its_forms(shown: Shown, tmp_path: Path) -> None:
    """A window, a reason and a new price; each row leads to the page that changes it or answers."""
    page = shown.page
    rows = page.locator("#schedule tbody").inner_text()
    page.screenshot(path=tmp_path / "schedule.png", full_page=True)
    page.get_by_role("link", name=f"Change or undo switch {shown.day[:8]}").click()
    page.locator("#change").wait_for(timeout=WAIT_MILLISECONDS)
    changing = page.locator("main").inner_text()
    page.screenshot(path=tmp_path / "change.png", full_page=True)
    page.goto(f"{shown.url}/schedule")
    page.get_by_role("link", name=f"Answer switch {shown.asked[:8]}").click()
    page.locator("#price").wait_for(timeout=WAIT_MILLISECONDS)
    asking = page.locator("#price").inner_text()

    assert "in quiet hours 22:00-06:00" in rows
    assert "SERVICE_UNHEALTHY" in rows
    assert "the price has changed" in rows
    assert page.get_by_label("Or quiet hours").input_value() == ""
    for words in ("Change when it starts", "Undo it", "At most", "476.39 EUR"):
        assert words in changing
    assert "512.20 EUR" in asking
    assert "Decline the new price" in asking


def test_no_page_hinders_anybody_seriously(shown: Shown, tmp_path: Path) -> None:
    """Axe finds nothing serious on the list and on each request's page, narrow and broad, light and dark."""
    page = shown.page
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")

    found = {}
    for place, width, scheme in product(("list", "day", "ill", "asked"), (NARROW, BROAD), schemes):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        page.goto(f"{shown.url}{path_of(shown, place)}")
        page.locator("h1").wait_for(timeout=WAIT_MILLISECONDS)
        page.screenshot(path=tmp_path / f"{place}-{width}-{scheme}.png", full_page=True)
        found[place, width, scheme] = serious_violations(page)

    assert {where: each for where, each in found.items() if each} == {}
    assert len(found) == 16


@pytest.mark.parametrize("width", [NARROW, WIDTH])
@pytest.mark.parametrize("place", ["list", "day", "ill", "asked"])
def test_no_page_is_wider_than_its_screen_and_every_field_has_a_name(
    shown: Shown, tmp_path: Path, place: str, width: int
) -> None:
    """At 320 pixels (WCAG 1.4.10) nothing is cut; fields have labels, and ids are unique."""
    page = shown.page
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{shown.url}{path_of(shown, place)}")
    page.locator("h1").wait_for(timeout=WAIT_MILLISECONDS)
    page.screenshot(path=tmp_path / "page.png", full_page=True)
    ids_of_page = page.evaluate("[...document.querySelectorAll('[id]')].map(each => each.id)")
    nameless = page.evaluate(
        "[...document.querySelectorAll('main input:not([type=hidden])')]"
        ".filter(each => !each.labels.length).map(each => each.name)"
    )

    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate(WIDE) == []
    assert len(ids_of_page) == len(set(ids_of_page))
    assert nameless == []

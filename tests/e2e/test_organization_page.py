"""The page of an organization in a real browser: narrow and wide, light and dark, and an act by its form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.accessibility import serious_violations
from tests.e2e.browser import CHROMIUM, FLAGS
from tests.support.clouds.cloud_server import SandboxCloud, running_sandbox
from tests.support.consoles.served_console import KEY, served
from tests.support.products.owned import troubled

WAIT_MILLISECONDS = 60_000
WIDTHS = (1280, 320)
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


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A browser that is signed in, and an organization to look at."""

    browser: Browser
    url: str
    sandbox: SandboxCloud
    organization: dict[str, Any]
    state: Any

    @property
    def path(self) -> str:
        """Return the address of the organization's page."""
        return f"{self.url}/organizations/{self.organization['organization_id']}"

    def assessed_number(self) -> int:
        """Ask what a switch would cost, and return the number of the assessment."""
        api, key = self.browser.new_context().request, {"X-API-Key": KEY}
        asked = {"organization_id": self.organization["organization_id"], "target_plan": "E3"}
        source = {"source_subscription_id": self.organization["subscription_id"]}
        api.post(f"{self.url}/api/quotes", data={**asked, **source}, headers=key)
        path = f"/api/organizations/{self.organization['organization_id']}/assessments"
        listed = api.get(f"{self.url}{path}", headers=key).json()["assessments"]
        return int(listed[0]["number"])

    def page(self, width: int, scheme: Any = "light") -> Page:
        """Open the organization's page."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, storage_state=self.state
        )
        page = context.new_page()
        page.goto(self.path, timeout=WAIT_MILLISECONDS)
        page.locator("#account").wait_for(timeout=WAIT_MILLISECONDS)
        return page


@pytest.fixture(name="shown")
def _shown(database_url: str, tmp_path: Path) -> Iterator[Shown]:
    """Yield a browser on a console over a sandbox; without a Chromium it skips, saying so."""
    if not CHROMIUM.exists():
        pytest.skip("no Chromium at /usr/bin/chromium: apt install chromium")
    with (
        running_sandbox(tmp_path / "cloud") as sandbox,
        served(database_url, tmp_path, PLANSWITCH_CLOUD_URL=sandbox.url) as running,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        url = f"http://127.0.0.1:{running.port}"
        page = browser.new_page()
        page.goto(f"{url}/sign-in")
        page.fill("input[name=key]", KEY)
        page.get_by_role("button").click()
        page.get_by_role("link", name="Organizations").wait_for(timeout=WAIT_MILLISECONDS)
        state = page.context.storage_state()
        yield Shown(browser=browser, url=url, sandbox=sandbox, organization=troubled(sandbox), state=state)
        browser.close()


def test_page_fits_and_names_its_fields(shown: Shown, tmp_path: Path) -> None:
    """At 1280 and 320 pixels, light and dark, nothing is cut or unnamed, and axe finds nothing serious."""
    faults = {}
    product = f"{shown.path}/products/{shown.organization['subscription_id']}"
    pages = {
        "organization": shown.path,
        "product": product,
        "organizations": f"{shown.url}/organizations",
        "assessments": f"{shown.path}/assessments",
        "assessment": f"{shown.path}/assessments/{shown.assessed_number()}",
    }
    for width in WIDTHS:
        for scheme in ("light", "dark"):
            page = shown.page(width, scheme)
            for name, path in pages.items():
                answer = page.goto(path, timeout=WAIT_MILLISECONDS)
                assert answer is not None
                assert answer.ok, name
                page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
                page.screenshot(path=tmp_path / f"{name}-{width}-{scheme}.png", full_page=True)
                found = [*page.evaluate(WIDE), *page.evaluate(UNNAMED), *page.evaluate(TWICE)]
                whole = page.evaluate("document.documentElement.scrollWidth")
                found += [] if whole == width else [f"the page is {whole} pixels wide"]
                faults[f"{name}-{width}-{scheme}"] = found + serious_violations(page)
            page.context.close()

    assert len(faults) == 20
    assert {name: found for name, found in faults.items() if found} == {}


def test_each_remedy_leads_to_where_it_is_carried_out(shown: Shown) -> None:
    """Every notice, and every reason against a target, links to a part of the page that is there."""
    page = shown.page(1280)
    links = page.locator(".product .reasons a[href*='#']").all()
    marks = [str(each.get_attribute("href")).partition("#")[2] for each in links]
    page.goto(f"{shown.path}/products/{shown.organization['subscription_id']}")
    leading = page.locator("#targets a[href*='/organizations/']").all()
    away = [str(each.get_attribute("href")) for each in leading]
    page.goto(shown.path)

    assert len(marks) >= 3
    assert all(page.locator(f"[id='{mark}']").count() == 1 for mark in marks)
    assert len(away) >= 3
    for href in away:
        assert href.startswith(f"/organizations/{shown.organization['organization_id']}")
        assert page.locator(f"[id='{href.partition('#')[2]}']").count() == ("#" in href)


def test_conflict_is_reconciled_by_clicks(shown: Shown, tmp_path: Path) -> None:
    """What the missing licenses cost is shown before they are bought; then the conflict is gone."""
    page = shown.page(1280)
    product = page.locator(f"#product-{shown.organization['subscription_id']}")
    product.locator("#reason-reconcile-" + shown.organization["subscription_id"]).fill("grown")
    product.get_by_role("button", name="Buy 2 licenses").click()
    page.locator("#confirm").wait_for(timeout=WAIT_MILLISECONDS)
    page.screenshot(path=tmp_path / "confirm.png", full_page=True)
    page.get_by_role("button", name="Do it").click()

    expect(page.locator("#acts")).to_contain_text("Change to 12 licenses: done", timeout=WAIT_MILLISECONDS)
    expect(product).not_to_contain_text("LICENSE_CONFLICT")


def test_product_leads_to_what_it_can_be_switched_to(shown: Shown, tmp_path: Path) -> None:
    """The product's page ranks the plans, and says for each what stops it and where that is cleared."""
    page = shown.page(320)
    page.goto(f"{shown.path}/products/{shown.organization['subscription_id']}")
    page.locator("#targets li").first.wait_for(timeout=WAIT_MILLISECONDS)
    page.screenshot(path=tmp_path / "product-320.png", full_page=True)

    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert page.evaluate(WIDE) == []
    for code in ("UNPAID_BALANCE", "MORE_USERS_THAN_LICENSES", "SERVICE_UNHEALTHY"):
        expect(page.locator("#targets")).to_contain_text(code)
    expect(page.get_by_role("link", name="Pay 1,234.56 EUR").first).to_be_visible()

"""The pages of people, approvals, the access log, and all that goes out, in a real browser.

One running stack has something on each page. Each is looked at narrow and wide, light and dark.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from domain.people.roles import Role
from ops.stack.postgres_binaries import temporary_data_folder
from tests.e2e.accessibility import serious_violations
from tests.e2e.browser import open_browser
from tests.support.access.planted_stack import ENVIRONMENT, Planted, plant
from tests.support.chaos.stack import running_stack

WIDTHS = (1280, 768, 320)
#: The header may take so much of a narrow phone's height, in pixels.
HEADER_HEIGHT_MAX = 200
WAIT_MILLISECONDS = 60_000
SIGN_IN = "/sign-in"
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, Scheme] = ("light", "dark")
#: What a viewer sees, with all that an address names.
OF_EVERYBODY = (
    "/",
    "/switches/{scheduled}",
    "/account",
    "/approvals",
    "/approvals/{approval}",
    "/notices",
    "/reports",
    "/reports/switches",
)
#: The reference of the API, which is the same for everybody, and longer than a picture may be.
LONG = "/api/docs"
OF_ADMINISTRATORS = (
    "/people",
    "/people/{person}",
    "/access-log",
    "/webhooks",
    "/webhooks/{webhook}",
    "/webhooks/{webhook}/deliveries/{delivery}",
)
#: Every address that a form of `main` sends a change to.
CHANGES = """() => [...document.querySelectorAll('main form[method=post]')]
  .map(each => new URL(each.action).pathname)"""
#: What is cut at the screen's edge, the header included; what scrolls on purpose is left aside.
WIDE = """() => [...document.querySelectorAll('body *')]
  .filter(each => !each.closest('.scroll, pre, .unseen, .skip') && each.getClientRects().length)
  .filter(each => each.getBoundingClientRect().right > innerWidth + 1)
  .map(each => each.outerHTML.slice(0, 120))"""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A browser before a stack that has something on each page."""

    browser: Browser
    planted: Planted
    #: Role -> cookies of somebody who is signed in.
    states: dict[Role, str] = field(default_factory=dict)

    def page(self, role: Role | None, path: str, *, width: int = WIDTHS[0], scheme: Scheme = "light") -> Page:
        """Open a page as somebody who holds a role; None is a stranger."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            storage_state=self.states[role] if role else None,
        )
        page = context.new_page()
        answer = page.goto(self.address(path), timeout=WAIT_MILLISECONDS)
        assert (answer and answer.status) == 200, (path, answer and answer.text())
        page.locator("h1").wait_for(timeout=WAIT_MILLISECONDS)
        return page

    def address(self, path: str) -> str:
        """Return the whole address of a page."""
        return self.planted.url + path.format(**self.planted.names)


@pytest.fixture(name="shown", scope="module")
def _shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """Yield a browser with an administrator and a viewer signed in, before a stack for all tests."""
    folder = temporary_data_folder("planswitch-test-")
    cookies = tmp_path_factory.mktemp("cookies")
    with open_browser() as browser, running_stack(folder, **ENVIRONMENT) as running:
        shown = Shown(browser=browser, planted=plant(running))
        for role, key in shown.planted.keys.items():
            shown.states[role] = str(cookies / f"{role}.json")
            _sign_in(shown, key, Path(shown.states[role]))
        yield shown
    shutil.rmtree(folder, ignore_errors=True)


def _sign_in(shown: Shown, key: str, cookies: Path) -> None:
    page = shown.page(None, SIGN_IN)
    page.fill("input[name=key]", key)
    page.get_by_role("button").click()
    page.locator("#switches tbody tr").first.wait_for(timeout=WAIT_MILLISECONDS)
    page.context.storage_state(path=cookies)
    page.context.close()


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (None, SIGN_IN),
        *product((Role.ADMINISTRATOR,), OF_EVERYBODY + OF_ADMINISTRATORS),
        *product((Role.VIEWER,), (*OF_EVERYBODY, LONG)),
    ],
)
def test_page_fits_every_screen_and_axe_finds_nothing_serious(
    shown: Shown, tmp_path: Path, role: Role | None, path: str
) -> None:
    """Nothing lies beside a screen of 320, 768 or 1280 pixels; light and dark, axe finds nothing serious."""
    troubles = []
    for scheme in SCHEMES:
        page = shown.page(role, path, scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=tmp_path / f"{width}-{scheme}.png", full_page=path != LONG)
            cut = page.evaluate(WIDE)
            if page.evaluate("document.documentElement.scrollWidth") != width:
                cut.append("the page scrolls sideways")
            troubles += [f"{width} {scheme}: {each}" for each in cut]
        troubles += [f"{scheme}: {each}" for each in serious_violations(page)]
        page.context.close()

    assert troubles == []


def test_links_of_the_header_stay_in_reach_on_a_narrow_phone(shown: Shown) -> None:
    """At 320 pixels each page of an administrator's header is seen, and opens; the header stays low."""
    page = shown.page(Role.ADMINISTRATOR, "/people", width=WIDTHS[-1])
    header = page.locator("header").bounding_box()
    links = page.get_by_role("navigation", name="Pages").get_by_role("link")
    # A link may count beside its name what waits.
    texts = [links.nth(number).inner_text() for number in range(links.count())]
    names = [text.splitlines()[0].rstrip(" 0123456789") for text in texts]
    for name in names:
        page.get_by_role("navigation", name="Pages").get_by_role("link", name=name).click()
        page.locator("h1").wait_for(timeout=WAIT_MILLISECONDS)
        assert name in page.title()

    assert header is not None
    assert header["height"] <= HEADER_HEIGHT_MAX
    assert {"People", "Webhooks", "Notices", "Access log"} <= set(names)
    page.context.close()


@pytest.mark.parametrize("path", ["/approvals/{approval}", "/notices", "/switches/{scheduled}"])
def test_viewers_see_no_form_that_would_refuse_them(shown: Shown, path: str) -> None:
    """What an administrator's page sends, a viewer's does not: it shows no form of a change."""
    for role, is_offered in ((Role.ADMINISTRATOR, True), (Role.VIEWER, False)):
        page = shown.page(role, path)
        assert bool(page.evaluate(CHANGES)) is is_offered, (role, page.evaluate(CHANGES))
        page.context.close()


def test_header_of_a_viewer_leads_nowhere_that_refuses(shown: Shown) -> None:
    """Each page that a viewer's header names opens; those of administrators and auditors are not named."""
    page = shown.page(Role.VIEWER, "/")
    links = page.get_by_role("navigation", name="Pages").get_by_role("link")
    paths = [links.nth(number).get_attribute("href") or "" for number in range(links.count())]
    page.context.close()
    for path in paths:
        shown.page(Role.VIEWER, path).context.close()

    assert "/notices" in paths
    assert {"/people", "/webhooks", "/access-log"}.isdisjoint(paths)

"""The list of switches in a real browser: whole counts, filters, pages, and rows that stay where they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from projections.running.projector import Projector
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.e2e.browser import CHROMIUM, FLAGS
from tests.support.consoles.served_console import KEY, served
from tests.support.stories.switch_story import FAILED, SwitchStory

WIDTH = 1200
NARROW = 320
NEWER, HELD = 118, 2
PAGE_ROWS = 50
WAIT_MILLISECONDS = 60_000
#: Whole id of an organization without any switch.
NOBODY = "6d3f0c1e-6b4f-5a0e-9b57-0a5d6f0b1c2d"
FOCUSED = "document.activeElement.closest('tr')?.id || document.activeElement.tagName"
#: What is cut at the screen's edge; what scrolls on purpose, such as a table, is left aside.
WIDE = """() => [...document.querySelectorAll('main *')]
  .filter(each => !each.closest('.scroll, pre, .unseen') && each.getClientRects().length)
  .filter(each => each.getBoundingClientRect().right > innerWidth + 1)
  .map(each => each.outerHTML.slice(0, 120))"""
SELECT = """id => {
  const words = document.querySelector(`#switch-${id} .organization`);
  getSelection().selectAllChildren(words);
}"""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A page of a served console with switches, and what writes to its record."""

    page: Page
    url: str
    store: SwitchStore
    database_url: str
    held: tuple[SwitchStory, ...]
    newest: SwitchStory

    def catch_up(self) -> None:
        """Let the lists show what is recorded."""
        Projector(self.database_url).catch_up()

    def wait_for_polls(self, polls: int) -> None:
        """Wait until the page has asked for its list so often."""
        for _ in range(polls):
            with self.page.expect_response(
                lambda answer: "/api/v1/switches?" in answer.url, timeout=WAIT_MILLISECONDS
            ) as answered:
                pass
            answered.value.finished()


@pytest.fixture(name="shown")
def _shown(database_url: str, tmp_path: Path) -> Iterator[Shown]:
    """Yield the list in a headless Chromium; its absence skips, saying so."""
    if not CHROMIUM.exists():
        pytest.skip("no Chromium at /usr/bin/chromium: apt install chromium")
    with (
        served(database_url, tmp_path) as running,
        SwitchStore.open(database_url, FileKeyProvider(tmp_path / "master.key")) as store,
        sync_playwright() as playwright,
    ):
        held = tuple(_held(store, number) for number in range(HELD))
        newer = [SwitchStory(store=store, seconds=1_000 + 10 * number) for number in range(NEWER)]
        for story in newer:
            story.request()
        Projector(database_url).catch_up()
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        url = f"http://127.0.0.1:{running.port}"
        page = _signed_in(browser, url)
        yield Shown(page=page, url=url, store=store, database_url=database_url, held=held, newest=newer[-1])
        browser.close()


def _held(store: SwitchStore, number: int) -> SwitchStory:
    story = SwitchStory(store=store, seconds=20 * number)
    story.request()
    story.order()
    story.move(failed=FAILED)
    story.hold()
    return story


def _signed_in(browser: Browser, url: str) -> Page:
    page = browser.new_page(viewport={"width": WIDTH, "height": 900})
    page.goto(f"{url}/sign-in")
    page.fill("input[name=key]", KEY)
    page.get_by_role("button").click()
    page.locator("#switches tbody tr").first.wait_for(timeout=WAIT_MILLISECONDS)
    return page


def test_counts_are_over_all_pages_and_lead_there(shown: Shown, tmp_path: Path) -> None:
    """Entry 6: what is held behind 118 newer switches is counted, and is one click away."""
    page, errors = shown.page, []
    page.on("pageerror", lambda error: errors.append(str(error)))
    counts = page.locator(".counts").inner_text()
    summary = page.locator("#summary").inner_text()
    page.screenshot(path=tmp_path / "list.png")
    page.get_by_role("link", name="need attention").click()
    page.locator(f"#switch-{shown.held[0].switch_id}").wait_for(timeout=WAIT_MILLISECONDS)
    found = page.locator("#switches tbody tr").count()
    page.screenshot(path=tmp_path / "attention.png")

    assert summary == f"{PAGE_ROWS} of {NEWER + HELD} switches"
    assert all(
        words in counts
        for words in (f"{NEWER + HELD} all", f"{HELD} need attention", f"{HELD} held", "0 failed", "0 ended")
    )
    assert (found, page.url) == (HELD, f"{shown.url}/?stage=attention")
    assert page.evaluate("document.documentElement.scrollWidth") == WIDTH
    assert errors == []


def test_pages_follow_each_other_while_the_list_grows(shown: Shown) -> None:
    """Entry 6: the next page begins behind the last row of this one, whatever came meanwhile."""
    page = shown.page
    met = _ids(page)
    while page.locator("#next").is_visible():
        SwitchStory(store=shown.store, seconds=50_000 + len(met)).request()
        last = met[-1]
        page.goto(shown.url + (page.get_attribute("#next", "href") or ""))
        page.locator("#switches tbody tr").first.wait_for(timeout=WAIT_MILLISECONDS)
        met += _ids(page)
        assert page.url.endswith(f"after={last.removeprefix('switch-')}")
        shown.catch_up()

    assert len(met) == len(set(met)) == NEWER + HELD
    assert {f"switch-{story.switch_id}" for story in shown.held} <= set(met)


def _ids(page: Page) -> list[str]:
    rows = page.locator("#switches tbody tr")
    return [rows.nth(number).get_attribute("id") or "" for number in range(rows.count())]


def test_focus_and_selection_stay_while_rows_change(shown: Shown) -> None:
    """Entry 6: rows change in place: who stands on a row, or has selected an id, keeps both over polls."""
    page, mine = shown.page, shown.newest
    page.locator("#list").focus()
    page.keyboard.press("Tab")
    page.evaluate(SELECT, mine.switch_id)
    page.evaluate("id => { document.getElementById(`switch-${id}`).isSame = true; }", mine.switch_id)
    began = (page.evaluate(FOCUSED), page.evaluate("getSelection().toString()"))

    SwitchStory(store=shown.store, seconds=90_000).request()
    mine.order()
    mine.move(failed=FAILED)
    mine.hold()
    shown.catch_up()
    row = page.locator(f"#switch-{mine.switch_id}")
    expect(row.locator(".status")).to_contain_text("held", timeout=WAIT_MILLISECONDS)
    shown.wait_for_polls(2)

    assert began == (f"switch-{mine.switch_id}", mine.organization_id)
    assert (page.evaluate(FOCUSED), page.evaluate("getSelection().toString()")) == began
    assert page.evaluate("id => document.getElementById(`switch-${id}`).isSame", mine.switch_id)
    assert f"{HELD + 1} held" in page.locator(".counts").inner_text()
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) != "BODY"


def test_empty_list_says_which_filter_gave_nothing(shown: Shown) -> None:
    """Entry 6: a filter that nothing matches is named; an unknown one is refused with the words."""
    page = shown.page
    page.goto(f"{shown.url}/?stage=Rolled%20back&organization={NOBODY}")
    page.locator("#empty").wait_for(timeout=WAIT_MILLISECONDS)
    told = page.locator("#empty").inner_text()
    answer = page.goto(f"{shown.url}/?stage=bogus")

    assert all(words in told for words in ("No switch matches", "rolled back", NOBODY))
    assert "No switch yet" not in told
    assert answer is not None
    assert (answer.status, "rolled_back" in page.locator("main").inner_text()) == (422, True)


def test_rows_of_other_pages_that_stand_above_are_counted(shown: Shown) -> None:
    """Entry 6: an alarmed switch behind 118 newer ones stands first, and the sentence below counts it."""
    page = shown.page
    shown.held[0].alarm()
    shown.catch_up()
    page.locator("#switches tbody tr.called").wait_for(timeout=WAIT_MILLISECONDS)

    expect(page.locator("#summary")).to_have_text(
        f"{PAGE_ROWS} of {NEWER + HELD} switches, and 1 more that needs attention", timeout=WAIT_MILLISECONDS
    )
    assert _ids(page)[0] == f"switch-{shown.held[0].switch_id}"
    assert len(_ids(page)) == PAGE_ROWS + 1
    assert "`" not in page.locator("#switches").inner_text()


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/?stage=held",
        "/checkouts",
        "/reports",
        "/reports/switches",
        "/schedule",
        "/access-log",
        "/approvals",
        "/notices",
        "/webhooks",
        "/switches/{none}",
        "/switches/{held}",
        "/switches/{ended}",
        "/switches/{held}/refusals",
        "/switches/{ended}/refusals",
    ],
)
def test_no_page_is_wider_than_a_narrow_phone(shown: Shown, tmp_path: Path, path: str) -> None:
    """At 320 pixels, the width of WCAG 1.4.10, nothing of a page lies beside the screen, cut or not."""
    page, (held, ended) = shown.page, shown.held
    ended.retry()
    ended.finish()
    shown.catch_up()
    page.set_viewport_size({"width": NARROW, "height": 800})
    page.goto(
        shown.url + path.format(none=held.request_id, held=held.switch_id, ended=ended.switch_id),
        timeout=WAIT_MILLISECONDS,
    )
    page.locator("h1").wait_for(timeout=WAIT_MILLISECONDS)
    page.screenshot(path=tmp_path / "narrow.png", full_page=True)

    assert page.evaluate("document.documentElement.scrollWidth") == NARROW
    assert page.evaluate(WIDE) == []

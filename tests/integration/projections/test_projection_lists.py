"""Lists of switches on a real PostgreSQL: whole counts, steady pages, filters that are known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from domain.kernel.errors import InvalidInput, UnknownSwitch
from domain.requests.wait_events import EligibilityWait
from domain.requests.wait_terms import WaitTerms
from projections.board.stages import STAGE_WORDS
from projections.reads.lists import counts_of
from projections.reads.queries import ReadModels
from projections.running.projector import Projector
from projections.running.schema import create
from store.migrate import migrate
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.support.stories.switch_story import BEGAN_AT, E1, E3, FAILED, SwitchStory, money

OLD, HELD = 120, 3


@pytest.fixture(name="store")
def _store(database_url: str, tmp_path: Path) -> Iterator[SwitchStore]:
    """Yield a store with tables for events and read models."""
    migrate(database_url)
    create(database_url)
    with SwitchStore.open(database_url, FileKeyProvider.create(tmp_path / "master.key")) as store:
        yield store


@pytest.fixture(name="reads")
def _reads(store: SwitchStore, database_url: str) -> Iterator[ReadModels]:
    """Yield the read models."""
    with ReadModels(database_url) as reads:
        yield reads


def _requested(store: SwitchStore, seconds: int) -> SwitchStory:
    story = SwitchStory(store=store, seconds=seconds)
    story.request()
    return story


def _held(store: SwitchStore, seconds: int) -> SwitchStory:
    story = _requested(store, seconds)
    story.order()
    story.move(failed=FAILED)
    story.hold()
    return story


def _waiting(store: SwitchStore, seconds: int) -> SwitchStory:
    """Return a switch whose request only waits so far."""
    story = SwitchStory(store=store, seconds=seconds)
    terms = WaitTerms(
        until=BEGAN_AT + timedelta(days=30), total_at_most=money(100), forfeited_at_most=money(0)
    )
    order = {"request_id": story.request_id, "source_subscription_id": "SUB-1", "target_plan_id": E3}
    meta = story.meta("eligibility_wait.begin")
    store.save(EligibilityWait.begin(order, terms, source_plan_id=E1, reasons=[], at=story.at(), meta=meta))
    return story


def test_counts_are_over_all_pages(store: SwitchStore, reads: ReadModels, database_url: str) -> None:
    """Entry 6: what is held long ago counts, and is found by its filter, behind more than 100 newer ones."""
    held = [_held(store, number).switch_id for number in range(HELD)]
    for number in range(OLD):
        _requested(store, 1_000 + number)
    Projector(database_url).catch_up()

    first = reads.switches(limit=100)
    found = reads.switches(stage="held", limit=100)
    counts = counts_of(reads.stage_counts())

    assert (len(first.rows), first.total) == (100, OLD + HELD)
    assert not {row.switch_id for row in first.rows} & set(held)
    assert {row.switch_id for row in found.rows} == set(held)
    assert (found.total, found.next_id) == (HELD, None)
    assert counts == {
        "all": OLD + HELD,
        "running": OLD + HELD,
        "ended": 0,
        "attention": HELD,
        "stages": {"held": HELD, "requested": OLD},
    }


def test_pages_are_steady_while_rows_change(store: SwitchStore, reads: ReadModels, database_url: str) -> None:
    """Entry 6: each switch is met once, although some change, begin after a wait, or are new meanwhile."""
    waiting = [_waiting(store, number) for number in range(3)]
    others = [_requested(store, 100 + number // 2 * 10) for number in range(12)]
    Projector(database_url).catch_up()
    expected = [row.switch_id for row in reads.switches().rows]

    met: list[str] = []
    after: str | None = None
    for number in range(len(expected)):
        page = reads.switches(limit=2, after=after)
        met += [row.switch_id for row in page.rows]
        after = page.next_id
        if after is None:
            break
        _requested(store, 10_000 + number)
        if number < len(waiting):
            # Its switch begins: it is requested now, and keeps the place of what was asked for first.
            waiting[number].seconds = 20_000
            waiting[number].request()
            others[number].order()
        Projector(database_url).catch_up()

    assert len(expected) == len(waiting) + len(others)
    assert met == expected


@pytest.mark.parametrize(
    ("asked", "stages"),
    [
        *[("held", {"held"}), ("HELD", {"held"}), (" Held ", {"held"})],
        *[("attention", {"held"}), ("running", {"held", "requested"})],
        *[("ended", {"completed"}), ("rolled back", set()), ("Rolled-Back", set())],
        *[("waits to be eligible", set()), ("held (late)", {"held"})],
    ],
)
def test_stage_is_taken_as_it_is_shown(
    store: SwitchStore, reads: ReadModels, database_url: str, asked: str, stages: set[str]
) -> None:
    """Entry 6: a stage is named as it is stored or as it is shown, and groups of stages have words."""
    _held(store, 1)
    _requested(store, 50)
    SwitchStory(store=store, seconds=100).tell()
    Projector(database_url).catch_up()

    found = reads.switches(stage=asked)

    assert {row.stage for row in found.rows} == stages
    assert found.total == len(found.rows)


@pytest.mark.parametrize("asked", ["bogus", "", " ", "held moving", "%", "held\nmoving;"])
def test_unknown_stage_is_refused_with_the_words(reads: ReadModels, asked: str) -> None:
    """Entry 6: an unknown filter never looks like an empty list; the refusal lists every word."""
    with pytest.raises(InvalidInput) as refused:
        reads.switches(stage=asked)

    assert all(word in refused.value.message for word in STAGE_WORDS)


@pytest.mark.parametrize(
    ("filters", "error"),
    [
        ({"after": "00000000"}, UnknownSwitch),
        ({"after": "abc"}, InvalidInput),
        ({"organization_id": ""}, InvalidInput),
        ({"organization_id": "HELD"}, InvalidInput),
        ({"organization_id": "Fernwick Energy"}, InvalidInput),
        ({"limit": 0}, InvalidInput),
        ({"limit": 501}, InvalidInput),
    ],
)
def test_filters_that_can_not_be_are_refused(
    reads: ReadModels, filters: dict[str, object], error: type[Exception]
) -> None:
    """Entry 6: a place that no switch has, an empty organization and a page without rows are refused."""
    with pytest.raises(error, match=r"after|organization|limit|00000000"):
        reads.switches(**filters)  # type: ignore[arg-type]

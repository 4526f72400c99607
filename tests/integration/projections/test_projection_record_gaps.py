"""A switch whose record lacks an event is named by readiness and `doctor`, with what is missing.

See reliability#lost-workflows-and-lost-stores.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.stack.checks import check_of
from domain.switch.move_events import LicenseMoveHeld, LicenseMoveResumed
from domain.switch.switch_state import SwitchEvent
from domain.switch.waiting_events import WaitEnded, WaitNoted
from ops.readiness.part_state import DOWN, WARNING, PartState
from ops.readiness.store_checks import look_at_store
from projections.running.projector import Projector
from projections.running.schema import create
from store.migrate import migrate
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.support.stories.aggregate_stories import facts_of
from tests.support.stories.switch_story import SwitchStory

INCONSISTENT = "RECORD_INCONSISTENT"
STEP = "purchase.order_replacement"


@pytest.fixture(name="story")
def _story(database_url: str, tmp_path: Path) -> Iterator[SwitchStory]:
    """Yield the story of a switch that has begun, on tables for events and read models."""
    migrate(database_url)
    create(database_url)
    with SwitchStore.open(database_url, FileKeyProvider.create(tmp_path / "master.key")) as store:
        story = SwitchStory(store=store)
        story.request()
        yield story


def _tell(story: SwitchStory, event_class: type[SwitchEvent], **facts: Any) -> None:
    source = story.source()
    story.advancer(source, story.meta(STEP))(event_class, **facts_of(event_class, **facts))
    story.store.save(source)


def _workflows(database_url: str, folder: Path) -> PartState:
    """Return the part of the workflows, after the projector has seen everything."""
    Projector(database_url).catch_up()
    seen = look_at_store(database_url, lambda: FileKeyProvider(folder / "master.key"))
    return next(each for each in seen.parts if each.part == "workflows")


def _message(story: SwitchStory) -> str:
    return f"The record of switch {story.switch_id} lacks quote-fixed, which must stand in it by now."


def test_a_wait_for_a_lacking_event_is_named_until_it_ends(
    story: SwitchStory, database_url: str, tmp_path: Path
) -> None:
    """Whoever asks is told how many; `doctor` alone tells which switch, what is missing and what to do."""
    before = _workflows(database_url, tmp_path)
    names = [f"{INCONSISTENT}: {_message(story)}".rstrip(".")]
    _tell(story, WaitNoted, step=STEP, party="operator", names=names, code=INCONSISTENT)
    held = _workflows(database_url, tmp_path)
    _tell(story, WaitEnded, step=STEP, code="")
    after = _workflows(database_url, tmp_path)

    check = check_of(held)
    assert (held.state, held.code) == (WARNING, "WORKFLOWS_IN_TROUBLE")
    assert held.detail.startswith(f"1 {INCONSISTENT}; ")
    assert story.switch_id not in held.detail + held.remedy
    assert held.cause == f"{story.switch_id[:8]}: {_message(story)}".rstrip(".")
    assert "`planswitch audit show SWITCH`" in held.remedy
    assert "`planswitch switch retry SWITCH --reason TEXT`" in held.remedy
    assert (check.state, held.cause in check.detail, check.remedy) == (DOWN, True, held.remedy)
    assert INCONSISTENT not in before.detail + after.detail


def test_a_hold_of_the_move_is_named_until_it_goes_on(
    story: SwitchStory, database_url: str, tmp_path: Path
) -> None:
    """A move that is held for its record is told as well; one that is held for users is not."""
    story.order()
    _tell(story, LicenseMoveHeld, code="MOVE_HELD", message="2 users were not moved")
    other = _workflows(database_url, tmp_path)
    _tell(story, LicenseMoveResumed)
    _tell(story, LicenseMoveHeld, code=INCONSISTENT, message=_message(story))
    held = _workflows(database_url, tmp_path)
    _tell(story, LicenseMoveResumed)
    after = _workflows(database_url, tmp_path)

    assert held.detail.startswith(f"1 {INCONSISTENT}; ")
    assert held.cause == f"{story.switch_id[:8]}: {_message(story)}"
    assert INCONSISTENT not in other.detail + after.detail

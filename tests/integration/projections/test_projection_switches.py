"""The projection `switches` on a real PostgreSQL, fed with real events of the aggregates."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from domain.kernel.errors import AuditMismatch
from projections.board.fold import fold
from projections.board.rows import Rows
from projections.running.projector import Projector
from projections.running.rebuild import rebuild
from projections.running.schema import create
from projections.running.status import status
from store.core.errors import SchemaOutdated
from store.migrate import migrate
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.support.stories.switch_story import CUTOVER_ON, E1, E3, FAILED, USERS, SwitchStory

#: Looks at the tables, ten a second, before a projector counts as stuck.
POLLS_MAX = 1_200
BOARD = "SELECT * FROM planswitch_read.switch_board"
TIMELINE = "SELECT * FROM planswitch_read.switch_timeline ORDER BY switch_id, position"


@pytest.fixture(name="store")
def _store(database_url: str, tmp_path: Path) -> Iterator[SwitchStore]:
    """Yield a store with tables for events and read models."""
    migrate(database_url)
    create(database_url)
    with SwitchStore.open(database_url, FileKeyProvider.create(tmp_path / "master.key")) as store:
        yield store


def _rows(database_url: str, query: str) -> list[dict[str, Any]]:
    with psycopg.connect(database_url, row_factory=dict_row) as connection:
        return connection.execute(query.encode()).fetchall()


def test_board_shows_a_completed_switch(store: SwitchStore, database_url: str) -> None:
    """The board tells plans, users, money and outcome of a switch."""
    story = SwitchStory(store=store)
    story.tell()

    Projector(database_url).catch_up()

    (row,) = _rows(database_url, BOARD)
    assert str(row["switch_id"]) == story.switch_id
    assert (row["source_plan_id"], row["target_plan_id"]) == (E1, E3)
    assert (row["stage"], row["outcome"], row["waits_for"]) == ("completed", "completed", "")
    assert (row["total"], row["moved"], row["failed"], row["skipped"]) == (USERS, USERS, 0, 0)
    assert row["requested_by"] == "olga"
    assert row["ended_at"] is not None
    assert row["promised_end"] is not None


def test_quote_total_is_that_of_the_cutover_day(store: SwitchStore, database_url: str) -> None:
    """Once the cutover day is fixed the quote's total is that day's, and equals the charge (switch#steps)."""
    story = SwitchStory(store=store)
    story.request()
    Projector(database_url).catch_up()
    (before,) = _rows(database_url, BOARD)
    story.order()
    story.move()
    story.finish()
    Projector(database_url).catch_up()
    (after,) = _rows(database_url, BOARD)

    assert before["quote_total"] == story.quote().days[0].total.minor_units
    assert after["quote_total"] == story.quote().day(CUTOVER_ON).total.minor_units
    assert after["charged_total"] == after["quote_total"]
    assert before["quote_total"] != after["quote_total"]


def test_held_switch_tells_code_and_who_is_waited_for(store: SwitchStore, database_url: str) -> None:
    """A held switch names its reason and waits for an operator (rules#operator-controls)."""
    story = SwitchStory(store=store)
    story.request()
    story.order()
    story.move(failed=FAILED)
    story.hold()

    Projector(database_url).catch_up()

    (row,) = _rows(database_url, BOARD)
    assert (row["stage"], row["error_code"]) == ("held", "LICENSES_UNRESOLVED")
    assert (row["moved"], row["failed"]) == (USERS - FAILED, FAILED)
    assert row["waits_for"].startswith("an operator")


@pytest.mark.parametrize("told", ["moving", ""])
def test_a_retried_switch_is_shown_as_moving_at_once(
    store: SwitchStore, database_url: str, told: str
) -> None:
    """The board names no hold and no operator once the retry is recorded, in an event of any version."""
    story = SwitchStory(store=store)
    story.request()
    story.order()
    story.move(failed=FAILED)
    story.hold()
    story.retry(stage=told)

    Projector(database_url).catch_up()

    (row,) = _rows(database_url, BOARD)
    assert (row["stage"], row["error_code"], row["error_message"]) == ("moving", "", "")
    assert row["waits_for"] == "the directory to move licenses"
    assert _rows(database_url, TIMELINE)[-1]["stage"] == "moving"


def test_a_retry_ends_no_pause(store: SwitchStore, database_url: str) -> None:
    """A switch that holds and is paused goes on being paused after the retry."""
    story = SwitchStory(store=store)
    story.request()
    story.order()
    story.move(failed=FAILED)
    story.hold()
    story.pause()
    story.retry()

    Projector(database_url).catch_up()

    (row,) = _rows(database_url, BOARD)
    assert (row["stage"], row["waits_for"][:22]) == ("paused", "an operator: paused by")


def test_timeline_has_every_event_of_the_switch_in_order(store: SwitchStore, database_url: str) -> None:
    """Every event of the switch is one line, in the order of the log, with actor and cause."""
    story = SwitchStory(store=store)
    story.tell()
    Projector(database_url).catch_up()

    lines = _rows(database_url, TIMELINE)

    assert [line["position"] for line in lines] == sorted(line["position"] for line in lines)
    assert len(lines) == len(store.notifications())
    assert {line["actor"] for line in lines} == {"olga"}
    assert all(line["causation"] for line in lines)
    assert "subscription.cancelled" in {line["event"] for line in lines}


def test_folding_live_equals_folding_from_zero(store: SwitchStore, database_url: str) -> None:
    """Rows built batch by batch while the switch ran equal rows folded from nothing in one go."""
    story = SwitchStory(store=store)
    for chapter in (story.request, story.order, story.move, story.finish):
        chapter()
        Projector(database_url).catch_up()
    live, lines = _rows(database_url, BOARD), _rows(database_url, TIMELINE)

    folded = fold(Rows(), store.notifications())

    row = folded.switches[story.switch_id]
    assert all(getattr(row, name) == value for name, value in live[0].items() if name != "switch_id")
    assert [line.summary for line in folded.timeline] == [line["summary"] for line in lines]
    assert [line.stage for line in folded.timeline] == [line["stage"] for line in lines]
    assert folded.dead_letters == ()


def test_rebuild_swaps_to_an_equal_version(store: SwitchStore, database_url: str) -> None:
    """A rebuild makes the next version beside the shown one, finds no difference, and shows it."""
    SwitchStory(store=store).tell()
    Projector(database_url).catch_up()
    before = _rows(database_url, BOARD)

    report = rebuild(database_url)

    assert (report.version_before, report.version) == (1, 2)
    assert set(report.differences.values()) == {0}
    assert _rows(database_url, BOARD) == before
    assert [row.version for row in status(database_url)] == [2]


def test_rebuild_refuses_to_hide_a_difference(store: SwitchStore, database_url: str) -> None:
    """Rows that were edited by hand are found, and shown anew only when that is accepted."""
    SwitchStory(store=store).tell()
    Projector(database_url).catch_up()
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE planswitch_read.switch_board_v1 SET moved = 1")

    with pytest.raises(AuditMismatch):
        rebuild(database_url)
    assert _rows(database_url, BOARD)[0]["moved"] == 1
    rebuild(database_url, accept_differences=True)

    assert _rows(database_url, BOARD)[0]["moved"] == USERS


def test_poison_event_goes_to_the_dead_letters(store: SwitchStore, database_url: str) -> None:
    """An event that can't be read is put aside, the others are shown, and the status says degraded."""
    story = SwitchStory(store=store)
    story.request()
    with psycopg.connect(database_url) as connection:
        connection.execute("ALTER TABLE planswitch.switch_events DISABLE TRIGGER USER")
        connection.execute(
            "UPDATE planswitch.switch_events SET topic = 'nobody.knows' WHERE topic LIKE %s",
            ["%quote-fixed"],
        )

    Projector(database_url).catch_up()

    (row,) = _rows(database_url, BOARD)
    (told,) = status(database_url)
    assert row["quote_total"] is None
    assert (told.dead_letters, told.is_degraded, told.lag) == (1, True, 0)


def test_status_counts_the_events_to_come(store: SwitchStore, database_url: str) -> None:
    """The lag is the number of events that are recorded and not yet shown."""
    SwitchStory(store=store).request()

    (told,) = status(database_url)

    assert told.lag == len(store.notifications())
    assert told.position == 0


def test_second_projector_stands_by(store: SwitchStore, database_url: str) -> None:
    """Two projectors at once show each event once; the second takes over when the first stops."""
    first, second = threading.Event(), threading.Event()
    threads = [threading.Thread(target=Projector(database_url).run, args=(stop,)) for stop in (first, second)]
    for thread in threads:
        thread.start()
    story = SwitchStory(store=store)
    story.request()
    _until(database_url, len(store.notifications()))
    first.set()
    story.order()
    _until(database_url, len(store.notifications()))
    second.set()
    for thread in threads:
        thread.join()

    assert status(database_url)[0].dead_letters == 0


def test_status_without_tables_says_migrate(empty_database_url: str) -> None:
    """On an empty database the error says which command makes the tables."""
    with pytest.raises(SchemaOutdated, match=r"lacks|no tables"):
        status(empty_database_url)


def _until(database_url: str, lines: int) -> None:
    pause = threading.Event()
    for _ in range(POLLS_MAX):
        if len(_rows(database_url, TIMELINE)) == lines:
            return
        pause.wait(0.1)
    raise AssertionError(f"never {lines} lines: {len(_rows(database_url, TIMELINE))}")

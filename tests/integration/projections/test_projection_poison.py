"""Kind of fault: an event that can't be shown. It costs its own stream, never the projector or a neighbor."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from temporalio.testing import WorkflowEnvironment

from audit.story.open_switches import open_switches
from domain.kernel.ids import organization_stream_id
from domain.switch import move_events as moves
from projections.board.rows import IncompleteStream
from projections.running.projector import Projector
from projections.running.rebuild import rebuild
from projections.running.schema import create
from projections.running.status import status
from services.recovery.wait_waker import WaitWaker
from store.migrate import migrate
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.support.stories.switch_story import USERS, SwitchStory

#: Looks at the tables, ten a second, before a projector counts as stuck.
POLLS_MAX = 1_200
#: Beyond what a column of the board holds.
TOO_MANY = 2**40
UNKNOWN = "nobody.knows"


@pytest.fixture(name="store")
def _store(database_url: str, tmp_path: Path) -> Iterator[SwitchStore]:
    """Yield a store with tables for events and read models."""
    migrate(database_url)
    create(database_url)
    with SwitchStore.open(database_url, FileKeyProvider.create(tmp_path / "master.key")) as store:
        yield store


def _row(database_url: str, story: SwitchStory) -> dict[str, Any] | None:
    with psycopg.connect(database_url, row_factory=dict_row) as connection:
        query = "SELECT * FROM planswitch_read.switch_board WHERE switch_id::text = %s"
        return connection.execute(query, [story.switch_id]).fetchone()


def _lines(database_url: str, story: SwitchStory) -> list[dict[str, Any]]:
    with psycopg.connect(database_url, row_factory=dict_row) as connection:
        query = "SELECT * FROM planswitch_read.switch_timeline WHERE switch_id::text = %s ORDER BY position"
        return connection.execute(query, [story.switch_id]).fetchall()


def _rename(database_url: str, story: SwitchStory, before: str, after: str) -> None:
    """Give events of the source another topic, as one that a newer program wrote has."""
    with psycopg.connect(database_url) as connection:
        connection.execute("ALTER TABLE planswitch.switch_events DISABLE TRIGGER USER")
        connection.execute(
            "UPDATE planswitch.switch_events SET topic = %s WHERE topic = %s AND originator_id = %s",
            [after, before, story.source_id],
        )


@contextmanager
def _projecting(database_url: str) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=Projector(database_url).run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _until_completed(database_url: str, story: SwitchStory) -> None:
    pause = threading.Event()
    for _ in range(POLLS_MAX):
        row = _row(database_url, story)
        if row is not None and row["outcome"] == "completed":
            return
        pause.wait(0.1)
    raise AssertionError(f"the neighbor was never shown as completed: {row}")


def test_a_store_poisoned_by_the_code_of_before_is_shown_and_delays_no_neighbor(
    store: SwitchStore, database_url: str
) -> None:
    """NUL in a reason and in a request id stopped the projector for good; now both switches are shown."""
    poisoned = SwitchStory(store=store, request_id="a\x00b", reason="gr\x00wth\u202e")
    neighbor = SwitchStory(store=store)
    with _projecting(database_url):
        poisoned.request()
        neighbor.tell()
        _until_completed(database_url, neighbor)
        poisoned.order()
        poisoned.move()
        poisoned.finish()
        _until_completed(database_url, poisoned)

    row = _row(database_url, poisoned)
    assert row is not None
    assert (row["request_id"], row["incomplete_since"]) == ("a\ufffdb", None)
    lines = _lines(database_url, poisoned)
    assert {line["reason"] for line in lines} == {"gr\ufffdwth\ufffd"}
    assert lines[0]["causation"] == "request:a\ufffdb"
    assert status(database_url)[0].dead_letters == 0


def test_a_rebuild_heals_read_models_that_the_code_of_before_left_behind(
    store: SwitchStore, database_url: str
) -> None:
    """The dead projector left the tables at the event before; a rebuild goes through, and nothing differs."""
    before, poisoned = SwitchStory(store=store), SwitchStory(store=store, request_id="a\x00b", reason="\x00")
    before.tell()
    Projector(database_url).catch_up()
    poisoned.tell()

    report = rebuild(database_url)

    row, (told,) = _row(database_url, poisoned), status(database_url)
    assert row is not None
    assert (row["outcome"], row["moved"]) == ("completed", USERS)
    assert (set(report.differences.values()), report.dead_letters, told.lag) == ({0}, 0, 0)


def test_an_event_that_cant_be_read_puts_its_stream_aside_and_a_rebuild_tries_again(
    store: SwitchStore, database_url: str
) -> None:
    """The switch says since which version it is incomplete; the neighbor and the other streams go on."""
    story, neighbor = SwitchStory(store=store), SwitchStory(store=store)
    story.tell()
    neighbor.tell()
    _rename(database_url, story, "subscription.replacement-ordered", UNKNOWN)

    Projector(database_url).catch_up()

    row, beside, (told,) = _row(database_url, story), _row(database_url, neighbor), status(database_url)
    assert row is not None
    assert beside is not None
    (put_aside,) = told.incomplete
    assert isinstance(put_aside, IncompleteStream)
    since = put_aside.since_version
    assert (put_aside.stream_id, put_aside.topic) == (str(story.source_id), UNKNOWN)
    assert (row["incomplete_since"], row["incomplete_stream"]) == (since, str(story.source_id))
    assert (row["stage"], row["outcome"], beside["outcome"]) == ("requested", "", "completed")
    assert beside["incomplete_since"] is None
    lines = _lines(database_url, story)
    assert all(line["version"] < since for line in lines if line["stream_id"] == story.source_id)
    assert "organization.switch-released" in {line["event"] for line in lines}
    assert (told.dead_letters, told.is_degraded, told.lag) == (1, True, 0)

    in_vain = rebuild(database_url)
    still = _row(database_url, story)
    _rename(database_url, story, UNKNOWN, "subscription.replacement-ordered")
    healed = rebuild(database_url)
    after = _row(database_url, story)

    assert still is not None
    assert after is not None
    assert (in_vain.dead_letters, still["incomplete_since"]) == (1, since)
    assert (healed.dead_letters, set(healed.differences.values())) == (0, {0})
    assert (after["outcome"], after["incomplete_since"]) == ("completed", None)
    assert status(database_url)[0].is_degraded is False


def test_a_stream_that_is_put_aside_stays_so_for_the_events_to_come(
    store: SwitchStore, database_url: str
) -> None:
    """A later event is not folded onto rows that lack the one before it."""
    story = SwitchStory(store=store)
    story.request()
    story.order()
    _rename(database_url, story, "subscription.replacement-ready", UNKNOWN)
    Projector(database_url).catch_up()
    first = _row(database_url, story)
    _rename(database_url, story, UNKNOWN, "subscription.replacement-ready")
    story.move()
    story.finish()

    Projector(database_url).catch_up()

    row, (told,) = _row(database_url, story), status(database_url)
    assert first is not None
    assert row is not None
    assert first["incomplete_since"] is not None
    assert (row["stage"], row["outcome"], row["incomplete_since"]) == (
        first["stage"],
        "",
        first["incomplete_since"],
    )
    assert row["position"] > first["position"]
    assert (told.dead_letters, told.lag) == (1, 0)


def test_a_value_that_a_table_refuses_costs_one_stream_of_the_batch(
    store: SwitchStore, database_url: str
) -> None:
    """What folds and can't be saved is found among its batch, put aside, and the rest is saved."""
    story, neighbor = SwitchStory(store=store), SwitchStory(store=store)
    story.request()
    story.order()
    neighbor.request()
    source, meta = story.source(), story.meta("license_reassignment.start_license_move")
    facts = {"roster_digest": "r", "calls_digest": "", "pilot": 0, "pilot_group_id": ""}
    story.advancer(source, meta)(moves.LicenseMoveStarted, total=TOO_MANY, **facts)
    store.save(source)
    neighbor.order()
    neighbor.move()
    neighbor.finish()

    Projector(database_url).catch_up()

    row, beside, (told,) = _row(database_url, story), _row(database_url, neighbor), status(database_url)
    assert row is not None
    assert beside is not None
    assert (row["incomplete_since"], row["total"]) == (source.version, 0)
    assert (beside["outcome"], beside["incomplete_since"]) == ("completed", None)
    assert "out of range" in told.incomplete[0].error
    assert (told.dead_letters, told.lag) == (1, 0)


async def test_whoever_reads_the_log_passes_by_what_cant_be_read(
    store: SwitchStore, database_url: str, temporal_env: WorkflowEnvironment
) -> None:
    """The look after open switches and the waking of waits stop for no event of somebody else."""
    story, neighbor = SwitchStory(store=store), SwitchStory(store=store)
    waker = WaitWaker(temporal_env.client, store)
    await waker.run_once()
    for each in (story, neighbor):
        each.tell()
    unreadable, opened = SwitchStory(store=store), SwitchStory(store=store)
    opened.asked = {"organization_id": opened.organization_id}
    for each in (unreadable, opened):
        each.request()
    with psycopg.connect(database_url) as connection:
        connection.execute("ALTER TABLE planswitch.switch_events DISABLE TRIGGER USER")
        connection.execute(
            "UPDATE planswitch.switch_events SET state = 'x' WHERE topic = 'organization.switch-released'"
            " AND originator_id = %s",
            [organization_stream_id(story.organization_id)],
        )
    _rename(database_url, unreadable, "subscription.switch-requested", UNKNOWN)

    told = await waker.run_once()
    told_again = await waker.run_once()

    assert (told, told_again) == (0, 0)
    assert [each.switch_id for each in open_switches(store)] == [opened.switch_id]


class _Nameless(SwitchStory):
    """A switch whose events name it by something that is no id."""

    @property
    def switch_id(self) -> str:
        """Return what no column takes for an id."""
        return "no-id"


def test_an_event_whose_switch_cant_be_named_is_put_aside_without_a_mark(
    store: SwitchStore, database_url: str
) -> None:
    """Even where no row can be marked the status tells of it, and everybody else is shown."""
    nameless, neighbor = _Nameless(store=store), SwitchStory(store=store)
    nameless.request()
    neighbor.tell()

    Projector(database_url).catch_up()

    beside, (told,) = _row(database_url, neighbor), status(database_url)
    assert beside is not None
    assert beside["outcome"] == "completed"
    streams = {each.stream_id for each in told.incomplete}
    assert str(nameless.source_id) in streams
    assert (told.dead_letters, told.lag) == (len(streams), 0)

"""The list of checkouts: folded from their logs, paged, rebuilt, and free of names (rules#checkout)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from domain.kernel.errors import InvalidInput, UnknownCheckout
from domain.kernel.ids import checkout_id_of, checkout_stream_id
from projections.board.fold import fold
from projections.board.rows import Rows
from projections.reads.queries import ReadModels
from projections.running.projector import Projector
from projections.running.rebuild import rebuild
from projections.running.schema import create
from projections.running.status import status
from store.migrate import migrate
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.support.stories.checkout_stories import (
    AT,
    CHECKOUT_ID,
    QUOTE,
    abandoned,
    changed,
    ordered,
    reopened,
    started,
)


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


def _tell(store: SwitchStore, *events: Any) -> None:
    for event in events:
        store.append_checkout(event)


def _drafts(store: SwitchStore, count: int, *, organization_id: str) -> list[str]:
    """Start drafts, two of which at the same instant, and return their ids, the newest first."""
    rows = []
    for number in range(count):
        checkout_id = checkout_id_of(organization_id, f"draft-{number}")
        at = AT + timedelta(minutes=number // 2)
        _tell(
            store,
            started(
                originator_id=checkout_stream_id(checkout_id),
                organization_id=organization_id,
                request_id=f"draft-{number}",
                timestamp=at,
            ),
        )
        rows.append((at, checkout_id))
    return [checkout_id for _, checkout_id in sorted(rows, reverse=True)]


def test_row_follows_the_log(store: SwitchStore, reads: ReadModels, database_url: str) -> None:
    """The row tells what is ordered, by whom it was changed, and where it stands after each event."""
    states = []
    for event in (started(), changed(2), ordered(3), reopened(4), abandoned(5)):
        _tell(store, event)
        Projector(database_url).catch_up()
        states.append(reads.checkout(CHECKOUT_ID))

    assert [each.state for each in states] == ["open", "open", "ordered", "open", "abandoned"]
    assert [each.revision for each in states] == [1, 2, 3, 4, 5]
    assert [each.switch_id for each in states[2:4]] == ["a-switch-of-many", ""]
    assert (states[0].payment_method, states[1].payment_method) == ("card", "invoice")
    assert (states[1].credit_check, states[3].refusal_code) == ("may_be_required", "QUOTE_CHANGED")
    last = states[-1]
    assert (last.quantity, last.target_plan_id, last.changed_by) == (7, "plan-e3", "olga")
    assert last.total == QUOTE.days[0].total.minor_units
    assert last.expires_on == QUOTE.input.expires_on.isoformat()


def test_list_pages_by_key_and_filters(store: SwitchStore, reads: ReadModels, database_url: str) -> None:
    """Pages of drafts follow each other without a gap, also where two began at the same instant."""
    ids = _drafts(store, 7, organization_id="contoso")
    others = _drafts(store, 2, organization_id="fabrikam")
    Projector(database_url).catch_up()

    pages: list[str] = []
    after = None
    while True:
        page = reads.checkouts(organization_id="contoso", limit=3, after=after)
        pages += [row.checkout_id for row in page.rows]
        after = page.next_id
        assert page.total == 7
        if after is None:
            break

    assert pages == ids
    assert [row.checkout_id for row in reads.checkouts(organization_id="fabrikam").rows] == others
    assert len(reads.checkouts(state="Open ").rows) == 9
    assert reads.checkouts(state="ordered").rows == []
    assert reads.checkout_count() == 9
    assert reads.checkout(ids[0][:8]).checkout_id == ids[0]
    with pytest.raises(InvalidInput, match="open, ordered, abandoned"):
        reads.checkouts(state="lost")
    with pytest.raises(UnknownCheckout, match="00000000"):
        reads.checkouts(after="00000000")


def test_rebuilt_list_equals_the_live_one(store: SwitchStore, reads: ReadModels, database_url: str) -> None:
    """A list built batch by batch equals one built from nothing, and none has a dead letter."""
    for event in (started(), changed(2), ordered(3)):
        _tell(store, event)
        Projector(database_url).catch_up()
    live = reads.checkouts().rows

    report = rebuild(database_url)
    folded = fold(Rows(), store.notifications())

    assert set(report.differences.values()) == {0}
    assert reads.checkouts().rows == live
    (row,) = folded.checkouts.values()
    assert (row.checkout_id, row.state, row.position) == (CHECKOUT_ID, "ordered", live[0].position)
    assert status(database_url)[0].dead_letters == 0


def test_tables_of_an_older_program_are_built_anew(
    store: SwitchStore, reads: ReadModels, database_url: str
) -> None:
    """`migrate` shows the next version when the definitions have changed; the projector fills it."""
    _tell(store, started())
    Projector(database_url).catch_up()
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE planswitch_read.projection_active SET shape = 'of an older program'")
        connection.execute("DROP VIEW planswitch_read.checkout_board")
        connection.execute("DROP TABLE planswitch_read.checkout_board_v1 CASCADE")

    create(database_url)
    create(database_url)
    empty = reads.checkouts().rows
    Projector(database_url).catch_up()

    assert empty == []
    assert [row.checkout_id for row in reads.checkouts().rows] == [CHECKOUT_ID]
    assert status(database_url)[0].version == 2


def test_change_of_an_unseen_draft_is_a_dead_letter(store: SwitchStore) -> None:
    """A log whose start is missing is put aside, and the others are shown."""
    _tell(store, started(), changed(2))

    folded = fold(Rows(), store.notifications()[1:])

    assert folded.checkouts == {}
    assert ["was not seen" in letter.error for letter in folded.dead_letters] == [True]

"""Promises on the board: what was missed, and how a credit check moves the promised end (rules#promises).

Beside them stands what was done past the console.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from domain.kernel.ids import replacement_stream_id
from domain.subscriptions.billing_events import InvoiceDelivered
from domain.switch.events import (
    CreditCheckApproved,
    CreditCheckExtended,
    CreditCheckRequired,
    PromiseMissed,
    ReplacementOrdered,
    VoidWindowClosing,
)
from domain.switch.outside_events import OutsideActFound
from domain.switch.switch_state import SwitchEvent
from projections.running.projector import Projector
from projections.running.schema import create
from store.migrate import migrate
from store.switch_store import SwitchStore
from store.vault.keys import FileKeyProvider
from tests.support.stories.aggregate_stories import facts_of
from tests.support.stories.samples import sample_of
from tests.support.stories.switch_story import BEGAN_AT, SwitchStory

ACTIVITY = "promises.record_missed"


@pytest.fixture(name="story")
def _story(database_url: str, tmp_path: Path) -> Iterator[SwitchStory]:
    """Yield the story of a switch, on tables for events and read models."""
    migrate(database_url)
    create(database_url)
    with SwitchStore.open(database_url, FileKeyProvider.create(tmp_path / "master.key")) as store:
        yield SwitchStory(store=store)


def _board(database_url: str) -> dict[str, Any]:
    Projector(database_url).catch_up()
    with psycopg.connect(database_url, row_factory=dict_row) as connection:
        row = connection.execute("SELECT * FROM planswitch_read.switch_board").fetchone()
    assert row is not None
    return row


def _tell(story: SwitchStory, event_class: type[SwitchEvent], **facts: Any) -> None:
    source = story.source()
    story.advancer(source, story.meta(ACTIVITY))(event_class, **facts_of(event_class, **facts))
    story.store.save(source)


def test_missed_promises_are_on_the_board(story: SwitchStory, database_url: str) -> None:
    """Each missed promise is shown in the order of the breaches, also after the end of the switch."""
    story.request()
    before = _board(database_url)["promises_missed"]
    _tell(story, PromiseMissed, promise="whole_switch")
    between = _board(database_url)["promises_missed"]
    story.order()
    story.move()
    story.finish()
    _tell(story, PromiseMissed, promise="credit_invoice")
    after = _board(database_url)

    assert (before, between) == ([], ["whole_switch"])
    assert after["promises_missed"] == ["whole_switch", "credit_invoice"]
    assert after["outcome"] == "completed"


def test_invoice_is_promised_and_delivered(story: SwitchStory, database_url: str) -> None:
    """After the cutover the board tells until when the invoice is promised, and when it came."""
    story.tell()
    promised = _board(database_url)
    target = story.store.subscription(replacement_stream_id(story.switch_id))
    assert target is not None
    facts = facts_of(InvoiceDelivered)
    target.receive(InvoiceDelivered, at=story.at(), meta=story.meta(ACTIVITY), **facts)
    story.store.save(target)
    delivered = _board(database_url)

    assert promised["invoice_promised_at"] > promised["ended_at"]
    assert promised["invoice_delivered_at"] is None
    assert delivered["invoice_delivered_at"] == facts["delivered_at"]


def test_the_void_window_and_its_warning_are_on_the_board(story: SwitchStory, database_url: str) -> None:
    """The board tells until when the order can be voided for nothing, and that it was warned of."""
    story.request()
    _tell(story, ReplacementOrdered)
    ordered = _board(database_url)
    _tell(story, VoidWindowClosing)
    warned = _board(database_url)

    assert (ordered["voidable_until"], ordered["void_warned_at"]) == (
        sample_of(ReplacementOrdered).voidable_until,
        None,
    )
    assert warned["void_warned_at"] == warned["updated_at"]


def test_credit_check_puts_the_promised_end_off(story: SwitchStory, database_url: str) -> None:
    """While the check runs its deadline comes first; decided, the switch has the rest of its time."""
    story.request()
    _tell(story, ReplacementOrdered)
    first = _board(database_url)["promised_end"]
    deadline = BEGAN_AT + timedelta(days=2)
    required_at = BEGAN_AT + timedelta(seconds=story.seconds + 1)
    _tell(story, CreditCheckRequired, deadline_at=deadline)
    waiting = _board(database_url)["promised_end"]
    _tell(story, CreditCheckExtended, deadline_at=deadline + timedelta(days=1))
    extended = _board(database_url)["promised_end"]
    approved_at = BEGAN_AT + timedelta(seconds=story.seconds + 1)
    _tell(story, CreditCheckApproved)

    assert waiting == deadline + (first - required_at)
    assert extended == waiting + timedelta(days=1)
    assert _board(database_url)["promised_end"] == first + (approved_at - required_at)


def test_outside_acts_are_on_the_board(story: SwitchStory, database_url: str) -> None:
    """That somebody acted with Temporal's own means is shown in the order of the acts (ADR 19)."""
    story.request()
    before = _board(database_url)["outside_acts"]
    _tell(story, OutsideActFound, act="terminate", key="run-1:terminate:7")
    _tell(story, OutsideActFound, act="answer_step", key="run-2:answer_step:9")

    assert (before, _board(database_url)["outside_acts"]) == ([], ["terminate", "answer_step"])

"""Readiness tells which mail waits, and what the mail server said (notices#readiness)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from cli.stack.checks import check_of
from domain.notices.kinds import NoticeKind
from ops.readiness.part_state import DOWN, PartState
from ops.readiness.sender_checks import look_at_senders
from projections.running.schema import connected
from services.notices.administration import Order, resend, subscribe
from services.notices.sender import NoticeSender
from store.notices.notice_log import NoticeFilters
from store.switch_store import SwitchStore
from tests.support.notices.mail_process import HANG_UP
from tests.support.notices.mailbox import Mailbox
from tests.support.notices.stories import completed
from tests.support.stories.switch_story import SwitchStory

BUSY, NO = "451 4.3.0 <ann@example.com> try later", "554 5.7.1 no"
_DATE_BACK = SQL("UPDATE {} SET {} = {} - %s")
NOBODY = "nobody@example.com"


def subscribed(store: SwitchStore, address: str = "operations@example.com") -> None:
    """Subscribe an address to every notice."""
    order = Order(actor="ada", reason="test", request_id=address)
    subscribe(store, address, organization_id="", kinds=tuple(NoticeKind), order=order)


def seen(database_url: str) -> PartState:
    """Return how readiness judges the notices now."""
    with connected(database_url) as connection:
        notices, _ = look_at_senders(connection)
    return notices


def passed(database_url: str, table: str, column: str, span: timedelta) -> None:
    """Let time pass for what stands in a table, by dating it back; no clock of the product is touched."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            _DATE_BACK.format(Identifier("planswitch", table), Identifier(column), Identifier(column)), [span]
        )


def test_what_waits_is_counted_with_its_age(
    store: SwitchStore, mailbox: Mailbox, sender: NoticeSender, database_url: str
) -> None:
    """A notice that the mail server refuses for now waits; its reply is told, and no address with it."""
    subscribed(store)
    calm = seen(database_url)
    completed(SwitchStory(store=store))
    mailbox.answer(BUSY)
    usual = replace(sender, pause=NoticeSender.pause)
    usual.work()
    passed(database_url, "notice", "derived_at", timedelta(minutes=5))

    refused = seen(database_url)

    assert (calm.state, calm.detail, calm.figures["waiting"]) == ("ok", "nothing waits", 0)
    assert (refused.state, refused.code, refused.figures["waiting"]) == ("warning", "MAIL_SERVER_REFUSES", 1)
    assert 300 <= refused.figures["oldest_seconds"] < 400
    assert "answered 451" in refused.detail
    assert "try later" in refused.cause
    assert "ann@example.com" not in refused.cause
    assert check_of(refused).state == DOWN
    sender.work()
    passed(database_url, "notice_queue", "due_at", timedelta(minutes=2))
    sender.work()
    assert seen(database_url).state == "ok"


@pytest.mark.parametrize("answers", [(NO,), (HANG_UP, HANG_UP)])
def test_what_was_not_delivered_is_told_for_a_day(
    store: SwitchStore, mailbox: Mailbox, sender: NoticeSender, database_url: str, answers: tuple[str, ...]
) -> None:
    """Refused for good, or never confirmed: a warning with the last failure, until it is sent again."""
    subscribed(store)
    completed(SwitchStory(store=store))
    mailbox.answer(*answers)
    sender.work()

    told = seen(database_url)

    assert (told.state, told.code) == ("warning", "NOTICES_UNDELIVERED")
    assert (told.figures["undelivered"], told.figures["waiting"]) == (1, 0)
    assert 0 <= told.figures["last_failure_seconds"] < 60
    assert check_of(told).state == "warning"
    (notice,) = store.notices.page(NoticeFilters(), after=None, limit=10)
    again = Order(actor="ada", reason="mended", request_id="again")
    resend(store, str(notice.notice.notice_id), order=again)
    sender.work()
    assert seen(database_url).state == "ok"


def test_an_old_failure_is_told_no_more(store: SwitchStore, sender: NoticeSender, database_url: str) -> None:
    """After a day it stands on the page of notices alone."""
    subscribed(store, NOBODY)
    completed(SwitchStory(store=store))
    sender.work()
    assert seen(database_url).code == "NOTICES_UNDELIVERED"

    passed(database_url, "notice_end", "ended_at", timedelta(hours=25))

    assert seen(database_url).state == "ok"


def test_nobody_who_looks_at_the_log_is_told(store: SwitchStore, database_url: str) -> None:
    """An event that causes a notice and is not looked at for a minute: no worker has a mail server.

    Without a subscriber nothing is missing, and what was recorded before the subscription never is.
    """
    completed(SwitchStory(store=store))
    passed(database_url, "switch_events", "recorded_at", timedelta(minutes=9))
    alone = seen(database_url)
    subscribed(store)
    before = seen(database_url)
    completed(SwitchStory(store=store))
    fresh = seen(database_url)
    passed(database_url, "switch_events", "recorded_at", timedelta(minutes=9))

    missed = seen(database_url)

    assert [each.state for each in (alone, before, fresh)] == ["ok"] * 3
    assert (missed.state, missed.code) == ("warning", "NOTICES_UNSENT")
    assert "since 540 s" in missed.detail
    assert "docs/notices.md#mail-server" in missed.remedy
    assert check_of(missed).state == DOWN


def test_one_full_mailbox_is_told_after_a_while(
    store: SwitchStore, sender: NoticeSender, database_url: str
) -> None:
    """Others get theirs meanwhile, so the mail server is well; what waits too long is told all the same."""
    subscribed(store, "full@example.com")
    completed(SwitchStory(store=store))
    replace(sender, pause=NoticeSender.pause).work()
    subscribed(store)
    completed(SwitchStory(store=store))
    replace(sender, pause=NoticeSender.pause).work()
    passed(database_url, "notice", "derived_at", timedelta(minutes=20))

    told = seen(database_url)

    assert (told.code, told.figures["waiting"]) == ("NOTICES_BEHIND", 2)

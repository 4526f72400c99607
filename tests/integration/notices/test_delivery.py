"""What becomes of notices that a mail server refuses, for now or for good, or whose answer is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from domain.kernel.errors import InvalidInput, RequestReused, RuleViolated
from domain.notices.delivery import TRIES_MAX, NoticeState
from domain.notices.errors import MailServerAbsent, MailUndelivered, UnknownNotice, UnknownSubscriber
from domain.notices.kinds import NoticeKind
from services.notices.administration import (
    Order,
    notice_of,
    resend,
    send_probe,
    subscribe,
    unsubscribe,
)
from services.notices.sender import NoticeSender
from store.notices.notice_log import NoticeFilters, ShownNotice
from store.notices.subscriptions import Subscription
from store.switch_store import SwitchStore
from tests.support.notices.mail_process import HANG_UP
from tests.support.notices.mailbox import Mailbox
from tests.support.notices.stories import completed, forty_switches
from tests.support.stories.switch_story import SwitchStory

OPERATIONS = "operations@example.com"
BUSY, NO = "451 4.3.0 try later", "554 5.7.1 no"


def order() -> Order:
    """Return an order of its own."""
    return Order(actor="ada", reason="test", request_id=str(uuid4()))


def subscribed(store: SwitchStore, address: str = OPERATIONS) -> Subscription:
    """Subscribe an address to completions of every organization."""
    kinds = (NoticeKind.COMPLETION,)
    return subscribe(store, address, organization_id="", kinds=kinds, order=order())


def caused(store: SwitchStore) -> None:
    """Let a switch complete."""
    completed(SwitchStory(store=store))


def only(store: SwitchStore) -> ShownNotice:
    """Return the one notice that there is."""
    (notice,) = store.notices.page(NoticeFilters(), after=None, limit=10)
    return notice


@pytest.mark.parametrize(
    ("answers", "ending"),
    [
        ((), (NoticeState.SENT, 1, 1)),
        ((BUSY, BUSY), (NoticeState.SENT, 3, 1)),
        ((NO,), (NoticeState.REFUSED, 1, 0)),
        ((BUSY,) * TRIES_MAX, (NoticeState.FAILED, TRIES_MAX, 0)),
        ((HANG_UP,), (NoticeState.SENT, 2, 2)),
        ((HANG_UP, HANG_UP), (NoticeState.UNCONFIRMED, 2, 2)),
        ((HANG_UP, NO), (NoticeState.REFUSED, 2, 1)),
    ],
)
def test_each_answer_has_its_end(
    store: SwitchStore,
    mailbox: Mailbox,
    sender: NoticeSender,
    answers: tuple[str, ...],
    ending: tuple[NoticeState, int, int],
) -> None:
    """State, tries and messages: for good, for now with a limit, and once more (notices#delivery)."""
    subscribed(store)
    caused(store)
    mailbox.answer(*answers)

    sender.work()

    notice, messages = only(store), mailbox.delivered()
    assert (notice.state, notice.tries, len(messages)) == ending
    assert notice.due_at is None
    assert {each.message_id for each in messages} <= {notice.notice.message_id}


def test_a_postponed_notice_waits(store: SwitchStore, mailbox: Mailbox, sender: NoticeSender) -> None:
    """Between two tries there is a pause, and the list says when the next one is."""
    subscribed(store)
    caused(store)
    mailbox.answer(BUSY)
    # With the usual pause.
    usual = replace(sender, pause=NoticeSender.pause)

    assert [usual.work(), usual.work()] == [1, 0]

    notice = only(store)
    assert (notice.state, notice.code, notice.tries) == (NoticeState.WAITING, 451, 1)
    assert notice.due_at is not None
    assert notice.due_at > notice.derived_at


def test_an_administrator_sends_it_again(store: SwitchStore, mailbox: Mailbox, sender: NoticeSender) -> None:
    """Another round has the same Message-ID; the same request begins one, and the rounds of before stay."""
    subscribed(store)
    caused(store)
    mailbox.answer(NO)
    sender.work()
    notice_id, again = str(only(store).notice.notice_id), order()

    for _ in range(2):
        resend(store, notice_id, order=again)
    with pytest.raises(RuleViolated, match="waiting"):
        resend(store, notice_id, order=order())
    sender.work()
    resend(store, notice_id, order=again)

    notice = only(store)
    assert (notice.state, notice.round, notice.tries) == (NoticeState.SENT, 1, 2)
    assert sender.work() == 0
    assert [each.message_id for each in mailbox.delivered()] == [notice.notice.message_id]
    tries = store.notices.tries(notice.notice.notice_id)
    assert [(each.round, each.code) for each in tries] == [(0, 554), (1, 250)]


def test_who_is_removed_gets_nothing_more(
    store: SwitchStore, mailbox: Mailbox, sender: NoticeSender, database_url: str
) -> None:
    """What waits is withdrawn, the address is deleted, and the record still holds the opaque key."""
    subscription = subscribed(store)
    caused(store)
    mailbox.answer(BUSY)
    replace(sender, pause=NoticeSender.pause).work()
    unsubscribe(store, str(subscription.subscription_id), order=order())
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE planswitch.notice_queue SET due_at = clock_timestamp()")
        addresses = connection.execute("SELECT * FROM planswitch.notice_address").fetchall()

    sender.work()

    notice = only(store)
    assert (notice.state, mailbox.delivered(), addresses) == (NoticeState.WITHDRAWN, [], [])
    with pytest.raises(RuleViolated, match="withdrawn"):
        resend(store, str(notice.notice.notice_id), order=order())
    key = subscribed(store, OPERATIONS.upper()).recipient_key
    assert key == notice.notice.recipient_key


def test_an_address_stands_nowhere_readable(store: SwitchStore, database_url: str) -> None:
    """No table holds it, sealed or not, but for the sealed bytes (notices#recipients)."""
    subscribed(store)
    with psycopg.connect(database_url) as connection:
        names = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'notice%'"
        ).fetchall()
        rows = [
            row
            for (name,) in names
            for row in connection.execute(
                SQL("SELECT t::text FROM {} AS t").format(Identifier("planswitch", name))
            )
        ]

    assert len(names) == 10
    assert any("ada" in text for (text,) in rows)
    hidden = OPERATIONS.encode().hex()
    assert not [text for (text,) in rows if OPERATIONS in text or hidden in text]


def test_many_senders_send_once(store: SwitchStore, mailbox: Mailbox, sender: NoticeSender) -> None:
    """Processes that work at the same time share the notices out (notices#delivery)."""
    subscribed(store)
    forty_switches(store)

    with ThreadPoolExecutor(2) as pool:
        for _ in range(3):
            list(pool.map(lambda each: each.work(), [sender, sender]))

    ids = [each.message_id for each in mailbox.delivered()]
    assert len(ids) == len(set(ids)) == 9


def test_wrong_inputs_change_nothing(store: SwitchStore) -> None:
    """Each is refused with its field, and nobody is subscribed by it."""
    every = tuple(NoticeKind)
    for address in ("ann", "ann@example", "Ann <ann@example.com>", "ann@example.com\nBcc: eve@example.com"):
        with pytest.raises(InvalidInput, match="mail address"):
            subscribe(store, address, organization_id="", kinds=every, order=order())
    with pytest.raises(InvalidInput, match="directory id"):
        subscribe(store, OPERATIONS, organization_id="Fernwick Energy", kinds=every, order=order())
    with pytest.raises(UnknownSubscriber):
        unsubscribe(store, str(uuid4()), order=order())
    with pytest.raises(UnknownNotice):
        notice_of(store, str(uuid4()))
    with pytest.raises(InvalidInput, match="an id"):
        notice_of(store, "x")
    assert store.notice_subscriptions.subscriptions() == ()


def test_a_request_subscribes_once(store: SwitchStore) -> None:
    """The same request gives the same subscription; another one under its id, or of the same, is refused."""
    same, kinds = order(), (NoticeKind.COMPLETION,)
    first, again = (
        subscribe(store, OPERATIONS, organization_id="", kinds=kinds, order=same) for _ in range(2)
    )
    with pytest.raises(RequestReused):
        subscribe(store, "other@example.com", organization_id="", kinds=kinds, order=same)
    with pytest.raises(RuleViolated, match="subscribed already"):
        subscribe(store, OPERATIONS, organization_id="", kinds=tuple(NoticeKind), order=order())

    assert first == again
    assert store.notice_subscriptions.subscriptions() == (first,)


def test_a_test_of_the_mail_server(mailbox: Mailbox) -> None:
    """It says what the server answered, and is refused without a server."""
    taken = send_probe(mailbox.server, OPERATIONS, request_id="1")
    mailbox.answer(NO)
    with pytest.raises(MailUndelivered, match=r"554 5\.7\.1 no"):
        send_probe(mailbox.server, OPERATIONS, request_id="2")
    with pytest.raises(MailServerAbsent):
        send_probe(None, OPERATIONS, request_id="3")

    assert taken.code == 250
    assert [each.message["Subject"] for each in mailbox.delivered()] == ["Test of notices"]

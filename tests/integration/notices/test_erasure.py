"""To erase an organization erases the addresses that get its notices (notices#recipients, ADR 9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from domain.notices.delivery import NoticeState
from domain.notices.kinds import NoticeKind
from services.notices.administration import Order, subscribe
from services.notices.sender import NoticeSender
from store.notices.notice_log import NoticeFilters
from store.notices.subscriptions import Subscription
from store.switch_store import SwitchStore
from store.vault.erasures import Erasure
from store.vault.keys import FileKeyProvider
from tests.support.notices.mailbox import Mailbox
from tests.support.notices.stories import completed
from tests.support.stories.switch_story import SwitchStory

THEIRS, BOTH, OPERATIONS = "it@contoso.example", "partner@example.com", "operations@example.com"
BUSY = "451 4.3.0 try later"
USERS = ["user-1", "user-2"]


def subscribed(store: SwitchStore, address: str, organization_id: str) -> Subscription:
    """Subscribe an address to the completions of an organization."""
    order = Order(actor="ada", reason="test", request_id=str(uuid4()))
    kinds = (NoticeKind.COMPLETION,)
    return subscribe(store, address, organization_id=organization_id, kinds=kinds, order=order)


@pytest.fixture(name="owner")
def _owner(database_url: str, key_file: Path) -> Iterator[SwitchStore]:
    """Yield a store with the rights of the owner: no process of the product erases anybody."""
    with SwitchStore.open(database_url, FileKeyProvider(key_file), pool_size=2) as store:
        yield store


def test_an_erased_organization_keeps_no_address(
    store: SwitchStore, owner: SwitchStore, mailbox: Mailbox, sender: NoticeSender, database_url: str
) -> None:
    """Its own addresses are deleted with its people, what waits is withdrawn, and nothing else changes."""
    story = SwitchStory(store=store)
    other = SwitchStory(store=store)
    mine = subscribed(store, THEIRS, story.organization_id)
    partner = subscribed(store, BOTH, story.organization_id)
    subscribed(store, BOTH, other.organization_id)
    operations = subscribed(store, OPERATIONS, "")
    people = store.vault.keys_for(story.organization_id, USERS)
    completed(story)
    mailbox.answer(BUSY, BUSY, BUSY)
    replace(sender, pause=NoticeSender.pause).work()

    erased = owner.erase_organization(story.organization_id, actor="ada", reason="contract ended")
    again = owner.erase_organization(story.organization_id, actor="ada", reason="contract ended")

    assert (erased, again) == (Erasure(people=len(USERS), addresses=1), Erasure(people=0, addresses=0))
    assert store.vault.directory_ids(story.organization_id, people) == {}
    kept = store.notice_addresses.addresses([mine.recipient_key, partner.recipient_key])
    assert kept == {partner.recipient_key: BOTH}
    live = {(each.recipient_key, each.organization_id) for each in store.notice_subscriptions.subscriptions()}
    assert live == {(partner.recipient_key, other.organization_id), (operations.recipient_key, "")}
    ended = store.notice_subscriptions.subscription_of(mine.subscription_id)
    assert ended is not None
    assert (ended.ended_by, ended.ended_at is None) == ("ada", False)
    _let_everything_be_due(database_url)
    sender.work()
    states = {
        each.notice.recipient_key: each.state
        for each in store.notices.page(NoticeFilters(), after=None, limit=10)
    }
    assert states == {
        mine.recipient_key: NoticeState.WITHDRAWN,
        partner.recipient_key: NoticeState.WITHDRAWN,
        operations.recipient_key: NoticeState.SENT,
    }
    assert [each.recipients for each in mailbox.delivered()] == [(OPERATIONS,)]


def _let_everything_be_due(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE planswitch.notice_queue SET due_at = clock_timestamp()")

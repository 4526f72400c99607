"""A mail server and a subscriber beside a world of workflows, and what the subscriber got."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from domain.notices.kinds import NoticeKind
from services.notices.administration import Order, subscribe, unsubscribe
from services.notices.composition import Composer
from services.notices.sender import NoticeSender
from store.notices.notice_log import NoticeFilters
from store.record.catalogs import Catalogs
from tests.support.notices.document import caused
from tests.support.notices.mailbox import Mailbox, running_mailbox
from tests.support.worlds.world import World

#: A round sends all that a switch of the tests causes.
ROUNDS = 3
_NOTICES_MAX = 500
#: Organization, kind -> how often.
Kinds = Counter[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Post:
    """A subscriber of every notice of a world, and their mail server."""

    world: World
    mailbox: Mailbox
    address: str

    async def send(self) -> None:
        """Send what is due, as a worker does."""
        composer = Composer(store=self.world.store, catalogs=Catalogs(self.world.store.application))
        sender = NoticeSender(
            store=self.world.store, server=self.mailbox.server, composer=composer, pause=timedelta(seconds=1)
        )
        for _ in range(ROUNDS):
            await asyncio.to_thread(sender.work)

    def got(self, organizations: frozenset[str]) -> Kinds:
        """Return how often the subscriber got each kind about each of some organizations."""
        filters = NoticeFilters(organizations=organizations)
        page = self.world.store.notices.page(filters, after=None, limit=_NOTICES_MAX)
        kinds = {
            each.notice.message_id: (each.notice.organization_id, each.notice.kind.value) for each in page
        }
        mails = [each for each in self.mailbox.delivered() if each.recipients == (self.address,)]
        return Counter(kinds[each.message_id] for each in mails if each.message_id in kinds)

    def written(self, organizations: frozenset[str]) -> Kinds:
        """Return what docs/notices.md says that the record of some organizations causes."""
        pairs = {(owner, kind) for _, owner, kind in caused(self.world.database_url)}
        return Counter(each for each in pairs if each[0] in organizations)


@contextmanager
def posting(world: World, folder: Path) -> Iterator[Post]:
    """Run a mail server, and subscribe an address to every notice, until the block ends."""
    address, kinds = f"{uuid4().hex}@example.com", tuple(NoticeKind)
    made = subscribe(world.store, address, organization_id="", kinds=kinds, order=_order())
    with running_mailbox(folder / "mail") as mailbox:
        yield Post(world=world, mailbox=mailbox, address=address)
    unsubscribe(world.store, str(made.subscription_id), order=_order())


def _order() -> Order:
    return Order(actor="ada", reason="test", request_id=str(uuid4()))

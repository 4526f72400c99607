"""Switches that run as workflows send exactly the notices of docs/notices.md (workflow; notices#kinds)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.testing import WorkflowEnvironment

from domain.notices.kinds import NoticeKind
from services.notices.administration import Order, subscribe, unsubscribe
from services.notices.composition import Composer
from services.notices.sender import NoticeSender
from store.notices.notice_log import NoticeFilters
from store.record.catalogs import Catalogs
from tests.support.notices.document import caused
from tests.support.notices.mailbox import Mailbox, running_mailbox
from tests.support.worlds.credit import CreditCase, waiting_case
from tests.support.worlds.world import World

#: A round sends all that a switch of the tests causes.
ROUNDS = 3


@pytest.fixture(name="post")
def _post(world: World, tmp_path: Path) -> Iterator[tuple[Mailbox, str]]:
    """Yield a mail server, and an address that gets every notice meanwhile."""
    address, kinds = f"{uuid4().hex}@example.com", tuple(NoticeKind)
    made = subscribe(world.store, address, organization_id="", kinds=kinds, order=_order())
    with running_mailbox(tmp_path / "mail") as mailbox:
        yield mailbox, address
    unsubscribe(world.store, str(made.subscription_id), order=_order())


def _order() -> Order:
    return Order(actor="ada", reason="test", request_id=str(uuid4()))


async def kinds_sent(world: World, mailbox: Mailbox, address: str, organization_id: str) -> Counter[str]:
    """Send what is due, and return how often the address got each kind about an organization."""
    composer = Composer(store=world.store, catalogs=Catalogs(world.store.application))
    sender = NoticeSender(
        store=world.store, server=mailbox.server, composer=composer, pause=timedelta(seconds=1)
    )
    for _ in range(ROUNDS):
        await asyncio.to_thread(sender.work)
    ids = {
        each.message_id
        for each in mailbox.delivered()
        if each.recipients == (address,) and organization_id in each.body("plain")
    }
    messages = [each.message_id for each in mailbox.delivered() if each.message_id in ids]
    filters = NoticeFilters(organizations=frozenset({organization_id}))
    kinds = {
        each.notice.message_id: each.notice.kind.value
        for each in world.store.notices.page(filters, after=None, limit=500)
    }
    return Counter(kinds[message_id] for message_id in messages)


async def void(case: CreditCase) -> None:
    """Let an operator void the order."""
    await case.world.cancel(case.handle)


async def decline(case: CreditCase) -> None:
    """Let the bureau decline."""
    await case.decide("declined")


async def expire(case: CreditCase) -> None:
    """Let nobody answer until the order is taken back."""
    await case.forward_to(case.required.deadline_at)
    await case.world.until_stage(case.handle, "credit_overdue")
    await case.forward_to(case.required.cap_at)


async def complete(case: CreditCase) -> None:
    """Let the bureau approve."""
    await case.decide("approved")


@pytest.mark.parametrize(
    ("lead", "outcome"),
    [(void, "cancelled"), (decline, "declined"), (expire, "expired"), (complete, "completed")],
    ids=["voided", "declined", "expired", "completed"],
)
async def test_a_switch_sends_what_the_document_says(
    world: World,
    temporal_env: WorkflowEnvironment,
    post: tuple[Mailbox, str],
    lead: Callable[[CreditCase], Awaitable[None]],
    outcome: str,
) -> None:
    """Each kind that the record causes comes once, whatever the outcome."""
    case = await waiting_case(world, temporal_env)
    await lead(case)
    result = await world.result(case.handle)

    organization_id = case.order.organization_id
    got = await kinds_sent(world, *post, organization_id)
    expected = {kind for _, owner, kind in caused(world.database_url) if owner == organization_id}
    assert result.outcome == outcome
    assert got == Counter(expected)
    assert "credit_check_required" in got

"""Carries acts on products on that nobody waits for any more: after a lost answer, or the end of a process.

It follows the log of all events, and begins with what was open when it started (products#acts). An act that
does not end is tried less and less often, and told of in the log; it is never given up, since it had effects.
"""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta

import structlog

from domain.approvals.approval import ApprovalRequired
from domain.kernel.errors import CommandUnsigned
from domain.organizations.organization import Organization
from domain.ports.cloud import CloudFactory
from domain.products.product_acts import ProductActBegun, ProductActState, open_acts
from services.base.rounds import repeating
from services.products.act_signatures import ActAdmission
from services.products.carrying import carry_on, refused_act
from store.core.errors import StoreUnavailable, UnreadableEvent
from store.switch_store import SwitchStore

EVERY_SECONDS = 5.0
#: An act of this age is still in the hands of whoever asked for it.
GRACE = timedelta(seconds=10)
#: Longest pause between two tries of one act; the first is one round, and each doubles.
PAUSE_MAX = timedelta(minutes=1)
#: An act that is open for longer needs a person; a credit check takes days, and tells itself when it is due.
OVERDUE = timedelta(hours=1)
#: Of an act that was not tried yet.
_NEVER = (datetime.min.replace(tzinfo=UTC), timedelta())
_FIRST_PAUSE = timedelta(seconds=EVERY_SECONDS)
_log = structlog.get_logger()


class OpenActs:
    """Goes on with acts until each has ended."""

    def __init__(self, store: SwitchStore, cloud_factory: CloudFactory, admission: ActAdmission) -> None:
        self._store = store
        self._admission = admission
        self._cloud_factory = cloud_factory
        self._position = 0
        #: Organizations with an act that may be open.
        self._organizations: set[str] = set()
        #: Organization and request -> when it is tried next, and the pause before that.
        self._pauses: dict[tuple[str, str], tuple[datetime, timedelta]] = {}

    def running(self) -> AbstractAsyncContextManager[None]:
        """Go on until the block ends."""
        return repeating(self.run_once, every_seconds=EVERY_SECONDS, on_failure=self._tell_failure)

    def _tell_failure(self, error: Exception) -> None:
        _log.warning("open_acts_failed", error=type(error).__name__, reason=str(error))

    async def run_once(self) -> int:
        """Carry every open act on once, and return how many are still open.

        Raises:
            StoreUnavailable: PostgreSQL does not answer.
        """
        return await asyncio.to_thread(self._round)

    def _round(self) -> int:
        self._follow()
        still_open = 0
        for organization_id in sorted(self._organizations):
            try:
                left = self._carry(organization_id)
            except StoreUnavailable:
                raise
            except Exception as error:  # noqa: BLE001 - one organization never holds the others up
                left = 1
                _log.warning("open_acts_unread", organization_id=organization_id, reason=repr(error))
            still_open += left
            if not left:
                self._organizations.discard(organization_id)
        return still_open

    def _follow(self) -> None:
        """Note the organizations whose acts have begun since the last round."""
        until = self._store.max_notification_id()
        after = self._position
        while page := self._store.notifications_of(ProductActBegun.TOPIC, after_id=after, until_id=until):
            for each in page:
                try:
                    event = each.event
                    if isinstance(event, ProductActBegun):
                        self._organizations.add(str(event.meta["organization_id"]))
                except UnreadableEvent as error:
                    _log.warning("event_unreadable", notification_id=each.id, error=type(error).__name__)
            after = page[-1].id
        self._position = until

    def _carry(self, organization_id: str) -> int:
        organization = self._store.organization(organization_id)
        states = open_acts(organization) if organization else ()
        left, now = 0, datetime.now(tz=UTC)
        for each in states:
            if now - each.at < GRACE or now < self._pauses.get(_key(organization_id, each), _NEVER)[0]:
                left += 1
                continue
            if organization is not None and self._refused(organization, organization_id, each, now):
                left += 1
            else:
                left += self._carry_one(organization_id, each, now)
        return left

    def _refused(
        self, organization: Organization, organization_id: str, act: ProductActState, now: datetime
    ) -> bool:
        """Return whether nobody proves to have asked for an act, or to have approved it."""
        request_id = act.question.request_id
        try:
            self._admission.require(organization, request_id)
        except (CommandUnsigned, ApprovalRequired) as error:
            refused_act(self._store, organization_id, request_id, error)
            self._pauses[_key(organization_id, act)] = (now + PAUSE_MAX, PAUSE_MAX)
            _log.error("product_act_refused", **_named(_key(organization_id, act)), code=error.code)
            return True
        return False

    def _carry_one(self, organization_id: str, act: ProductActState, now: datetime) -> bool:
        """Carry one act on, and return whether it is still open; what goes wrong with it stops no other."""
        key = _key(organization_id, act)
        try:
            state = carry_on(self._store, self._cloud_factory, organization_id, act.question.request_id)
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - as the docstring says
            _log.warning("open_act_failed", **_named(key), reason=repr(error))
        else:
            if state.ended_at is not None:
                self._pauses.pop(key, None)
                return False
            act = state
        pause = min(2 * self._pauses[key][1], PAUSE_MAX) if key in self._pauses else _FIRST_PAUSE
        self._pauses[key] = (now + pause, pause)
        if act.code or (now - act.at > OVERDUE and not act.is_checked):
            _log.error("product_act_needs_a_person", **_named(key), code=act.code, reason=act.message)
        return True


def _key(organization_id: str, act: ProductActState) -> tuple[str, str]:
    return organization_id, act.question.request_id


def _named(key: tuple[str, str]) -> dict[str, str]:
    return {"organization_id": key[0], "request_id": key[1]}

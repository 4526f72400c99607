"""Sends what was derived: each worker runs a sender, and one of them sends a notice (notices#delivery).

The intent is recorded before the message is sent, and the answer after it. A notice is sent a second time
only where the answer to the first time was lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from activities.base.points import NoPoints, Points
from domain.kernel.errors import PlanSwitchError
from domain.notices.delivery import (
    PAUSE_FIRST,
    UNDELIVERED,
    MailAnswer,
    NoticeState,
    Outcome,
    pause_after,
    state_of,
)
from providers.mail.smtp import MailServer, MailSession, mail_message, open_mail
from services.base.rounds import repeating
from services.notices.composition import Composer
from services.notices.derivation import derive_notices
from store.core.errors import StoreUnavailable
from store.notices.notice_log import DueNotice, NoticeTry, Turn
from store.switch_store import SwitchStore

EVERY_SECONDS = 2.0
#: Pages of the log that one round looks at, and notices that it sends; the next round goes on.
PAGES_MAX = 20
SENDS_MAX = 200
#: Where a test stops a sender, in the order in which it comes there (activities/base/points.py).
DERIVE, CONNECT, INTEND, SEND, ANSWER, END = (
    "notices:derive",
    "notices:connect",
    "notices:intend",
    "notices:send",
    "notices:answer",
    "notices:end",
)
POINTS = (DERIVE, CONNECT, INTEND, SEND, ANSWER, END)
_NO_POINTS = NoPoints()
_UNSUBSCRIBED = MailAnswer(outcome=Outcome.WITHDRAWN, text="The recipient is not subscribed any more.")
_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class NoticeSender:
    """Derives and sends notices until its process ends.

    Args:
        store: The event store.
        server: Where mail goes out.
        composer: Makes the texts.
        points: Told of the points that it reaches; a testing aid.
        pause: Pause after the first try of a notice.
        every_seconds: Pause between two rounds.
    """

    store: SwitchStore
    server: MailServer
    composer: Composer
    points: Points = _NO_POINTS
    pause: timedelta = PAUSE_FIRST
    every_seconds: float = EVERY_SECONDS

    def running(self) -> AbstractAsyncContextManager[None]:
        """Derive and send again and again, until the block ends."""
        return repeating(self.run_once, every_seconds=self.every_seconds, on_failure=_tell_failure)

    async def run_once(self) -> int:
        """Derive and send what is due once; return how many notices were tried.

        Raises:
            StoreUnavailable: PostgreSQL does not answer.
        """
        return await asyncio.to_thread(self.work)

    def work(self) -> int:
        """Do what `run_once` does, in this thread."""
        self.points.reached("", "", DERIVE)
        for _ in range(PAGES_MAX):
            if not derive_notices(self.store, domain=self.server.sender_domain):
                break
        return next((count for count in range(SENDS_MAX) if not self._take_turn()), SENDS_MAX)

    def _take_turn(self) -> bool:
        """Send the notice that is due first; return False when none is due."""
        with self.store.notices.turn() as turn:
            if turn is None:
                return False
            self._carry_on(turn)
            return True

    def _carry_on(self, turn: Turn) -> None:
        notice = turn.notice
        if state_of(_outcomes(self._tries(turn))) is NoticeState.WAITING:
            self._try(turn)
        outcomes = _outcomes(self._tries(turn))
        state = state_of(outcomes)
        self._reach(notice, END)
        if state is NoticeState.WAITING:
            turn.postpone(pause_after(len(outcomes), self.pause))
            return
        turn.end(state)
        log = _log.error if state in UNDELIVERED else _log.info
        log("notice_ended", notice_id=str(notice.notice_id), kind=notice.kind.value, state=state.value)

    def _tries(self, turn: Turn) -> tuple[NoticeTry, ...]:
        """Return the tries of the round; one without an answer is of a process that ended."""
        tries = self.store.notices.tries(turn.notice.notice_id)
        return tuple(each for each in tries if each.round == turn.round)

    def _try(self, turn: Turn) -> None:
        """Try to send the notice once, and record what that came to."""
        notice, notices = turn.notice, self.store.notices
        number = 1 + max((each.number for each in notices.tries(notice.notice_id)), default=0)
        session = self._session(notice)
        if isinstance(session, MailAnswer):
            notices.record_unsent(notice.notice_id, number=number, round_number=turn.round, answer=session)
            return
        mail, message = session
        try:
            self._reach(notice, INTEND)
            notices.begin_try(notice.notice_id, number=number, round_number=turn.round)
            self._reach(notice, SEND)
            answer = mail.send(message)
            self._reach(notice, ANSWER)
            notices.answer_try(notice.notice_id, number=number, answer=answer)
        finally:
            mail.close()

    def _session(self, notice: DueNotice) -> tuple[MailSession, bytes] | MailAnswer:
        """Return a session that waits for the message, and the message; or why nothing was sent."""
        try:
            address = self._address(notice)
            if not address:
                return _UNSUBSCRIBED
            text = self.composer.text_of(notice)
        except StoreUnavailable:
            raise
        except PlanSwitchError as error:
            # It is tried again as often as any other, and then shown: it must not keep the others.
            _log.error("notice_not_made", notice_id=str(notice.notice_id), code=error.code)
            return MailAnswer(outcome=Outcome.POSTPONED, text=f"The notice can't be made: {error.code}.")
        message = mail_message(
            self.server,
            recipient=address,
            message_id=notice.message_id,
            sent_at=datetime.now(tz=UTC),
            text=text,
        )
        self._reach(notice, CONNECT)
        session = open_mail(self.server, address)
        return session if isinstance(session, MailAnswer) else (session, message)

    def _address(self, notice: DueNotice) -> str:
        """Return the recipient's address; "" if nobody is subscribed by it any more."""
        key = notice.recipient_key
        subscriptions = self.store.notice_subscriptions.subscriptions()
        if not any(
            each.recipient_key == key and each.covers(notice.organization_id, notice.kind)
            for each in subscriptions
        ):
            return ""
        return self.store.notice_addresses.addresses([key]).get(key, "")

    def _reach(self, notice: DueNotice, point: str) -> None:
        self.points.reached(notice.switch_id, notice.organization_id, point)


def _outcomes(tries: Sequence[NoticeTry]) -> list[Outcome | None]:
    return [each.outcome for each in tries]


def _tell_failure(error: Exception) -> None:
    _log.warning("notices_failed", error=type(error).__name__, reason=str(error))

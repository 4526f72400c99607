"""Notices, their tries and their ends: added to and never changed; queue and cursor are work in hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import DictRow

from domain.notices.delivery import MailAnswer, NoticeState, Outcome
from domain.notices.kinds import NoticeKind
from store.core.base import StorePart, checked_page_size
from store.health.heartbeats import own_instance

#: A session that idles in a transaction is ended after five seconds by default; mail may take longer.
_IDLE = "SELECT set_config('idle_in_transaction_session_timeout', '180s', true)"
_CURSOR = "SELECT position FROM planswitch.notice_cursor WHERE name = 'log' FOR UPDATE SKIP LOCKED"
_MOVE = "UPDATE planswitch.notice_cursor SET position = %(position)s WHERE name = 'log'"
_ADD = """
INSERT INTO planswitch.notice (notice_id, message_id, switch_id, organization_id, kind, recipient_key,
    position, stream_id, version, caused_at)
VALUES (%(notice_id)s, %(message_id)s, %(switch_id)s, %(organization_id)s, %(kind)s, %(recipient_key)s,
    %(position)s, %(stream_id)s, %(version)s, %(caused_at)s)
ON CONFLICT DO NOTHING
"""
_ENQUEUE = "INSERT INTO planswitch.notice_queue (notice_id, round) VALUES (%(notice_id)s, %(round)s)"
_COLUMNS = """
n.number, n.notice_id, n.message_id, n.switch_id::text, n.organization_id, n.kind, n.recipient_key,
n.position, n.stream_id, n.version, n.caused_at, n.derived_at
"""
_CLAIM = f"""
SELECT {_COLUMNS}, q.round FROM planswitch.notice_queue AS q JOIN planswitch.notice AS n USING (notice_id)
WHERE q.due_at <= clock_timestamp() ORDER BY q.due_at, n.number LIMIT 1 FOR UPDATE OF q SKIP LOCKED
"""  # noqa: S608  # constants
_POSTPONE = """
UPDATE planswitch.notice_queue SET due_at = clock_timestamp() + %(pause)s WHERE notice_id = %(notice_id)s
"""
_END = """
INSERT INTO planswitch.notice_end (notice_id, round, state) VALUES (%(notice_id)s, %(round)s, %(state)s)
ON CONFLICT DO NOTHING
"""
_DEQUEUE = "DELETE FROM planswitch.notice_queue WHERE notice_id = %(notice_id)s"
_TRY = """
INSERT INTO planswitch.notice_try (notice_id, number, round, instance)
VALUES (%(notice_id)s, %(number)s, %(round)s, %(instance)s)
"""
_ANSWER = """
INSERT INTO planswitch.notice_answer (notice_id, number, outcome, code, text)
VALUES (%(notice_id)s, %(number)s, %(outcome)s, %(code)s, %(text)s)
"""
_TRIES = """
SELECT t.number, t.round, t.begun_at, a.outcome, a.code, a.text, a.answered_at
FROM planswitch.notice_try AS t LEFT JOIN planswitch.notice_answer AS a USING (notice_id, number)
WHERE t.notice_id = %(notice_id)s ORDER BY t.number
"""
#: The newest try and end of a notice beside it; what is queued waits, whatever an earlier round came to.
_SHOWN = f"""
SELECT {_COLUMNS}, coalesce(q.round, e.round, 0) AS round, q.due_at,
    CASE WHEN q.notice_id IS NULL THEN coalesce(e.state, 'waiting') ELSE 'waiting' END AS state,
    CASE WHEN q.notice_id IS NULL THEN e.ended_at END AS ended_at,
    coalesce(t.number, 0) AS tries, coalesce(t.code, 0) AS code, coalesce(t.text, '') AS text
FROM planswitch.notice AS n
LEFT JOIN planswitch.notice_queue AS q USING (notice_id)
LEFT JOIN LATERAL (
    SELECT round, state, ended_at FROM planswitch.notice_end AS one
    WHERE one.notice_id = n.notice_id ORDER BY round DESC LIMIT 1) AS e ON true
LEFT JOIN LATERAL (
    SELECT one.number, a.code, a.text FROM planswitch.notice_try AS one
    LEFT JOIN planswitch.notice_answer AS a USING (notice_id, number)
    WHERE one.notice_id = n.notice_id ORDER BY one.number DESC LIMIT 1) AS t ON true
"""  # noqa: S608  # constants
_PAGE = f"""
SELECT * FROM ({_SHOWN}) AS shown
WHERE (%(after)s::bigint IS NULL OR number < %(after)s)
    AND (%(kind)s::text IS NULL OR kind = %(kind)s)
    AND (%(state)s::text IS NULL OR state = %(state)s)
    AND (%(switch_id)s::text IS NULL OR switch_id = %(switch_id)s)
    AND (%(organizations)s::text[] IS NULL OR organization_id = ANY(%(organizations)s))
ORDER BY number DESC LIMIT %(limit)s
"""  # noqa: S608  # constants
_ONE = f"SELECT * FROM ({_SHOWN}) AS shown WHERE notice_id = %(notice_id)s"  # noqa: S608  # constants
_RESEND = """
INSERT INTO planswitch.notice_resend (resend_id, notice_id, round, actor, reason)
VALUES (%(resend_id)s, %(notice_id)s, %(round)s, %(actor)s, %(reason)s)
"""
_RESENT = "SELECT notice_id FROM planswitch.notice_resend WHERE resend_id = %(resend_id)s"
_LOCK = "SELECT pg_advisory_xact_lock(7306116263)"


@dataclass(frozen=True, kw_only=True, slots=True)
class DueNotice:
    """A notice that was caused by an event and is to be sent.

    Args:
        notice_id: UUIDv5 of switch, kind and recipient.
        message_id: Header Message-ID with its brackets.
        switch_id: The switch.
        organization_id: Directory id of the organization.
        kind: What it is about.
        recipient_key: Opaque key of the recipient.
        position: Position of the event in the log.
        stream_id: Stream of the event.
        version: Version of the event in its stream.
        caused_at: When the event was recorded.
    """

    notice_id: UUID
    message_id: str
    switch_id: str
    organization_id: str
    kind: NoticeKind
    recipient_key: UUID
    position: int
    stream_id: UUID
    version: int
    caused_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeTry:
    """One try to send a notice.

    Args:
        number: 1 for the first try of the notice.
        round: 0 at first; each time that somebody sends the notice again begins another round.
        begun_at: When its intent was recorded.
        outcome: What it came to; None: no answer was recorded.
        code: Reply of the mail server; 0 without a reply.
        text: Its words, without addresses.
        answered_at: When the answer was recorded; None without one.
    """

    number: int
    round: int
    begun_at: datetime
    outcome: Outcome | None
    code: int
    text: str
    answered_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownNotice:
    """A notice with where it stands, for people.

    Args:
        number: Its place in the list.
        notice: The notice.
        derived_at: When it was derived from the log.
        round: 0 at first; one more each time that somebody sent it again.
        state: Where it stands.
        tries: How often it was tried.
        code: Last reply of the mail server; 0 without a reply.
        text: Its words.
        due_at: When it is tried next; None when it is not.
        ended_at: When its last round ended; None while it waits.
    """

    number: int
    notice: DueNotice
    derived_at: datetime
    round: int
    state: NoticeState
    tries: int
    code: int
    text: str
    due_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeFilters:
    """Which notices a page has; None leaves a filter out.

    Args:
        kind: Of this kind.
        state: In this state.
        switch_id: About this switch.
        organizations: Of these organizations.
    """

    kind: NoticeKind | None = None
    state: NoticeState | None = None
    switch_id: str | None = None
    organizations: frozenset[str] | None = None


@dataclass(frozen=True, kw_only=True)
class Derivation:
    """The right to derive notices from the log, which one process has at a time.

    Args:
        position: Events up to it were looked at.
        cursor: The transaction that holds the right.
    """

    position: int
    cursor: Cursor[DictRow]

    def save(self, notices: Iterable[DueNotice], position: int) -> int:
        """Queue new notices and note how far the log was looked at; return how many are new.

        Args:
            notices: Notices of the events up to `position`; those that exist are left as they are.
            position: Position of the last event that was looked at.
        """
        added = 0
        for notice in notices:
            facts = {name: getattr(notice, name) for name in DueNotice.__slots__}
            if self.cursor.execute(_ADD, {**facts, "kind": notice.kind.value}).rowcount:
                self.cursor.execute(_ENQUEUE, {"notice_id": notice.notice_id, "round": 0})
                added += 1
        self.cursor.execute(_MOVE, {"position": position})
        return added


@dataclass(frozen=True, kw_only=True)
class Turn:
    """The right to send one notice, which one process has at a time.

    Args:
        notice: The notice.
        round: Its round.
        cursor: The transaction that holds the right.
    """

    notice: DueNotice
    round: int
    cursor: Cursor[DictRow]

    def end(self, state: NoticeState) -> None:
        """End the round of the notice in a state."""
        facts = {"notice_id": self.notice.notice_id, "round": self.round, "state": state.value}
        self.cursor.execute(_END, facts)
        self.cursor.execute(_DEQUEUE, facts)

    def postpone(self, pause: timedelta) -> None:
        """Try again after a pause."""
        self.cursor.execute(_POSTPONE, {"notice_id": self.notice.notice_id, "pause": pause})


class NoticeLog(StorePart):
    """Notices of all organizations.

    Tries and answers are committed at once, beside the transaction that holds the right to send: what is
    known of a message must outlive the process.
    """

    @contextmanager
    def derivation(self) -> Iterator[Derivation | None]:
        """Yield the right to derive notices; None while another process has it."""
        with self._transaction() as cursor:
            row = cursor.execute(_CURSOR).fetchone()
            yield None if row is None else Derivation(position=row["position"], cursor=cursor)

    @contextmanager
    def turn(self) -> Iterator[Turn | None]:
        """Yield the right to send the notice that is due first; None when none is due."""
        with self._transaction() as cursor:
            cursor.execute(_IDLE)
            row = cursor.execute(_CLAIM.encode()).fetchone()
            yield None if row is None else Turn(notice=_notice(row), round=row["round"], cursor=cursor)

    def begin_try(self, notice_id: UUID, *, number: int, round_number: int) -> None:
        """Record that a message is about to be sent.

        Raises:
            ConcurrentWrite: Another process has recorded the same try.
        """
        self._written(lambda cursor: _add_try(cursor, notice_id, number, round_number))

    def answer_try(self, notice_id: UUID, *, number: int, answer: MailAnswer) -> None:
        """Record what a try came to.

        Args:
            notice_id: The notice.
            number: Number of the try.
            answer: What the mail server answered.
        """
        self._written(lambda cursor: _add_answer(cursor, notice_id, number, answer))

    def record_unsent(self, notice_id: UUID, *, number: int, round_number: int, answer: MailAnswer) -> None:
        """Record a try that ended before the message was sent, with its answer."""

        def write(cursor: Cursor[DictRow]) -> None:
            _add_try(cursor, notice_id, number, round_number)
            _add_answer(cursor, notice_id, number, answer)

        self._written(write)

    def tries(self, notice_id: UUID) -> tuple[NoticeTry, ...]:
        """Return every try of a notice, the oldest first."""
        return tuple(_try(row) for row in self._rows(_TRIES, {"notice_id": notice_id}))

    def notice(self, notice_id: UUID) -> ShownNotice | None:
        """Return a notice with where it stands; None when there is none."""
        rows = self._rows(_ONE, {"notice_id": notice_id})
        return _shown(rows[0]) if rows else None

    def page(self, filters: NoticeFilters, *, after: int | None, limit: int) -> Sequence[ShownNotice]:
        """Return one page of notices, the newest first.

        Args:
            filters: Which notices.
            after: Number of the last notice of the page before; None for the first page.
            limit: Notices of the page, PAGE_SIZE_MAX at most.
        """
        organizations = filters.organizations
        parameters = {
            "after": after,
            "kind": filters.kind and filters.kind.value,
            "state": filters.state and filters.state.value,
            "switch_id": filters.switch_id,
            "organizations": None if organizations is None else sorted(organizations),
            "limit": checked_page_size(limit),
        }
        return [_shown(row) for row in self._rows(_PAGE, parameters)]

    def resent_notice(self, resend_id: UUID) -> UUID | None:
        """Return which notice a request sent again; None if there was no such request."""
        rows = self._rows(_RESENT, {"resend_id": resend_id})
        return rows[0]["notice_id"] if rows else None

    def resend(self, notice_id: UUID, *, resend_id: UUID, actor: str, reason: str) -> bool:
        """Begin another round of a notice that has ended, once for each `resend_id`.

        Args:
            notice_id: The notice.
            resend_id: Id of the request.
            actor: Who asks for it.
            reason: Why.

        Returns:
            Whether a round began, now or by the same request before; False while the notice waits.
        """

        def write(cursor: Cursor[DictRow]) -> bool:
            cursor.execute(_LOCK)
            facts = {"notice_id": notice_id, "resend_id": resend_id, "actor": actor, "reason": reason}
            known = cursor.execute(_RESENT, facts).fetchone()
            if known is not None:
                return bool(known["notice_id"] == notice_id)
            row = cursor.execute(_ONE.encode(), facts).fetchone()
            if row is None or row["state"] == NoticeState.WAITING:
                return False
            cursor.execute(_RESEND, {**facts, "round": row["round"] + 1})
            cursor.execute(_ENQUEUE, {**facts, "round": row["round"] + 1})
            return True

        return self._written(write)


def _add_try(cursor: Cursor[DictRow], notice_id: UUID, number: int, round_number: int) -> None:
    facts = {"notice_id": notice_id, "number": number, "round": round_number, "instance": own_instance()}
    cursor.execute(_TRY, facts)


def _add_answer(cursor: Cursor[DictRow], notice_id: UUID, number: int, answer: MailAnswer) -> None:
    facts = {"outcome": answer.outcome.value, "code": answer.code, "text": answer.text}
    cursor.execute(_ANSWER, {"notice_id": notice_id, "number": number, **facts})


def _notice(row: DictRow) -> DueNotice:
    facts = {name: row[name] for name in DueNotice.__slots__}
    return DueNotice(**{**facts, "kind": NoticeKind(row["kind"])})


def _try(row: DictRow) -> NoticeTry:
    outcome = None if row["outcome"] is None else Outcome(row["outcome"])
    return NoticeTry(**{**row, "outcome": outcome, "code": row["code"] or 0, "text": row["text"] or ""})


def _shown(row: DictRow) -> ShownNotice:
    names = ("number", "derived_at", "round", "tries", "code", "text", "due_at", "ended_at")
    facts = {name: row[name] for name in names}
    return ShownNotice(notice=_notice(row), state=NoticeState(row["state"]), **facts)

"""What becomes of a notice: tries, answers of the mail server, and its end (notices#delivery)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

#: Tries of one round; the last one comes about a day after the first.
TRIES_MAX = 12
#: Tries of one round whose answer was lost: the notice is sent once more, and never a third time.
LOST_MAX = 2
PAUSE_FIRST = timedelta(minutes=1)
PAUSE_MAX = timedelta(hours=4)


class Outcome(StrEnum):
    """What one try came to; the value is what is stored."""

    #: The mail server took the message.
    SENT = "sent"
    #: It refused the message for good (5xx).
    REFUSED = "refused"
    #: It refused the message for now (4xx), or it was not reached; the message was not sent.
    POSTPONED = "postponed"
    #: The message was sent, and the answer was lost.
    UNANSWERED = "unanswered"
    #: Nothing was sent: the recipient does not get this kind of notice any more.
    WITHDRAWN = "withdrawn"


class NoticeState(StrEnum):
    """Where a notice stands; the value is what is stored."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    #: Every try of the round was refused for now.
    FAILED = "failed"
    #: It was sent twice, and both answers were lost.
    UNCONFIRMED = "unconfirmed"
    WITHDRAWN = "withdrawn"


#: In these an administrator may send the notice again.
RESENDABLE = frozenset({NoticeState.REFUSED, NoticeState.FAILED, NoticeState.UNCONFIRMED, NoticeState.SENT})
#: These need an administrator.
UNDELIVERED = frozenset({NoticeState.REFUSED, NoticeState.FAILED, NoticeState.UNCONFIRMED})
_ENDINGS = {
    Outcome.SENT: NoticeState.SENT,
    Outcome.REFUSED: NoticeState.REFUSED,
    Outcome.WITHDRAWN: NoticeState.WITHDRAWN,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class MailAnswer:
    """What a mail server answered to one message.

    Args:
        outcome: What it means.
        code: Three digits of the reply; 0 without a reply.
        text: Words of the reply, without addresses of people.
    """

    outcome: Outcome
    code: int = 0
    text: str = ""


def state_of(outcomes: Sequence[Outcome | None]) -> NoticeState:
    """Return where a notice stands after the tries of its round.

    Args:
        outcomes: What each try came to, oldest first; None: its process ended before it recorded an answer.
    """
    for outcome, state in _ENDINGS.items():
        if outcome in outcomes:
            return state
    if sum(outcome in {None, Outcome.UNANSWERED} for outcome in outcomes) >= LOST_MAX:
        return NoticeState.UNCONFIRMED
    return NoticeState.FAILED if len(outcomes) >= TRIES_MAX else NoticeState.WAITING


def pause_after(tries: int, first: timedelta = PAUSE_FIRST) -> timedelta:
    """Return how long to wait before the next try.

    Args:
        tries: Tries of the round so far, at least 1.
        first: Pause after the first try; each later one is twice as long, up to PAUSE_MAX.
    """
    pause: timedelta = min(first * 2 ** (tries - 1), PAUSE_MAX)
    return pause

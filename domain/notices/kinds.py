"""The kinds of notices, and the recorded events that cause them (notices#kinds)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from domain.kernel.ids import NAMESPACE
from domain.operator.alarms import STILL_SWITCHING
from domain.requests.wait_events import EligibilityWaitEnded
from domain.switch import events, move_events
from domain.switch.provisioning_events import ProvisioningOverdue
from domain.switch.return_events import CompensationStuck
from domain.switch.stage import Stage
from domain.switch.waiting_events import WaitNoted

#: Code of a step that waits because no token lets this installation in (access#access-that-is-lost).
ACCESS_LOST_CODE = "ACCESS_LOST"


class NoticeKind(StrEnum):
    """What a notice is about; the value is what is stored, so it is never renamed."""

    COMPLETION = "completion"
    CREDIT_CHECK_REQUIRED = "credit_check_required"
    REMINDER = "reminder"
    DECIDED = "decided"
    EXPIRED = "expired"
    VOIDED = "voided"
    HOLD = "hold"
    CANCELLATION = "cancellation"
    FAILURE = "failure"
    FORFEITURE = "forfeiture"
    BREACH = "breach"
    ACCESS_LOST = "access_lost"
    STILL_SWITCHING = "still_switching"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cause:
    """An event that causes a notice; with a field, only certain values of it do.

    Args:
        topic: Topic of the event.
        field: Name of the field that decides; "" if every such event causes the notice.
        values: Values of the field that cause the notice, or that do not.
        is_except: The values are those that cause no notice.
    """

    topic: str
    field: str = ""
    values: frozenset[str] = frozenset()
    is_except: bool = False

    def includes(self, event: Any) -> bool:
        """Tell whether an event of the topic causes the notice."""
        if not self.field:
            return True
        return (str(getattr(event, self.field)) in self.values) != self.is_except


def _every(*classes: Any) -> tuple[Cause, ...]:
    return tuple(Cause(topic=each.TOPIC) for each in classes)


def _waits_ended(*outcomes: Stage) -> Cause:
    values = frozenset(each.value for each in outcomes)
    return Cause(topic=EligibilityWaitEnded.TOPIC, field="outcome", values=values)


_LATE = frozenset({STILL_SWITCHING})
_PROMISE = events.PromiseMissed.TOPIC

#: Kind -> its causes, as docs/notices.md has them.
CAUSES: dict[NoticeKind, tuple[Cause, ...]] = {
    NoticeKind.COMPLETION: _every(move_events.SwitchCompleted),
    NoticeKind.CREDIT_CHECK_REQUIRED: _every(events.CreditCheckRequired),
    NoticeKind.REMINDER: _every(events.CreditCheckReminded),
    NoticeKind.DECIDED: _every(events.CreditCheckApproved, events.CreditCheckDeclined),
    NoticeKind.EXPIRED: (*_every(events.CreditCheckExpired), _waits_ended(Stage.EXPIRED)),
    NoticeKind.VOIDED: _every(events.ReplacementVoided),
    NoticeKind.HOLD: _every(move_events.LicenseMoveHeld, ProvisioningOverdue, CompensationStuck),
    NoticeKind.CANCELLATION: (
        *_every(events.SwitchCancelled, events.SwitchRolledBack),
        _waits_ended(Stage.CANCELLED),
    ),
    NoticeKind.FAILURE: (
        *_every(events.SwitchFailed),
        _waits_ended(Stage.NEVER, Stage.PRICE_CHANGED),
    ),
    NoticeKind.FORFEITURE: _every(move_events.CreditForfeited),
    NoticeKind.BREACH: (Cause(topic=_PROMISE, field="promise", values=_LATE, is_except=True),),
    NoticeKind.ACCESS_LOST: (
        Cause(topic=WaitNoted.TOPIC, field="code", values=frozenset({ACCESS_LOST_CODE})),
    ),
    NoticeKind.STILL_SWITCHING: (Cause(topic=_PROMISE, field="promise", values=_LATE),),
}
#: Topics of the events that may cause a notice; other events are not decoded.
TOPICS = frozenset(cause.topic for causes in CAUSES.values() for cause in causes)


def kinds_of(topic: str, event: Any) -> Iterator[NoticeKind]:
    """Yield the kinds of notices that an event causes.

    Args:
        topic: Topic of the event.
        event: The event.
    """
    for kind, causes in CAUSES.items():
        if any(cause.topic == topic and cause.includes(event) for cause in causes):
            yield kind


def notice_id_of(switch_id: str, kind: NoticeKind, recipient_key: UUID) -> UUID:
    """Return the id of the one notice of a kind that a recipient gets about a switch."""
    return uuid5(NAMESPACE, f"notice:{switch_id}:{kind.value}:{recipient_key}")

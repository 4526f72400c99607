"""What is recorded of a switch, as the rules of an autopsy look at it; and the evidence that they name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.story.holdings import Lock, MoneyAndOrder, Users
from audit.story.steps import StepStory, is_failed
from audit.story.wait_parts import Wait
from domain.event_table.event_declaration import WaitKind
from domain.event_table.event_table import effect_of
from domain.operator.workflow_trouble import WorkflowTrouble
from providers.transport.redacted_text import redacted_text
from store.core.rows import RecordedCall
from store.record.notifications import StoredNotification

#: Users of a group of failures who are named one by one.
USERS_NAMED_MAX = 20
#: Calls that are named as evidence of one obstacle.
CALLS_NAMED_MAX = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """One record on which an answer rests."""

    #: event, call, step, users, assessment, catalog or workflow.
    kind: str
    #: Where it stands: position of an event, id of a call, name and run of a step, name of a pass or catalog,
    #: stream of an assessment, id of a workflow.
    place: str
    at: datetime
    #: What it says, in words.
    words: str
    #: The provider's own code and text, and by what its support finds the answer; "" where there is none.
    code: str = ""
    text: str = ""
    request_id: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class UserFailures:
    """Users whom one pass could not move, all for the same reason."""

    pass_name: str
    #: When the pass had dealt with the last of them.
    at: datetime
    #: Code of rules#license-failures.
    error: str
    #: The directory's own code and text without personal data, and by what its support finds the answer.
    code: str
    text: str
    request_id: str
    count: int
    #: Opaque keys of the first of them.
    user_keys: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogArrival:
    """A catalog that was imported."""

    version: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseFacts:
    """Everything that is recorded of one switch."""

    switch_id: str
    organization_id: str
    #: In the order of the log; none where the request was refused.
    events: tuple[StoredNotification, ...]
    calls: tuple[RecordedCall, ...] = ()
    steps: tuple[StepStory, ...] = ()
    waits: tuple[Wait, ...] = ()
    locks: tuple[Lock, ...] = ()
    money: MoneyAndOrder = MoneyAndOrder()  # noqa: RUF009 - immutable
    users: Users = Users()  # noqa: RUF009 - immutable
    failures: tuple[UserFailures, ...] = ()
    #: What was asked of the rules: the refusal of the request, and the looks of a running switch.
    assessments: tuple[StoredNotification, ...] = ()
    #: Catalogs that came while the switch waited or ran.
    catalogs: tuple[CatalogArrival, ...] = ()
    #: What keeps the workflow from going on now; no part of the record.
    troubles: tuple[WorkflowTrouble, ...] = ()

    def of(self, *classes: type[Any]) -> Iterator[tuple[StoredNotification, Any]]:
        """Yield the events of some classes, each with its place in the log."""
        for each in self.events:
            if isinstance(each.event, classes):
                yield each, each.event

    def last(self, *classes: type[Any]) -> tuple[StoredNotification, Any] | None:
        """Return the newest event of some classes."""
        return next(
            ((each, each.event) for each in reversed(self.events) if isinstance(each.event, classes)), None
        )

    def waits_of(self, *kinds: WaitKind) -> Iterator[Wait]:
        """Yield the waits of some kinds."""
        return (each for each in self.waits if each.kind in kinds)


def event_evidence(notification: StoredNotification) -> Evidence:
    """Return an event as evidence."""
    event: Any = notification.event
    return Evidence(
        kind="event",
        place=str(notification.id),
        at=event.timestamp,
        words=f"{notification.topic}: {effect_of(event)}",
    )


def call_evidence(recorded: RecordedCall) -> Evidence:
    """Return a call as evidence: what the provider answered, without personal data."""
    call = recorded.call
    answer = str(call.status) if call.status else "no answer"
    return Evidence(
        kind="call",
        place=str(recorded.id),
        at=call.started_at,
        words=f"{call.provider}, {call.operation}: {answer} (attempt {recorded.attempt} of {recorded.step})",
        code=call.code,
        text=redacted_text(call.text),
        request_id=call.request_id,
    )


def users_evidence(failures: UserFailures) -> Evidence:
    """Return users who could not be moved as evidence."""
    people = "1 user" if failures.count == 1 else f"{failures.count} users"
    return Evidence(
        kind="users",
        place=failures.pass_name,
        at=failures.at,
        words=f"{people} could not be moved in pass {failures.pass_name} ({failures.error})",
        code=failures.code,
        text=failures.text,
        request_id=failures.request_id,
    )


def failed_calls(
    facts: CaseFacts, *, step: str = "", since: datetime | None = None, until: datetime | None = None
) -> Sequence[RecordedCall]:
    """Return the calls that failed, in the order in which they were sent.

    Args:
        facts: The switch.
        step: Only calls of this step; "" takes every one.
        since: Only calls that were sent from then on.
        until: Only calls that were sent until then.
    """
    chosen = [
        each
        for each in facts.calls
        if is_failed(each)
        and (not step or each.step == step)
        and (since is None or each.call.started_at >= since)
        and (until is None or each.call.started_at <= until)
    ]
    return sorted(chosen, key=lambda each: (each.call.started_at, each.id))

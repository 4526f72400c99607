"""What a switch, and every other recorded assessment, would have been on another basis."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from audit.whatif.basis import Basis, Input
from audit.whatif.deadlines import compare_extension, compare_switch_back, compare_terms, compare_wait
from audit.whatif.decisions import Decision, Difference, Outcome, Place, Undecided
from audit.whatif.eligibility import compare_assessment, input_of
from audit.whatif.money import Fixed, compare_bill, compare_quote
from domain.eligibility.eligibility_input import AssessmentInput
from domain.kernel.errors import PlanSwitchError, UnknownSwitch
from domain.kernel.ids import eligibility_wait_stream_id
from domain.requests.wait_events import PriceAccepted, PriceAsked, StartRescheduled, WaitQuoteFixed
from domain.switch.control_events import QuantityAmended
from domain.switch.events import (
    CreditCheckExtended,
    CreditCheckRequired,
    QuoteFixed,
    ReplacementOrdered,
    SwitchRequested,
)
from domain.switch.move_events import BillingCutOver, QuoteCorrected, SwitchCompleted
from store.core.errors import UNREADABLE
from store.record.assessments import AssessmentStore
from store.record.notifications import StoredNotification

#: Events with a quote that binds the switch, and those of a request that waited for it.
_BINDING = (QuoteFixed, QuantityAmended, QuoteCorrected)
_WAITING = (WaitQuoteFixed, PriceAccepted, StartRescheduled)
_DECIDING = (
    *_BINDING,
    *_WAITING,
    *(PriceAsked, ReplacementOrdered, CreditCheckRequired, CreditCheckExtended),
    *(BillingCutOver, SwitchCompleted),
)
_TOPICS = tuple(each.TOPIC for each in _DECIDING)
#: Inputs at which each part looks.
_ELIGIBILITY = frozenset({Input.RECORDED, Input.RULES, Input.CATALOG})
_MONEY = frozenset({Input.RECORDED, Input.RULES, Input.CATALOG, Input.POLICY})
_DEADLINES = frozenset({Input.RECORDED, Input.RULES, Input.CALENDAR})
#: The switch in the meta of a stored event.
_STORED_ID = re.compile(rb'"meta":\s*\{"switch_id":\s*"([^"]*)"')
_UNREADABLE = "the event can't be read"
#: Requests and assessments that are read at once: what is kept in memory of a whole history.
PAGE_SIZE = 200
#: Pages whose ends are read at once.
_ENDS_MAX = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class WhatIf:
    """What one switch, or one assessment of none, would have been."""

    #: "" of an assessment that led to no switch.
    switch_id: str
    organization_id: str
    #: Place in the log of the request, or of the assessment.
    position: int
    #: Decisions that were made again.
    decisions: int
    differences: tuple[Difference, ...]
    undecided: tuple[Undecided, ...]


@dataclass(kw_only=True, slots=True)
class _Record:
    """What was recorded of one switch, as far as it decides something."""

    requested: StoredNotification
    assessments: list[StoredNotification]
    events: list[StoredNotification]
    #: Events of the stream that can't be read: whose they are is unknown.
    unreadable: list[StoredNotification]


def what_if(store: AssessmentStore, basis: Basis, switch_id: str) -> WhatIf:
    """Decide everything again that was decided in one switch.

    Args:
        store: The event store.
        basis: The input that is another one.
        switch_id: Whole id of the switch; a request that was refused has assessments alone.

    Raises:
        UnknownSwitch: Nothing was assessed for it.
    """
    requests = store.requests_of([switch_id])
    if requests:
        (answer,) = what_ifs(store, basis, requests[:1])
        return answer
    outcome, assessments = Outcome(), store.assessments_of([switch_id])
    if not assessments:
        raise UnknownSwitch(
            f"No assessment of switch {switch_id} is recorded.", remedy="`planswitch switch list`"
        )
    for each in assessments:
        _compare_assessed(outcome, basis, each)
    return _answer(assessments[0], outcome, switch_id=switch_id)


def what_ifs(
    store: AssessmentStore, basis: Basis, requests: Sequence[StoredNotification]
) -> Iterator[WhatIf]:
    """Yield the same of every switch of some recorded requests, in their order."""
    for record in _records(store, requests):
        outcome = Outcome()
        with _reported(outcome, record.requested):
            _decide(outcome, basis, record)
        yield _answer(record.requested, outcome, switch_id=_switch_id(record.requested))


@dataclass(frozen=True, kw_only=True, slots=True)
class WhatIfPage:
    """A part of the history."""

    #: One for each switch, and each assessment of none, that was decided again.
    answers: tuple[WhatIf, ...]
    #: Place in the log after which the next page begins; None: this is the last one.
    next_id: int | None


def what_if_page(store: AssessmentStore, basis: Basis, *, after_id: int, until_id: int) -> WhatIfPage:
    """Decide a part of the history again: every switch, preview and refusal, in the order of the log.

    A switch stands where its request is, with everything that was decided later.

    Args:
        store: The event store.
        basis: The input that is another one.
        after_id: Last place of the page before; 0 begins with the first event.
        until_id: Last place of the history that is looked at.
    """
    page = store.assessments_after(after_id, until_id=until_id, limit=PAGE_SIZE)
    requests = [each for each in page if each.topic == SwitchRequested.TOPIC]
    others = [each for each in page if each.topic != SwitchRequested.TOPIC]
    answers = {each.id: _unreadable(each) for each in requests if not _is_readable(each)}
    readable = [each for each in requests if each.id not in answers]
    answers |= {each.position: each for each in what_ifs(store, basis, readable)}
    answers |= {each.id: what_if_assessed(basis, each) for each in _without_switch(store, others)}
    return WhatIfPage(
        answers=tuple(answers[number] for number in sorted(answers)),
        next_id=page[-1].id if len(page) == PAGE_SIZE else None,
    )


def _without_switch(
    store: AssessmentStore, assessments: Sequence[StoredNotification]
) -> list[StoredNotification]:
    """Return the assessments that led to no switch; the others are decided again with theirs."""
    # The id stands in the stored bytes: to decode those of every switch twice would be half of the work.
    ids = {each.id: _STORED_ID.search(each.state) for each in assessments}
    named = {match[1].decode() for match in ids.values() if match} - {""}
    known = store.requested(sorted(named)) if named else frozenset()
    matches = ((each, ids[each.id]) for each in assessments)
    return [each for each, match in matches if match is None or match[1].decode() not in known]


@dataclass(frozen=True, kw_only=True, slots=True)
class PageEnds:
    """Where pages of the history end: each of them can be decided by itself."""

    #: Last places of pages of PAGE_SIZE, in the order of the log.
    ends: tuple[int, ...]
    #: Place after which more ends are to be asked for; None: what is after the last one is the last page.
    next_id: int | None


def page_ends(store: AssessmentStore, *, after_id: int, until_id: int) -> PageEnds:
    """Return where the next pages of the history end, _ENDS_MAX of them at most.

    Args:
        store: The event store.
        after_id: Place in the log after which the first page begins.
        until_id: Last place of the history that is looked at.
    """
    ends = store.assessment_ends(after_id, until_id=until_id, page_size=PAGE_SIZE, limit=_ENDS_MAX)
    return PageEnds(ends=tuple(ends), next_id=ends[-1] if len(ends) == _ENDS_MAX else None)


def what_if_all(store: AssessmentStore, basis: Basis) -> Iterator[WhatIf]:
    """Yield what the whole history would have been; only a page of it is in memory at a time."""
    after_id: int | None = 0
    until_id = store.max_notification_id()
    while after_id is not None:
        page = what_if_page(store, basis, after_id=after_id, until_id=until_id)
        yield from page.answers
        after_id = page.next_id


def _is_readable(stored: StoredNotification) -> bool:
    """Return whether an event can be read."""
    try:
        return stored.event is not None
    except UNREADABLE:
        return False


def _unreadable(stored: StoredNotification) -> WhatIf:
    """Return the answer about an event of which nobody knows whose it is."""
    lost = Undecided(decision=Decision.ELIGIBLE, position=stored.id, at=stored.recorded_at, why=_UNREADABLE)
    return WhatIf(
        switch_id="",
        organization_id="",
        position=stored.id,
        decisions=0,
        differences=(),
        undecided=(lost,),
    )


def what_if_assessed(basis: Basis, assessed: StoredNotification) -> WhatIf:
    """Return the same of a preview or a refusal that led to no switch."""
    if not _is_readable(assessed):
        return _unreadable(assessed)
    outcome = Outcome()
    with _reported(outcome, assessed):
        _compare_assessed(outcome, basis, assessed)
    return _answer(assessed, outcome, switch_id="")


@contextmanager
def _reported(outcome: Outcome, stored: StoredNotification) -> Iterator[None]:
    """Note a record that is not what our programs write, so that it hides nothing of the others."""
    try:
        yield
    except (PlanSwitchError, KeyError, TypeError, ValueError, AttributeError) as error:
        why = error.message if isinstance(error, PlanSwitchError) else f"{type(error).__name__}: {error}"
        outcome.undecided.append(
            Undecided(decision=Decision.ELIGIBLE, position=stored.id, at=stored.recorded_at, why=why)
        )


def _answer(stored: StoredNotification, outcome: Outcome, *, switch_id: str) -> WhatIf:
    event: Any = stored.event
    return WhatIf(
        switch_id=switch_id,
        organization_id=event.meta["organization_id"],
        position=stored.id,
        decisions=outcome.decisions,
        differences=tuple(outcome.differences),
        undecided=tuple(outcome.undecided),
    )


def _switch_id(stored: StoredNotification) -> str:
    event: Any = stored.event
    return str(event.meta["switch_id"])


def _records(store: AssessmentStore, requests: Sequence[StoredNotification]) -> Iterator[_Record]:
    """Yield what was recorded of these switches, with two reads for all of them."""
    ids = [_switch_id(each) for each in requests]
    waits = [eligibility_wait_stream_id(each) for each in ids]
    streams: list[UUID] = [*dict.fromkeys(each.stream_id for each in requests), *waits]
    events = _by_switch(store.events_of_streams(streams, _TOPICS))
    assessments = _by_switch(store.assessments_of(ids))
    for switch_id, requested in zip(ids, requests, strict=True):
        yield _Record(
            requested=requested,
            assessments=assessments[switch_id],
            events=events[switch_id],
            unreadable=events[str(requested.stream_id)],
        )


def _by_switch(events: Iterable[StoredNotification]) -> dict[str, list[StoredNotification]]:
    """Return events by their switch; one that can't be read stands under its stream."""
    grouped: dict[str, list[StoredNotification]] = defaultdict(list)
    for each in events:
        try:
            grouped[_switch_id(each)].append(each)
        except UNREADABLE:
            grouped[str(each.stream_id)].append(each)
    return grouped


def _decide(outcome: Outcome, basis: Basis, record: _Record) -> None:
    requested: Any = record.requested.event
    place = _place(outcome, record.requested)
    facts = _request_again(place, basis, requested)
    for each in record.assessments:
        _compare_assessed(outcome, basis, each)
    if basis.changed in _MONEY:
        _compare_money(outcome, basis, record, facts)
    if basis.changed in _DEADLINES:
        _compare_deadlines(outcome, basis, record, facts)
    for each in record.unreadable:
        outcome.undecided.append(
            Undecided(decision=Decision.QUOTE, position=each.id, at=each.recorded_at, why=_UNREADABLE)
        )


def _request_again(place: Place, basis: Basis, requested: SwitchRequested) -> AssessmentInput | None:
    """Compare what the request was decided by; return what was read for it."""
    if basis.changed not in _ELIGIBILITY:
        return input_of(place, requested.assessment)
    facts = compare_assessment(place, basis, requested.assessment)
    if facts is not None:
        compare_terms(place, basis, requested, facts)
    return facts


def _compare_assessed(outcome: Outcome, basis: Basis, stored: StoredNotification) -> None:
    """Compare an event of the assessment log; the quote beside it is compared by what it was made from."""
    place = _place(outcome, stored)
    assessed: Any = stored.event
    facts = None
    if basis.changed in _ELIGIBILITY:
        facts = compare_assessment(place, basis, assessed.subject)
    if assessed.quote is not None and basis.changed in _MONEY:
        compare_quote(place, basis, Fixed(facts=assessed.quote, assessed=facts))


def _compare_money(outcome: Outcome, basis: Basis, record: _Record, facts: AssessmentInput | None) -> None:
    binding: Fixed | None = None
    for stored in record.events:
        event, place = stored.event, _place(outcome, stored)
        if isinstance(event, (*_BINDING, *_WAITING)):
            lost = event.forfeited_at_most if isinstance(event, QuoteCorrected) else None
            fixed = Fixed(facts=event.quote, assessed=facts, forfeited_at_most=lost)
            compare_quote(place, basis, fixed)
            binding = fixed if isinstance(event, _BINDING) else binding
        elif isinstance(event, PriceAsked):
            place.cannot(Decision.QUOTE, "of the new price that was asked about, the terms are not recorded")
        elif isinstance(event, BillingCutOver) and binding is not None:
            compare_bill(place, basis, binding, event)


def _compare_deadlines(
    outcome: Outcome, basis: Basis, record: _Record, facts: AssessmentInput | None
) -> None:
    requested: Any = record.requested.event
    rules = requested.rule_set
    ordered: ReplacementOrdered | None = None
    required: CreditCheckRequired | None = None
    for stored in record.events:
        event, place = stored.event, _place(outcome, stored)
        if isinstance(event, ReplacementOrdered):
            ordered = event
        elif isinstance(event, CreditCheckRequired):
            required = compare_wait(place, basis, event, rules=rules, ordered=ordered, facts=facts)
        elif isinstance(event, CreditCheckExtended):
            compare_extension(place, basis, event, required=required, rules=rules)
        elif isinstance(event, SwitchCompleted) and not basis.is_changed(Input.CALENDAR):
            compare_switch_back(place, basis, event, rules=rules)


def _place(outcome: Outcome, stored: StoredNotification) -> Place:
    event: Any = stored.event
    return Place(outcome=outcome, position=stored.id, at=event.timestamp)

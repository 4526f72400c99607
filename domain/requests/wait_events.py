"""A request that waits until its switch may be: begun, looked at, ended (rules#waiting).

The wait has the id of the switch that it leads to, and a stream of its own: looking costs the subscription
nothing, and one organization may have several.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Self

from domain.kernel.errors import NoQuestion, RecordInconsistent, RuleViolated
from domain.kernel.ids import eligibility_wait_stream_id
from domain.kernel.money import Money
from domain.kernel.recorded import Meta, RecordedAggregate, RecordedCreation, RecordedEvent, keep_text, stored
from domain.quote.quote import Quote
from domain.requests.start_times import StartTerms
from domain.requests.wait_changes import NO_QUESTION, NO_QUESTION_REMEDY, Excess, WaitChange
from domain.requests.wait_terms import WaitTerms

#: Gaps between looks that differ by less are the same.
GAP_TOLERANCE = timedelta(minutes=1)


@stored("eligibility-wait.scheduled")
class StartScheduled(RecordedEvent):
    """The request starts on a later day, by that day's quote (cli#scheduling-a-switch)."""

    switch_id: str
    #: In the organization's zone.
    start_on: date
    #: When that day begins.
    not_before: datetime
    #: The quote of that day as it was accepted: unchanged by then, the switch begins with this very one.
    quote_digest: str

    def apply(self, aggregate: EligibilityWait) -> None:
        """Remember when it may start."""
        aggregate.terms = replace(aggregate.terms, not_before=self.not_before)


@stored("eligibility-wait.looked")
class EligibilityLooked(RecordedEvent):
    """The switch was assessed again: the answer is another one, or somebody asked for the look."""

    class_version = 2
    upcast_v1_v2 = staticmethod(keep_text)

    switch_id: str
    #: Every reason that blocks (`reason_records`), in words before version 2; none: the switch may begin.
    reasons: list[dict[str, Any]]
    #: Stream of the assessment with all its inputs.
    assessment_stream_id: str

    def apply(self, aggregate: EligibilityWait) -> None:
        """Remember the newest answer; what stands in the way ends a question, and the next look is news."""
        aggregate.reasons, aggregate.planned = self.reasons, None
        aggregate.price = None if self.reasons else aggregate.price


@stored("eligibility-wait.look-planned")
class EligibilityLookPlanned(RecordedEvent):
    """When it is looked next: noted when the gap is another one, or when a look got no answer."""

    switch_id: str
    looks_at: datetime
    #: Why the look got no answer, and what can be done; "" where it did.
    code: str
    message: str
    remedy: str

    def apply(self, aggregate: EligibilityWait) -> None:
        """Remember the plan."""
        aggregate.planned = self

    @property
    def gap(self) -> timedelta:
        """Return how long after a look the next one comes, while nothing else is noted."""
        return self.looks_at - self.timestamp


@stored("eligibility-wait.outside-act-found")
class WaitActFound(RecordedEvent):
    """Somebody acted on the wait's workflow in Temporal, which believes anybody: who it was is unknown."""

    switch_id: str
    #: A word of domain/switch/outside_events.py.
    act: str
    #: What Temporal tells of it, as far as it is to be believed.
    about: str
    #: Run of the workflow that was acted on.
    acted_run_id: str
    #: Names the act; the same one is recorded once.
    key: str

    def apply(self, aggregate: EligibilityWait) -> None:
        """Note the act."""
        aggregate.outside_acts.add(self.key)


@stored("eligibility-wait.quote-fixed")
class WaitQuoteFixed(RecordedEvent):
    """The quote that was accepted when the wait began: what a later price is compared with."""

    switch_id: str
    #: Inputs, days and lines, as `Quote.as_facts` gives them.
    quote: dict[str, Any]

    def apply(self, aggregate: EligibilityWait) -> None:
        """Remember what was accepted."""
        aggregate.quote = self.quote


@stored("eligibility-wait.price-asked")
class PriceAsked(RecordedEvent):
    """The switch may begin, and costs more than was accepted: somebody is asked, and nothing is ordered.

    See rules#a-price-that-has-changed.
    """

    switch_id: str
    #: What the switch takes now, and what was accepted for that with its tolerance.
    total: Money
    total_at_most: Money
    #: The same of prepaid value that is lost.
    forfeited: Money
    forfeited_at_most: Money
    #: The quote of now.
    quote_digest: str
    quoted_on: date
    #: Without an answer the wait ends then.
    answer_by: datetime
    #: What is more, in words.
    message: str

    def apply(self, aggregate: EligibilityWait) -> None:
        """Remember the question; when it is looked next is news after it."""
        aggregate.price, aggregate.planned = self, None


@stored("eligibility-wait.price-accepted")
class PriceAccepted(RecordedEvent):
    """Somebody accepted the new price: the request goes on with it."""

    switch_id: str
    request_id: str
    until: datetime
    total_at_most: Money
    forfeited_at_most: Money
    #: The quote that was shown, and its digest.
    quote: dict[str, Any]
    quote_digest: str
    #: Everything that is confirmed with it, a loss among it.
    acknowledgments: list[str]

    def apply(self, aggregate: EligibilityWait) -> None:
        """Bind what is accepted now."""
        aggregate.changes[self.request_id] = WaitChange(start=None, quote_digest=self.quote_digest)
        aggregate.planned, aggregate.price = None, None
        aggregate.quote, aggregate.is_bound_stated = self.quote, False
        aggregate.acknowledgments = tuple(self.acknowledgments)
        aggregate.terms = replace(
            aggregate.terms,
            until=self.until,
            total_at_most=self.total_at_most,
            forfeited_at_most=self.forfeited_at_most,
        )


@stored("eligibility-wait.rescheduled")
class StartRescheduled(RecordedEvent):
    """The request starts at another time, by the quote that was accepted for it (rules#scheduled-starts)."""

    switch_id: str
    request_id: str
    #: In the organization's zone; None where it starts as soon as it may.
    start_on: date | None
    #: Stated instant, ISO by the organization's clocks; "" where none is.
    start_at: str
    #: Window in which it starts, such as 22:00-06:00; "" where it has none.
    quiet_hours: str
    #: Before this instant it does not start.
    not_before: datetime
    until: datetime
    total_at_most: Money
    forfeited_at_most: Money
    #: By how many percent more it may cost without a question.
    price_tolerance_percent: str
    #: The quote that was shown, and its digest.
    quote: dict[str, Any]
    quote_digest: str
    #: Everything that is confirmed with it, a loss among it.
    acknowledgments: list[str]
    #: The total is the operator's own bound, which takes the place of what the quote says for each day.
    is_bound_stated: bool

    def apply(self, aggregate: EligibilityWait) -> None:
        """Remember when it starts, and for what."""
        aggregate.changes[self.request_id] = WaitChange(start=self.start, quote_digest=self.quote_digest)
        aggregate.planned, aggregate.price = None, None
        aggregate.quote, aggregate.tolerance = self.quote, self.price_tolerance_percent
        aggregate.is_bound_stated = self.is_bound_stated
        aggregate.acknowledgments = tuple(self.acknowledgments)
        aggregate.start = self.start
        aggregate.terms = WaitTerms(
            until=self.until,
            total_at_most=self.total_at_most,
            forfeited_at_most=self.forfeited_at_most,
            not_before=self.not_before,
        )

    @property
    def start(self) -> StartTerms:
        """Return when it starts, as it was asked for."""
        return StartTerms(
            start_on=self.start_on.isoformat() if self.start_on else None,
            start_at=self.start_at or None,
            quiet_hours=self.quiet_hours or None,
        )


@stored("eligibility-wait.ended")
class EligibilityWaitEnded(RecordedEvent):
    """The wait is over."""

    switch_id: str
    #: started, expired, cancelled, never or price_changed.
    outcome: str
    code: str
    message: str
    remedy: str

    def apply(self, aggregate: EligibilityWait) -> None:
        """Remember the end."""
        aggregate.ending = self


class EligibilityWait(RecordedAggregate):
    """One request that waits; it ends once."""

    TOPIC: ClassVar[str] = "eligibility-wait"

    class Created(RecordedCreation):
        """A request was taken that can't begin yet."""

        TOPIC: ClassVar[str] = "eligibility-wait.begun"
        class_version: ClassVar[int] = 2
        upcast_v1_v2 = staticmethod(keep_text)

        switch_id: str
        organization_id: str
        request_id: str
        #: What was asked for, with the digest of the quote that was shown.
        order: dict[str, Any]
        source_plan_id: str
        until: datetime
        total_at_most: Money
        forfeited_at_most: Money
        #: As `reason_records` gives them; in words before version 2.
        reasons: list[dict[str, Any]]

    def __init__(
        self,
        *,
        switch_id: str,
        order: dict[str, Any],
        source_plan_id: str,
        until: datetime,
        total_at_most: Money,
        forfeited_at_most: Money,
        reasons: list[dict[str, Any]],
    ) -> None:
        self.switch_id = switch_id
        self.order = order
        self.source_plan_id = source_plan_id
        self.terms = WaitTerms(until=until, total_at_most=total_at_most, forfeited_at_most=forfeited_at_most)
        #: The newest answer.
        self.reasons = reasons
        #: When it is looked next, as it was noted last.
        self.planned: EligibilityLookPlanned | None = None
        self.ending: EligibilityWaitEnded | None = None
        #: When it starts, as it was asked for last.
        self.start = StartTerms.of_order(order)
        #: The quote that was accepted last; None of a request of before.
        self.quote: dict[str, Any] | None = None
        #: Percent by which a price may be higher without a question.
        self.tolerance = str(order.get("price_tolerance_percent") or "0")
        #: A new price that somebody is asked about.
        self.price: PriceAsked | None = None
        #: The total is the operator's own bound: no day is compared with the quote.
        self.is_bound_stated = False
        #: Everything that was confirmed last.
        self.acknowledgments: tuple[str, ...] = tuple(order.get("acknowledgments") or ())
        #: What was changed, by its request id.
        self.changes: dict[str, WaitChange] = {}
        #: Names of what somebody did in Temporal.
        self.outside_acts: set[str] = set()

    @classmethod
    def begin(
        cls,
        order: dict[str, Any],
        terms: WaitTerms,
        *,
        source_plan_id: str,
        reasons: Sequence[dict[str, Any]],
        at: datetime,
        meta: Meta,
    ) -> Self:
        """Open the stream of a wait.

        Args:
            order: What was asked for.
            terms: What was accepted.
            source_plan_id: Plan that is left.
            reasons: What stands in the way, as `reason_records` gives it.
            at: Aware instant.
            meta: Who asked.
        """
        return cls._create(
            cls.Created,
            id=eligibility_wait_stream_id(meta.switch_id),
            timestamp=at,
            meta=meta.as_facts(),
            switch_id=meta.switch_id,
            organization_id=meta.organization_id,
            request_id=order["request_id"],
            order=order,
            source_plan_id=source_plan_id,
            until=terms.until,
            total_at_most=terms.total_at_most,
            forfeited_at_most=terms.forfeited_at_most,
            reasons=list(reasons),
        )

    def schedule(self, start_on: date, *, not_before: datetime, at: datetime, meta: Meta) -> None:
        """Record before which day the switch does not start.

        Args:
            start_on: The day, in the organization's zone.
            not_before: When it begins.
            at: Aware instant.
            meta: Who asked.
        """
        self.record(
            StartScheduled,
            at=at,
            meta=meta,
            switch_id=self.switch_id,
            start_on=start_on,
            not_before=not_before,
            quote_digest=self.order["quote_digest"],
        )

    def fix_quote(self, quote: Quote, *, at: datetime, meta: Meta) -> None:
        """Record the quote that was accepted when the wait began.

        Args:
            quote: It has the digest of the order.
            at: Aware instant.
            meta: Who asked.
        """
        self.record(WaitQuoteFixed, at=at, meta=meta, switch_id=self.switch_id, quote=quote.as_facts())

    def reschedule(
        self,
        start: StartTerms,
        terms: WaitTerms,
        *,
        request_id: str,
        tolerance_percent: str,
        quote: Quote,
        at: datetime,
        meta: Meta,
        acknowledgments: Sequence[str] = (),
        is_bound_stated: bool = False,
    ) -> None:
        """Record that it starts at another time.

        Args:
            start: When.
            terms: What is accepted from now on.
            request_id: Names the change.
            tolerance_percent: By how many percent more it may cost without a question.
            quote: The one that was shown.
            at: Aware instant.
            meta: Who changed it, and why.
            acknowledgments: Everything that is confirmed with it.
            is_bound_stated: The total is the operator's own bound.

        Raises:
            RuleViolated: The wait has ended.
        """
        self._require_open()
        self.record(
            StartRescheduled,
            at=at,
            meta=meta,
            switch_id=self.switch_id,
            request_id=request_id,
            start_on=date.fromisoformat(start.start_on) if start.start_on else None,
            start_at=start.start_at or "",
            quiet_hours=start.quiet_hours or "",
            not_before=terms.not_before or at,
            until=terms.until,
            total_at_most=terms.total_at_most,
            forfeited_at_most=terms.forfeited_at_most,
            price_tolerance_percent=tolerance_percent,
            quote=quote.as_facts(),
            quote_digest=quote.digest,
            acknowledgments=list(acknowledgments),
            is_bound_stated=is_bound_stated,
        )

    def ask_price(self, quote: Quote, excess: Excess, *, message: str, at: datetime, meta: Meta) -> bool:
        """Ask about a price above what was accepted; return whether it was not asked before.

        Args:
            quote: The quote of now.
            excess: By what it is more.
            message: The same in words.
            at: Aware instant.
            meta: The step that looked.

        Raises:
            RuleViolated: The wait has ended.
        """
        self._require_open()
        lost, known = quote.forfeited_at_most, self.price
        if known is not None and (known.total, known.forfeited) == (excess.total, lost):
            return False
        self.record(
            PriceAsked,
            at=at,
            meta=meta,
            switch_id=self.switch_id,
            total=excess.total,
            total_at_most=excess.accepted,
            forfeited=lost,
            forfeited_at_most=self.terms.forfeited_at_most,
            quote_digest=quote.digest,
            quoted_on=quote.input.quoted_on,
            answer_by=self.terms.until,
            message=message,
        )
        return True

    def accept_price(
        self,
        terms: WaitTerms,
        *,
        request_id: str,
        quote: Quote,
        at: datetime,
        meta: Meta,
        acknowledgments: Sequence[str] = (),
    ) -> None:
        """Record that somebody accepted the new price.

        Args:
            terms: What is accepted from now on.
            request_id: Names the answer.
            quote: The one that was shown.
            at: Aware instant.
            meta: Who accepted it, and why.
            acknowledgments: Everything that is confirmed with it.

        Raises:
            RuleViolated: The wait has ended, or nobody was asked.
        """
        self._require_open()
        if self.price is None:
            raise NoQuestion(NO_QUESTION, remedy=NO_QUESTION_REMEDY)
        self.record(
            PriceAccepted,
            at=at,
            meta=meta,
            switch_id=self.switch_id,
            request_id=request_id,
            until=terms.until,
            total_at_most=terms.total_at_most,
            forfeited_at_most=terms.forfeited_at_most,
            quote=quote.as_facts(),
            quote_digest=quote.digest,
            acknowledgments=list(acknowledgments),
        )

    def note_look(
        self, reasons: Sequence[dict[str, Any]], *, assessment_stream_id: str, at: datetime, meta: Meta
    ) -> None:
        """Record the answer of a look.

        Raises:
            RuleViolated: The wait has ended.
        """
        self._require_open()
        self.record(
            EligibilityLooked,
            at=at,
            meta=meta,
            switch_id=self.switch_id,
            reasons=list(reasons),
            assessment_stream_id=assessment_stream_id,
        )

    def note_outside_act(
        self, *, act: str, about: str, run_id: str, key: str, at: datetime, meta: Meta
    ) -> bool:
        """Record once what somebody did in Temporal, after the end as well; return whether it is new.

        Args:
            act: A word of domain/switch/outside_events.py.
            about: What Temporal tells of it.
            run_id: Run of the workflow that was acted on.
            key: Names the act.
            at: When it was found.
            meta: It names nobody as acting.
        """
        if key in self.outside_acts:
            return False
        facts = {"act": act, "about": about, "acted_run_id": run_id, "key": key}
        self.record(WaitActFound, at=at, meta=meta, switch_id=self.switch_id, **facts)
        return True

    def plan_look(
        self,
        looks_at: datetime,
        *,
        at: datetime,
        meta: Meta,
        code: str = "",
        message: str = "",
        remedy: str = "",
    ) -> bool:
        """Note when it is looked next, and return whether that is news.

        Args:
            looks_at: The next look.
            at: Aware instant.
            meta: The step that looked.
            code: Why the look got no answer; "" where it did.
            message: The same in words.
            remedy: What can be done.
        """
        if self.ending is not None or self._is_planned(looks_at, at=at, code=code, message=message):
            return False
        facts = {"looks_at": looks_at, "code": code, "message": message, "remedy": remedy}
        self.record(EligibilityLookPlanned, at=at, meta=meta, switch_id=self.switch_id, **facts)
        return True

    def _is_planned(self, looks_at: datetime, *, at: datetime, code: str, message: str) -> bool:
        """Return whether a look comes when, and for what, the newest note lets one expect it."""
        known = self.planned
        if known is None or (known.code, known.message) != (code, message):
            return False
        return known.looks_at == looks_at or abs((looks_at - at) - known.gap) < GAP_TOLERANCE

    def end(
        self, outcome: str, *, code: str, message: str, remedy: str, at: datetime, meta: Meta
    ) -> EligibilityWaitEnded:
        """End the wait and return its end; the first end counts."""
        if self.ending is None:
            self.record(
                EligibilityWaitEnded,
                at=at,
                meta=meta,
                switch_id=self.switch_id,
                outcome=outcome,
                code=code,
                message=message,
                remedy=remedy,
            )
        if self.ending is None:
            raise RecordInconsistent(f"the wait of switch {self.switch_id}", missing="its end")
        return self.ending

    def _require_open(self) -> None:
        if self.ending is not None:
            raise RuleViolated(
                f"The wait has ended as {self.ending.outcome}.", remedy="Start again with a new request id."
            )

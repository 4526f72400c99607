"""Bodies of changes of a schedule, and what is shown of one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from console.access.dependencies import ConsoleDependencies
from console.edge.plain_bodies import Body, Text
from console.models.base import view_of
from console.models.schedules import PriceQuestion, ScheduleAnswer, StartKind, StartOffered
from console.switches import views
from console.switches.bodies import Acknowledgments, CommandBody
from domain.quote.quote_input import FORFEITURE
from domain.requests.start_times import StartTerms
from domain.requests.wait_events import EligibilityWait
from projections.reads.shown_rows import instant_text
from services.assessment.asking import Acceptance
from services.commands.schedules import NewStart, Offer, WaitingRequest

_Given = Annotated[Text | None, Field(default=None)]


class NewStartBody(Body):
    """Another time for a request that waits: an instant, or a day, or quiet hours, or the latter two."""

    #: ISO date, `without-forfeiture` or `renewal`.
    start_on: Text | None = None
    #: ISO instant; without an offset by the organization's clocks.
    start_at: Text | None = None
    #: Window such as 22:00-06:00, or `configured`.
    quiet_hours: Text | None = None
    #: End of the wait; null takes the usual one.
    wait_until: Text | None = None
    #: The most that it may take; null is what the quote shows.
    max_total: Text | None = None
    #: null keeps the tolerance that the request has.
    price_tolerance_percent: Text | None = None

    def change(self) -> NewStart:
        """Return what is asked for."""
        return NewStart(**{name: getattr(self, name) for name in NewStartBody.model_fields})


class UndoBody(CommandBody):
    """The end of a request that has not started."""

    #: Only where a new price waits for an answer: it is declined with that.
    declines_price: bool = False


class AcceptBody(CommandBody):
    """A new price that is accepted."""

    #: Warnings that are confirmed beside those of before.
    acknowledgments: Acknowledgments = ()
    #: Accept the loss of prepaid value that the quote discloses.
    accept_forfeiture: bool = False
    #: Digest of the quote that was shown; null with `accept` takes that of this moment.
    quote_digest: Text | None = None
    accept: bool = False

    def acceptance(self) -> Acceptance:
        """Return what is accepted."""
        return Acceptance(quote_digest=self.quote_digest, accept=self.accept, reason=self.reason)

    def confirmed(self) -> tuple[str, ...]:
        """Return everything that is confirmed, a loss among it."""
        return (*self.acknowledgments, FORFEITURE) if self.accept_forfeiture else self.acknowledgments


class ChangeBody(NewStartBody, AcceptBody):
    """Another time with the quote that is accepted for it."""


def schedule_answers(
    console: ConsoleDependencies, requests: Iterable[WaitingRequest]
) -> tuple[ScheduleAnswer, ...]:
    """Return requests that wait as they are shown."""
    listed = tuple(requests)
    names = console.reads.names.names_of(each.row.organization_id for each in listed)
    return tuple(
        schedule_answer(console, each, organization_name=names.get(each.row.organization_id, ""))
        for each in listed
    )


def schedule_answer(
    console: ConsoleDependencies, request: WaitingRequest, *, organization_name: str = ""
) -> ScheduleAnswer:
    """Return one request that waits as it is shown."""
    row, wait = request.row, request.wait
    looks_at, looks_soon = views.looks_of(row)
    terms = wait.terms
    return view_of(
        ScheduleAnswer,
        row,
        organization_name=organization_name,
        source_plan=views.plan_name(console.catalog, row.source_plan_id),
        target_plan=views.plan_name(console.catalog, row.target_plan_id),
        starts_by=_kind_of(wait.start),
        starts=wait.start.words,
        start_on=wait.start.start_on,
        start_at=wait.start.start_at,
        quiet_hours=wait.start.quiet_hours,
        not_before=instant_text(terms.not_before) if terms.not_before else None,
        until=instant_text(terms.until),
        looks_at=looks_at,
        looks_soon=looks_soon,
        policy=str(wait.order.get("policy", "")),
        price_tolerance_percent=wait.tolerance,
        currency=terms.total_at_most.currency,
        total_at_most_minor_units=terms.total_at_most.minor_units,
        total_at_most=str(terms.total_at_most),
        forfeited_at_most_minor_units=terms.forfeited_at_most.minor_units,
        price=_price(wait),
    )


def offer_answer(console: ConsoleDependencies, request: WaitingRequest, offer: Offer) -> StartOffered:
    """Return what somebody would accept."""
    quoted = views.quoted(console.catalog, offer.answer.prepared, console.support_contact)
    return StartOffered(
        **dict(quoted),
        switch_id=request.row.switch_id,
        starts=offer.start.words,
        wait=views.wait_answer(offer.terms),
    )


def _kind_of(start: StartTerms) -> StartKind:
    if start.start_at is not None:
        return "instant"
    if start.quiet_hours is not None:
        return "quiet_hours"
    return "day" if start.start_on is not None else "eligibility"


def _price(wait: EligibilityWait) -> PriceQuestion | None:
    question = wait.price
    if question is None:
        return None
    return view_of(
        PriceQuestion,
        question,
        asked_at=instant_text(question.timestamp),
        answer_by=instant_text(question.answer_by),
    )

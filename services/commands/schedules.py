"""What is scheduled and what waits: listed, changed, undone, and asked again about another price.

A change is accepted as a start is: the quote of the new day is shown, and its digest is sent with the change
(rules#scheduled-starts).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Unpack

from activities.assessment.circumstances import SwitchQuestion
from activities.base.known_orders import recorded_order
from activities.base.wait_contract import AcceptedWait
from activities.request.eligibility_wait import accepted_wait
from activities.request.schedule_change import RESCHEDULE_UPDATE
from domain.kernel.errors import InvalidInput, NoQuestion, RuleViolated
from domain.operator.operator_commands import WAITING_ENDS, WAITING_ENDS_OWNED
from domain.quote.quote_input import FORFEITURE
from domain.requests.eligibility_wait import most_until, tolerance_of, with_tolerance
from domain.requests.start_times import StartTerms, may_be_same
from domain.requests.terms import SwitchTerms, carried, domains_in
from domain.requests.wait_changes import NO_QUESTION, NO_QUESTION_REMEDY, reused_change
from domain.requests.wait_events import EligibilityWait
from domain.requests.wait_terms import WaitTerms
from domain.switch.return_events import CANCEL
from domain.switch.stage import Stage
from projections.reads.shown_rows import SwitchRow
from projections.reads.switch_search import SwitchChoice
from services.answers import CommandTaken
from services.assessment.asking import Acceptance, RulesAnswer, ask, require_askable
from services.assessment.waits import require_wait, wait_terms
from services.base.switch_rows import is_waiting, recorded_wait
from services.base.tools import Tools
from services.commands.send import Cost, send
from workflows.base.messages import ChangeStart, OperatorCommand

_NOT_WAITING = "Nothing is scheduled any more: {state}."
_LOOK_AT_IT = (
    "`planswitch switch show {switch}` tells where it stands; `planswitch schedule list` the others."
)
_TAKEN_BEFORE = "This change was taken before; the record has it."
_ASKED_START = "one of start_on, start_at and quiet_hours, or start_on with quiet_hours"


@dataclass(frozen=True, kw_only=True)
class NewStart:
    """Another time for a request that waits, under the names of the API."""

    start_on: str | None = None
    start_at: str | None = None
    quiet_hours: str | None = None
    wait_until: str | None = None
    max_total: str | None = None
    #: None keeps the tolerance that the request has.
    price_tolerance_percent: str | None = None

    @property
    def start(self) -> StartTerms:
        """Return when it is to start, as it is asked for."""
        return StartTerms(start_on=self.start_on, start_at=self.start_at, quiet_hours=self.quiet_hours)


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """What somebody would accept: an answer of the rules, and how long and for how much it would wait."""

    answer: RulesAnswer
    terms: WaitTerms
    start: StartTerms
    #: The total is the operator's own bound.
    is_bound_stated: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingRequest:
    """A request that waits: its row of the board, and the wait as it is recorded."""

    row: SwitchRow
    wait: EligibilityWait


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingPage:
    """Requests that wait, the newest first."""

    requests: tuple[WaitingRequest, ...]
    total: int
    #: How many wait in all organizations.
    everywhere: int
    #: The last id of the page, if there are more.
    next_id: str | None


def waiting_page(
    tools: Tools, *, limit: int, after: str | None, **choice: Unpack[SwitchChoice]
) -> WaitingPage:
    """Return the requests that are scheduled or wait to be eligible.

    Args:
        tools: Where to look.
        limit: Rows of a page.
        after: Last switch of the page before.
        choice: Which requests.
    """
    page = tools.reads.switches(stage=Stage.WAITING_ELIGIBLE, limit=limit, after=after, **choice)
    loaded = [(row, recorded_wait(tools.store, row.switch_id)) for row in page.rows]
    requests = tuple(WaitingRequest(row=row, wait=wait) for row, wait in loaded if wait is not None)
    everywhere = tools.reads.switches_by_stage().get(Stage.WAITING_ELIGIBLE, 0)
    return WaitingPage(requests=requests, total=page.total, everywhere=everywhere, next_id=page.next_id)


def waiting_request(tools: Tools, switch: str, *, is_to_change: bool = False) -> WaitingRequest:
    """Return one request that waits.

    Args:
        tools: Where to look.
        switch: Its id, or the beginning of it, or of its subscription or organization.
        is_to_change: Only what names it to a command counts.

    Raises:
        UnknownSwitch: There is none.
        RuleViolated: It waits no more.
    """
    row = tools.reads.switch_to_change(switch) if is_to_change else tools.reads.switch(switch)
    wait = recorded_wait(tools.store, row.switch_id)
    if wait is None or not is_waiting(row):
        raise _gone(row)
    return WaitingRequest(row=row, wait=wait)


def new_start(
    tools: Tools,
    request: WaitingRequest,
    change: NewStart,
    *,
    actor: str,
    acknowledgments: Collection[str] = (),
) -> Offer:
    """Return the quote of another time, and what would be accepted with it; nothing is changed.

    Args:
        tools: Where to look.
        request: The request that waits.
        change: The other time.
        actor: Who asks.
        acknowledgments: What is confirmed now, beside what was before.

    Raises:
        InvalidInput: There is no such time, or none was named.
        NotEligible: It can't be quoted at all.
    """
    if (change.start_on, change.start_at, change.quiet_hours) == (None, None, None):
        raise InvalidInput(field="start_on", value=None, allowed=_ASKED_START)
    tolerance = change.price_tolerance_percent or request.wait.tolerance
    terms = replace(
        _terms_of(request),
        start_on=change.start_on,
        start_at=change.start_at,
        quiet_hours=change.quiet_hours,
        price_tolerance_percent=tolerance,
    )
    answer = _answer(tools, request, terms, actor=actor, confirmed=acknowledgments)
    accepted = wait_terms(
        answer.prepared, wait_until=change.wait_until, max_total=change.max_total, is_waiting=True
    )
    if accepted is None:
        raise InvalidInput(field="start_on", value=change.start_on, allowed=_ASKED_START)
    ordered = answer.ordered
    start = StartTerms(start_on=ordered.start_on, start_at=ordered.start_at, quiet_hours=ordered.quiet_hours)
    return Offer(answer=answer, terms=accepted, start=start, is_bound_stated=change.max_total is not None)


def new_price(
    tools: Tools, request: WaitingRequest, *, actor: str, acknowledgments: Collection[str] = ()
) -> Offer:
    """Return what the switch costs now, and what would be accepted with that; nothing is changed.

    No more is accepted than what that quote ever takes until the wait ends, with the request's tolerance.

    Args:
        tools: Where to look.
        request: The request that waits.
        actor: Who asks.
        acknowledgments: What is confirmed now, beside what was before.

    Raises:
        NoQuestion: Nobody is asked about a price.
        NotEligible: It can't be quoted at all.
    """
    wait = request.wait
    if wait.price is None:
        raise NoQuestion(NO_QUESTION, remedy=NO_QUESTION_REMEDY)
    answer = _answer(tools, request, _terms_of(request), actor=actor, confirmed=acknowledgments)
    quote, zone = answer.prepared.quote, answer.prepared.profile.time_zone
    tolerance = tolerance_of(wait.tolerance)
    accepted = replace(
        wait.terms,
        total_at_most=with_tolerance(most_until(quote, wait.terms.until, zone), tolerance),
        forfeited_at_most=quote.forfeited_at_most,
    )
    return Offer(answer=answer, terms=accepted, start=wait.start)


def change_start(
    tools: Tools,
    switch: str,
    change: NewStart,
    acceptance: Acceptance,
    command: OperatorCommand,
    *,
    acknowledgments: Collection[str] = (),
) -> CommandTaken:
    """Let a request start at another time, by the accepted quote of it; the same request id acts once.

    Raises:
        RequestReused: The request id was taken for another change.
        RuleViolated: It waits no more, or a warning or a loss was not accepted.
        QuoteChanged: The quote is not the one that was accepted.
        InvalidInput: There is no such time, or no quote was accepted.
        NotEligible: A reason never clears.
    """
    repeated = _taken_before(tools, switch, command, acceptance, change.start)
    if repeated is not None:
        return repeated
    request = waiting_request(tools, switch, is_to_change=True)
    offer = new_start(tools, request, change, actor=command.actor, acknowledgments=acknowledgments)
    require_wait(tools, offer.answer, acceptance)
    return _send(tools, request, offer, command)


def accept_price(
    tools: Tools,
    switch: str,
    acceptance: Acceptance,
    command: OperatorCommand,
    *,
    acknowledgments: Collection[str] = (),
) -> CommandTaken:
    """Go on with the new price that a request asks about; the same request id acts once.

    Raises:
        RequestReused: The request id was taken for another change.
        RuleViolated: It waits no more, nobody is asked, or a loss was not accepted.
        QuoteChanged: The quote is not the one that was accepted.
        InvalidInput: No quote was accepted.
    """
    repeated = _taken_before(tools, switch, command, acceptance, None)
    if repeated is not None:
        return repeated
    request = waiting_request(tools, switch, is_to_change=True)
    offer = new_price(tools, request, actor=command.actor, acknowledgments=acknowledgments)
    require_wait(tools, offer.answer, acceptance)
    return _send(tools, request, offer, command, is_price_accepted=True)


def undo(tools: Tools, switch: str, command: OperatorCommand, *, is_decline: bool = False) -> CommandTaken:
    """End a request that has not started, or decline its new price; the same request id acts once.

    A switch that has started is not touched.

    Args:
        tools: What to do it with.
        switch: Its id, or the beginning of it.
        command: Who, why, and the request id.
        is_decline: Only where a new price waits for an answer.

    Raises:
        RuleViolated: It waits no more.
        NoQuestion: Nobody is asked about the price that is declined.
        RequestReused: The request id was taken for a change.
    """
    row = tools.reads.switch_to_change(switch)
    wait = recorded_wait(tools.store, row.switch_id)
    ending = wait.ending if wait is not None else None
    if ending is not None and ending.meta["causation"] == _causation(command):
        return CommandTaken(switch_id=row.switch_id, stage=ending.outcome, message=_undone(row))
    if wait is None or ending is not None or not is_waiting(row):
        raise _gone(row)
    if command.request_id in wait.changes:
        raise reused_change(command.request_id)
    if is_decline and wait.price is None:
        raise NoQuestion(NO_QUESTION, remedy=NO_QUESTION_REMEDY)
    return send(tools, row, CANCEL, command)


def _undone(row: SwitchRow) -> str:
    return WAITING_ENDS_OWNED if row.licenses_only else WAITING_ENDS


def _terms_of(request: WaitingRequest) -> SwitchTerms:
    """Return what a request asks for by now; the day of its instant is recorded, and is not asked for."""
    order, wait = recorded_order(request.wait.order), request.wait
    return replace(
        SwitchTerms(**carried(SwitchTerms, order)),
        start_on=wait.start.start_on if wait.start.start_at is None else None,
        start_at=wait.start.start_at,
        quiet_hours=wait.start.quiet_hours,
        acknowledgments=wait.acknowledgments,
    )


def _answer(
    tools: Tools, request: WaitingRequest, terms: SwitchTerms, *, actor: str, confirmed: Collection[str]
) -> RulesAnswer:
    """Return what the rules say; a loss above the accepted one counts as accepted only where it is now."""
    known = tuple(dict.fromkeys((*terms.acknowledgments, *confirmed)))
    question = SwitchQuestion.of(replace(terms, acknowledgments=known), own_switch_id=request.row.switch_id)
    require_askable(question)
    answer = ask(tools, question, actor=actor)
    answer.require_domains(domains_in(confirmed), field="acknowledgments")
    lost, accepted = answer.prepared.quote.forfeited_at_most, request.wait.terms.forfeited_at_most
    is_more = lost.currency != accepted.currency or accepted < lost
    if is_more and FORFEITURE not in confirmed:
        return _without(answer, FORFEITURE)
    return answer


def _without(answer: RulesAnswer, name: str) -> RulesAnswer:
    """Return an answer to somebody who has not confirmed something."""
    question = answer.prepared.question
    left = tuple(each for each in question.terms.acknowledgments if each != name)
    question = replace(question, terms=replace(question.terms, acknowledgments=left))
    return replace(answer, prepared=replace(answer.prepared, question=question))


def _taken_before(
    tools: Tools, switch: str, command: OperatorCommand, acceptance: Acceptance, start: StartTerms | None
) -> CommandTaken | None:
    """Return the answer to a change that the record has, also where the request has started since.

    Raises:
        RequestReused: The record has another one under its request id.
    """
    row = tools.reads.switch_to_change(switch)
    wait = recorded_wait(tools.store, row.switch_id)
    known = wait.changes.get(command.request_id) if wait is not None else None
    if known is None:
        return None
    is_quote = acceptance.quote_digest in {None, known.quote_digest}
    if not is_quote or not _is_same_kind(start, known.start):
        raise reused_change(command.request_id)
    return CommandTaken(switch_id=row.switch_id, stage=row.stage, message=_TAKEN_BEFORE)


def _is_same_kind(wanted: StartTerms | None, known: StartTerms | None) -> bool:
    if wanted is None or known is None:
        return wanted is known
    return may_be_same(wanted, known)


def _send(
    tools: Tools,
    request: WaitingRequest,
    offer: Offer,
    command: OperatorCommand,
    *,
    is_price_accepted: bool = False,
) -> CommandTaken:
    accepted: AcceptedWait = accepted_wait(offer.terms)
    message = ChangeStart(
        request_id=command.request_id,
        actor=command.actor,
        reason=command.reason,
        accepted=accepted,
        quote=offer.answer.prepared.quote.as_facts(),
        price_tolerance_percent=offer.answer.prepared.question.terms.price_tolerance_percent,
        start_on=offer.start.start_on or "",
        start_at=offer.start.start_at or "",
        quiet_hours=offer.start.quiet_hours or "",
        is_price_accepted=is_price_accepted,
        acknowledgments=offer.answer.prepared.question.terms.acknowledgments,
        is_bound_stated=offer.is_bound_stated,
    )
    prepared = offer.answer.prepared
    total = None if prepared.question.terms.licenses_only else offer.terms.total_at_most
    starts = offer.start.words or "as soon as nothing blocks it"
    what = f"starts the switch {starts}, for {total or 'nothing'} at most; {prepared.movers} users move"
    cost = Cost(users=prepared.movers, total=total, what=what)
    return send(tools, request.row, RESCHEDULE_UPDATE, message, cost)


def _causation(command: OperatorCommand) -> str:
    return f"command:{command.request_id}"


def _gone(row: SwitchRow) -> RuleViolated:
    state = f"it is {row.stage.replace('_', ' ')}"
    return RuleViolated(_NOT_WAITING.format(state=state), remedy=_LOOK_AT_IT.format(switch=row.switch_id[:8]))

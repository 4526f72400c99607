"""Checkouts: start a draft, edit a section and quote anew, order exactly what is shown (rules#checkout)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast

import anyio.from_thread

from activities.assessment.circumstances import SwitchQuestion
from activities.contract import RequestSwitchResult, SwitchOrder, refused_answer
from activities.request.eligibility import as_accepted, question_of, require_acknowledged
from domain.kernel.errors import (
    CheckoutChanged,
    ConcurrentWrite,
    InvalidInput,
    PlanSwitchError,
    RuleViolated,
)
from domain.kernel.facts import digest_of
from domain.kernel.ids import checkout_id_of, checkout_stream_id, idempotency_key
from domain.kernel.recorded import Meta
from domain.ports.seller_port import PARTIES, Party
from domain.quote.quote import Quote
from domain.requests.checkout import (
    ACKNOWLEDGMENTS,
    DOMAINS,
    ITEMS,
    OPEN,
    Checkout,
    CheckoutEvent,
    DraftChange,
    NewDraft,
    Placing,
    draft_facts,
    edited,
    fixed_facts,
    require_changes,
    without_forfeiture,
)
from domain.requests.checkout_events import (
    CheckoutAbandoned,
    CheckoutEdited,
    CheckoutOrdered,
    CheckoutReopened,
    CheckoutStarted,
)
from domain.requests.switch_plan import SwitchPlan
from domain.requests.terms import PaymentMethod, SwitchTerms
from services.approvals.gate import require_approved
from services.approvals.proposals import start_proposal
from services.assessment.asking import (
    QUOTED_ON,
    Acceptance,
    RulesAnswer,
    ask,
    order_of,
    planned,
    record,
    require_acknowledgments,
    require_bindable,
    require_start,
)
from services.base.tools import Tools, recorded_cloud
from services.temporal.switch_workflows import refused
from store.record.logs import unknown_checkout

#: How to repeat an order whose answer was lost.
ORDERED_AGAIN = "Then order the same revision again: it is one switch."
MAY_BE_REQUIRED = "may_be_required"
NOT_EXPECTED = "not_expected"
WHOLE_ID_LENGTH = 36


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckoutSight:
    """A draft beside what seller and rules say to it now."""

    checkout: Checkout
    #: None when it is no longer open; after the order the switch is looked at.
    answer: RulesAnswer | None
    parties: dict[str, Party]
    #: What would happen; None when it is no longer open.
    plan: SwitchPlan | None = None

    @property
    def is_quote_current(self) -> bool:
        """Return whether the quote that was shown is still the quote."""
        return self.answer is None or self.answer.prepared.quote.digest == self.checkout.quote_digest

    @property
    def parties_changed(self) -> tuple[str, ...]:
        """Return the parties that somebody changed at the seller since they were shown."""
        shown = self.checkout.parties
        return tuple(role for role, party in self.parties.items() if party.version != shown[role])


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderedCheckout:
    """What an order led to."""

    switch_id: str
    request_id: str
    #: The draft was ordered before; this is the answer to it.
    repeated: bool


def start(tools: Tools, new: NewDraft, *, actor: str) -> Checkout:
    """Open a draft with a first quote; the same request again answers the same draft.

    Raises:
        RequestReused: The request was used for another draft.
        NotEligible: It can't be quoted at all.
    """
    checkout_id = checkout_id_of(new.organization_id, new.request_id)
    known = tools.store.find_checkout(checkout_id)
    if known is not None:
        known.has_request(new.request_id, new.input_digest)
        return known
    require_bindable(new.policy)
    answer = _recorded_answer(tools, _first_terms(tools, new), actor)
    prepared = answer.prepared
    terms = replace(
        prepared.question.terms,
        source_subscription_id=prepared.source.subscription_id,
        quantity=prepared.quantity,
        service_settings=prepared.service_settings,
    )
    event = CheckoutStarted(
        originator_id=checkout_stream_id(checkout_id),
        originator_version=1,
        timestamp=datetime.now(tz=UTC),
        organization_id=new.organization_id,
        request_id=new.request_id,
        input_digest=new.input_digest,
        asked=fixed_facts(terms),
        terms=draft_facts(terms),
        meta=_meta(new.organization_id, actor, new.reason, new.request_id).as_facts(),
        **_quoted(tools, answer),
    )
    return _appended(
        tools, checkout_id, event, is_done=lambda known: known.has_request(new.request_id, new.input_digest)
    )


def _first_terms(tools: Tools, new: NewDraft) -> SwitchTerms:
    payment_method = new.payment_method
    if payment_method is None:
        with recorded_cloud(tools, new.organization_id) as cloud:
            paid_now = cloud.billing.profile(new.organization_id).payment_method
        payment_method = cast("PaymentMethod", paid_now)
    return SwitchTerms(
        organization_id=new.organization_id,
        source_subscription_id=new.source_subscription_id,
        target_plan_id=new.target_plan,
        quantity=new.quantity,
        payment_method=payment_method,
        rule_set=new.rule_set,
        policy=new.policy,
    )


def edit(tools: Tools, checkout_id: str, section: str, change: DraftChange, *, actor: str) -> Checkout:
    """Change one section and quote anew; the same request again answers the draft as it is.

    Raises:
        RequestReused: The request was used for another change.
        RuleViolated: The draft was ordered.
        CheckoutChanged: It is not the draft that the change was decided on; the message says what changed.
        InvalidInput: There is no such section or field, or the value is not allowed.
    """
    checkout = visible_checkout(tools, checkout_id)
    changes, request_id = _resolved(tools, section, change.changes), change.request_id
    require_changes(section, changes)
    input_digest = _edit_digest(section, changes)
    if checkout.has_request(request_id, input_digest):
        return checkout
    checkout.require_open()
    checkout.require_revision(change.revision)
    terms = edited(checkout.terms, section, changes)
    if section == ACKNOWLEDGMENTS:
        require_acknowledgments(changes.get("confirmed", ()))
    if section in PARTIES and changes:
        _change_party(tools, checkout, section, request_id, changes)
    answer = ask(tools, SwitchQuestion(terms=terms), actor=actor)
    if section == DOMAINS:
        answer.require_domains(changes.get("confirmed", ()), field=f"{DOMAINS}.confirmed")
    _record(tools, answer)
    if section != ACKNOWLEDGMENTS and _loss(answer.prepared.quote) != _loss(checkout.priced):
        terms = without_forfeiture(terms)
    event = checkout.advance(
        CheckoutEdited,
        at=datetime.now(tz=UTC),
        meta=_meta(checkout.organization_id, actor, change.reason, request_id),
        request_id=request_id,
        input_digest=input_digest,
        section=section,
        changed=sorted(changes),
        terms=draft_facts(terms),
        **_quoted(tools, answer),
    )
    return _appended(
        tools,
        checkout_id,
        event,
        is_done=lambda newest: newest.has_request(request_id, input_digest),
        revision=change.revision,
    )


def whole_id(tools: Tools, text: str) -> str:
    """Return the id of the draft that `text` names: the id itself, or the beginning of one that is listed.

    Raises:
        UnknownCheckout: There is none.
        InvalidInput: The beginning is too short, or several ids begin so.
    """
    # A draft of this moment is in the store before it is in the list.
    if len(text) >= WHOLE_ID_LENGTH:
        return visible_checkout(tools, text.lower()).checkout_id
    return tools.reads.checkout(text).checkout_id


def visible_checkout(tools: Tools, checkout_id: str) -> Checkout:
    """Return the draft of this id as it is now.

    Raises:
        UnknownCheckout: There is none, or it belongs to an organization that the caller may not see.
    """
    checkout = tools.store.find_checkout(checkout_id)
    if checkout is None or not tools.reads.sees(checkout.organization_id):
        raise unknown_checkout(checkout_id)
    return checkout


def see(tools: Tools, checkout: Checkout, *, actor: str) -> CheckoutSight:
    """Look at a draft: the seller's names and addresses, and what the rules say now; it is recorded.

    An ordered draft is not assessed again: its own switch would block it. Nor is an abandoned one.
    """
    parties = _parties(tools, checkout.organization_id)
    if checkout.state != OPEN:
        return CheckoutSight(checkout=checkout, answer=None, parties=parties)
    answer, plan = planned(tools, _answer_now(tools, checkout, actor))
    record(tools, answer, reason="checkout shown", accepted=answer.prepared.assessment.is_eligible)
    return CheckoutSight(checkout=checkout, answer=answer, parties=parties, plan=plan)


def _answer_now(tools: Tools, checkout: Checkout, actor: str) -> RulesAnswer:
    """Return what the rules say to a draft now; one of a period that is over is quoted as of today."""
    try:
        return ask(tools, _shown(checkout), actor=actor)
    except InvalidInput as error:
        if error.details["field"] != QUOTED_ON:
            raise
    return ask(tools, SwitchQuestion(terms=checkout.terms), actor=actor)


def order(tools: Tools, checkout_id: str, placing: Placing, *, actor: str) -> OrderedCheckout:
    """Start the switch with exactly what is shown; the same revision again answers the same switch.

    Call it in a worker thread of the server's loop, on which the workflow is started.

    Raises:
        Refused: The switch was refused before anything was ordered; the draft is open again.
        WorkerAbsent: No worker would take it; the draft is as it was.
        PlanSwitchError: What `place` raises.
    """
    draft = visible_checkout(tools, checkout_id)
    is_repeated = draft.placed is not None
    request_id = draft.placed.request_id if draft.placed else ""
    # Before the draft is marked as ordered.
    anyio.from_thread.run(tools.workflows.require_worker, draft.organization_id, request_id)
    checkout = place(tools, checkout_id, placing, actor=actor)
    if checkout.placed is None:
        raise RuleViolated("The checkout was reopened meanwhile.", remedy="Look at it and order again.")
    wanted = order_of(
        placing.on_behalf(checkout.terms),
        checkout.priced,
        switch_id=checkout.placed.switch_id,
        request_id=checkout.placed.request_id,
        actor=actor,
        reason=placing.reason,
    )
    _require_approved(tools, checkout, wanted, actor=actor)
    result = anyio.from_thread.run(
        partial(
            tools.workflows.start,
            wanted,
            source_plan_id=checkout.priced.input.source_plan_id,
            repetition=ORDERED_AGAIN,
        )
    )
    if not result.accepted:
        reopen(tools, checkout, result, actor=actor)
        raise refused(result)
    return OrderedCheckout(switch_id=wanted.switch_id, request_id=wanted.request_id, repeated=is_repeated)


def _require_approved(tools: Tools, checkout: Checkout, wanted: SwitchOrder, *, actor: str) -> None:
    """Request the approval of a second person where the order needs it; the draft stays ordered meanwhile.

    Raises:
        ApprovalRequired: Somebody has to approve it first.
        RuleViolated: Somebody refused it; the draft is open again.
    """
    if not tools.approvals.is_on or tools.store.requested([wanted.switch_id]):
        return
    prepared = ask(tools, question_of(wanted), actor=actor).prepared
    proposal = start_proposal(tools, wanted, as_accepted(prepared, wanted.quote_digest))
    message = {**proposal.message, "checkout_id": checkout.checkout_id}
    require_approved(tools, replace(proposal, message=message))


def reopen_refused(tools: Tools, checkout_id: str, error: PlanSwitchError, *, actor: str) -> None:
    """Open a draft for edits again whose order nobody approved, or was refused after its approval.

    Args:
        tools: Where it is.
        checkout_id: The draft.
        error: Why it will not start.
        actor: Who ends it.
    """
    checkout = tools.store.find_checkout(checkout_id)
    if checkout is not None and checkout.placed is not None:
        reopen(tools, checkout, refused_answer(error.code, error.message, error.remedy), actor=actor)


def place(tools: Tools, checkout_id: str, placing: Placing, *, actor: str) -> Checkout:
    """Mark a draft as ordered when what is shown can be ordered; again it answers what was ordered.

    Nothing is started here: the mark comes before the start, so that a lost answer is no second switch.

    Raises:
        RuleViolated: Another revision was ordered, or a warning was not acknowledged.
        CheckoutChanged: It is not what was looked at, or an address was changed at the seller.
        QuoteChanged: The quote is not the one that was shown.
        NotEligible: The rules block it; every reason is in the details.
        SwitchInProgress: Another switch runs in the organization.
    """
    checkout = visible_checkout(tools, checkout_id)
    if _is_placed(checkout, placing.revision):
        return checkout
    checkout.require_open()
    checkout.require_revision(placing.revision)
    _require_orderable(tools, checkout, placing, actor)
    event = checkout.advance(
        CheckoutOrdered,
        at=datetime.now(tz=UTC),
        meta=_meta(checkout.organization_id, actor, placing.reason, checkout.request_id),
        request_id=checkout.request_id,
        switch_id=checkout.switch_id,
        quote_digest=checkout.quote_digest,
    )
    return _appended(
        tools,
        checkout_id,
        event,
        is_done=lambda newest: _is_placed(newest, placing.revision),
        revision=placing.revision,
    )


def _is_placed(checkout: Checkout, revision: int) -> bool:
    return checkout.placed is not None and checkout.placed.revision == revision


def reopen(tools: Tools, checkout: Checkout, refusal: RequestSwitchResult, *, actor: str) -> None:
    """Open a draft for edits again if its switch was refused before anything was ordered."""
    meta = _meta(checkout.organization_id, actor, "refused", checkout.checkout_id)
    now, code, message = datetime.now(tz=UTC), refusal.code, refusal.message
    event = checkout.advance(CheckoutReopened, at=now, meta=meta, code=code, message=message)
    # Whoever came first had the same answer.
    _appended(tools, checkout.checkout_id, event, is_done=lambda _: True)


def abandon(tools: Tools, checkout_id: str, *, reason: str, actor: str) -> Checkout:
    """Give a draft up: it is kept and listed as abandoned; again it answers the same.

    Raises:
        RuleViolated: It was ordered; then its switch is what can be cancelled.
        CheckoutChanged: Somebody changed it at this moment.
    """
    checkout = visible_checkout(tools, checkout_id)
    if checkout.is_abandoned:
        return checkout
    checkout.require_open()
    meta = _meta(checkout.organization_id, actor, reason, checkout_id)
    event = checkout.advance(CheckoutAbandoned, at=datetime.now(tz=UTC), meta=meta)
    return _appended(
        tools,
        checkout_id,
        event,
        is_done=lambda newest: newest.is_abandoned,
        revision=checkout.revision,
    )


def _appended(
    tools: Tools,
    checkout_id: str,
    event: CheckoutEvent,
    *,
    is_done: Callable[[Checkout], bool],
    revision: int = 0,
) -> Checkout:
    """Append what was decided, and return the draft; where somebody else was first, it may be the same.

    Raises:
        CheckoutChanged: It is something else, decided on another revision.
    """
    try:
        tools.store.append_checkout(event)
    except ConcurrentWrite:
        newest = visible_checkout(tools, checkout_id)
        if not is_done(newest):
            newest.require_revision(revision)
    return tools.store.checkout(checkout_id)


def _require_orderable(tools: Tools, checkout: Checkout, placing: Placing, actor: str) -> None:
    shown = _shown(checkout)
    question = replace(shown, terms=placing.on_behalf(shown.terms), own_switch_id=checkout.switch_id)
    answer = ask(tools, question, actor=actor)
    require_start(tools, answer, Acceptance(quote_digest=checkout.quote_digest, reason=placing.reason))
    # The order is marked before the start: what the look at the users asks to confirm is asked for first.
    require_acknowledged(planned(tools, answer)[0].prepared)
    sight = CheckoutSight(checkout=checkout, answer=answer, parties=_parties(tools, checkout.organization_id))
    if sight.parties_changed:
        raise CheckoutChanged(
            f"{' and '.join(sight.parties_changed)} changed at the seller since the checkout was shown.",
            remedy="Look at it, take it over with `planswitch checkout edit ID`, then order.",
        )


def _shown(checkout: Checkout) -> SwitchQuestion:
    """Return the question that a draft answered, for the day on which it was quoted."""
    return SwitchQuestion(terms=checkout.terms, quoted_on=checkout.priced.input.quoted_on)


def _recorded_answer(tools: Tools, terms: SwitchTerms, actor: str) -> RulesAnswer:
    """Ask about the terms of a draft as of today, and record the answer."""
    answer = ask(tools, SwitchQuestion(terms=terms), actor=actor)
    _record(tools, answer)
    return answer


def _record(tools: Tools, answer: RulesAnswer) -> None:
    record(tools, answer, reason="checkout", accepted=answer.prepared.assessment.is_eligible)


def _resolved(tools: Tools, section: str, changes: dict[str, Any]) -> dict[str, Any]:
    """Return changes with a plan's id in place of its name."""
    if section != ITEMS or "target_plan" not in changes:
        return changes
    others = {name: value for name, value in changes.items() if name != "target_plan"}
    wanted = changes["target_plan"]
    if not isinstance(wanted, str) or not wanted.strip():
        allowed = "id, part number, name or alias of a plan"
        raise InvalidInput(field=f"{ITEMS}.target_plan", value=wanted, allowed=allowed)
    return {**others, "target_plan_id": tools.catalog.find(wanted).plan_id}


def _edit_digest(section: str, changes: dict[str, Any]) -> str:
    """Return what recognizes a repeated change; of names and addresses no digest is kept either."""
    facts = sorted(changes) if section in PARTIES else changes
    return digest_of({"section": section, "changes": facts})


def _change_party(
    tools: Tools, checkout: Checkout, role: str, request_id: str, changes: dict[str, Any]
) -> None:
    key = idempotency_key(checkout.checkout_id, f"{role}:{request_id}", 0)
    with recorded_cloud(tools, checkout.organization_id) as cloud:
        cloud.parties.change_party(checkout.organization_id, role, changes, key=key)


def _parties(tools: Tools, organization_id: str) -> dict[str, Party]:
    with recorded_cloud(tools, organization_id) as cloud:
        return {role: cloud.parties.party(organization_id, role) for role in PARTIES}


def _quoted(tools: Tools, answer: RulesAnswer) -> dict[str, Any]:
    """Return what each revision shows beside its terms."""
    prepared = answer.prepared
    parties = _parties(tools, prepared.question.terms.organization_id)
    return {
        "parties": {role: party.version for role, party in parties.items()},
        "quote": prepared.quote.as_facts(),
        "credit_check": MAY_BE_REQUIRED if prepared.may_need_credit_check else NOT_EXPECTED,
    }


def _loss(priced: Quote) -> tuple[int, str]:
    lost = priced.forfeited_at_most
    return lost.minor_units, lost.currency


def _meta(organization_id: str, actor: str, reason: str, request_id: str) -> Meta:
    return Meta(
        switch_id="",
        organization_id=organization_id,
        actor=actor,
        reason=reason,
        causation=f"request:{request_id}",
    )

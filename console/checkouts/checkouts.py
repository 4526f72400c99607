"""Checkouts: start a draft, edit a section and quote anew, order exactly what is shown (rules#checkout)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from activities.request.eligibility import require_acknowledged
from console.access.dependencies import ConsoleDependencies
from console.checkouts.checkout_bodies import CheckoutBody, CheckoutEditBody, CheckoutOrderBody
from console.switches.asking import QUOTED_ON, Asked, ask, planned, record, require_start
from console.switches.bodies import SwitchBody
from console.switches.question_checks import require_acknowledgments, require_bindable
from domain.kernel.errors import CheckoutChanged, ConcurrentWrite, InvalidInput
from domain.kernel.facts import digest_of
from domain.kernel.ids import checkout_id_of, checkout_stream_id, idempotency_key, switch_id_of
from domain.kernel.recorded import Meta
from domain.ports.party_port import PARTIES, Party
from domain.quote.quote import Quote
from domain.requests.checkout import OPEN, Checkout
from domain.requests.checkout_events import (
    CheckoutAbandoned,
    CheckoutEdited,
    CheckoutOrdered,
    CheckoutReopened,
    CheckoutStarted,
)
from domain.requests.checkout_terms import (
    ACKNOWLEDGMENTS,
    DOMAINS,
    ITEMS,
    CheckoutTerms,
    edited,
    require_changes,
    without_forfeiture,
)
from domain.requests.plan import SwitchPlan
from services.base.recorded_cloud import recorded_cloud

MAY_BE_REQUIRED = "may_be_required"
NOT_EXPECTED = "not_expected"
WHOLE_ID_LENGTH = 36


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenCheckout:
    """A draft beside what seller and rules say to it now."""

    checkout: Checkout
    #: None when it is no longer open; after the order the switch is looked at.
    asked: Asked | None
    parties: dict[str, Party]
    #: What would happen; None when it is no longer open.
    plan: SwitchPlan | None = None

    @property
    def is_quote_current(self) -> bool:
        """Tell whether the quote that was shown is still the quote."""
        return self.asked is None or self.asked.prepared.quote.digest == self.checkout.quote_digest

    @property
    def parties_changed(self) -> tuple[str, ...]:
        """Return the parties that somebody changed at the seller since they were shown."""
        shown = self.checkout.parties
        return tuple(role for role, party in self.parties.items() if party.etag != shown[role])


def start(console: ConsoleDependencies, body: CheckoutBody, *, actor: str) -> Checkout:
    """Open a draft with a first quote; the same request again answers the same draft.

    Raises:
        RequestReused: The request was used for another draft.
        NotEligible: It can't be quoted at all.
    """
    checkout_id = checkout_id_of(body.organization_id, body.request_id)
    input_digest = digest_of(body.model_dump(exclude={"request_id", "reason"}))
    known = console.store.find_checkout(checkout_id)
    if known is not None:
        known.has_request(body.request_id, input_digest)
        return known
    require_bindable(body.policy)
    asked = ask(console, _first_question(console, body), actor=actor, own_switch_id=None)
    record(console, asked, reason="checkout", accepted=asked.prepared.assessment.is_eligible)
    prepared, question = asked.prepared, asked.prepared.question
    terms = CheckoutTerms(
        target_plan_id=question.target_plan_id,
        quantity=prepared.quantity,
        payment_method=question.payment_method,
        service_settings=prepared.service_settings,
    )
    event = CheckoutStarted(
        originator_id=checkout_stream_id(checkout_id),
        originator_version=1,
        timestamp=datetime.now(tz=UTC),
        organization_id=body.organization_id,
        request_id=body.request_id,
        input_digest=input_digest,
        asked={
            "source_subscription_id": prepared.source.subscription_id,
            "rule_set": body.rule_set,
            "policy": body.policy,
        },
        terms=terms.as_facts(),
        parties=_tags(_parties(console, body.organization_id)),
        meta=_meta(body.organization_id, actor, body.reason, body.request_id).as_facts(),
        **_quoted(asked),
    )
    try:
        console.store.append_checkout(event)
    except ConcurrentWrite:
        console.store.checkout(checkout_id).has_request(body.request_id, input_digest)
    return console.store.checkout(checkout_id)


def edit(
    console: ConsoleDependencies, checkout_id: str, section: str, body: CheckoutEditBody, *, actor: str
) -> Checkout:
    """Change one section and quote anew; the same request again answers the draft as it is.

    Raises:
        RequestReused: The request was used for another change.
        RuleViolated: The draft was ordered.
        CheckoutChanged: It is not the draft that the change was decided on; the message says what changed.
        InvalidInput: There is no such section or field, or the value is not allowed.
    """
    checkout = console.store.checkout(checkout_id)
    changes = _resolved(console, section, body.changes)
    require_changes(section, changes)
    input_digest = _edit_digest(section, changes)
    if checkout.has_request(body.request_id, input_digest):
        return checkout
    checkout.require_open()
    checkout.require_revision(body.revision)
    terms = edited(checkout.terms, section, changes)
    if section == ACKNOWLEDGMENTS:
        require_acknowledgments(changes.get("confirmed", ()))
    if section in PARTIES and changes:
        _change_party(console, checkout, section, body.request_id, changes)
    asked = ask(console, _question(checkout, terms), actor=actor, own_switch_id=None)
    if section == DOMAINS:
        asked.require_domains(changes.get("confirmed", ()), field=f"{DOMAINS}.confirmed")
    record(console, asked, reason="checkout", accepted=asked.prepared.assessment.is_eligible)
    if section != ACKNOWLEDGMENTS and _loss(asked.prepared.quote) != _loss(checkout.priced):
        terms = without_forfeiture(terms)
    event = CheckoutEdited(
        originator_id=checkout_stream_id(checkout_id),
        originator_version=checkout.revision + 1,
        timestamp=datetime.now(tz=UTC),
        request_id=body.request_id,
        input_digest=input_digest,
        section=section,
        changed=sorted(changes),
        terms=terms.as_facts(),
        parties=_tags(_parties(console, checkout.organization_id)),
        meta=_meta(checkout.organization_id, actor, body.reason, body.request_id).as_facts(),
        **_quoted(asked),
    )
    try:
        console.store.append_checkout(event)
    except ConcurrentWrite:
        newest = console.store.checkout(checkout_id)
        if not newest.has_request(body.request_id, input_digest):
            newest.require_revision(body.revision)
    return console.store.checkout(checkout_id)


def whole_id(console: ConsoleDependencies, text: str) -> str:
    """Return the id of the draft that `text` names: the id itself, or the beginning of one that is listed.

    Raises:
        UnknownCheckout: There is none.
        InvalidInput: The beginning is too short, or several ids begin so.
    """
    # A draft of this moment is in the store before it is in the list.
    if len(text) >= WHOLE_ID_LENGTH:
        return console.store.checkout(text.lower()).checkout_id
    return console.reads.checkout(text).checkout_id


def see(console: ConsoleDependencies, checkout: Checkout, *, actor: str) -> SeenCheckout:
    """Look at a draft: the seller's names and addresses, and what the rules say now; it is recorded.

    An ordered draft is not asked about again: its own switch would stand in its way. Nor is an abandoned one.
    """
    parties = _parties(console, checkout.organization_id)
    if checkout.state != OPEN:
        return SeenCheckout(checkout=checkout, asked=None, parties=parties)
    asked, plan = planned(console, _asked_again(console, checkout, actor))
    record(console, asked, reason="checkout shown", accepted=asked.prepared.assessment.is_eligible)
    return SeenCheckout(checkout=checkout, asked=asked, parties=parties, plan=plan)


def _asked_again(console: ConsoleDependencies, checkout: Checkout, actor: str) -> Asked:
    """Return what the rules say to a draft now; one of a period that is over is quoted as of today."""
    shown = _question(checkout, checkout.terms, is_shown=True)
    try:
        return ask(console, shown, actor=actor, own_switch_id=None)
    except InvalidInput as error:
        if error.details["field"] != QUOTED_ON:
            raise
    return ask(console, _question(checkout, checkout.terms), actor=actor, own_switch_id=None)


def place(console: ConsoleDependencies, checkout_id: str, body: CheckoutOrderBody, *, actor: str) -> Checkout:
    """Mark a draft as ordered when what is shown can be ordered; again it answers what was ordered.

    Nothing is started here: the mark comes before the start, so that a lost answer is no second switch.

    Raises:
        RuleViolated: Another revision was ordered, or a warning was not acknowledged.
        CheckoutChanged: It is not what was looked at, or an address was changed at the seller.
        QuoteChanged: The quote is not the one that was shown.
        NotEligible: The rules block it; every reason is in the details.
        SwitchInProgress: Another switch runs in the organization.
    """
    checkout = console.store.checkout(checkout_id)
    if checkout.placed is not None and checkout.placed.revision == body.revision:
        return checkout
    checkout.require_open()
    checkout.require_revision(body.revision)
    request_id = f"checkout-{checkout_id}-{checkout.revision}"
    switch_id = switch_id_of(checkout.organization_id, request_id)
    _require_orderable(console, checkout, body, actor=actor, switch_id=switch_id)
    event = CheckoutOrdered(
        originator_id=checkout_stream_id(checkout_id),
        originator_version=checkout.revision + 1,
        timestamp=datetime.now(tz=UTC),
        request_id=request_id,
        switch_id=switch_id,
        quote_digest=checkout.quote_digest,
        meta=_meta(checkout.organization_id, actor, body.reason, request_id).as_facts(),
    )
    try:
        console.store.append_checkout(event)
    except ConcurrentWrite:
        newest = console.store.checkout(checkout_id)
        if newest.placed is None or newest.placed.revision != body.revision:
            newest.require_revision(body.revision)
    return console.store.checkout(checkout_id)


def reopen(console: ConsoleDependencies, checkout: Checkout, *, code: str, message: str, actor: str) -> None:
    """Let a draft be edited again whose switch was refused before anything was ordered."""
    event = CheckoutReopened(
        originator_id=checkout_stream_id(checkout.checkout_id),
        originator_version=checkout.revision + 1,
        timestamp=datetime.now(tz=UTC),
        code=code,
        message=message,
        meta=_meta(checkout.organization_id, actor, "refused", checkout.checkout_id).as_facts(),
    )
    try:
        console.store.append_checkout(event)
    except ConcurrentWrite:
        # Somebody else had the same answer.
        return


def abandon(console: ConsoleDependencies, checkout_id: str, *, reason: str, actor: str) -> Checkout:
    """Give a draft up: it is kept and listed as abandoned; again it answers the same.

    Raises:
        RuleViolated: It was ordered; then its switch is what can be cancelled.
        CheckoutChanged: Somebody changed it at this moment.
    """
    checkout = console.store.checkout(checkout_id)
    if checkout.is_abandoned:
        return checkout
    checkout.require_open()
    event = CheckoutAbandoned(
        originator_id=checkout_stream_id(checkout_id),
        originator_version=checkout.revision + 1,
        timestamp=datetime.now(tz=UTC),
        meta=_meta(checkout.organization_id, actor, reason, checkout_id).as_facts(),
    )
    try:
        console.store.append_checkout(event)
    except ConcurrentWrite:
        newest = console.store.checkout(checkout_id)
        if not newest.is_abandoned:
            newest.require_revision(checkout.revision)
    return console.store.checkout(checkout_id)


def _require_orderable(
    console: ConsoleDependencies, checkout: Checkout, body: CheckoutOrderBody, *, actor: str, switch_id: str
) -> None:
    question = SwitchBody(
        **_question(checkout, checkout.terms, is_shown=True).model_dump(
            exclude={"caller", "caller_role", "quote_digest", "request_id", "reason"}
        ),
        caller=body.caller,
        caller_role=body.caller_role,
        quote_digest=checkout.quote_digest,
        reason=body.reason,
    )
    asked = ask(console, question, actor=actor, own_switch_id=switch_id)
    require_start(console, asked, question)
    # The order is marked before the start: what the look at the users asks to confirm is asked for first.
    require_acknowledged(planned(console, asked)[0].prepared)
    seen = SeenCheckout(checkout=checkout, asked=asked, parties=_parties(console, checkout.organization_id))
    if seen.parties_changed:
        raise CheckoutChanged(
            f"{' and '.join(seen.parties_changed)} changed at the seller since the checkout was shown.",
            remedy="Look at it, take it over with `planswitch checkout edit ID`, then order.",
        )


def _first_question(console: ConsoleDependencies, body: CheckoutBody) -> SwitchBody:
    payment_method = body.payment_method
    if payment_method is None:
        with recorded_cloud(console, body.organization_id) as cloud:
            payment_method = cloud.billing.profile(body.organization_id).payment_method
    return SwitchBody(
        organization_id=body.organization_id,
        source_subscription_id=body.source_subscription_id,
        target_plan=body.target_plan,
        quantity=body.quantity,
        payment_method=payment_method,
        rule_set=body.rule_set,
        policy=body.policy,
    )


def _question(checkout: Checkout, terms: CheckoutTerms, *, is_shown: bool = False) -> SwitchBody:
    """Return the question that a draft answers; what was shown is asked for the day it was quoted on."""
    return SwitchBody(
        organization_id=checkout.organization_id,
        source_subscription_id=checkout.source_subscription_id,
        target_plan=terms.target_plan_id,
        quantity=terms.quantity,
        payment_method=terms.payment_method,
        term=terms.term,
        billing_cycle=terms.billing_cycle,
        auto_renew=terms.auto_renew,
        service_settings=terms.service_settings,
        rule_set=checkout.rule_set,
        policy=checkout.policy,
        acknowledgments=terms.confirmed,
        quoted_on=checkout.priced.input.quoted_on if is_shown else None,
    )


def _resolved(console: ConsoleDependencies, section: str, changes: dict[str, Any]) -> dict[str, Any]:
    """Return changes with a plan's id in place of its name."""
    if section != ITEMS or "target_plan" not in changes:
        return changes
    others = {name: value for name, value in changes.items() if name != "target_plan"}
    wanted = changes["target_plan"]
    if not isinstance(wanted, str) or not wanted.strip():
        allowed = "id, part number, name or alias of a plan"
        raise InvalidInput(field=f"{ITEMS}.target_plan", value=wanted, allowed=allowed)
    return {**others, "target_plan_id": console.catalog.find(wanted).plan_id}


def _edit_digest(section: str, changes: dict[str, Any]) -> str:
    """Return what recognizes a repeated change; of names and addresses no digest is kept either."""
    told = sorted(changes) if section in PARTIES else changes
    return digest_of({"section": section, "changes": told})


def _change_party(
    console: ConsoleDependencies, checkout: Checkout, role: str, request_id: str, changes: dict[str, Any]
) -> None:
    key = idempotency_key(checkout.checkout_id, f"{role}:{request_id}", 0)
    with recorded_cloud(console, checkout.organization_id) as cloud:
        cloud.parties.change_party(checkout.organization_id, role, changes, key=key)


def _parties(console: ConsoleDependencies, organization_id: str) -> dict[str, Party]:
    with recorded_cloud(console, organization_id) as cloud:
        return {role: cloud.parties.party(organization_id, role) for role in PARTIES}


def _tags(parties: dict[str, Party]) -> dict[str, str]:
    return {role: party.etag for role, party in parties.items()}


def _quoted(asked: Asked) -> dict[str, Any]:
    prepared = asked.prepared
    return {
        "quote": prepared.quote.as_facts(),
        "credit_check": MAY_BE_REQUIRED if prepared.may_need_credit_check else NOT_EXPECTED,
    }


def _loss(priced: Quote) -> tuple[int, str]:
    return priced.forfeited_at_most.minor_units, priced.forfeited_at_most.currency


def _meta(organization_id: str, actor: str, reason: str, request_id: str) -> Meta:
    return Meta(
        switch_id="",
        organization_id=organization_id,
        actor=actor,
        reason=reason,
        causation=f"request:{request_id}",
    )

"""Checkout: the draft of an order, section by section, until it is placed (rules#checkout).

A draft is the fold of its log. Its revision is the number of the log's last event, so that whoever edits
what somebody else has changed meanwhile is told what it was. What may be changed in which section stands
below.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

from domain.kernel.errors import CheckoutChanged, InvalidInput, RequestReused, RuleViolated
from domain.kernel.facts import digest_of
from domain.kernel.ids import checkout_stream_id, switch_id_of
from domain.kernel.limits import LICENSES_MAX, TEXT_MAX
from domain.kernel.recorded import Meta
from domain.kernel.shown_values import Words
from domain.periods.next_term import KEEP
from domain.periods.proration import PER_DAY
from domain.ports.seller_port import BILLED_TO, PARTY_FIELDS, SOLD_TO
from domain.quote.quote import Quote
from domain.quote.quote_input import FORFEITURE
from domain.requests.checkout_events import (
    CheckoutAbandoned,
    CheckoutEdited,
    CheckoutOrdered,
    CheckoutReopened,
    CheckoutStarted,
)
from domain.requests.terms import (
    DOMAIN_PREFIX,
    PaymentMethod,
    SwitchTerms,
    domains_in,
    inward,
    require_possible,
)

CheckoutEvent: TypeAlias = (
    CheckoutStarted | CheckoutEdited | CheckoutOrdered | CheckoutReopened | CheckoutAbandoned
)
Decided = TypeVar("Decided", CheckoutEdited, CheckoutOrdered, CheckoutReopened, CheckoutAbandoned)
#: Where a draft stands.
OPEN, ORDERED, ABANDONED = "open", "ordered", "abandoned"
STATES = (OPEN, ORDERED, ABANDONED)
#: Changes that a conflict names.
EDITS_TOLD = 5
PAYMENT, ITEMS, TERM = "payment", "items", "term"
DOMAINS, ACKNOWLEDGMENTS = "domains", "acknowledgments"
#: Section -> fields that may be changed in it.
SECTION_FIELDS: Mapping[str, tuple[str, ...]] = {
    SOLD_TO: PARTY_FIELDS,
    BILLED_TO: PARTY_FIELDS,
    PAYMENT: ("payment_method",),
    ITEMS: ("target_plan_id", "quantity", "service_settings"),
    TERM: ("term", "billing_cycle", "auto_renew"),
    DOMAINS: ("confirmed",),
    ACKNOWLEDGMENTS: ("confirmed", "accept_forfeiture"),
}
#: Fields of the sections that are terms of the switch under the same name.
_IN_SECTIONS = tuple(name for section in (PAYMENT, ITEMS, TERM) for name in SECTION_FIELDS[section])
#: Entries of a list in a draft.
LIST_MAX = 100


@dataclass(frozen=True, kw_only=True)
class NewDraft:
    """The request for a draft; its sections begin with what is usual."""

    organization_id: str
    #: The seller's id; None is the organization's only active plan.
    source_subscription_id: str | None = None
    #: Id, part number, name or alias of a plan of the catalog.
    target_plan: str
    #: Licenses to order; None orders as many as the source has.
    quantity: int | None = None
    #: None is how the organization pays now.
    payment_method: PaymentMethod | None = None
    rule_set: str = "current"
    policy: str = PER_DAY
    #: The same id is one checkout, however often it is sent.
    request_id: str
    reason: str = ""

    @property
    def input_digest(self) -> str:
        """Return what recognizes a repetition; why it is asked may differ."""
        facts = {each.name: getattr(self, each.name) for each in fields(NewDraft)}
        del facts["request_id"], facts["reason"]
        return digest_of(facts)


@dataclass(frozen=True, kw_only=True)
class DraftChange:
    """A change of one section; no changes quote anew what is there."""

    #: Revision that the change was decided on.
    revision: int
    #: Field -> new value (rules#checkout).
    changes: dict[str, Any]
    #: The same id is one change, however often it is sent.
    request_id: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Placing:
    """The order of what is shown."""

    #: Revision that was looked at.
    revision: int
    #: User of the directory on whose behalf it is ordered, whose role is read there; "" takes `caller_role`.
    caller: str = ""
    caller_role: str = "global_admin"
    reason: str = ""

    def on_behalf(self, terms: SwitchTerms) -> SwitchTerms:
        """Return the terms with whose role is read for them."""
        return replace(terms, caller=self.caller or None, caller_role=self.caller_role)


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckoutEdit:
    """One change of a draft."""

    revision: int
    request_id: str
    input_digest: str
    section: str
    #: Names of the fields.
    changed: tuple[str, ...]
    actor: str
    at: datetime

    @property
    def words(self) -> str:
        """Return the change in words, without any value."""
        what = f"{self.section} ({', '.join(self.changed)})" if self.changed else "the quote"
        return f"{what} by {self.actor} at {self.at:%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacedCheckout:
    """The order of a draft."""

    #: Revision of the draft that was ordered.
    revision: int
    request_id: str
    switch_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkout:
    """A draft as its log tells it."""

    checkout_id: str
    terms: SwitchTerms
    #: sold_to and billed_to -> the seller's version tag of what was shown.
    parties: dict[str, str]
    #: Facts of the newest quote.
    quote: dict[str, Any]
    credit_check: str
    revision: int
    edits: tuple[CheckoutEdit, ...]
    #: None while it may be edited.
    placed: PlacedCheckout | None = None
    #: Code and message of the last refusal, empty before any.
    refusal: tuple[str, str] = field(default=("", ""))
    #: Somebody said that it will not be ordered.
    is_abandoned: bool = False

    @property
    def organization_id(self) -> str:
        """Return the organization that is to switch."""
        return self.terms.organization_id

    @property
    def state(self) -> str:
        """Return open, ordered or abandoned."""
        if self.is_abandoned:
            return ABANDONED
        return OPEN if self.placed is None else ORDERED

    @property
    def quote_digest(self) -> str:
        """Return the digest of the newest quote: what an order accepts."""
        return str(self.quote["digest"])

    @property
    def priced(self) -> Quote:
        """Compute the newest quote again.

        Raises:
            AuditMismatch: It does not come out as it was stored.
        """
        return Quote.from_facts(self.quote)

    def require_open(self) -> None:
        """Refuse an edit after the order, or after the draft was given up.

        Raises:
            RuleViolated: The draft was ordered or abandoned.
        """
        if self.is_abandoned:
            raise RuleViolated(
                f"Checkout {self.checkout_id} was abandoned; it can't be edited any more.",
                remedy="Start another checkout.",
            )
        if self.placed is None:
            return
        switch_id = self.placed.switch_id
        raise RuleViolated(
            f"Checkout {self.checkout_id} was ordered as switch {switch_id}; it can't be edited any more.",
            remedy=f"Look at it with `planswitch switch show {switch_id[:8]}`, or start another checkout.",
        )

    def require_revision(self, revision: int) -> None:
        """Refuse what was decided on another revision than the newest.

        Raises:
            CheckoutChanged: Somebody changed it meanwhile; the message says what.
        """
        if revision == self.revision:
            return
        since = [each.words for each in self.edits if each.revision > revision][-EDITS_TOLD:]
        history = f"; since then: {'; '.join(since)}" if since else ""
        raise CheckoutChanged(
            f"Checkout {self.checkout_id} is at revision {self.revision}, not {revision}{history}.",
            remedy="Look at it again, then decide on what it shows now.",
            revision=self.revision,
        )

    @property
    def request_id(self) -> str:
        """Return the request of the switch that the newest revision would be."""
        return f"checkout-{self.checkout_id}-{self.revision}"

    @property
    def switch_id(self) -> str:
        """Return the switch that the newest revision would be."""
        return switch_id_of(self.organization_id, self.request_id)

    def advance(self, kind: type[Decided], *, at: datetime, meta: Meta, **facts: Any) -> Decided:
        """Return what happens to the draft as its next revision.

        Args:
            kind: What happens.
            at: Aware instant.
            meta: Who and what caused it.
            facts: The event's own fields.
        """
        return kind(
            originator_id=checkout_stream_id(self.checkout_id),
            originator_version=self.revision + 1,
            timestamp=at,
            meta=meta.as_facts(),
            **facts,
        )

    def has_request(self, request_id: str, input_digest: str) -> bool:
        """Return whether a change was made before by the same request.

        Raises:
            RequestReused: The request id was used for another change.
        """
        before = next((each for each in self.edits if each.request_id == request_id), None)
        if before is not None and before.input_digest != input_digest:
            raise RequestReused(
                f"Request {request_id} was used before for another change.", remedy="Use a new request id."
            )
        return before is not None


def checkout_of(checkout_id: str, events: Iterable[CheckoutEvent]) -> Checkout | None:
    """Fold the log of a draft; None when it has no events."""
    draft: Checkout | None = None
    for event in events:
        if isinstance(event, CheckoutStarted):
            draft = _started(checkout_id, event)
        elif draft is not None:
            draft = replace(_changed(draft, event), revision=event.originator_version)
    return draft


def _started(checkout_id: str, event: CheckoutStarted) -> Checkout:
    return Checkout(
        checkout_id=checkout_id,
        terms=draft_terms(event.organization_id, event.asked, event.terms),
        parties=event.parties,
        quote=event.quote,
        credit_check=event.credit_check,
        revision=event.originator_version,
        edits=(_edit(event, "start", ()),),
    )


def _changed(
    draft: Checkout, event: CheckoutEdited | CheckoutOrdered | CheckoutReopened | CheckoutAbandoned
) -> Checkout:
    if isinstance(event, CheckoutEdited):
        return replace(
            draft,
            terms=draft_terms(draft.organization_id, fixed_facts(draft.terms), event.terms),
            parties=event.parties,
            quote=event.quote,
            credit_check=event.credit_check,
            edits=(*draft.edits, _edit(event, event.section, tuple(event.changed))),
        )
    if isinstance(event, CheckoutReopened):
        return replace(draft, placed=None, refusal=(event.code, event.message))
    if isinstance(event, CheckoutAbandoned):
        return replace(draft, is_abandoned=True)
    placed = PlacedCheckout(
        revision=event.originator_version - 1, request_id=event.request_id, switch_id=event.switch_id
    )
    return replace(draft, placed=placed)


def _edit(event: CheckoutStarted | CheckoutEdited, section: str, changed: tuple[str, ...]) -> CheckoutEdit:
    return CheckoutEdit(
        revision=event.originator_version,
        request_id=event.request_id,
        input_digest=event.input_digest,
        section=section,
        changed=changed,
        actor=str(event.meta["actor"]),
        at=event.timestamp,
    )


def draft_facts(terms: SwitchTerms) -> dict[str, Any]:
    """Return the terms as the sections of a draft are recorded; domains stand apart from warnings."""
    facts = terms.as_facts()
    named = {name: facts[name] for name in _IN_SECTIONS if name in facts}
    if terms.auto_renew == KEEP:
        # Drafts of before have no word on it.
        del named["auto_renew"]
    return {**named, DOMAINS: domains_in(terms.acknowledgments), ACKNOWLEDGMENTS: warnings_in(terms)}


def fixed_facts(terms: SwitchTerms) -> dict[str, Any]:
    """Return what a draft is started with and never changes."""
    return {name: getattr(terms, name) for name in ("source_subscription_id", "rule_set", "policy")}


def draft_terms(organization_id: str, basis: Mapping[str, Any], recorded: Mapping[str, Any]) -> SwitchTerms:
    """Build the terms again from what is recorded of a draft.

    Args:
        organization_id: Who switches.
        basis: What `fixed_facts` returned.
        recorded: What `draft_facts` returned.
    """
    named = {name: fact for name, fact in recorded.items() if name in _IN_SECTIONS}
    terms = SwitchTerms(organization_id=organization_id, **inward({**basis, **named}))
    return _confirming(terms, recorded[ACKNOWLEDGMENTS], recorded[DOMAINS])


def warnings_in(terms: SwitchTerms) -> list[str]:
    """Return what was confirmed beside domains, the loss of prepaid value among it."""
    return [each for each in terms.acknowledgments if not each.startswith(DOMAIN_PREFIX)]


def _confirming(terms: SwitchTerms, warnings: Iterable[str], domains: Iterable[str]) -> SwitchTerms:
    """Return the terms with other confirmations, each once."""
    named = (*warnings, *(f"{DOMAIN_PREFIX}{domain}" for domain in domains))
    return replace(terms, acknowledgments=tuple(dict.fromkeys(named)))


def require_changes(section: str, changes: Mapping[str, Any]) -> None:
    """Refuse a change of what is not there, or to what it can't be.

    Raises:
        InvalidInput: There is no such section or field, or the value is not allowed.
    """
    fields = SECTION_FIELDS.get(section)
    if fields is None:
        raise InvalidInput(field="section", value=section, allowed=", ".join(SECTION_FIELDS))
    for name, value in changes.items():
        if name not in fields:
            raise InvalidInput(
                field=f"{section}.{name}",
                value=Words("no field here"),
                allowed=", ".join(fields),
                remedy="Name one of the fields that are allowed.",
            )
        is_allowed, allowed = _VALUES.get(name, _TEXT)
        if not is_allowed(value):
            # A party's value is personal: the message tells the field alone.
            shown = Words("a value that is not shown") if section in {SOLD_TO, BILLED_TO} else value
            raise InvalidInput(field=f"{section}.{name}", value=shown, allowed=allowed)


def edited(terms: SwitchTerms, section: str, changes: Mapping[str, Any]) -> SwitchTerms:
    """Return the terms after a change of one section; sold-to and billed-to change nothing here.

    Another plan takes the acknowledgments back: they were given for the plan before.

    Raises:
        InvalidInput: The change is not possible.
    """
    require_changes(section, changes)
    if section in {SOLD_TO, BILLED_TO} or not changes:
        return terms
    domains = domains_in(terms.acknowledgments)
    if section == DOMAINS:
        return _confirming(terms, warnings_in(terms), (name.lower() for name in changes["confirmed"]))
    if section == ACKNOWLEDGMENTS:
        return _confirming(terms, _acknowledged(terms, changes), domains)
    after = replace(terms, **inward(changes))
    require_possible(after)
    return _confirming(after, (), domains) if after.target_plan_id != terms.target_plan_id else after


def without_forfeiture(terms: SwitchTerms) -> SwitchTerms:
    """Return the terms with the loss not accepted: another loss than the accepted one is told now."""
    kept = tuple(each for each in terms.acknowledgments if each != FORFEITURE)
    return replace(terms, acknowledgments=kept)


def _acknowledged(terms: SwitchTerms, changes: Mapping[str, Any]) -> list[str]:
    is_accepted = changes.get("accept_forfeiture", FORFEITURE in terms.acknowledgments)
    confirmed = changes.get("confirmed", warnings_in(terms))
    others = (each for each in confirmed if each != FORFEITURE)
    return [*others, *([FORFEITURE] if is_accepted else [])]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= TEXT_MAX and value.isprintable()


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) <= LIST_MAX and all(map(_is_text, value))


_COUNTRY = re.compile("[A-Z]{2}")
Allowed = tuple[Callable[[Any], bool], str]
_TEXT: Allowed = (_is_text, f"text of at most {TEXT_MAX} characters in one line")
_VALUES: Mapping[str, Allowed] = {
    "quantity": (
        lambda value: type(value) is int and 0 < value <= LICENSES_MAX,
        f"a number from 1 to {LICENSES_MAX}",
    ),
    "confirmed": (_is_list, f"a list of at most {LIST_MAX} texts"),
    "accept_forfeiture": (lambda value: isinstance(value, bool), "true or false"),
    "country": (
        lambda value: _is_text(value) and bool(_COUNTRY.fullmatch(value)),
        "two capital letters (ISO 3166)",
    ),
}

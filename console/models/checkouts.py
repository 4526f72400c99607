"""Answers about checkouts: the list, one draft with its sections, and what its order led to."""

from __future__ import annotations

from dataclasses import dataclass

from console.models.base import Absent, Answer
from console.models.quotes import QuoteAnswer, QuotedQuestion, SwitchPlanAnswer
from console.models.switches import NamedSwitch
from domain.catalog.addons import AddonFate
from domain.kernel.money import Money
from projections.reads.shown_rows import Draft, InstantText


@dataclass(kw_only=True, slots=True)
class CheckoutLine(Draft):
    """A draft as a list shows it."""

    #: With tax, when completed on the first day of the quote.
    total: str
    total_minor_units: int
    target_plan: str


class CheckoutList(Answer):
    """One page of drafts, the newest first."""

    checkouts: tuple[CheckoutLine, ...]
    #: What the next page begins after; null: this is the last one.
    next: str | None
    #: The same as a cursor, which belongs to the filters of this page.
    next_cursor: str | None = None
    #: Drafts that match, on all pages.
    total: int
    #: Every draft, whatever the filters.
    all: int


class PaymentSection(Answer):
    """How the new plan is paid."""

    payment_method: str
    credit_check: str


class ItemsSection(Answer):
    """What is ordered."""

    target_plan_id: str
    target_plan: str
    quantity: int
    unit_price: Money
    service_settings: str
    add_ons: tuple[AddonFate, ...]


class TermSection(Answer):
    """How long the new plan runs, and how it is billed."""

    term: str
    billing_cycle: str
    #: Only where it does not renew as the old plan does.
    auto_renew: Absent[str] = None


class DomainAnswer(Answer):
    """A custom domain; one that serves the public website must be confirmed as changed first."""

    domain: str
    is_confirmed: bool


class DomainsSection(Answer):
    """The custom domains of the organization."""

    confirmed: tuple[str, ...]
    domains: tuple[DomainAnswer, ...]


class MissingAcknowledgment(Answer):
    """What must be confirmed before the order."""

    name: str
    confirms: str


class AcknowledgmentsSection(Answer):
    """What is confirmed, and what must still be."""

    confirmed: tuple[str, ...]
    missing: tuple[MissingAcknowledgment, ...]
    backup_guide: str


class CheckoutSections(Answer):
    """Every section as it would be ordered."""

    #: Names and addresses as the seller shows them; absent where it could not be asked.
    sold_to: Absent[dict[str, str]] = None
    billed_to: Absent[dict[str, str]] = None
    payment: PaymentSection
    items: ItemsSection
    term: TermSection
    domains: DomainsSection
    acknowledgments: AcknowledgmentsSection


class EditAnswer(Answer):
    """One change of a draft."""

    revision: int
    section: str
    changed: tuple[str, ...]
    actor: str
    at: InstantText


class CheckoutRefusal(Answer):
    """Why the last order was refused; both are "" before any."""

    code: str
    message: str


class CheckoutAnswer(Answer):
    """A draft, or what was ordered by it."""

    checkout_id: str
    organization_id: str
    source_subscription_id: str
    revision: int
    #: open, ordered or abandoned.
    status: str
    #: null before the order.
    switch_id: str | None
    sections: CheckoutSections
    total_minor_units: int
    total: str
    quote_digest: str
    #: What an order accepts; `quoted` tells beside it what seller and rules say now.
    quote: QuoteAnswer
    is_quote_current: bool
    #: Parties that somebody changed at the seller since they were shown.
    parties_changed: tuple[str, ...]
    #: An order of what is shown would be taken now.
    is_orderable: bool
    #: null: the draft is not open any more.
    quoted: QuotedQuestion | None
    #: Steps, locks and add-ons of the switch that an order would start; null: the draft is not open any more.
    plan: SwitchPlanAnswer | None = None
    edits: tuple[EditAnswer, ...]
    refusal: CheckoutRefusal


class CheckoutOrdered(Answer):
    """The switch that an order led to."""

    checkout_id: str
    switch_id: str
    request_id: str
    #: The draft was ordered before; this is the answer to it.
    repeated: bool
    #: null: it is not shown yet.
    switch: NamedSwitch | None

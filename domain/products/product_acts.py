"""Acts of people on the products of an organization: who wanted what, what was fixed for it, how it ended.

See products#acts and ADR 27. They belong to no switch and stand in the organization's stream, where the
locks of switches stand too: which of the two came first is decided by the stream. An act is recorded with its
figures before anybody outside is asked, so that a repetition asks for exactly the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from domain.kernel.errors import ProductActOpen, RequestReused
from domain.kernel.recorded import Meta, stored
from domain.organizations.organization import (
    LockHolder,
    Organization,
    OrganizationEvent,
    switch_in_progress,
)
from domain.ports.product_port import ProductAct
from domain.ports.seller_port import PlacedOrder
from domain.products.act_terms import ActTerms

#: Acts that change how many licenses a subscription has.
_COUNTED = frozenset({ProductAct.RESIZE, ProductAct.BUY_TRIAL})
DONE, REFUSED = "done", "refused"
#: Its end is not recorded: it is under way, or waits for somebody outside.
OPEN = "open"
#: Step that fixes the figures once the seller has answered.
SETTLE = "settle"
#: After so long an order is void whose credit check has no answer (rules#credit-check).
CREDIT_HOLD = timedelta(days=14)


@dataclass(frozen=True, kw_only=True, slots=True)
class ActQuestion:
    """What a person wants done."""

    act: ProductAct
    #: The same id acts once.
    request_id: str
    #: The seller's id; "" where the act is about none.
    subscription_id: str = ""
    #: Plan that is bought; "" elsewhere.
    plan_id: str = ""
    #: Licenses after it; 0 where the act leaves them.
    quantity: int = 0
    #: Of what is bought; "" elsewhere.
    term: str = ""
    billing_cycle: str = ""
    payment_method: str = ""
    #: A cancellation lets it end with its term.
    at_renewal: bool = False

    def as_facts(self) -> dict[str, Any]:
        """Return what is recorded beside the request id."""
        facts = asdict(self)
        del facts["request_id"]
        return {**facts, "act": str(self.act)}


@dataclass(frozen=True, kw_only=True)
class ActRequest:
    """What a person asks for, and what they accept."""

    question: ActQuestion
    reason: str
    #: What the person saw and accepts to pay, in minor units; None with `accept` takes what it costs.
    total_minor_units: int | None = None
    accept: bool = False
    #: Users may lose what the licenses give, and prepaid value may be lost.
    accept_loss: bool = False

    @property
    def acceptance(self) -> dict[str, int | bool | None]:
        """Return what the person accepted, as it is recorded."""
        return {
            "total_minor_units": self.total_minor_units,
            "whatever_it_costs": self.accept,
            "loss": self.accept_loss,
        }


@stored("organization.product-act-begun")
class ProductActBegun(OrganizationEvent):
    """A person wants an act; seller or billing are asked next."""

    class_version = 2

    request_id: str
    act: str
    #: Fields of `ActQuestion`, and of `ActTerms`.
    question: dict[str, Any]
    figures: dict[str, Any]
    #: What the person accepted: a total, whatever it costs, the loss of licenses or of prepaid value.
    acceptance: dict[str, Any]
    #: Envelope of the command and proof of the figures; {} in acts of before, which nobody signed.
    proof: dict[str, Any]

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """Read an act from before they were signed."""
        state["proof"] = {}

    def apply(self, aggregate: Organization) -> None:
        """Remember what was wanted under the request id."""
        aggregate.product_acts[self.request_id] = self
        if self.act != ProductAct.PAY:
            aggregate.acts_under_way[self.request_id] = self.act


@stored("organization.product-ordered")
class ProductOrdered(OrganizationEvent):
    """The seller took the order of a subscription that is bought; it names it later."""

    request_id: str
    order_id: str
    #: A credit check runs: no switch begins meanwhile (rules#credit_check_pending).
    is_checked: bool

    def apply(self, aggregate: Organization) -> None:
        """Remember the order: from here nothing of the old products changes."""
        aggregate.product_orders[self.request_id] = self.order_id
        if not self.is_checked:
            aggregate.acts_under_way.pop(self.request_id, None)
            return
        aggregate.purchase_checks[self.request_id] = LockHolder(
            switch_id="", since=self.timestamp, promised_end=self.timestamp + CREDIT_HOLD
        )


@stored("organization.product-provisioned")
class ProductProvisioned(OrganizationEvent):
    """The seller named a subscription that was bought: it is billed from this day on."""

    request_id: str
    subscription_id: str
    from_on: date

    def apply(self, aggregate: Organization) -> None:
        """Remember the subscription and its first day; what held the act up is over."""
        aggregate.product_provisionings[self.request_id] = self
        aggregate.purchase_checks.pop(self.request_id, None)
        aggregate.product_act_holds.pop(self.request_id, None)


@stored("organization.product-act-advanced")
class ProductActAdvanced(OrganizationEvent):
    """Seller or billing carried a step of an act out: from here it is finished, not refused."""

    request_id: str
    #: Such as cancel, settle or credit.
    step: str
    #: What was answered: ids and days; of `settle` the figures by the day of the seller's answer.
    result: dict[str, Any]

    def apply(self, aggregate: Organization) -> None:
        """Remember the step; what held the act up is over."""
        aggregate.product_act_effects.setdefault(self.request_id, {})[self.step] = self.result
        aggregate.product_act_holds.pop(self.request_id, None)


@stored("organization.product-act-held")
class ProductActHeld(OrganizationEvent):
    """Somebody outside said no to a later step of an act: it stays open, and a person looks."""

    request_id: str
    #: Code and words of the refusal.
    code: str
    message: str

    def apply(self, aggregate: Organization) -> None:
        """Remember what holds it up."""
        aggregate.product_act_holds[self.request_id] = self


@stored("organization.product-act-ended")
class ProductActEnded(OrganizationEvent):
    """An act is done, or somebody outside said no."""

    request_id: str
    #: done or refused.
    outcome: str
    #: Code and words of a refusal; "" where it is done.
    code: str
    message: str
    #: What seller and billing answered: ids and instants.
    result: dict[str, Any]

    def apply(self, aggregate: Organization) -> None:
        """Remember the end."""
        aggregate.product_act_ends[self.request_id] = self
        aggregate.product_act_holds.pop(self.request_id, None)
        aggregate.purchase_checks.pop(self.request_id, None)
        aggregate.acts_under_way.pop(self.request_id, None)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductActState:
    """One act as the record tells it."""

    question: ActQuestion
    terms: ActTerms
    at: datetime
    actor: str
    reason: str
    #: done, refused or open.
    outcome: str
    order_id: str = ""
    #: What was bought, once the seller has named it, and its first billed day.
    bought_id: str = ""
    billed_from: date | None = None
    #: Of a refusal, or of what holds it up while it is open.
    code: str = ""
    message: str = ""
    result: Mapping[str, Any] = field(default_factory=dict)
    ended_at: datetime | None = None
    #: Step -> what was answered to it.
    effects: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    #: What was bought waits for a credit check, which takes days.
    is_checked: bool = False

    @property
    def has_effect(self) -> bool:
        """Return whether something has changed outside, so that it must be finished."""
        return bool(self.effects or self.order_id)

    @property
    def settled(self) -> ActTerms:
        """Return the figures by the day of the seller's answer; those of the look before that."""
        figures = self.effects.get(SETTLE)
        return self.terms if figures is None else ActTerms.of_facts(figures)


def act_state(organization: Organization, request_id: str) -> ProductActState | None:
    """Return an act of an organization; None where nobody asked for it."""
    begun = organization.product_acts.get(request_id)
    if begun is None:
        return None
    ended = organization.product_act_ends.get(request_id)
    named = organization.product_provisionings.get(request_id)
    answer = ended or organization.product_act_holds.get(request_id)
    return ProductActState(
        question=question_of(begun),
        terms=ActTerms.of_facts(begun.figures),
        at=begun.timestamp,
        actor=begun.meta["actor"],
        reason=begun.meta["reason"],
        outcome=OPEN if ended is None else ended.outcome,
        order_id=organization.product_orders.get(request_id, ""),
        bought_id="" if named is None else named.subscription_id,
        billed_from=None if named is None else named.from_on,
        code="" if answer is None else answer.code,
        message="" if answer is None else answer.message,
        result={} if ended is None else ended.result,
        ended_at=None if ended is None else ended.timestamp,
        effects=dict(organization.product_act_effects.get(request_id, {})),
        is_checked=request_id in organization.purchase_checks,
    )


def act_states(organization: Organization) -> tuple[ProductActState, ...]:
    """Return every act of an organization, the newest first."""
    states = (act_state(organization, request_id) for request_id in reversed(organization.product_acts))
    return tuple(each for each in states if each is not None)


def open_acts(organization: Organization) -> tuple[ProductActState, ...]:
    """Return the acts whose end is not recorded, the oldest first."""
    return tuple(each for each in reversed(act_states(organization)) if each.outcome == OPEN)


def unserved_from(organization: Organization, subscription_id: str) -> date | None:
    """Return the first day that the newest cancellation by us gave back; None: there was none."""
    for each in act_states(organization):
        is_own = each.question.subscription_id == subscription_id
        if is_own and each.question.act == ProductAct.CANCEL and each.outcome == DONE:
            return each.settled.from_on
    return None


def known_act(organization: Organization | None, question: ActQuestion) -> ProductActState | None:
    """Return the act that this very request asked for before; None where it is new.

    Raises:
        RequestReused: The request id names another act.
    """
    state = act_state(organization, question.request_id) if organization else None
    if state is not None and state.question != question:
        raise RequestReused(
            f"The request id {question.request_id} was used for another act on a product.",
            remedy="Give each act a request id of its own.",
        )
    return state


def require_free(
    organization: Organization,
    question: ActQuestion,
    *,
    is_less: bool,
    is_moved: bool = False,
    is_needed: bool = False,
) -> None:
    """Refuse an act that a switch, or another act, does not let through.

    Args:
        organization: With the ends that its holders can promise now.
        question: What is wanted.
        is_less: It takes licenses away, or the whole subscription.
        is_moved: The running switch leaves the subscription, or has ordered it: its licenses stay as the
            switch counts them.
        is_needed: The running switch is still to leave it: until then it must serve.

    Raises:
        AdministrationIsLocked: A switch moves licenses; it names who, since when and until when.
        SwitchInProgress: A switch runs and the act would take from under it, or a credit check runs and the
            act is an order (rules#credit_check_pending).
        ProductActOpen: An act on the same subscription, or of the same kind, is not finished.
    """
    # A switch that holds since its old plan does not serve would be refused its own remedy.
    if question.act != ProductAct.PAY and not (is_needed and question.act == ProductAct.REACTIVATE):
        organization.require_administration_free()
    if question.act == ProductAct.BUY and organization.commerce_lock is not None:
        raise switch_in_progress(organization.commerce_lock)
    counts = is_moved and question.act in _COUNTED
    if (is_less or counts) and organization.live_switch is not None:
        raise switch_in_progress(organization.live_switch)
    for each in open_acts(organization):
        if (each.question.act, each.question.subscription_id) == (question.act, question.subscription_id) or (
            question.subscription_id and each.question.subscription_id == question.subscription_id
        ):
            act = each.question.act.replace("_", " ")
            raise ProductActOpen(
                f"{each.actor} asked to {act} at {each.at:%Y-%m-%d %H:%M} UTC "
                f"(request {each.question.request_id}), and that is not finished.",
                remedy="It goes on by itself; `planswitch product list ORGANIZATION` tells how it ended.",
                request_id=each.question.request_id,
            )


def begin_act(
    organization: Organization,
    question: ActQuestion,
    terms: ActTerms,
    *,
    at: datetime,
    meta: Meta,
    acceptance: Mapping[str, Any] = MappingProxyType({}),
    proof: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Record who wants an act before anybody outside is asked; a repetition is recorded once.

    Args:
        organization: Whose stream it is.
        question: What is wanted.
        terms: Its figures.
        at: Aware instant.
        meta: Who and what caused it.
        acceptance: What the person accepted of it.
        proof: Who asked for exactly this, signed by the installation.

    Raises:
        RequestReused: The request id names another act.
    """
    if known_act(organization, question) is None:
        organization.record(
            ProductActBegun,
            at=at,
            meta=meta,
            request_id=question.request_id,
            act=str(question.act),
            question=question.as_facts(),
            figures=terms.as_facts(),
            acceptance=dict(acceptance),
            proof=dict(proof),
        )


def note_order(
    organization: Organization, request_id: str, order: PlacedOrder, *, at: datetime, meta: Meta
) -> None:
    """Record the order that the seller took; once."""
    if request_id not in organization.product_orders:
        is_checked = order.credit_check is not None and not order.credit_check.is_decided
        organization.record(
            ProductOrdered,
            at=at,
            meta=meta,
            request_id=request_id,
            order_id=order.order_id,
            is_checked=is_checked,
        )


def note_provisioning(
    organization: Organization, request_id: str, bought: tuple[str, date], *, at: datetime, meta: Meta
) -> None:
    """Record what the seller named, and from which day on it is billed; once.

    Args:
        organization: Whose stream it is.
        request_id: Names the act.
        bought: The seller's id of the subscription, and its first billed day.
        at: Aware instant.
        meta: Who and what caused it.
    """
    subscription_id, from_on = bought
    if request_id not in organization.product_provisionings:
        organization.record(
            ProductProvisioned,
            at=at,
            meta=meta,
            request_id=request_id,
            subscription_id=subscription_id,
            from_on=from_on,
        )


def note_effect(
    organization: Organization,
    request_id: str,
    effect: tuple[str, Mapping[str, Any]],
    *,
    at: datetime,
    meta: Meta,
) -> None:
    """Record a step that seller or billing carried out, as it happens; the first answer stands.

    Args:
        organization: Whose stream it is.
        request_id: Names the act.
        effect: Name of the step, and what was answered.
        at: Aware instant.
        meta: Who and what caused it.
    """
    step, result = effect
    if step not in organization.product_act_effects.get(request_id, {}):
        organization.record(
            ProductActAdvanced, at=at, meta=meta, request_id=request_id, step=step, result=dict(result)
        )


def hold_act(
    organization: Organization, request_id: str, refusal: tuple[str, str], *, at: datetime, meta: Meta
) -> None:
    """Record what holds an act up that had an effect already; the same refusal is recorded once.

    Args:
        organization: Whose stream it is.
        request_id: Names the act.
        refusal: Its code and its words.
        at: Aware instant.
        meta: Who and what caused it.
    """
    held = organization.product_act_holds.get(request_id)
    code, message = refusal
    is_known = held is not None and (held.code, held.message) == refusal
    if not is_known and request_id not in organization.product_act_ends:
        organization.record(
            ProductActHeld, at=at, meta=meta, request_id=request_id, code=code, message=message
        )


def end_act(
    organization: Organization,
    request_id: str,
    *,
    at: datetime,
    meta: Meta,
    result: Mapping[str, Any],
    code: str = "",
    message: str = "",
) -> None:
    """Record how an act ended; whoever finishes it a second time changes nothing."""
    if request_id not in organization.product_act_ends:
        organization.record(
            ProductActEnded,
            at=at,
            meta=meta,
            request_id=request_id,
            outcome=REFUSED if code else DONE,
            code=code,
            message=message,
            result=dict(result),
        )


def question_of(begun: ProductActBegun) -> ActQuestion:
    """Return what a person wanted done, as it is recorded."""
    facts = {**begun.question, "act": ProductAct(begun.question["act"])}
    return ActQuestion(request_id=begun.request_id, **facts)

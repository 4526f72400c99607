"""Acts on products: looked at, fixed in figures, accepted, recorded, and carried out (products#acts)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from activities.assessment.circumstances import tell_ends
from activities.signing.stored_messages import as_stored
from domain.eligibility.eligibility_checks import PREPAID_CONTRACTS
from domain.kernel.calendar import local_date
from domain.kernel.errors import (
    ActElsewhere,
    ConcurrentWrite,
    InvalidInput,
    LicensesInUse,
    QuoteChanged,
    RuleViolated,
)
from domain.kernel.facts import digest_of
from domain.kernel.ids import replacement_stream_id, require_organization_id
from domain.kernel.limits import LICENSES_MAX
from domain.kernel.money import Money
from domain.kernel.recorded import Meta
from domain.organizations.organization import Organization
from domain.ports.billing_port import BilledPeriod, BillingProfile
from domain.ports.cloud import Cloud
from domain.ports.product_port import Capability, ProductAct
from domain.ports.seller_port import SellerSubscription, SubscriptionState
from domain.products.act_terms import (
    BILLING,
    STOPPED,
    ActTerms,
    no_money,
    payment_terms,
    purchase_terms,
    resize_terms,
    return_terms,
)
from domain.products.product_acts import (
    OPEN,
    ActQuestion,
    ActRequest,
    begin_act,
    known_act,
    require_free,
    unserved_from,
)
from domain.products.product_status import ProductStatus, license_figures, standing
from domain.products.purchase_rules import PlannedPurchase, require_purchasable
from domain.requests.terms import require_sold
from domain.switch.stage import BEFORE_PIVOT
from services.approvals.gate import require_approved
from services.approvals.proposals import Proposal
from services.base.scopes import require_write_access
from services.base.tools import Tools, decided_anew, recorded_cloud
from services.products.act_signatures import act_arguments, act_command, pinned, signed_act
from services.products.carrying import ActProgress, billed_period, cancellation_figures, carried

MONTHLY, ONE_MONTH = "monthly", "P1M"
#: Looks with whoever asked, and the pause before each.
LOOKS_MAX, LOOK_SECONDS = 3, 0.5


@dataclass(frozen=True, kw_only=True)
class ActLook:
    """What was read for an act."""

    question: ActQuestion
    profile: BillingProfile
    today: date
    now: datetime
    #: None where the act is about none.
    subscription: SellerSubscription | None
    billed: BilledPeriod | None
    cloud: Cloud
    tools: Tools
    #: As it was recorded before anything else was read, and how many events it had then.
    organization: Organization | None
    version: int

    @property
    def own(self) -> SellerSubscription:
        """Return the subscription that the act is about.

        Raises:
            InvalidInput: None was named.
        """
        if self.subscription is None:
            allowed = "id of a subscription, as `planswitch product list ORGANIZATION` shows it"
            raise InvalidInput(field="subscription_id", value=None, allowed=allowed)
        return self.subscription


def capability_of(cloud: Cloud, act: ProductAct) -> Capability:
    """Return whether the connected providers can carry out an act."""
    party = cloud.payments if act == ProductAct.PAY else cloud.products
    return party.capability(act)


def preview(tools: Tools, organization_id: str, question: ActQuestion) -> ActTerms:
    """Return what an act would do, in figures; nothing is changed or recorded but the calls.

    Raises:
        PlanSwitchError: What `request_act` refuses, but for what is accepted.
    """
    with recorded_cloud(tools, organization_id) as cloud:
        look = _look(tools, cloud, organization_id, question)
        terms = _TERMS[question.act](look)
        _require_free(look, terms)
    return terms


def request_act(tools: Tools, organization_id: str, request: ActRequest, *, actor: str) -> ActProgress:
    """Record an act and carry it out; the same request again answers how it stands.

    Raises:
        ActElsewhere: The provider can't; the remedy names the vendor's place.
        AdministrationIsLocked: A switch moves licenses; it names who, since when and until when.
        SwitchInProgress: A switch or its credit check does not let it through.
        ProductActOpen: Another act is not finished.
        LicensesInUse: Users have the licenses that would go.
        QuoteChanged: It costs something else than was accepted.
        RequestReused: The request id was used for another act.
        RuleViolated: There is nothing to do, or the product does not stand so.
        ReadOnlyAccess: This installation may only read there.
        ApprovalRequired: A second person has to approve it first; nothing was recorded.
    """
    require_organization_id(organization_id)
    require_write_access(tools.scopes, organization_id)
    request_id = request.question.request_id
    if known_act(tools.store.organization(organization_id), request.question) is None:
        # An id that is spelled in another way is the directory's one from here on.
        organization_id = decided_anew(lambda: _decided(tools, organization_id, request, actor=actor))
    return _patiently(tools, organization_id, request_id)


def _decided(tools: Tools, organization_id: str, request: ActRequest, *, actor: str) -> str:
    """Look, check what is accepted, and record the act; return the id of the organization.

    Raises:
        ConcurrentWrite: Something was recorded of the organization since the look, such as another act.
    """
    with recorded_cloud(tools, organization_id) as cloud:
        look = _look(tools, cloud, organization_id, request.question)
        if known_act(look.organization, request.question) is None:
            terms = _TERMS[request.question.act](look)
            _require_free(look, terms)
            _require_accepted(look, terms, request)
            _require_approved(look, terms, request, actor=actor)
            _begin(look, terms, request, actor=actor)
    return look.profile.organization_id


def _require_approved(look: ActLook, terms: ActTerms, request: ActRequest, *, actor: str) -> None:
    """Request the approval of a second person where the act needs it, at exactly what it costs now."""
    tools, question = look.tools, request.question
    if not tools.approvals.is_on:
        return
    own = pinned(request, terms.total)
    organization_id = look.profile.organization_id
    arguments = act_arguments(organization_id, own)
    act = {"does": question.act.replace("_", " "), "costs": str(terms.total)}
    shown = {name.replace("_", " "): str(value) for name, value in question.as_facts().items() if value}
    proposal = Proposal(
        organization_id=organization_id,
        switch_id="",
        command=act_command(own),
        request_id=question.request_id,
        actor=actor,
        reason=request.reason,
        digest=digest_of(arguments),
        message=as_stored(ActRequest, own),
        shown=act | shown,
        total=terms.total,
    )
    require_approved(tools, proposal)


def _patiently(tools: Tools, organization_id: str, request_id: str) -> ActProgress:
    """Carry an act on, and for a moment wait with whoever asked; after that it goes on by itself."""
    progress = carried(tools.store, tools.cloud_factory, organization_id, request_id)
    for _ in range(LOOKS_MAX):
        if progress.state.outcome != OPEN or progress.state.code:
            break
        time.sleep(LOOK_SECONDS)
        progress = carried(tools.store, tools.cloud_factory, organization_id, request_id)
    return progress


def _look(tools: Tools, cloud: Cloud, organization_id: str, question: ActQuestion) -> ActLook:
    capability = capability_of(cloud, question.act)
    if not capability.is_able:
        raise ActElsewhere(
            f"The connected provider can't {question.act.replace('_', ' ')} for you.",
            remedy=f"Do it at the vendor: {capability.place}. What waits for it goes on once it is read: "
            "`planswitch product list ORGANIZATION`.",
            place=capability.place,
        )
    profile, now = cloud.billing.profile(organization_id), datetime.now(tz=UTC)
    organization = tools.store.organization(profile.organization_id)
    subscription, billed = None, None
    if question.subscription_id:
        subscription = cloud.seller.subscription(organization_id, question.subscription_id)
        billed = billed_period(cloud, organization_id, question.subscription_id)
    return ActLook(
        question=question,
        profile=profile,
        today=local_date(now, profile.time_zone),
        now=now,
        subscription=subscription,
        billed=billed,
        cloud=cloud,
        tools=tools,
        organization=organization,
        version=organization.version if organization else 0,
    )


def _begin(look: ActLook, terms: ActTerms, request: ActRequest, *, actor: str) -> None:
    """Record the act in the stream as it stood before the look; a stream that has grown refuses it."""
    at, organization_id, store = datetime.now(tz=UTC), look.profile.organization_id, look.tools.store
    meta = Meta(
        switch_id="",
        organization_id=organization_id,
        actor=actor,
        reason=request.reason,
        causation=f"request:{request.question.request_id}",
    )
    organization = store.organization(organization_id)
    if (organization.version if organization else 0) != look.version:
        raise ConcurrentWrite(f"Something of organization {organization_id} was recorded since the look.")
    organization = organization or Organization.register(organization_id, at=at, meta=meta)
    keys = look.tools.workflows.signer.keys
    proof = signed_act(keys, organization_id, request, terms, actor=actor, at=at)
    accepted = request.acceptance
    begin_act(organization, request.question, terms, at=at, meta=meta, acceptance=accepted, proof=proof)
    store.save(organization)


def _require_free(look: ActLook, terms: ActTerms) -> None:
    organization, store = look.organization, look.tools.store
    if organization is None:
        return
    is_moved, is_needed = _is_moved(look, organization), _is_needed(look, organization)
    # The ends are told for a refusal; what is saved is loaded anew.
    tell_ends(store, organization, now=look.now)
    require_free(
        organization,
        look.question,
        is_less=_is_less(look, terms),
        is_moved=is_moved,
        is_needed=is_needed,
    )


def _is_moved(look: ActLook, organization: Organization) -> bool:
    """Return whether the running switch leaves the subscription, or has ordered it."""
    holder, own = organization.live_switch, look.subscription
    if holder is None or own is None:
        return False
    stream_id = look.tools.store.resolve_subscription(look.profile.organization_id, own.subscription_id)
    ours = {organization.live_source_stream_id, str(replacement_stream_id(holder.switch_id))}
    return str(stream_id) in ours


def _is_needed(look: ActLook, organization: Organization) -> bool:
    """Return whether the running switch is still to leave the subscription."""
    holder, own = organization.live_switch, look.subscription
    if holder is None or own is None:
        return False
    stream_id = look.tools.store.resolve_subscription(look.profile.organization_id, own.subscription_id)
    source = look.tools.store.subscription(stream_id)
    state = source.switches.get(holder.switch_id) if source else None
    return state is not None and state.stage in BEFORE_PIVOT


def _is_less(look: ActLook, terms: ActTerms) -> bool:
    if look.question.act == ProductAct.CANCEL:
        return True
    return (
        look.subscription is not None and terms.quantity < look.subscription.quantity and bool(terms.quantity)
    )


def _require_accepted(look: ActLook, terms: ActTerms, request: ActRequest) -> None:
    """Refuse what costs another amount than was accepted, or takes what nobody agreed to lose."""
    if look.question.act == ProductAct.CANCEL and not look.question.at_renewal and not request.accept_loss:
        _require_unused(look, look.own.quantity, remedy=f"{_TO_UNASSIGN} If you want the loss, accept it.")
        if terms.forfeited.minor_units:
            raise RuleViolated(
                f"{terms.forfeited} was paid in advance and is not given back.",
                remedy="Let it end with its term (`--at-renewal`), or accept the loss with `--yes`.",
            )
    if look.question.act == ProductAct.CANCEL and look.question.at_renewal and not request.accept_loss:
        _require_nothing_scheduled(look.own)
        _require_unused(look, look.own.quantity, remedy=f"{_TO_UNASSIGN} {_AT_ITS_END}")
    if not terms.total.minor_units or request.accept:
        return
    if request.total_minor_units is None:
        raise InvalidInput(
            field="total_minor_units",
            value=None,
            allowed=f"{terms.total.minor_units}, which is {terms.total}: what you accept to pay",
            remedy="Look at it first, then send its total; or send `accept: true` to take what it costs.",
        )
    if request.total_minor_units != terms.total.minor_units:
        raise QuoteChanged(
            f"It costs {terms.total}, not what was accepted. Nothing was ordered or paid.",
            remedy="Look at it again, then decide on what it shows now.",
            total_minor_units=terms.total.minor_units,
        )


def _require_nothing_scheduled(own: SellerSubscription) -> None:
    """Refuse to let end what a person has planned a next term for: the seller deletes the plan with it."""
    scheduled = own.renewal.scheduled if own.renewal else None
    if scheduled is not None:
        raise RuleViolated(
            f"A change is scheduled with its next term ({scheduled.quantity} licenses); it would be deleted.",
            remedy="Leave it to renew, or accept the loss with `--yes`.",
        )


_AT_ITS_END = "If they are to lose them at the end of its term, accept the loss with `--yes`."
_TO_UNASSIGN = (
    "Unassign users first: `planswitch product reconcile ORGANIZATION SUBSCRIPTION --unassign USER --reason "
    "…`."
)


def _require_unused(look: ActLook, fewer: int, *, remedy: str) -> None:
    """Refuse to take licenses that users have.

    Raises:
        LicensesInUse: More users would hold the plan than there are licenses.
    """
    own = look.own
    pools = look.cloud.directory.subscribed_plans(look.profile.organization_id)
    figures = license_figures(pools, own.plan_id)
    # Those that end with their grace are none that would be left, nor are those of a stopped product.
    left = figures.lasting - (fewer if own.state == SubscriptionState.LIVE else 0)
    if figures.assigned > left and fewer > 0:
        raise LicensesInUse(
            f"{figures.assigned} users hold {own.plan_name}; {left} licenses would be left. Nothing was "
            "changed.",
            remedy=remedy,
            assigned=figures.assigned,
            left=left,
        )


def _require_live(look: ActLook) -> SellerSubscription:
    own = look.own
    if own.state != SubscriptionState.LIVE:
        raise RuleViolated(
            f"Subscription {own.subscription_id} is {own.status}, not active.",
            remedy="Reactivate it first: `planswitch product reactivate ORGANIZATION SUBSCRIPTION --reason "
            "…`.",
        )
    return own


def _purchase(look: ActLook) -> ActTerms:
    question = look.question
    _require_quantity(question.quantity)
    require_sold(question.term, question.billing_cycle)
    terms = _whole_period(look, question.plan_id, question.billing_cycle, quantity=question.quantity)
    _require_purchasable(look, question.plan_id, terms, added=question.quantity)
    return terms


def _require_purchasable(look: ActLook, plan_id: str, terms: ActTerms, *, added: int) -> None:
    """Refuse licenses that the rules let nobody buy, whoever asks (products#acts)."""
    pools = look.cloud.directory.subscribed_plans(look.profile.organization_id)
    is_order = look.question.act not in {ProductAct.RESIZE, ProductAct.REACTIVATE}
    purchase = PlannedPurchase(
        plan=look.tools.catalog.plan(plan_id),
        licenses=license_figures(pools, plan_id).lasting + added,
        net=terms.charge if is_order else None,
        payment_method=terms.payment_method,
    )
    require_purchasable(purchase, now=look.now)


def _whole_period(look: ActLook, plan_id: str, billing_cycle: str, *, quantity: int) -> ActTerms:
    profile = look.profile
    price = look.tools.catalog.price(plan_id, profile.currency)
    terms = purchase_terms(profile, price.unit_price, billing_cycle, quantity=quantity, today=look.today)
    return replace(terms, payment_method=look.question.payment_method or profile.payment_method)


def _resizing(look: ActLook) -> ActTerms:
    own, quantity = _require_live(look), look.question.quantity
    _require_quantity(quantity)
    if quantity == own.quantity:
        raise RuleViolated(f"It has {quantity} licenses already.", remedy="There is nothing to do.")
    if quantity < own.quantity:
        _require_unused(look, own.quantity - quantity, remedy=_TO_UNASSIGN)
    if look.billed is not None and look.billed.period_start_on > look.today:
        raise RuleViolated(
            f"Its billed period begins on {look.billed.period_start_on}.",
            remedy="Change its licenses from that day on.",
        )
    terms = resize_terms(look.billed, quantity=quantity, currency=look.profile.currency, today=look.today)
    if quantity > own.quantity and _is_known(look, own.plan_id):
        _require_purchasable(look, own.plan_id, terms, added=quantity - own.quantity)
    return terms


def _is_known(look: ActLook, plan_id: str) -> bool:
    """Return whether the catalog knows a plan; one that it does not know can be held, and has no cap."""
    return any(each.plan_id == plan_id.lower() for each in look.tools.catalog.plans)


def _require_quantity(quantity: int) -> None:
    if not 1 <= quantity <= LICENSES_MAX:
        raise InvalidInput(field="quantity", value=quantity or None, allowed=f"1 to {LICENSES_MAX:,}")


def _cancellation(look: ActLook) -> ActTerms:
    own = look.own
    if own.state not in {SubscriptionState.LIVE, SubscriptionState.STOPPED}:
        raise RuleViolated(f"It is {own.status} already.", remedy="There is nothing to do.")
    if own.state == SubscriptionState.STOPPED and (own.cancellable_until is None or look.question.at_renewal):
        # Such terms are cancelled by the very state in which it is: it would serve again, and unbilled.
        raise RuleViolated(
            f"The seller has stopped it ({', '.join(own.suspension_reasons)}); it can't be cancelled so.",
            remedy="Mend the cause first: `planswitch product pay ORGANIZATION --reason …` pays what is due.",
        )
    currency = look.profile.currency
    if look.question.at_renewal:
        ends_on = own.renewal.ends_on if own.renewal else None
        if ends_on is None:
            raise RuleViolated("The seller states no end of its term.", remedy="Cancel it now instead.")
        return replace(no_money(own.quantity, currency), to_on=ends_on)
    return cancellation_figures(
        look.cloud,
        look.profile,
        own.subscription_id,
        is_prepaid=own.contract_type in PREPAID_CONTRACTS,
        today=look.today,
    )


def _return(look: ActLook) -> ActTerms:
    own, profile = look.own, look.profile
    if own.state == SubscriptionState.LIVE:
        raise RuleViolated("It is active already.", remedy="There is nothing to do.")
    if own.state == SubscriptionState.STOPPED:
        reasons = ", ".join(own.suspension_reasons)
        raise RuleViolated(
            f"The seller has stopped it ({reasons}).",
            remedy="Mend the cause: `planswitch product pay ORGANIZATION --reason …` pays what is due.",
        )
    if standing(own, now=look.now, time_zone=profile.time_zone).status == ProductStatus.DELETED:
        raise RuleViolated(
            "It is deleted and can't be made active again.",
            remedy="Buy the plan: `planswitch product buy ORGANIZATION PLAN --quantity N --reason …`.",
        )
    terms = return_terms(
        profile,
        look.billed,
        quantity=own.quantity,
        today=look.today,
        unserved_from=_unserved_from(look),
    )
    if _is_known(look, own.plan_id):
        # Licenses that have ended are none of the plan today: with the others they may be too many.
        _require_purchasable(look, own.plan_id, terms, added=own.quantity)
    return replace(terms, payment_method=profile.payment_method if terms.total.minor_units else "")


def _unserved_from(look: ActLook) -> date | None:
    return unserved_from(look.organization, look.question.subscription_id) if look.organization else None


def _trial(look: ActLook) -> ActTerms:
    own = _require_live(look)
    if not own.is_trial:
        raise RuleViolated("It is no trial.", remedy="There is nothing to do.")
    quantity = look.question.quantity or own.quantity
    _require_quantity(quantity)
    if quantity < own.quantity:
        _require_unused(look, own.quantity - quantity, remedy=_TO_UNASSIGN)
    if look.billed is not None and look.billed.state in {BILLING, STOPPED}:
        return resize_terms(look.billed, quantity=quantity, currency=look.profile.currency, today=look.today)
    # A trial is not billed: from here it is.
    terms = _whole_period(look, own.plan_id, own.billing_cycle, quantity=quantity)
    if _is_known(look, own.plan_id):
        _require_purchasable(look, own.plan_id, terms, added=quantity - own.quantity)
    return terms


def _payment(look: ActLook) -> ActTerms:
    due: Money = look.profile.balance_due
    if due.minor_units <= 0:
        raise RuleViolated("Nothing is due.", remedy="There is nothing to pay.")
    return payment_terms(due)


_TERMS: Mapping[ProductAct, Callable[[ActLook], ActTerms]] = {
    ProductAct.BUY: _purchase,
    ProductAct.RESIZE: _resizing,
    ProductAct.CANCEL: _cancellation,
    ProductAct.REACTIVATE: _return,
    ProductAct.BUY_TRIAL: _trial,
    ProductAct.PAY: _payment,
}

"""Add-ons of a switch: what is quoted, ordered, cancelled and billed of them (rules#addon_incompatible)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from activities.assessment.circumstances import Circumstances
from activities.base.step import Step
from domain.catalog.addons import ATTACHABLE, INCOMPATIBLE, AddonFate, addon_fates
from domain.catalog.catalog import Catalog
from domain.eligibility.eligibility_input import AssessmentInput
from domain.kernel.calendar import local_date
from domain.kernel.errors import AuditMismatch, ProviderRefused, UnknownSubscription
from domain.kernel.money import Money
from domain.operator.manual_events import AddOnReduced, ManualStepDoneOutside
from domain.operator.manual_steps import bought_outside
from domain.periods.next_term import next_term_of
from domain.periods.proration import with_billing_day
from domain.ports.billing_port import BilledPeriod, IssuedCredit
from domain.ports.cloud import Cloud
from domain.ports.seller_port import AddonLine, PlacedAddon, SellerSubscription, SubscriptionState
from domain.quote.quote import AddonCutover, Cutover, Quote
from domain.quote.quote_input import QuotedAddon, booked_of
from domain.subscriptions.subscription import Subscription
from domain.switch.events import ReplacementOrdered
from domain.switch.move_events import AddOnCarried, AddOnDropped

#: State of a subscription that billing charges for.
BILLING = "billing"


@dataclass(frozen=True, kw_only=True, slots=True)
class BilledAddon:
    """What became of one add-on at seller and billing."""

    addon: QuotedAddon
    #: None where nobody bills it.
    terms: AddonCutover | None
    credit: IssuedCredit | None
    #: Subscription that replaces it, or "".
    replacement: str
    charge_id: str


def quoted_addons(
    cloud: Cloud, catalog: Catalog, circumstances: Circumstances, *, leaving: int | None = None
) -> tuple[QuotedAddon, ...]:
    """Return the add-ons that go with the switch, each with its current period; none that blocks it.

    Args:
        cloud: The outside.
        catalog: Plans and add-ons.
        circumstances: What was read.
        leaving: Licenses of the old plan that go where some users stay: an add-on with one license for each
            of the plan's follows them, any other stays (manual#some-users). None: everyone moves.
    """
    facts = circumstances.facts
    fates = addon_fates(catalog, facts.source, facts.subscriptions, catalog.plan(facts.target_plan_id))
    going = sorted(
        (each for each in fates if each.fate != INCOMPATIBLE), key=lambda each: each.subscription_id
    )
    quoted = tuple(_quoted(cloud, circumstances, each) for each in going)
    if leaving is None:
        return quoted
    held, moving = facts.source.quantity, circumstances.question.terms.selected
    return tuple(
        replace(each, quantity=moving, licenses_leaving=leaving)
        for each in quoted
        if each.billed is not None and each.billed.quantity == held
    )


def _quoted(cloud: Cloud, circumstances: Circumstances, fate: AddonFate) -> QuotedAddon:
    organization_id, held = circumstances.question.terms.organization_id, circumstances.facts.subscriptions
    billed = billed_now(cloud, organization_id, fate.subscription_id)
    subscription = next((each for each in held if each.subscription_id == fate.subscription_id), None)
    if billed is not None and subscription is not None:
        bought_on = local_date(subscription.started_at, circumstances.facts.profile.time_zone)
        billed = with_billing_day(billed, bought_on)
    return QuotedAddon(
        subscription_id=fate.subscription_id,
        plan_id=fate.plan_id,
        name=fate.name,
        quantity=fate.quantity,
        is_carried=fate.fate == ATTACHABLE,
        billed=billed,
        booked=booked_of(billed, cloud.billing.booked_lines(organization_id, billed)) if billed else (),
        # Add-ons have no price of their own in the catalog: a scheduled plan is quoted at the present price.
        next_term=next_term_of(subscription, billed, lambda _plan: None) if subscription and billed else None,
    )


def billed_now(cloud: Cloud, organization_id: str, subscription_id: str) -> BilledPeriod | None:
    """Return the period for which a subscription is billed; None: billing charges nothing for it."""
    try:
        period = cloud.billing.period(organization_id, subscription_id)
    except UnknownSubscription:
        return None
    return period if period.state == BILLING else None


def addon_lines(step: Step) -> tuple[AddonLine, ...]:
    """Return what is ordered with the new plan: each carried add-on, on the terms that it has."""
    lines = []
    for addon in step.accepted_quote.input.addons:
        if addon.is_carried:
            shown = step.cloud.seller.subscription(step.order.organization_id, addon.subscription_id)
            line = AddonLine(
                plan_id=addon.plan_id,
                quantity=addon.quantity,
                term=shown.term,
                billing_cycle=shown.billing_cycle,
            )
            lines.append(line)
    return tuple(lines)


def addons_on(step: Step, target_id: str) -> tuple[SellerSubscription, ...]:
    """Return the live add-ons of a new subscription that was bought outside."""
    held = step.cloud.seller.subscriptions(step.order.organization_id)
    return tuple(
        each
        for each in held
        if each.state is SubscriptionState.LIVE and each.parent_subscription_id.lower() == target_id.lower()
    )


def lacking_addons(step: Step, target_id: str) -> tuple[QuotedAddon, ...]:
    """Return the carried add-ons that a subscription which was bought outside does not have as quoted.

    One that its seller bills already is none of them: the accepted quote would charge it again.
    """
    placed = list(addons_on(step, target_id))
    lacking = []
    for addon in step.accepted_quote.input.addons:
        if not addon.is_carried:
            continue
        match = next((each for each in placed if _is_in_place_of(step, each, addon)), None)
        if match is None:
            lacking.append(addon)
        else:
            placed.remove(match)
    return tuple(lacking)


def _is_in_place_of(step: Step, placed: SellerSubscription, addon: QuotedAddon) -> bool:
    if (placed.plan_id, placed.quantity) != (addon.plan_id, addon.quantity):
        return False
    return billed_now(step.cloud, step.order.organization_id, placed.subscription_id) is None


def addon_periods(step: Step, accepted: Quote) -> dict[str, BilledPeriod]:
    """Return the present billing period of each billed add-on, by subscription id."""
    billed = [addon.subscription_id for addon in accepted.input.addons if addon.billed]
    return {each: step.cloud.billing.period(step.order.organization_id, each) for each in billed}


def require_quoted_addons(step: Step, source: Subscription, facts: AssessmentInput) -> None:
    """Refuse when an add-on came onto the source since the quote: it would be left on a cancelled plan.

    Args:
        step: The attempt that is about to cancel.
        source: Loaded source.
        facts: What was read right before.

    Raises:
        AuditMismatch: There is one; the switch holds until somebody has decided about it.
    """
    ordered = step.state_of(source).of(ReplacementOrdered)
    quoted = {each.subscription_id for each in step.accepted_quote.input.addons}
    held = tuple(each for each in facts.subscriptions if ordered is None or each.order_id != ordered.order_id)
    fates = addon_fates(step.catalog, facts.source, held, step.catalog.plan(facts.target_plan_id))
    late = sorted(each.name for each in fates if each.subscription_id not in quoted)
    if late:
        raise AuditMismatch(
            f"Add-ons came onto the old plan since the quote: {', '.join(late)}.",
            remedy="Cancel them, or order them with the new plan instead, in the seller's own pages; then "
            "`planswitch switch retry SWITCH --reason …`. Or return everybody: `planswitch switch rollback "
            "SWITCH --reason …`.",
        )


def cancel_addons(step: Step) -> None:
    """Cancel every add-on that goes with the cancelled source; a repeated call changes nothing."""
    for addon in step.accepted_quote.input.addons:
        step.cloud.seller.cancel_subscription(
            step.order.organization_id,
            addon.subscription_id,
            key=step.key(f"cancel:{addon.subscription_id}"),
        )


def addons_to_reduce(step: Step, left: int) -> tuple[SellerSubscription, ...]:
    """Return the add-ons that go with some users and have more licenses than are left of the plan."""
    organization_id = step.order.organization_id
    ids = [each.subscription_id for each in step.accepted_quote.input.addons]
    shown = [step.cloud.seller.subscription(organization_id, each) for each in ids]
    return tuple(each for each in shown if each.quantity > left)


def reduce_addons(step: Step, left: int) -> None:
    """Reduce each add-on that goes with some users to who stays, and record it; once, however often called.

    Args:
        step: The attempt that reduces the plan.
        left: Licenses that are left of the plan, of which the add-on has one for each.
    """
    for addon in step.accepted_quote.input.addons:
        if addon.subscription_id in step.state_of(step.seen_source()).addons_reduced:
            continue
        shown = step.cloud.seller.subscription(step.order.organization_id, addon.subscription_id)
        if shown.quantity > left:
            step.cloud.seller.change_quantity(
                step.order.organization_id,
                addon.subscription_id,
                quantity=left,
                key=step.key(f"reduce:{addon.subscription_id}"),
            )
        source = step.source()
        step.advance(
            source,
            AddOnReduced,
            subscription_id=addon.subscription_id,
            plan_id=addon.plan_id,
            quantity_before=addon.billed.quantity if addon.billed else shown.quantity,
            quantity=min(shown.quantity, left),
        )
        step.save(source, what="addon")


def bill_addons(step: Step, terms: Cutover, replacements: Mapping[str, str]) -> tuple[BilledAddon, ...]:
    """Stop and credit each add-on, and start billing of what replaces it."""
    priced = {each.addon.subscription_id: each for each in terms.addons}
    return tuple(
        _bill(step, addon, priced.get(addon.subscription_id), replacements, on=terms.on)
        for addon in step.accepted_quote.input.addons
    )


def _bill(
    step: Step,
    addon: QuotedAddon,
    terms: AddonCutover | None,
    replacements: Mapping[str, str],
    *,
    on: date,
) -> BilledAddon:
    replacement = replacements.get(addon.subscription_id, "")
    credit, charge_id = None, ""
    if terms is not None:
        credit = _leave(step, terms)
        if terms.charge is not None:
            charge_id = step.cloud.billing.start(
                step.order.organization_id,
                replacement,
                effective_on=on,
                period_end_on=terms.period_end_on,
                quantity=addon.quantity,
                unit_price=terms.unit_price,
                amount=terms.charge,
                key=step.key(f"start:{addon.subscription_id}"),
                billing_day=terms.billing_day,
            )
    return BilledAddon(addon=addon, terms=terms, credit=credit, replacement=replacement, charge_id=charge_id)


def _leave(step: Step, terms: AddonCutover) -> IssuedCredit | None:
    if terms.is_source_kept:
        return None
    organization_id, billing = step.order.organization_id, step.cloud.billing
    left = terms.addon.subscription_id
    billing.stop(organization_id, left, effective_on=terms.stop_on, key=step.key(f"stop:{left}"))
    if not terms.credit_from_on < terms.credit_to_on:
        return None
    return billing.credit(
        organization_id,
        left,
        amount=terms.credit,
        from_on=terms.credit_from_on,
        to_on=terms.credit_to_on,
        reason=f"plan switch {step.order.switch_id}",
        key=step.key(f"credit:{left}"),
    )


def addon_replacements(step: Step, source: Subscription) -> dict[str, str]:
    """Return old -> new subscription of every carried add-on, as the order has them."""
    carried = [each for each in step.accepted_quote.input.addons if each.is_carried]
    ordered = step.state_of(source).of(ReplacementOrdered)
    if not carried or ordered is None:
        return {}
    bought = bought_outside(step.state_of(source))
    placed: list[PlacedAddon | SellerSubscription] = (
        list(addons_on(step, bought.subscription_id))
        if bought is not None
        else list(step.cloud.seller.order(step.order.organization_id, ordered.order_id).addons)
    )
    replacements: dict[str, str] = {}
    for addon in carried:
        match = next(
            (each for each in placed if (each.plan_id, each.quantity) == (addon.plan_id, addon.quantity)),
            None,
        )
        if match is None or match.subscription_id is None:
            raise ProviderRefused(
                f"{_place(ordered, bought)} names no subscription of add-on {addon.name}.",
                remedy="Ask the seller for the add-on of the order; the step is tried again by itself.",
            )
        placed.remove(match)
        replacements[addon.subscription_id] = match.subscription_id
    return replacements


def _place(ordered: ReplacementOrdered, bought: ManualStepDoneOutside | None) -> str:
    if bought is not None:
        return f"Subscription {bought.subscription_id}, which was bought outside,"
    return f"Order {ordered.order_id}"


def record_addons(step: Step, source: Subscription, billed: tuple[BilledAddon, ...], currency: str) -> None:
    """Record for each add-on whether it was removed or carried over, and what was credited."""
    for each in billed:
        addon, terms = each.addon, each.terms
        nothing = Money.zero(currency)
        facts = {
            "subscription_id": addon.subscription_id,
            "plan_id": addon.plan_id,
            "credit_id": each.credit.credit_id if each.credit else "",
            "credit": terms.credit if terms else nothing,
            "consumed": terms.consumed if terms else nothing,
        }
        if not addon.is_carried and terms is not None and terms.is_source_kept:
            # It goes on for who stays.
            continue
        if not addon.is_carried:
            step.advance(source, AddOnDropped, **facts)
            continue
        facts |= {
            "replacement_subscription_id": each.replacement,
            "charge_id": each.charge_id,
            "charge": (terms.charge if terms else None) or nothing,
        }
        step.advance(source, AddOnCarried, **facts)

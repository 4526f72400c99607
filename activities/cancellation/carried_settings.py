"""Giving the new subscription what hung on the old one, once nothing changes it (rules#quote-and-cutover)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from activities.base.step import Step
from domain.kernel.errors import PlanSwitchError, ProviderRefused, UnknownSubscription
from domain.kernel.facts import as_plain
from domain.operator.lost_settings import Setting
from domain.periods.next_term import KEEP, OFF, ON, CarryOver, carry_over
from domain.ports.seller_port import RenewalTerms, ScheduledChange, SellerSubscription, SubscriptionSettings
from domain.reasons.findings import SCHEDULED_CHANGE_LOST
from domain.subscriptions.subscription import Subscription
from domain.switch.events import ReplacementReady, SwitchRequested
from domain.switch.settings_events import SourceSettingsChanged
from domain.switch.switch_state import SwitchState

CALL = "carry-settings"
NOTHING = SubscriptionSettings()
_FITS_NO_MORE = "it was scheduled while the switch ran, and the new plan can't take it over."
_NOT_LISTED = "the seller does not show the old subscription any more."


@dataclass(frozen=True, kw_only=True, slots=True)
class Carried:
    """What became of the settings."""

    #: Facts of `SettingsCarried`; None where nothing had to be set, or nothing was taken.
    carried: Mapping[str, Any] | None = None
    #: Facts of `SettingsLost`; None where nothing was lost.
    lost: Mapping[str, Any] | None = None


@dataclass(kw_only=True)
class _Work:
    """Settings on their way to the new subscription."""

    step: Step
    #: The seller's id of the new subscription.
    subscription_id: str
    #: Setting -> how the new subscription is to be set.
    wanted: dict[Setting, SubscriptionSettings] = field(default_factory=dict)
    lost: list[dict[str, str]] = field(default_factory=list)

    def lose(self, setting: Setting, wanted: str, *, code: str = "", message: str) -> None:
        """Note what is left to an operator."""
        self.lost.append({"setting": setting, "wanted": wanted, "code": code, "message": message})


def carried_settings(step: Step, source: Subscription) -> Carried:
    """Set the new subscription, and return the facts of what was done and of what could not be.

    What counts is what was seen last before the cancellation. A refusal is recorded and does not keep the
    organization locked: everybody works on the new plan by now.

    Args:
        step: The attempt on whose behalf.
        source: Loaded source, whose billing is cut over.
    """
    state = step.state_of(source)
    requested, ready = state.of(SwitchRequested), state.of(ReplacementReady)
    if requested is None or ready is None:
        return Carried()
    source_facts = requested.assessment["inputs"]["source"]
    carry = _carry(step, state, source_facts, requested.quantity)
    work = _Work(step=step, subscription_id=ready.subscription_id)
    if _is_said(step, carry):
        work.wanted[Setting.AUTO_RENEW] = SubscriptionSettings(is_auto_renewed=carry.is_auto_renewed)
    if carry.scheduled is not None:
        work.wanted[Setting.SCHEDULED_CHANGE] = SubscriptionSettings(scheduled=carry.scheduled)
    elif carry.is_change_lost and SCHEDULED_CHANGE_LOST not in step.order.acknowledgments:
        work.lose(Setting.SCHEDULED_CHANGE, _scheduled_words(state, source_facts), message=_FITS_NO_MORE)
    _add_name(work, source_facts)
    done = _set(work)
    digest = step.calls.digest()
    return Carried(
        carried=_carried_facts(work, done, digest) if done else None,
        lost=_lost_facts(work, digest) if work.lost else None,
    )


def changed_renewal(state: SwitchState, shown: SellerSubscription) -> dict[str, Any] | None:
    """Return the facts of `SourceSettingsChanged` where the renewal is another than as it is recorded.

    Args:
        state: The switch, before its cancellation.
        shown: The old subscription as the seller shows it now.
    """
    requested = state.of(SwitchRequested)
    if requested is None:
        return None
    before = _stated(_renewal_facts(state, requested.assessment["inputs"]["source"]))
    now = shown.renewal
    if _what_goes_over(before) == _what_goes_over(now):
        return None
    return {"renewal": as_plain(now)}


def _what_goes_over(stated: RenewalTerms | None) -> tuple[bool, ScheduledChange | None]:
    """Return what of a renewal goes over; that nothing is stated means that it renews."""
    if stated is None:
        return True, None
    return stated.is_automatic is not False, stated.scheduled


def _carry(step: Step, state: SwitchState, source_facts: dict[str, Any], quantity: int) -> CarryOver:
    """Return what goes over; facts of before tell nothing of renewals."""
    return carry_over(
        _stated(_renewal_facts(state, source_facts)),
        source_plan_id=source_facts["plan_id"],
        target_plan_id=step.order.target_plan_id,
        quantity=quantity,
        auto_renew=step.order.auto_renew,
        takes_schedule=source_facts.get("cancellable_until") is not None,
    )


def _renewal_facts(state: SwitchState, source_facts: dict[str, Any]) -> dict[str, Any] | None:
    changed = state.of(SourceSettingsChanged)
    return source_facts.get("renewal") if changed is None else changed.renewal


def _stated(facts: dict[str, Any] | None) -> RenewalTerms | None:
    if facts is None:
        return None
    change = facts.get("scheduled")
    scheduled = ScheduledChange(**change) if change else None
    return RenewalTerms(is_automatic=facts["is_automatic"], scheduled=scheduled)


def _is_said(step: Step, carry: CarryOver) -> bool:
    """Return whether the renewal has to be set; a new subscription renews by itself."""
    is_said = carry.is_auto_renewed is False or step.order.auto_renew != KEEP or carry.scheduled is not None
    return is_said and carry.is_auto_renewed is not None


def _add_name(work: _Work, source_facts: dict[str, Any]) -> None:
    """Add the name that the customer gave; the record tells only that there is one."""
    if not source_facts.get("is_named"):
        return
    order = work.step.order
    try:
        old = work.step.cloud.seller.subscription(order.organization_id, order.source_subscription_id)
    except UnknownSubscription as error:
        work.lose(Setting.FRIENDLY_NAME, _NAME_WORDS, code=error.code, message=_NOT_LISTED)
        return
    if old.friendly_name:
        work.wanted[Setting.FRIENDLY_NAME] = SubscriptionSettings(friendly_name=old.friendly_name)


def _set(work: _Work) -> dict[Setting, SubscriptionSettings]:
    """Set everything at once; where that is refused, each by itself: one no costs one setting."""
    if not work.wanted:
        return {}
    if _refusal(work, _together(work.wanted), CALL) is None:
        return work.wanted
    done: dict[Setting, SubscriptionSettings] = {}
    for setting, each in work.wanted.items():
        refusal = _refusal(work, each, f"{CALL}:{setting}")
        if refusal is None:
            done[setting] = each
        else:
            code = str(refusal.details.get("provider_code") or refusal.code)
            work.lose(setting, _words(each), code=code, message=refusal.message)
    return done


def _refusal(work: _Work, settings: SubscriptionSettings, call: str) -> PlanSwitchError | None:
    """Set the new subscription, and return the refusal; what may go well later is raised."""
    step = work.step
    try:
        step.cloud.seller.change_settings(
            step.order.organization_id, work.subscription_id, settings, key=step.key(call)
        )
    except ProviderRefused as error:
        return error
    return None


def _together(wanted: Mapping[Setting, SubscriptionSettings]) -> SubscriptionSettings:
    renewed = wanted.get(Setting.AUTO_RENEW, NOTHING).is_auto_renewed
    scheduled = wanted.get(Setting.SCHEDULED_CHANGE, NOTHING).scheduled
    name = wanted.get(Setting.FRIENDLY_NAME, NOTHING).friendly_name
    return SubscriptionSettings(is_auto_renewed=renewed, scheduled=scheduled, friendly_name=name)


_NAME_WORDS = "the friendly name of the old subscription"


def _words(settings: SubscriptionSettings) -> str:
    """Return how a subscription is to be set, without the name that the customer gave."""
    if settings.is_auto_renewed is not None:
        return f"renews by itself {ON if settings.is_auto_renewed else OFF}"
    if settings.scheduled is not None:
        return _change_words(settings.scheduled)
    return _NAME_WORDS


def _scheduled_words(state: SwitchState, source_facts: dict[str, Any]) -> str:
    stated = _stated(_renewal_facts(state, source_facts))
    return _change_words(stated.scheduled) if stated and stated.scheduled else ""


def _change_words(change: ScheduledChange) -> str:
    parts = [f"{change.quantity} licenses", change.plan_id and f"of plan {change.plan_id}"]
    return " ".join([*filter(None, (*parts, change.term, change.billing_cycle)), "from its renewal on"])


def _carried_facts(work: _Work, done: Mapping[Setting, SubscriptionSettings], digest: str) -> dict[str, Any]:
    settings = _together(done)
    renewal = {None: "", True: ON, False: OFF}[settings.is_auto_renewed]
    return {
        "subscription_id": work.subscription_id,
        "auto_renew": renewal,
        "scheduled_quantity": settings.scheduled.quantity if settings.scheduled else 0,
        "is_name_carried": bool(settings.friendly_name),
        "code": "",
        "message": "",
        "calls_digest": digest,
    }


def _lost_facts(work: _Work, digest: str) -> dict[str, Any]:
    lost = [{**each, "setting": str(each["setting"])} for each in work.lost]
    return {"subscription_id": work.subscription_id, "lost": lost, "calls_digest": digest}

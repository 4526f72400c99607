"""Giving the new subscription what hung on the old one, once nothing changes it (rules section 5)."""

from __future__ import annotations

from typing import Any

from activities.step import Step
from domain.carry_over import KEEP, OFF, ON, CarryOver, carry_over
from domain.errors import ProviderRefused
from domain.ports import RenewalTerms, ScheduledChange, SubscriptionSettings
from domain.subscription import Subscription
from domain.switch_events import ReplacementReady, SwitchRequested

CALL = "carry-settings"


def carried_settings(step: Step, source: Subscription) -> dict[str, Any] | None:
    """Set the new subscription, and return the facts of what was done; None where nothing has to be.

    What counts is what the assessment of the request saw: it is what was quoted. A refusal is recorded and
    does not keep the organization locked: everybody works on the new plan by now.

    Args:
        step: The attempt on whose behalf.
        source: Loaded source, whose billing is cut over.
    """
    state = step.state_of(source)
    requested, ready = state.of(SwitchRequested), state.of(ReplacementReady)
    if requested is None or ready is None:
        return None
    seen = requested.assessment["inputs"]["source"]
    wanted = _wanted(step, seen, requested.quantity)
    name = _friendly_name(step, seen)
    settings = SubscriptionSettings(
        # A new subscription renews by itself: that need not be said.
        is_auto_renewed=wanted.is_auto_renewed if _is_said(step, wanted) else None,
        scheduled=wanted.scheduled,
        friendly_name=name,
    )
    if settings == SubscriptionSettings():
        return None
    code, message = _set(step, ready.subscription_id, settings)
    is_done = not code
    said = {None: "", True: ON, False: OFF}[settings.is_auto_renewed]
    return {
        "subscription_id": ready.subscription_id,
        "auto_renew": said if is_done else "",
        "scheduled_quantity": settings.scheduled.quantity if settings.scheduled and is_done else 0,
        "is_name_carried": bool(name) and is_done,
        "code": code,
        "message": message,
        "calls_digest": step.calls.digest(),
    }


def _is_said(step: Step, wanted: CarryOver) -> bool:
    return wanted.is_auto_renewed is False or step.order.auto_renew != KEEP or wanted.scheduled is not None


def _wanted(step: Step, seen: dict[str, Any], quantity: int) -> CarryOver:
    """Return what goes over, by the facts of the request; those of before tell nothing of renewals."""
    return carry_over(
        _stated(seen),
        source_plan_id=seen["plan_id"],
        target_plan_id=step.order.target_plan_id,
        quantity=quantity,
        auto_renew=step.order.auto_renew,
    )


def _stated(seen: dict[str, Any]) -> RenewalTerms | None:
    facts = seen.get("renewal")
    if facts is None:
        return None
    change = facts.get("scheduled")
    scheduled = ScheduledChange(**change) if change else None
    return RenewalTerms(is_automatic=facts["is_automatic"], scheduled=scheduled)


def _friendly_name(step: Step, seen: dict[str, Any]) -> str:
    """Return the name that the customer gave; the record tells only that there is one."""
    if not seen.get("is_named"):
        return ""
    organization_id, source_id = step.order.organization_id, step.order.source_subscription_id
    return step.cloud.seller.subscription(organization_id, source_id).friendly_name


def _set(step: Step, subscription_id: str, settings: SubscriptionSettings) -> tuple[str, str]:
    """Set the new subscription, and return code and text of a refusal; "" and "" where it is done."""
    try:
        step.cloud.seller.change_settings(
            step.order.organization_id, subscription_id, settings, key=step.key(CALL)
        )
    except ProviderRefused as error:
        return str(error.details.get("provider_code") or error.code), error.message
    return "", ""

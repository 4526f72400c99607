"""The subscription that receives the users where both plans are owned: it is not ordered (ADR 43)."""

from __future__ import annotations

from activities.assessment.owned_plans import free_licenses, live_purchase
from activities.assessment.preflight import check_all_users
from activities.base.step import Step, position_of
from activities.contract import ConfirmProvisioningResult
from domain.catalog.catalog import spoken_services
from domain.kernel.awaited import Awaited, Party, named_list
from domain.kernel.errors import NotReadyYet, RuleViolated
from domain.kernel.ids import replacement_stream_id, subscription_stream_id
from domain.licenses.provisioning import is_set_up
from domain.ports.directory_port import SubscribedPlan
from domain.ports.seller_port import Purchase
from domain.subscriptions.subscription import Subscription
from domain.subscriptions.subscription_name import subscription_named
from domain.switch.provisioning_events import TargetConfirmed
from store.core.base import StoredDomainEvent

#: A subscription that is not live, or whose services are not set up, is looked at again so often.
LOOK_AGAIN_SECONDS = 300.0
_REMEDY = "The switch looks again by itself; `planswitch switch cancel` takes it back."


def confirmed_target(step: Step) -> ConfirmProvisioningResult:
    """Record that the owned subscription is live and set up; it stands in place of an order.

    Args:
        step: The attempt; every user of many is read in it, as before an order.

    Raises:
        NotReadyYet: The directory shows it otherwise.
        RuleViolated: A switch back would move users whom it does not restore (rules#switch-back).
    """
    source = step.source()
    done = step.state_of(source).of(TargetConfirmed)
    if done is not None:
        return ConfirmProvisioningResult(subscription_id=done.subscription_id, saved=(position_of(source),))
    step.state_of(source).require_stage(TargetConfirmed.AFTER, "confirm the subscription to move to")
    source = check_all_users(step, source)
    owned = _live(step, str(step.order.target_subscription_id))
    pools = step.cloud.directory.subscribed_plans(step.order.organization_id)
    _require_set_up(step, pools)
    target = _opened(step, owned)
    step.advance(
        source,
        TargetConfirmed,
        subscription_id=owned.subscription_id,
        replacement_id=str(target.id),
        free=free_licenses(pools, owned.plan_id),
        calls_digest=step.calls.digest(),
    )
    saved = step.save(source, target, events=_names(step, target, owned.subscription_id))
    return ConfirmProvisioningResult(subscription_id=owned.subscription_id, saved=saved)


def require_live(step: Step, subscription_id: str) -> None:
    """Refuse the way back to a plan that the directory does not show as live.

    Raises:
        RuleViolated: Nobody can return to it.
    """
    if live_purchase(step.cloud, step.order.organization_id, subscription_id) is None:
        raise RuleViolated(
            "The directory does not list the old subscription as active; nobody can return to it.",
            remedy="Have its seller make it active again, then retry the switch.",
        )


def _live(step: Step, subscription_id: str) -> Purchase:
    owned = live_purchase(step.cloud, step.order.organization_id, subscription_id)
    if owned is None:
        message = f"The directory does not list subscription {subscription_id} as active."
        raise _not_ready(message, "list the subscription as active", (subscription_id,))
    return owned


def _require_set_up(step: Step, pools: tuple[SubscribedPlan, ...]) -> None:
    plan_id = step.order.target_plan_id
    services = [service for pool in pools if pool.plan_id == plan_id for service in pool.services]
    pending = spoken_services(step.catalog, services, lambda service: not is_set_up(service))
    if pending:
        message = f"{len(pending)} services of the new plan are not set up yet: {named_list(pending)}."
        raise _not_ready(message, "set up services of the new plan", tuple(pending))


def _not_ready(message: str, action: str, names: tuple[str, ...]) -> NotReadyYet:
    return NotReadyYet(
        message,
        retry_after_seconds=LOOK_AGAIN_SECONDS,
        remedy=_REMEDY,
        awaited=Awaited(party=Party.DIRECTORY, action=action, names=names, remedy=_REMEDY),
    )


def _opened(step: Step, owned: Purchase) -> Subscription:
    """Return the stream in which the switch records what comes to the subscription; it ordered nothing."""
    stream_id = replacement_stream_id(step.order.switch_id)
    return step.store.subscription(stream_id) or Subscription.open(
        stream_id,
        organization_id=step.order.organization_id,
        subscription_id=owned.subscription_id,
        plan_id=owned.plan_id,
        quantity=owned.quantity,
        ordered_by="",
        at=step.at,
        meta=step.meta(),
    )


def _names(step: Step, target: Subscription, subscription_id: str) -> list[StoredDomainEvent]:
    """Return the event that names the subscription, where the record does not know it by its id yet."""
    organization_id = step.order.organization_id
    known = step.store.resolve_subscription(organization_id, subscription_id)
    is_named = known != subscription_stream_id(organization_id, subscription_id)
    if is_named or step.store.subscription(known) is not None:
        return []
    return [
        subscription_named(
            organization_id, subscription_id, subscription_stream_id=target.id, at=step.at, meta=step.meta()
        )
    ]

"""A seller who is asked to cancel: refuses, loses the answer, or has stopped the plan."""

from __future__ import annotations

import dataclasses
from typing import Any

from activities.contract import SwitchOrder
from domain.kernel.errors import ProviderRefused
from domain.ports.cloud import Cloud
from domain.ports.seller_port import SellerSubscription
from domain.subscriptions.subscription import Subscription
from tests.support.worlds.world import SwitchHandle, World
from workflows.base.messages import SwitchResult

NOT_NOW = {"provider_code": "900117", "provider_text": "Not any more.", "status": 400}


def source_of(world: World, order: SwitchOrder) -> Subscription:
    """Load the subscription that the switch leaves."""
    source_id = world.store.resolve_subscription(order.organization_id, order.source_subscription_id)
    source = world.store.subscription(source_id)
    assert source is not None
    return source


async def lost(world: World, order: SwitchOrder, handle: SwitchHandle) -> SwitchHandle:
    """Lose the run of a switch and return the next one."""
    await handle.terminate("lost")
    return await world.client.start_workflow(
        "PlanSwitch", order, id=handle.id, task_queue=world.task_queue, result_type=SwitchResult
    )


def refusing(world: World, *, after_the_effect: bool = False) -> None:
    """Let the seller refuse every cancellation that is asked from now on, whatever he has done."""

    def refused(cloud: Cloud) -> Cloud:
        real: Any = cloud.seller

        class Refusing:
            def __getattr__(self, name: str) -> Any:
                return getattr(real, name)

            def cancel_subscription(self, *arguments: Any, **named: Any) -> Any:
                if after_the_effect:
                    real.cancel_subscription(*arguments, **named)
                raise ProviderRefused("The seller answered 400.", remedy="Read.", **NOT_NOW)

        seller: Any = Refusing()
        return dataclasses.replace(cloud, seller=seller)

    world.change_cloud = refused


def stopping(world: World, order: SwitchOrder) -> None:
    """Let the seller show the old plan as stopped for an unpaid bill, until the world is calm."""

    def stopped(each: SellerSubscription) -> SellerSubscription:
        if each.subscription_id != order.source_subscription_id:
            return each
        return dataclasses.replace(
            each, status="suspended", suspension_reasons=("PaymentOverdue",), is_stopped=True
        )

    def changed(cloud: Cloud) -> Cloud:
        real: Any = cloud.seller

        class Stopping:
            def __getattr__(self, name: str) -> Any:
                return getattr(real, name)

            def subscriptions(self, *arguments: Any, **named: Any) -> Any:
                return tuple(stopped(each) for each in real.subscriptions(*arguments, **named))

            def subscription(self, *arguments: Any, **named: Any) -> Any:
                return stopped(real.subscription(*arguments, **named))

        seller: Any = Stopping()
        return dataclasses.replace(cloud, seller=seller)

    world.change_cloud = changed

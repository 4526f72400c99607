"""A switch that is held by users who can't be moved."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from activities.contract import SwitchOrder
from domain.kernel.errors import ProviderRefused
from domain.ports.cloud import Cloud
from tests.support.worlds.world import SwitchHandle, World


async def held_switch(world: World, users: int = 25, **options: Any) -> tuple[SwitchOrder, SwitchHandle]:
    """Return a switch that holds for users who can't be moved."""
    order = world.order(world.organization(users, **options))
    handle, _ = await world.start(order)
    await world.until_stage(handle, "held")
    return order, handle


class StubbornBilling:
    """Billing that refuses to stop as long as the test says so."""

    def __init__(self, billing: Any, refusals: list[str]) -> None:
        self._billing = billing
        self._refusals = refusals

    def __getattr__(self, name: str) -> Any:
        return getattr(self._billing, name)

    def stop(self, *arguments: Any, **named: Any) -> Any:
        """Refuse while the test wants it."""
        if self._refusals:
            self._refusals.append("asked")
            message = "The period is closed."
            raise ProviderRefused(message, provider_code="CLOSED", provider_text="no", status=409)
        return self._billing.stop(*arguments, **named)


def refuse_stop(refusals: list[str]) -> Callable[[Cloud], Cloud]:
    """Return a change of the cloud: its billing refuses to stop while `refusals` is not empty."""

    def change(cloud: Cloud) -> Cloud:
        billing: Any = StubbornBilling(cloud.billing, refusals)
        return dataclasses.replace(cloud, billing=billing)

    return change

"""A switch that waits for its services, and what must be so once it is taken back."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from temporalio.api.enums.v1 import EventType

from activities.contract import SwitchOrder
from domain.kernel.errors import ProviderRefused
from domain.ports.cloud import Cloud
from tests.support.worlds.world import CLEAN, SOURCE_PLAN, SwitchHandle, World, until
from workflows.base.messages import CommandAnswer


def assert_taken_back(world: World, order: SwitchOrder, *, orders: int = 1) -> None:
    """Check that nothing is left of a switch: no order, no lock, nobody moved."""
    verdict = world.verdict(order)
    assert {name: verdict[name] for name in CLEAN} == CLEAN
    assert (verdict["orders"], verdict["cancellations"]) == (orders, 0)
    assert world.is_free(order)
    assert {SOURCE_PLAN} <= set.intersection(*(set(plans) for plans in world.users(order).values()))
    assert world.ledger(order, "invoice") == []


async def provisioning_switch(world: World) -> tuple[SwitchOrder, SwitchHandle]:
    """Return a switch that waits for a seller who takes his time."""
    world.sandbox.settings(provisioning_delay_seconds=600)
    order = world.order(world.organization())
    handle, _ = await world.start(order)
    await world.until_stage(handle, "provisioning")
    return order, handle


async def failure_count(handle: SwitchHandle) -> int:
    """Return how many steps of a switch have failed for good."""
    events = (await handle.fetch_history()).events
    return sum(each.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED for each in events)


async def retry_in_vain(world: World, handle: SwitchHandle, request_id: str = "retry-1") -> CommandAnswer:
    """Retry a switch that is stuck, and wait until it is stuck again.

    Its stage alone doesn't tell that: before the command acts, it is the stage of the failure before.
    """
    failures = await failure_count(handle)
    answer = await world.retry(handle, request_id)

    async def has_failed_again() -> bool:
        return await failure_count(handle) > failures

    await until(has_failed_again, "no step failed again")
    await world.until_stage(handle, "stuck")
    return answer


class Stubborn:
    """A port of which one method always refuses, and the rest is real."""

    def __init__(self, port: Any, method: str) -> None:
        self._port = port
        self._method = method

    def __getattr__(self, name: str) -> Any:
        if name == self._method:
            return self._refuse
        return getattr(self._port, name)

    def _refuse(self, *_arguments: Any, **_named: Any) -> None:
        message = "The seller says no."
        raise ProviderRefused(message, provider_code="900000", provider_text="no", status=400)


def refuse_always(method: str) -> Callable[[Cloud], Cloud]:
    """Return a change of the cloud: its seller refuses one method."""

    def change(cloud: Cloud) -> Cloud:
        seller: Any = Stubborn(cloud.seller, method)
        return dataclasses.replace(cloud, seller=seller)

    return change

"""An attempt that another one has overtaken tells nothing of it as done outside (manual#done-outside)."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities.contract import CANCEL_SOURCE, REDUCE_SOURCE, ActivitySpec, SwitchOrder
from domain.operator.manual_events import ManualStepDoneOutside
from domain.ports.cloud import Cloud
from tests.support.controls.by_hand import (
    STEPS,
    begin_beside,
    go_through,
    manual_switch,
    partial_switch,
    take,
    until_awaited,
)
from tests.support.controls.cancellation import refusing
from tests.support.licenses.moving import events_of
from tests.support.worlds.steps import StepRunner
from tests.support.worlds.world import CLEAN, World

OVERTAKEN = "NOT_READY_YET"
OVERTAKING_SECONDS = 120.0


@pytest.mark.parametrize("step", ["cancel", "reduce"])
async def test_what_another_attempt_has_completed_is_not_told_as_done_outside(
    world: World, step: str
) -> None:
    """It reads the old plan once the other one has left it, and looks at the record again."""
    some = step == "reduce"
    order, handle = await (partial_switch(world, world.organization(), 5) if some else _of_everyone(world))
    await go_through(world, order, handle, *STEPS)
    await until_awaited(world, order, step)
    await begin_beside(world, order, step)

    async def overtake() -> None:
        await take(handle, step)
        await world.result(handle)

    code = await _overtaken(world, order, REDUCE_SOURCE if some else CANCEL_SOURCE, overtake)

    assert code == OVERTAKEN
    assert events_of(world, order, ManualStepDoneOutside) == []
    assert world.failings(order) == CLEAN


async def test_what_another_attempt_has_asked_for_is_not_told_as_done_outside(world: World) -> None:
    """The seller has cancelled the old plan, and the attempt that asked has no answer yet."""
    order, handle = await _of_everyone(world)
    await go_through(world, order, handle, *STEPS)
    await until_awaited(world, order, "cancel")
    await begin_beside(world, order, "cancel")

    async def overtake() -> None:
        refusing(world, after_the_effect=True)
        with pytest.raises(ApplicationError):
            await StepRunner(world, order).run(CANCEL_SOURCE, keep=False)
        world.change_cloud = _unchanged

    code = await _overtaken(world, order, CANCEL_SOURCE, overtake)
    await take(handle, "cancel")
    result = await world.result(handle)

    assert (code, result.outcome) == (OVERTAKEN, "completed")
    assert events_of(world, order, ManualStepDoneOutside) == []
    assert world.failings(order) == CLEAN
    assert world.verdict(order)["cancellations"] == 1


async def _of_everyone(world: World) -> tuple[Any, Any]:
    return await manual_switch(world, world.organization())


async def _overtaken(
    world: World, order: SwitchOrder, spec: ActivitySpec[Any, Any], overtake: Callable[[], Awaitable[None]]
) -> str:
    """Run an attempt that another one overtakes before it reads the old plan; return how it is refused."""
    loop = asyncio.get_running_loop()

    def change(cloud: Cloud) -> Cloud:
        real: Any = cloud.seller

        class Slow:
            def __getattr__(self, name: str) -> Any:
                return getattr(real, name)

            def subscriptions(self, *arguments: Any, **named: Any) -> Any:
                if world.change_cloud is change:
                    world.change_cloud = _unchanged
                    asyncio.run_coroutine_threadsafe(_awaited(overtake), loop).result(OVERTAKING_SECONDS)
                return real.subscriptions(*arguments, **named)

        seller: Any = Slow()
        return dataclasses.replace(cloud, seller=seller)

    world.change_cloud = change
    with pytest.raises(ApplicationError) as refused:
        await StepRunner(world, order).run(spec, keep=False)
    return str(refused.value.type)


async def _awaited(act: Callable[[], Awaitable[None]]) -> None:
    await act()


def _unchanged(cloud: Cloud) -> Cloud:
    return cloud

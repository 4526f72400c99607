"""A switch by hand without a console: steps in, the record to look at."""

from __future__ import annotations

import dataclasses
import time
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from activities.contract import SwitchOrder
from activities.manual.manual_contract import BEGIN_STEP, TAKE_STEP, BeginStepResult
from domain.kernel.ids import workflow_id_of
from domain.ports.seller_port import OrderLine, Seller
from domain.switch.switch_state import SwitchState
from tests.support.worlds.signing import signed_message
from tests.support.worlds.steps import StepRunner
from tests.support.worlds.world import OPERATOR, SOURCE_PLAN, SwitchHandle, World
from workflows.base.messages import CommandAnswer, TakeStep
from workflows.switch.plan_switch import PlanSwitch

STEPS = ("buy", "verify", "reassign")
READINGS_MAX = 100


def state_of(world: World, order: SwitchOrder) -> SwitchState:
    """Return the switch as it is recorded."""
    stream = world.store.resolve_subscription(order.organization_id, order.source_subscription_id)
    source = world.store.subscription(stream)
    assert source is not None
    return source.switch(order.switch_id)


async def until_awaited(world: World, order: SwitchOrder, step: str) -> None:
    """Wait until the record says that an operator is to start a step."""
    await world.until(lambda: state_of(world, order).awaited_step == step)


async def take(
    handle: SwitchHandle, step: str, *, request_id: str = "", selection: str = "", users: int = 0
) -> CommandAnswer:
    """Start a step."""
    command = TakeStep(
        request_id=request_id or f"{step}-1",
        actor=OPERATOR,
        reason=f"{step} it",
        step=step,
        selection=selection,
        users=users,
    )
    return await handle.execute_update(PlanSwitch.take_step, command, id=command.request_id)


async def begin_beside(
    world: World, order: SwitchOrder, step: str, *, request_id: str = ""
) -> BeginStepResult:
    """Record the start of a step as an attempt does whose answer never reaches the workflow."""
    command = TakeStep(request_id=request_id or f"{step}-1", actor=OPERATOR, reason=f"{step} it", step=step)
    keys = world.toolbox.command_keys
    workflow_id = workflow_id_of(order.organization_id, order.request_id)
    signed = signed_message(keys, workflow_id, TAKE_STEP, command, datetime.now(UTC))
    fields = {each.name: getattr(signed, each.name) for each in dataclasses.fields(signed)}
    result: BeginStepResult = await StepRunner(world, order).run(
        BEGIN_STEP, keep=False, run_id=str(uuid4()), **fields
    )
    return result


def select(world: World, organization: dict[str, Any], count: int) -> tuple[str, list[str]]:
    """Store a selection of some users of the old plan, and return its id with their directory ids."""
    organization_id = organization["organization_id"]
    users = world.sandbox.cloud.directory.users_page(organization_id, SOURCE_PLAN, None).users
    ids = [user.directory_id for user in users if user.has_direct(SOURCE_PLAN)][:count]
    keys = world.store.vault.keys_for(organization_id, ids)
    return world.store.write_selection(organization_id, keys), ids


def bought(world: World, organization_id: str, line: OrderLine) -> str:
    """Buy as in the vendor's own pages, and return the subscription once the seller has named it."""
    return bought_of(world.sandbox.cloud.seller, organization_id, line)


def bought_of(seller: Seller, organization_id: str, line: OrderLine, *, pause_seconds: float = 0.0) -> str:
    """Buy of any seller as in its own pages, and return the subscription once it is named.

    Args:
        seller: Where it is bought.
        organization_id: Who buys.
        line: What is bought.
        pause_seconds: Time between two readings, for a seller whose clock is the real one.
    """
    placed = seller.place_order(organization_id, line, cart_key="own-cart", checkout_key="own-checkout")
    for _ in range(READINGS_MAX):
        if placed.subscription_id is not None:
            return placed.subscription_id
        time.sleep(pause_seconds)
        placed = seller.order(organization_id, placed.order_id)
    raise AssertionError("the seller never named what was bought")


async def manual_switch(world: World, organization: dict[str, Any], **changes: Any) -> tuple[Any, Any]:
    """Start a manual switch, and return its order and handle once `buy` is awaited."""
    order = world.order(organization, mode="manual", **changes)
    handle, answer = await world.start(order)
    assert answer.accepted, answer
    await until_awaited(world, order, "buy")
    return order, handle


async def partial_switch(
    world: World, organization: dict[str, Any], count: int, **changes: Any
) -> tuple[Any, Any]:
    """Start a manual switch of some users."""
    selection, _ = select(world, organization, count)
    some = {"selection": selection, "selected": count, "quantity": count}
    return await manual_switch(world, organization, **(some | changes))


async def go_through(world: World, order: SwitchOrder, handle: SwitchHandle, *steps: str) -> None:
    """Start steps, each once it is awaited."""
    for step in steps:
        await until_awaited(world, order, step)
        answer = await take(handle, step)
        assert answer.accepted, answer

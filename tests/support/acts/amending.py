"""Ways to amend the licenses of a running switch, and what must be so afterwards (ADR 14)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from activities.contract import SwitchOrder
from activities.operator.amendment import AmendmentAssessment, ask_amendment
from domain.quote.quote import Quote
from domain.subscriptions.journal import journal_of
from domain.switch.control_events import QuantityAmended
from domain.switch.move_events import SourceCancelled
from tests.support.controls.half_moved import recorded
from tests.support.licenses.moving import MOVE_USERS, add_user
from tests.support.worlds.world import CLEAN, OPERATOR, TARGET_PLAN, SwitchHandle, World
from workflows.base.messages import AmendQuantity, CommandAnswer
from workflows.switch.plan_switch import PlanSwitch

#: Calls by which the seller's subscription is changed.
CHANGE = "PATCH /v1/customers/{organization}/subscriptions/"
USERS, PURCHASED, JOINERS = 25, 40, 3


async def short_switch(world: World) -> tuple[SwitchOrder, SwitchHandle]:
    """Return a switch that holds: more users are on the old plan than licenses of the new one are ordered."""
    order = world.order(world.organization(users=USERS, quantity=PURCHASED), quantity=USERS)
    world.block(MOVE_USERS)
    handle, _ = await world.start(order)
    await world.until_stage(handle, "moving")
    for number in range(JOINERS):
        add_user(world, order, f"Nora New {number}")
    world.block()
    await world.until_stage(handle, "held")
    return order, handle


def licenses(world: World, order: SwitchOrder) -> int:
    """Return the licenses of the new plan that the seller shows."""
    held = world.sandbox.cloud.seller.subscriptions(order.organization_id)
    return next(each.quantity for each in held if each.plan_id == TARGET_PLAN)


def shown(world: World, order: SwitchOrder, quantity: int) -> AmendmentAssessment:
    """Return what an operator is shown of an amendment."""
    source = world.store.subscription(
        world.store.resolve_subscription(order.organization_id, order.source_subscription_id)
    )
    assert source is not None
    return ask_amendment(
        world.sandbox.cloud,
        world.store,
        world.toolbox.catalogs.current(),
        order,
        source,
        quantity=quantity,
        now=datetime.now(UTC),
    )


async def amend(
    world: World,
    order: SwitchOrder,
    handle: SwitchHandle,
    quantity: int,
    *,
    request_id: str = "amend-1",
    digest: str | None = None,
    **options: Any,
) -> CommandAnswer:
    """Send the operator's amendment, which accepts what is shown unless a digest is given."""
    command = AmendQuantity(
        request_id=request_id,
        actor=OPERATOR,
        reason="we grow",
        quantity=quantity,
        accepted_digest=digest or shown(world, order, quantity).amendment.digest,
        **options,
    )
    return await handle.execute_update(PlanSwitch.amend, command)


def changes_at_seller(world: World, order: SwitchOrder) -> int:
    """Return how often the seller changed a quantity, as his journal tells."""
    lines = world.sandbox.journal.read_text(encoding="utf-8").splitlines()
    return sum('"subscription_changed"' in line and order.organization_id in line for line in lines)


def assert_billed_as_amended(world: World, order: SwitchOrder, quantity: int) -> None:
    """Check that the bill is the amended quote to the cent, by ledger, record and referee."""
    amendment = recorded(world, order, QuantityAmended)[-1]
    (cancelled,) = recorded(world, order, SourceCancelled)
    day = Quote.from_facts(amendment.quote).day(cancelled.cutover_on)
    (invoice,) = world.ledger(order, "invoice")
    charge = next(each for each in world.ledger(order, "charge") if each["reason"] == "start")
    assert (charge["quantity"], charge["amount_minor_units"]) == (quantity, day.amount("charge").minor_units)
    assert invoice["amount_minor_units"] == day.total.minor_units
    assert licenses(world, order) == quantity
    events = [each.event for each in (*world.source_events(order), *world.target_events(order))]
    assert journal_of(events).differences == ()
    assert world.failings(order) == CLEAN

"""Switches of every outcome that run as workflows, and the kinds of notices that each is there for."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

from temporalio.testing import WorkflowEnvironment

from activities.contract import SwitchOrder
from domain.kernel.errors import ProviderRefused
from domain.ports.cloud import Cloud
from domain.quote.quote_input import FORFEITURE
from domain.switch.events import PromiseMissed
from domain.switch.waiting_events import WaitNoted
from tests.support.controls.half_moved import half_moved_switch, recorded
from tests.support.controls.taken_back import provisioning_switch, refuse_always
from tests.support.licenses.held import held_switch
from tests.support.licenses.refused_items import plant
from tests.support.switches.prepaid import ORDERED, paid_year
from tests.support.worlds.credit import CreditCase, waiting_case
from tests.support.worlds.forward import forward
from tests.support.worlds.waiting import BROKEN, WELL, WaitingCase, begin, health
from tests.support.worlds.world import World

#: What a run is about, and how it ended.
Ended = tuple[SwitchOrder, str]
Run = Callable[[World, WorkflowEnvironment], Awaitable[Ended]]
_years = count(500)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A way in which a switch ends.

    Args:
        name: Names it in a report.
        outcome: How its workflow ends.
        kinds: Kinds of docs/notices.md that it is there for; the record may cause others beside them.
        run: Runs one switch to its end.
        is_slow: It takes many seconds.
    """

    name: str
    outcome: str
    kinds: frozenset[str]
    run: Run
    is_slow: bool = False


async def _completed(world: World, _environment: WorkflowEnvironment) -> Ended:
    order = world.order(world.organization(users=5))
    return order, (await world.complete(order)).outcome


async def _credit(
    world: World, environment: WorkflowEnvironment, lead: Callable[[CreditCase], Awaitable[Any]]
) -> Ended:
    case = await waiting_case(world, environment)
    await lead(case)
    return case.order, (await world.result(case.handle)).outcome


async def _approved(world: World, environment: WorkflowEnvironment) -> Ended:
    return await _credit(world, environment, lambda case: case.decide("approved"))


async def _declined(world: World, environment: WorkflowEnvironment) -> Ended:
    return await _credit(world, environment, lambda case: case.decide("declined"))


async def _expired(world: World, environment: WorkflowEnvironment) -> Ended:
    async def silence(case: CreditCase) -> None:
        await case.forward_to(case.required.deadline_at)
        await world.until_stage(case.handle, "credit_overdue")
        await case.forward_to(case.required.cap_at)

    return await _credit(world, environment, silence)


async def _voided(world: World, environment: WorkflowEnvironment) -> Ended:
    return await _credit(world, environment, lambda case: world.cancel(case.handle))


class _Refusing:
    """A seller that refuses for good to tell how far the new subscription is."""

    def __init__(self, seller: Any) -> None:
        self._seller = seller

    def __getattr__(self, name: str) -> Any:
        return getattr(self._seller, name)

    def provisioning(self, *_arguments: object, **_named: object) -> object:
        """Refuse."""
        raise ProviderRefused("It refuses.", remedy="Ask why.", provider_code="test")


def _refuse_provisioning(cloud: Cloud) -> Cloud:
    seller: Any = _Refusing(cloud.seller)
    return dataclasses.replace(cloud, seller=seller)


async def _failed(world: World, environment: WorkflowEnvironment) -> Ended:
    async def fail(case: CreditCase) -> None:
        world.change_cloud = _refuse_provisioning
        await case.decide("approved")

    return await _credit(world, environment, fail)


async def _held(world: World, _environment: WorkflowEnvironment) -> Ended:
    order, handle = await held_switch(world, users=5, missing_usage_location=1)
    (user,) = world.users_left(order)
    world.sandbox.edit(order.organization_id, kind="user", user_id=user, usage_location="DE")
    await world.retry(handle)
    return order, (await world.result(handle)).outcome


async def _rolled_back(world: World, _environment: WorkflowEnvironment) -> Ended:
    order, handle, _ = await half_moved_switch(world)
    await world.roll_back(handle)
    return order, (await world.result(handle)).outcome


async def _stuck(world: World, _environment: WorkflowEnvironment) -> Ended:
    order, handle = await provisioning_switch(world)
    world.change_cloud = refuse_always("void_order")
    await world.cancel(handle)
    await world.until_stage(handle, "stuck")
    world.change_cloud = lambda cloud: cloud
    await world.retry(handle)
    return order, (await world.result(handle)).outcome


async def _forfeited(world: World, _environment: WorkflowEnvironment) -> Ended:
    order = world.order(paid_year(world, next(_years)), quantity=ORDERED, acknowledgments=(FORFEITURE,))
    return order, (await world.complete(order)).outcome


async def _late(world: World, environment: WorkflowEnvironment) -> Ended:
    """Let the seller be slow for over an hour."""
    order = world.order(world.organization(users=5))
    world.block(f"GET /v1/customers/{order.organization_id}/orders")
    handle, _ = await world.start(order)
    for minutes, promise in ((12, "whole_switch"), (50, "still_switching")):
        await forward(environment, handle, timedelta(minutes=minutes))
        await world.until(partial(_is_recorded, world, order, PromiseMissed, promise=promise))
    world.block()
    await environment.fast_forward(handle)
    return order, (await world.result(handle)).outcome


async def _without_access(world: World, _environment: WorkflowEnvironment) -> Ended:
    """Let the seller take the token of nobody, until somebody renews the sign-in."""
    order = world.order(world.organization(users=5))
    world.block(f"POST /v1/customers/{order.organization_id}/carts")
    handle, _ = await world.start(order)
    refused = {"operation": "checkout", "fault": "refused", "rate": 1}
    plant(world, order, {**refused, "status": 401, "code": "InvalidAuthenticationToken"})
    world.block()
    await world.until(lambda: _is_recorded(world, order, WaitNoted, code="ACCESS_LOST"))
    plant(world, order)
    return order, (await world.result(handle)).outcome


def _is_recorded(world: World, order: SwitchOrder, event_class: type[Any], **facts: str) -> bool:
    events = recorded(world, order, event_class)
    return any(all(getattr(each, name) == fact for name, fact in facts.items()) for each in events)


async def _waiting(world: World, environment: WorkflowEnvironment, **options: Any) -> WaitingCase:
    order = world.order(world.organization())
    health(world, order.organization_id, BROKEN)
    return await begin(world, environment, order, **options)


async def _wait_expired(world: World, environment: WorkflowEnvironment) -> Ended:
    case = await _waiting(world, environment, days=2)
    await case.forward(days=2, hours=1)
    return case.order, (await case.result()).outcome


async def _wait_cancelled(world: World, environment: WorkflowEnvironment) -> Ended:
    case = await _waiting(world, environment)
    await case.cancel()
    return case.order, (await case.result()).outcome


def _change(case: WaitingCase, **changes: object) -> None:
    case.world.sandbox.edit(
        case.order.organization_id,
        kind="subscription",
        subscription_id=case.order.source_subscription_id,
        changes=changes,
    )


async def _never(world: World, environment: WorkflowEnvironment) -> Ended:
    case = await _waiting(world, environment)
    await asyncio.to_thread(_change, case, contract_type="productKey")
    await case.forward(minutes=6)
    return case.order, (await case.result()).outcome


async def _price_changed(world: World, environment: WorkflowEnvironment) -> Ended:
    case = await _waiting(world, environment)
    await asyncio.to_thread(_change, case, quantity=500)
    case.health(WELL)
    await case.look()
    await case.forward(days=4)
    return case.order, (await case.result()).outcome


async def _started(world: World, environment: WorkflowEnvironment) -> Ended:
    case = await _waiting(world, environment)
    case.health(WELL)
    await case.look()
    await case.result()
    return case.order, (await world.result(case.switch)).outcome


def _outcome(name: str, outcome: str, kinds: str, run: Run, *, is_slow: bool = False) -> Outcome:
    return Outcome(name=name, outcome=outcome, kinds=frozenset(kinds.split()), run=run, is_slow=is_slow)


OUTCOMES: tuple[Outcome, ...] = (
    _outcome("completed", "completed", "completion", _completed),
    _outcome("approved", "completed", "credit_check_required decided completion", _approved),
    _outcome("declined", "declined", "credit_check_required decided voided", _declined),
    _outcome("expired", "expired", "credit_check_required reminder expired voided", _expired),
    _outcome("voided", "cancelled", "credit_check_required voided cancellation", _voided),
    _outcome("failed", "failed", "failure voided", _failed),
    _outcome("held", "completed", "hold completion", _held),
    _outcome("rolled back", "rolled_back", "hold voided cancellation", _rolled_back, is_slow=True),
    _outcome("stuck", "cancelled", "hold voided cancellation", _stuck, is_slow=True),
    _outcome("forfeited", "completed", "forfeiture completion", _forfeited),
    _outcome("late", "completed", "breach still_switching completion", _late, is_slow=True),
    _outcome("without access", "completed", "access_lost completion", _without_access, is_slow=True),
    _outcome("wait expired", "expired", "expired", _wait_expired, is_slow=True),
    _outcome("wait cancelled", "cancelled", "cancellation", _wait_cancelled),
    _outcome("never", "never", "failure", _never, is_slow=True),
    _outcome("price changed", "price_changed", "failure", _price_changed, is_slow=True),
    _outcome("started by a wait", "completed", "completion", _started, is_slow=True),
)

"""Whoever was told to wait is told how it ended, each end once (workflow; waits#notices-of-the-end)."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment

from activities.contract import SYSTEM_ACTOR, SwitchOrder
from domain.kernel.errors import ProviderRefused
from domain.ports.cloud import Cloud
from tests.support.acts.told import sent
from tests.support.worlds.credit import CreditCase, waiting_case
from tests.support.worlds.world import ACTOR, CLEAN, OPERATOR, World, meta_of

OPEN_AGAIN = "Other orders and switches are possible again."


class Refusing:
    """A port that refuses one call for good, as the outside seldom does; every other call goes through."""

    def __init__(self, port: Any, name: str) -> None:
        self._port = port
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return self._refuse if name == self._name else getattr(self._port, name)

    def _refuse(self, *_args: object, **_keys: object) -> object:
        raise ProviderRefused("It refuses.", remedy="Ask why.", provider_code="test")


def refuse_provisioning(cloud: Cloud) -> Cloud:
    """Return a cloud whose seller refuses to tell how far the new subscription is."""
    seller: Any = Refusing(cloud.seller, "provisioning")
    return dataclasses.replace(cloud, seller=seller)


def refuse_notices(cloud: Cloud) -> Cloud:
    """Return a cloud that takes no notice."""
    notices: Any = Refusing(cloud.notices, "send")
    return dataclasses.replace(cloud, notices=notices)


async def void(case: CreditCase) -> None:
    """Let an operator void the order."""
    await case.world.cancel(case.handle)


async def decline(case: CreditCase) -> None:
    """Let the bureau decline."""
    await case.decide("declined")


async def expire(case: CreditCase) -> None:
    """Let nobody answer until the order is taken back."""
    await case.forward_to(case.required.deadline_at)
    await case.world.until_stage(case.handle, "credit_overdue")
    await case.forward_to(case.required.cap_at)


async def fail(case: CreditCase) -> None:
    """Let the seller refuse what was approved."""
    case.world.change_cloud = refuse_provisioning
    await case.decide("approved")


async def complete(case: CreditCase) -> None:
    """Let the bureau approve."""
    await case.decide("approved")


@pytest.mark.parametrize(
    ("lead", "outcome", "kind"),
    [
        (void, "cancelled", "switch_cancelled"),
        (decline, "declined", "switch_declined"),
        (expire, "expired", "switch_expired"),
        (fail, "failed", "switch_failed"),
        (complete, "completed", "switch_completed"),
    ],
    ids=["voided", "declined", "expired", "failed", "completed"],
)
async def test_an_organization_that_was_told_to_wait_is_told_every_end(
    world: World,
    temporal_env: WorkflowEnvironment,
    lead: Callable[[CreditCase], Awaitable[None]],
    outcome: str,
    kind: str,
) -> None:
    """Told that no other order is possible, it hears each end once, and that others are possible again."""
    case = await waiting_case(world, temporal_env)
    await lead(case)
    result = await world.result(case.handle)
    world.calm()

    notices = sent(world, case.order)
    endings = [each for each in notices if each["kind"].startswith("switch_")]
    assert result.outcome == outcome
    assert notices[0]["kind"] == "credit_check_required"
    assert [each["kind"] for each in endings] == [kind]
    assert (OPEN_AGAIN in endings[0]["body"]) == (outcome != "completed")
    assert world.failings(case.order) == CLEAN
    by = {"completed": ACTOR, "cancelled": OPERATOR}.get(outcome, SYSTEM_ACTOR)
    assert taken_back_by(world, case.order) == {by}, "who ended it, and nobody else"


def taken_back_by(world: World, order: SwitchOrder) -> set[str]:
    """Return who voided the order and freed the organization, as the record has it."""
    events = [*world.source_events(order), *world.target_events(order), *world.organization_events(order)]
    endings = ("replacement-voided", ".voided", "switch-released")
    return {str(meta_of(each)["actor"]) for each in events if each.topic.endswith(endings)}


async def test_what_nobody_commanded_is_booked_to_nobody(
    world: World, temporal_env: WorkflowEnvironment
) -> None:
    """Reminder, its notice, alarm, and the end of a check that nobody answered: by the switch."""
    case = await waiting_case(world, temporal_env)
    await expire(case)
    await world.result(case.handle)

    source = [
        (each.topic.rpartition(".")[2], meta_of(each)["actor"]) for each in world.source_events(case.order)
    ]
    freed = [
        each
        for each in world.organization_events(case.order)
        if each.topic.endswith(("unlocked", "released"))
    ]
    own = source[[topic for topic, _ in source].index("credit-check-reminded") :]
    assert {"notice-sent", "alarm-raised", "replacement-voided"} <= {topic for topic, _ in own}
    assert {actor for _, actor in own} == {SYSTEM_ACTOR}
    assert {meta_of(each)["actor"] for each in freed} == {SYSTEM_ACTOR}


async def test_an_organization_that_was_told_nothing_hears_of_no_failure(world: World) -> None:
    """A switch that is cancelled before anybody was told of it tells nobody."""
    world.sandbox.settings(provisioning_delay_seconds=600)
    order = world.order(world.organization())
    handle, _ = await world.start(order)
    await world.until_stage(handle, "provisioning")

    await world.cancel(handle)

    assert (await world.result(handle)).outcome == "cancelled"
    assert sent(world, order) == []


async def test_a_refused_notice_keeps_no_organization_locked(
    world: World, temporal_env: WorkflowEnvironment
) -> None:
    """The end is recorded and the locks are free although the notice of it was refused for good."""
    case = await waiting_case(world, temporal_env)
    world.change_cloud = refuse_notices

    await case.decide("declined")
    result = await world.result(case.handle)
    world.calm()

    organization = world.store.organization(case.order.organization_id)
    assert result.outcome == "declined"
    assert [each["kind"] for each in sent(world, case.order)] == ["credit_check_required"]
    assert organization is not None
    assert (organization.live_switch, organization.commerce_lock) == (None, None)

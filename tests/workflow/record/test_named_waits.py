"""A step that waits names in the record what it waits for, since when and until its next look.

See waits#where-it-is-shown.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from activities.contract import SYSTEM_ACTOR
from audit.story.show import audit_of
from cli.audit.show import story
from domain.kernel.awaited import Party
from domain.kernel.ids import subscription_stream_id
from domain.ports.cloud import Cloud
from domain.switch.waiting_events import WaitNoted
from projections.reads.shown_rows import instant_text
from tests.support.consoles.shown_switches import facts_of
from tests.support.worlds.world import World

STEP = "purchase.confirm_provisioning"


async def test_a_step_that_waits_is_noted_and_ends_its_wait(world: World) -> None:
    """The seller takes a while: record and audit say who is waited for; afterwards the wait has ended."""
    world.sandbox.settings(provisioning_delay_seconds=12)
    organization = world.organization()
    order = world.order(organization)
    result = await world.complete(order)
    source = world.store.subscription(
        subscription_stream_id(order.organization_id, order.source_subscription_id)
    )
    assert source is not None
    noted = source.switch(order.switch_id).of(WaitNoted)
    whole = audit_of(world.store, order.switch_id)
    audited = facts_of(whole)

    assert result.outcome == "completed"
    assert noted is not None
    assert (noted.step, noted.party) == (STEP, Party.SELLER)
    assert noted.awaited.names
    assert noted.meta["actor"] == SYSTEM_ACTOR, "nobody commanded it"
    assert noted.since < noted.timestamp < noted.looks_at
    wait = next(each for each in audited["waits"] if each["kind"] == "step")
    assert (wait["ended"], wait["begun_at"]) == ("through", instant_text(noted.since))
    assert f"step: {noted.awaited.words()}" in " ".join(" ".join(story(whole)).split())
    assert "the seller to name the subscription of an order: " in noted.awaited.words()


async def test_a_fault_of_the_program_is_noted_and_got_over(world: World) -> None:
    """A step that fails as nobody foresaw is tried again, and the record says so without its words."""
    faults = ["one"]

    def change(cloud: Cloud) -> Cloud:
        seller: Any = Faulty(cloud.seller, faults)
        return dataclasses.replace(cloud, seller=seller)

    world.change_cloud = change
    order = world.order(world.organization())
    handle, _ = await world.start(order)
    source_id = subscription_stream_id(order.organization_id, order.source_subscription_id)

    def noted() -> WaitNoted | None:
        source = world.store.subscription(source_id)
        state = source.switches.get(order.switch_id) if source else None
        return state.of(WaitNoted) if state and state.wait else None

    await world.until(lambda: noted() is not None)
    wait = noted()
    faults.clear()
    result = await world.result(handle)

    assert wait is not None
    assert (wait.code, wait.party) == ("UNEXPECTED", Party.SWITCH)
    assert wait.message == "The step failed unexpectedly (KeyError)."
    assert "support bundle" in wait.remedy
    assert result.outcome == "completed"


class Faulty:
    """A seller whose adapter has a fault while `faults` is not empty."""

    def __init__(self, seller: Any, faults: list[str]) -> None:
        self._seller = seller
        self._faults = faults

    def __getattr__(self, name: str) -> Any:
        return getattr(self._seller, name)

    def provisioning(self, *arguments: Any) -> Any:
        """Fail as nobody foresaw."""
        if self._faults:
            raise KeyError("jan@example.com")
        return self._seller.provisioning(*arguments)

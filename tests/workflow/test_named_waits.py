"""A step that waits names in the record what it waits for, since when and until its next look (section 7)."""

from __future__ import annotations

from audit.show import audit_of
from cli.audit_text import story
from domain.awaited import Party
from domain.ids import subscription_stream_id
from domain.waiting_events import WaitNoted
from tests.workflow.world import World

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
    audited = audit_of(world.store, order.switch_id).as_facts()

    assert result.outcome == "completed"
    assert noted is not None
    assert (noted.step, noted.party) == (STEP, Party.SELLER)
    assert noted.awaited.names
    assert noted.since < noted.timestamp < noted.looks_at
    wait = next(each for each in audited["waits"] if each["kind"] == "step")
    assert (wait["ended"], wait["begun_at"]) == ("through", noted.since.isoformat())
    assert f"step: {noted.awaited.words()}" in " ".join(" ".join(story(audited)).split())
    assert "the seller to name the subscription of an order: " in noted.awaited.words()

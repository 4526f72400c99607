"""Users are looked at before the order, and what is found is in the record (rules section 7)."""

from __future__ import annotations

from activities.preview import preview
from domain.preflight_events import PreflightChecked
from tests.workflow.test_roll_back import recorded
from tests.workflow.world import World


async def test_the_quote_and_the_record_tell_the_same_of_the_users(world: World) -> None:
    """Preview and request look by one function; the record names opaque keys (rules section 7)."""
    organization = world.organization(12, missing_usage_location=2)
    order = world.order(organization)
    told = preview(
        world.sandbox.cloud, world.toolbox.catalogs.current(), world.prepare(organization)
    ).preflight

    handle, answer = await world.start(order)
    await world.until_stage(handle, "held")
    (event,) = recorded(world, order, PreflightChecked)

    assert answer.accepted
    assert told is not None
    (finding,), (seen,) = event.findings, told.findings
    assert (event.users, event.users_checked, event.failing) == (12, 12, 2)
    assert (told.users_checked, told.failing, seen.users) == (12, 2, finding["users"])
    keys = world.store.vault.keys_for(order.organization_id, seen.named)
    assert [str(key) for key in keys] == finding["user_keys"]
    assert not any(name in str(event) for name in seen.named)
    await world.roll_back(handle)
    await world.result(handle)


async def test_where_nobody_could_be_moved_nothing_is_ordered(world: World) -> None:
    """A request that all users would fail is refused with what to do (rules section 7)."""
    order = world.order(world.organization(6, missing_usage_location=6))

    _, answer = await world.start(order)

    assert (answer.accepted, answer.code) == (False, "RULE_VIOLATED")
    assert "None of the 6 users" in answer.message
    assert "usage location" in answer.remedy
    assert world.verdict(order)["orders"] == 0
    assert world.is_free(order)

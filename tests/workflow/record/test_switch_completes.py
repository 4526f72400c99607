"""The automatic switch from request to cutover, on real parts (switch#steps)."""

from __future__ import annotations

from tests.support.worlds.world import World


async def test_a_switch_completes_and_the_referee_finds_nothing(world: World) -> None:
    """Everyone moves, and nobody is without a license or a service at any instant (switch#licenses)."""
    organization = world.organization(45)
    order = world.order(organization)

    result = await world.complete(order)

    verdict = world.sandbox.verdict(organization["organization_id"])
    assert (result.outcome, result.code, result.message, result.moved) == ("completed", "", "", 45)
    assert verdict["unlicensed_user_seconds"] == 0
    assert verdict["data_service_gap_user_seconds"] == 0
    assert (verdict["double_charges"], verdict["unbilled_days"], verdict["orphan_orders"]) == (0, 0, 0)

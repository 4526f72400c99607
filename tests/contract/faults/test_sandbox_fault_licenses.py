"""Faults of what the directory gives: licenses that stay Disabled, services that are not activated."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.clouds.faults import BUSY_SECONDS, batch, plant
from tests.support.clouds.sandbox_world import E3, World, open_world, until_so


def states(world: World) -> list[str]:
    """Return the states of the licenses of the new plan."""
    users = world.get("/v1.0/users?$select=id,licenseAssignmentStates&$top=999")
    held = [each for user in users["value"] for each in user["licenseAssignmentStates"]]
    return sorted(each["state"] for each in held if each["skuId"] == E3)


def test_a_license_stays_disabled_for_a_while_and_the_referee_sees_it(tmp_path: Path) -> None:
    """The change is answered 200 and gives nothing: the user counts as without a license until it works."""
    with open_world(tmp_path) as world:
        world.make()
        world.order()
        rule = {"operation": "change_licenses", "fault": "license_disabled", "hits": [1]}
        plant(world, rule | {"seconds": BUSY_SECONDS})
        everybody = [each["id"] for each in world.get("/v1.0/users?$select=id&$top=999")["value"]]
        answers = batch(world, everybody[:20]) + batch(world, everybody[20:])
        world.clock.advance(seconds=10)
        during, verdict = states(world), world.referee()
        until_so(lambda: "Disabled" not in states(world))
        world.clock.advance(seconds=1)
        first = world.referee()["unlicensed_user_seconds"]
        world.clock.advance(seconds=10)

        assert {each["status"] for each in answers} == {200}
        assert during.count("Disabled") == 1
        assert verdict["unlicensed_users"] == 1
        assert verdict["unlicensed_user_seconds"] > 9
        assert world.referee()["unlicensed_user_seconds"] == first


@pytest.mark.parametrize("seconds", [0, BUSY_SECONDS])
def test_a_service_of_the_newest_order_is_not_activated(tmp_path: Path, seconds: float) -> None:
    """It is PendingProvisioning for its seconds, for good without any; the others are set up."""
    with open_world(tmp_path) as world:
        world.make()
        world.order()
        told = {"service": "VIVA_LEARNING_SEEDED", "seconds": seconds}
        plant(world, {"operation": "users_page", "fault": "service_pending", "hits": [1], **told})

        def pending() -> list[str]:
            pools = world.get("/v1.0/subscribedSkus")["value"]
            services = next(pool["servicePlans"] for pool in pools if pool["skuId"] == E3)
            found = [each for each in services if each["provisioningStatus"] == "PendingProvisioning"]
            return [each["servicePlanName"] for each in found]

        world.user_ids()
        during = pending()
        if seconds:
            until_so(lambda: not pending())

        assert during == ["VIVA_LEARNING_SEEDED"]

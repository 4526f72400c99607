"""The referee knows what was confirmed with an order, and what of it the rules excuse.

See rules#dependent_service_off.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.kernel.needs import without_unmet
from sandbox.kernel.plans import load_plans
from sandbox.referee.referee_acknowledged import DEPENDENT_SERVICE_OFF
from tests.support.clouds.sandbox_world import E3, World, open_world

E4, E5 = "1392051d-0cb9-4b7a-88d5-621fee5e8711", "c7df2760-2c81-4ef7-b578-5b5392b571df"
SKYPE, TEAMS, PHONE, MAILBOX = "MCOSTANDARD", "TEAMS1", "MCOEV", "EXCHANGE_S_ENTERPRISE"
GAP = "data_service_gap_user_seconds"


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[World]:
    """Yield a sandbox with one organization of a few users on E4, which has enterprise voice."""
    with open_world(tmp_path) as world:
        world.make(plan_id=E4, users=3)
        yield world


def ids(plan_id: str, *names: str) -> list[str]:
    """Return services of a plan by their names."""
    services = {each.name: each.service_plan_id for each in load_plans()[plan_id].services}
    return [services[name] for name in names]


def acknowledge(world: World, plan_id: str = E5, *codes: str) -> None:
    """Confirm something with the next order of a plan."""
    world.edit(kind="acknowledgment", plan_id=plan_id, codes=list(codes))


def gap_of(
    world: World, *off: str, before: tuple[str, ...] = (SKYPE, TEAMS), is_owned: bool = False
) -> float:
    """Move a user who has `before` off to E5 with `off` off, and return the gap that the app is booked.

    Args:
        world: The sandbox.
        off: Services that are off under E5.
        before: Services that are off under E4.
        is_owned: E5 was bought elsewhere, and is not ordered.
    """
    user_id = world.user_ids(E4)[0]
    added = [{"skuId": E4, "disabledPlans": ids(E4, *before)}]
    world.edit(kind="licenses", user_id=user_id, add=added)
    if is_owned:
        world.edit(kind="purchase", plan_id=E5, quantity=3, is_sold_elsewhere=True)
    else:
        world.order(plan_id=E5)
    # The directory gives nothing without what it needs.
    disabled = without_unmet(load_plans()[E5], ids(E5, *off))
    assert world.assign(user_id, add=E5, remove=E4, disabled=disabled).is_success
    world.clock.advance(seconds=60)
    return float(world.referee()[GAP])


def test_a_confirmed_service_that_lost_what_it_needs_is_no_gap(world: World) -> None:
    """Voice was on alone; Phone System needs Skype or Teams, which stay off as the customer has them."""
    acknowledge(world, E5, DEPENDENT_SERVICE_OFF)

    assert gap_of(world, SKYPE, TEAMS, PHONE) == 0


def test_what_nobody_confirmed_is_a_gap(world: World) -> None:
    """Without a confirmation the same loss is one of data (rules#dependent_service_off)."""
    assert gap_of(world, SKYPE, TEAMS, PHONE) > 0


def test_a_confirmation_that_was_taken_back_excuses_nothing(world: World) -> None:
    """A request that was refused confirms nothing for a later order."""
    acknowledge(world, E5, DEPENDENT_SERVICE_OFF)
    acknowledge(world, E5)

    assert gap_of(world, SKYPE, TEAMS, PHONE) > 0


def test_a_confirmation_of_another_plan_or_of_something_else_excuses_nothing(world: World) -> None:
    """It counts for the plan that was ordered with it, and for what it names."""
    acknowledge(world, E3, DEPENDENT_SERVICE_OFF)
    acknowledge(world, E5, "forfeiture")

    assert gap_of(world, SKYPE, TEAMS, PHONE) > 0


@pytest.mark.parametrize("is_owned", [True, False])
def test_a_confirmation_for_an_owned_plan_counts_without_an_order(world: World, *, is_owned: bool) -> None:
    """One that waits for an order excuses nothing where none comes (rules#licenses-only)."""
    world.edit(
        kind="acknowledgment",
        plan_id=E5,
        codes=[DEPENDENT_SERVICE_OFF],
        **({"is_owned": True} if is_owned else {}),
    )
    gap = gap_of(world, SKYPE, TEAMS, PHONE, is_owned=True)

    assert (gap == 0) is is_owned
    assert (world.referee()["orders"], world.referee()["cancellations"]) == (0, 0)


def test_a_confirmation_counts_for_one_order(world: World) -> None:
    """Who orders the plan again and confirms nothing has confirmed nothing."""
    acknowledge(world, E5, DEPENDENT_SERVICE_OFF)
    world.order(plan_id=E5, key="2")

    assert gap_of(world, SKYPE, TEAMS, PHONE) > 0


@pytest.mark.parametrize("before", [(), (TEAMS,), (SKYPE,)])
def test_a_service_whose_need_the_customer_has_on_is_never_excused(
    world: World, before: tuple[str, ...]
) -> None:
    """What it needs went off by the switch: the confirmation covers only what the customer has off."""
    acknowledge(world, E5, DEPENDENT_SERVICE_OFF)

    assert gap_of(world, SKYPE, TEAMS, PHONE, before=before) > 0


def test_another_service_that_goes_off_beside_it_is_a_gap(world: World) -> None:
    """The mailbox needs neither Skype nor Teams, so nothing excuses that it is gone."""
    acknowledge(world, E5, DEPENDENT_SERVICE_OFF)

    assert gap_of(world, SKYPE, TEAMS, PHONE, MAILBOX) > 0


def test_a_mailbox_of_the_old_plan_that_is_kept_off_is_not_asked_back(world: World) -> None:
    """What the customer took before the switch is booked to him, and not to the switch."""
    acknowledge(world, E5, DEPENDENT_SERVICE_OFF)

    assert gap_of(world, SKYPE, TEAMS, PHONE, MAILBOX, before=(SKYPE, TEAMS, MAILBOX)) == 0
    assert world.referee()["by_actor"]["hand"][GAP] > 0

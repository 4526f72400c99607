"""A switch by hand that is scheduled: its day comes first, then an operator for each step (manual#steps)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from domain.switch.events import SwitchRequested
from domain.switch.move_events import LicensesReduced
from tests.support.controls.by_hand import STEPS, go_through, select, state_of, until_awaited
from tests.support.worlds.dated import DatedWorlds
from tests.support.worlds.scheduled import forward_to, schedule, starting_at
from tests.support.worlds.world import CLEAN

NOW = datetime(2027, 12, 8, 9, 0, tzinfo=UTC)
#: Midnight in Berlin.
TENTH = datetime(2027, 12, 9, 23, 0, tzinfo=UTC)
MOVING = 4


async def test_some_users_move_on_their_day_once_an_operator_starts_it(dated_worlds: DatedWorlds) -> None:
    """The request keeps whom it selects; on its day it waits for `buy`, and does nothing by itself."""
    async with dated_worlds.at(NOW, client_at=starting_at) as world:
        organization = world.sandbox.organization(seed=77_900, users=9, period_start_on=date(2027, 12, 1))
        selection, movers = select(world, organization, MOVING)
        terms: dict[str, Any] = {"mode": "manual", "selection": selection, "selected": MOVING}
        case = (await schedule(world, organization, "2027-12-10", quantity=MOVING, **terms)).case
        await forward_to(world, case, TENTH)
        waited = await case.result()
        await until_awaited(world, case.order, "buy")
        orders = world.verdict(case.order)["orders"]
        await go_through(world, case.order, case.switch, *STEPS, "reduce")
        result = await world.result(case.switch)

        state = state_of(world, case.order)
        assert (waited.outcome, orders) == ("started", 0)
        assert (result.outcome, result.moved) == ("completed", MOVING)
        assert state.require(SwitchRequested).order["selection"] == selection
        assert state.require(LicensesReduced).cutover_on == date(2027, 12, 10)
        assert not set(movers) & set(world.users_left(case.order))
        assert world.failings(case.order) == CLEAN

"""A query that meets a new worker before its next task must not lead a run astray (architecture#workflows).

The library then lets the run go on at the time of the task before; its commands go out with the next task.
"""

from __future__ import annotations

import asyncio

import pytest

from tests.support.worlds.dated import DatedWorlds, Place, staffed
from tests.support.worlds.replaying import replayer
from workflows.switch.plan_switch import PlanSwitch

BERLIN = Place(country="DE", subdivision="BE", zone="Europe/Berlin", cut_off_hour=17)
BEGIN = BERLIN.instant("2090-02-06 10:00:00")
REMINDER, DEADLINE = (BERLIN.business_days_after(BEGIN, days) for days in (1, 2))
#: A query waits for a worker when the server has had this long to take it.
SENT_SECONDS = 0.5


MARKS = ((REMINDER, "reminded"), (DEADLINE, "overdue"))


@pytest.mark.parametrize("number", range(len(MARKS)), ids=[topic for _, topic in MARKS])
async def test_a_mark_that_passed_without_a_worker_is_passed_after_a_query(
    dated_worlds: DatedWorlds, number: int
) -> None:
    """The timer fired, a query comes first: the mark is passed once, and the history replays."""
    async with dated_worlds.at(BEGIN) as world:
        world.dismiss()
        async with staffed(world):
            case = await world.wait_begins(BERLIN)
            for instant, topic in MARKS[:number]:
                await case.forward_to(instant)
                await world.until(lambda topic=topic: case.topics[-1] == topic)  # type: ignore[misc]
        await case.forward_to(MARKS[number][0])
        asking = asyncio.create_task(case.handle.query(PlanSwitch.status))
        await asyncio.sleep(SENT_SECONDS)
        async with staffed(world):
            await asking
            await world.until(lambda: case.topics[-1] == MARKS[number][1])
            await case.decide("declined")
            await case.result()
        history = await case.handle.fetch_history()
        replayed = await replayer().replay_workflow(history, raise_on_replay_failure=False)

        assert replayed.replay_failure is None
        assert case.topics[1 : number + 2] == [topic for _, topic in MARKS[: number + 1]]

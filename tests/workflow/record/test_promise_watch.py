"""The watch over promises in a small workflow of its own, with the clock moved on (rules#promises)."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest_asyncio
from temporalio import activity
from temporalio.client import Client, WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.base.promise_contract import (
    RECORD_MISSED,
    WARN_VOID_WINDOW,
    RecordMissedInput,
    WarnVoidWindowInput,
    WarnVoidWindowResult,
)
from activities.contract import RecordedResult, StreamPosition
from tests.support.acts.promising import PromiseTest, Word
from tests.support.worlds.forward import forward
from tests.support.worlds.guarded import workflow_runner

#: Timer of the first promise, stopped for an earlier one, and its timer, stopped at the end.
TIMER_EVENTS_MAX = 4
WARNED = "warned"
#: Minutes of the seven days in which an order can be voided for nothing.
WINDOW_MINUTES = 7 * 24 * 60


class Record:
    """Takes note of breaches instead of the store."""

    def __init__(self) -> None:
        self.missed: list[tuple[str, datetime]] = []
        self.is_down = False

    @activity.defn(name=RECORD_MISSED.name)
    async def record_missed(self, step_input: RecordMissedInput) -> RecordedResult:
        """Note a breach."""
        if self.is_down:
            raise ApplicationError("no", type="STORE_BEHIND", non_retryable=True)
        self.missed.append((step_input.promise, step_input.promised_at))
        return RecordedResult(saved=(StreamPosition(stream_id="source", version=len(self.missed)),))

    @activity.defn(name=WARN_VOID_WINDOW.name)
    async def warn(self, step_input: WarnVoidWindowInput) -> WarnVoidWindowResult:
        """Note a warning."""
        self.missed.append((WARNED, datetime.now(UTC)))
        return WarnVoidWindowResult(is_warned=True, saved=step_input.after)

    @property
    def names(self) -> list[str]:
        """Return the promises in the order of their breach."""
        return [name for name, _ in self.missed]


@dataclass(kw_only=True)
class Stage:
    """A worker for the small workflow."""

    client: Client
    environment: WorkflowEnvironment
    record: Record
    task_queue: str

    async def begin(self, *words: Word) -> WorkflowHandle[Any, int]:
        """Start with some words, and wait until they are taken."""
        handle = await self.client.start_workflow(
            PromiseTest.run, list(words), id=f"promise-{uuid.uuid4().hex}", task_queue=self.task_queue
        )
        await self.say(handle)
        return handle

    async def say(self, handle: WorkflowHandle[Any, int], *words: Word) -> None:
        """Say some words."""
        await handle.execute_update(PromiseTest.say, list(words))

    async def end(self, handle: WorkflowHandle[Any, int]) -> int:
        """End the workflow."""
        await self.say(handle, Word(verb="end"))
        return await handle.result()

    async def forward(self, handle: WorkflowHandle[Any, int], minutes: float) -> None:
        """Move the clock on, and wait until the workflow has seen it."""
        await forward(self.environment, handle, timedelta(minutes=minutes))
        await self.say(handle)


@pytest_asyncio.fixture(name="stage")
async def _stage(temporal_client: Client, temporal_env: WorkflowEnvironment) -> AsyncIterator[Stage]:
    """Yield a worker with a record of its own."""
    record, queue = Record(), f"promise-{uuid.uuid4().hex}"
    async with Worker(
        temporal_client,
        task_queue=queue,
        workflows=[PromiseTest],
        activities=[record.record_missed, record.warn],
        workflow_runner=workflow_runner(),
    ):
        yield Stage(client=temporal_client, environment=temporal_env, record=record, task_queue=queue)


SWITCH = Word(verb="promise", name="whole_switch", minutes=10)
ALARM = Word(verb="promise", name="still_switching", minutes=60)
MOVE = Word(verb="promise", name="license_move", minutes=1)


ORDER = Word(verb="order", minutes=WINDOW_MINUTES)
DAY_MINUTES = 24 * 60


async def test_the_void_window_is_warned_of_a_day_before_whatever_is_paused(stage: Stage) -> None:
    """A credit check puts promises off, the seller's window goes on; it is warned once.

    See rules#void-window.
    """
    handle = await stage.begin(SWITCH, ORDER)
    await stage.say(handle, Word(verb="pause"))
    await stage.forward(handle, WINDOW_MINUTES - DAY_MINUTES - 1)
    before = list(stage.record.names)
    await stage.forward(handle, 2)
    at_once = list(stage.record.names)
    await stage.forward(handle, 2 * DAY_MINUTES)
    await stage.say(handle, Word(verb="resume"))
    await stage.forward(handle, 11)
    await stage.end(handle)

    assert (before, at_once) == ([], [WARNED])
    assert stage.record.names == [WARNED, "whole_switch"]


async def test_a_switch_that_ends_early_warns_of_nothing_and_pays_no_timer_of_its_own(stage: Stage) -> None:
    """The window is watched by the timer that runs anyway."""
    handle = await stage.begin(SWITCH, ORDER)
    await stage.end(handle)

    events = (await handle.fetch_history()).events
    timers = [event for event in events if "timer" in str(event.WhichOneof("attributes"))]
    assert (stage.record.missed, len(timers)) == ([], 2)


async def test_kept_promises_cost_four_events_and_no_activity(stage: Stage) -> None:
    """A switch that keeps all its promises pays for at most two timers, and records nothing."""
    handle = await stage.begin(SWITCH, ALARM)
    await stage.say(handle, MOVE)
    await stage.say(handle, Word(verb="kept", name="license_move"))
    await stage.end(handle)

    events = (await handle.fetch_history()).events
    timers = [event for event in events if "timer" in str(event.WhichOneof("attributes"))]
    assert stage.record.missed == []
    assert len(timers) <= TIMER_EVENTS_MAX
    assert not any(event.HasField("activity_task_scheduled_event_attributes") for event in events)


async def test_each_promise_is_missed_at_its_instant_in_turn(stage: Stage) -> None:
    """Move, switch and alarm are recorded one after another, each with the instant that was promised."""
    handle = await stage.begin(SWITCH, ALARM, MOVE)
    start = await stage.environment.get_current_time(handle)
    seen = []
    for minutes in (2, 6, 4, 47, 4):
        await stage.forward(handle, minutes)
        seen.append(list(stage.record.names))
    version = await stage.end(handle)

    assert seen[0] == seen[1] == ["license_move"]
    assert seen[2] == seen[3] == ["license_move", "whole_switch"]
    assert seen[4] == ["license_move", "whole_switch", "still_switching"]
    assert version == 3, "what the last record saved is what the next step follows"
    after = [round((at - start) / timedelta(minutes=1)) for _, at in stage.record.missed]
    assert after == [1, 10, 60]


async def test_kept_promise_is_not_missed_later(stage: Stage) -> None:
    """Once kept, the instant passes without a record; the next promise is still watched."""
    handle = await stage.begin(SWITCH, ALARM)
    await stage.say(handle, Word(verb="kept", name="whole_switch"))

    await stage.forward(handle, 30)
    between = list(stage.record.names)
    await stage.forward(handle, 31)
    await stage.end(handle)

    assert between == []
    assert stage.record.names == ["still_switching"]


async def test_pause_puts_every_promise_off(stage: Stage) -> None:
    """While something else is waited for no promise runs; afterwards each has the rest of its time."""
    handle = await stage.begin(SWITCH, ALARM)
    await stage.forward(handle, 4)
    await stage.say(handle, Word(verb="pause"), Word(verb="pause"))
    await stage.forward(handle, 2880)
    paused = list(stage.record.names)
    await stage.say(handle, Word(verb="resume"), Word(verb="resume"))
    await stage.forward(handle, 5)
    resumed = list(stage.record.names)
    await stage.forward(handle, 2)
    await stage.end(handle)

    assert paused == resumed == []
    assert stage.record.names == ["whole_switch"]


async def test_stop_leaves_nothing_behind(stage: Stage) -> None:
    """A stopped watch takes no promise any more, and a watch without promises stops as well."""
    handle = await stage.begin(Word(verb="nothing", name="whole_switch"))
    assert await stage.end(handle) == 0

    handle = await stage.begin(SWITCH)
    await stage.say(handle, Word(verb="end"), replace(SWITCH, minutes=0))
    await handle.result()
    assert stage.record.missed == []


async def test_record_that_fails_fails_nothing(stage: Stage) -> None:
    """A breach that can't be recorded is left to the failed activity: the workflow ends as it should."""
    stage.record.is_down = True
    handle = await stage.begin(MOVE, SWITCH)
    await stage.forward(handle, 2)
    stage.record.is_down = False
    await stage.forward(handle, 9)

    assert await stage.end(handle) == 1
    assert stage.record.names == ["whole_switch"]

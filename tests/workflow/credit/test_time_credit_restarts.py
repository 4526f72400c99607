"""Credit checks whose worker is away, comes back, or remembers nothing (rules#credit-check).

An outage changes nothing for operators: their answers count until the cap. The bureau's approval counts until
the end of the wait is recorded, since the seller has set it up and takes no order back that is so old.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from temporalio.worker import Worker

from activities.credit import credit_contract
from tests.support.switches.histories import forgetful_workers
from tests.support.worlds.credit import HARMLESS, CreditCase
from tests.support.worlds.dated import DatedWorld, DatedWorlds, Place, staffed
from tests.support.worlds.guarded import workflow_runner
from worker import proving
from workflows.workflow_types import WORKFLOWS

BERLIN = Place(country="DE", subdivision="BE", zone="Europe/Berlin", cut_off_hour=17)
BEGIN = BERLIN.instant("2090-02-06 10:00:00")
DEADLINE = BERLIN.business_days_after(BEGIN, 2)
CAP = BERLIN.days_after(BEGIN, 14)
HOUR = timedelta(hours=1)
#: Id of an update that is sent while no worker is there.
SENT = "sent-1"
#: Stands for the ten minutes that a question to the bureau may take.
QUESTION_SECONDS = 2


async def _overdue(world: DatedWorld) -> CreditCase:
    """Begin a wait and let it become an operator's business; its worker then stops."""
    world.dismiss()
    # No warning in between: a timer that nobody is there for would stop the virtual clock.
    world.sandbox.settings(void_window_days=30)
    async with staffed(world):
        case = await world.wait_begins(BERLIN)
        await case.forward_to(DEADLINE)
        await world.until_stage(case.handle, "credit_overdue")
    return case


@pytest.mark.parametrize("verdict", ["approved", "declined"])
async def test_wait_outlives_its_worker(dated_worlds: DatedWorlds, verdict: str) -> None:
    """A worker that stops at each mark is followed by another, and the wait goes on where it was."""
    async with dated_worlds.at(BEGIN) as world:
        world.dismiss()
        async with staffed(world):
            case = await world.wait_begins(BERLIN)
        for instant, topic in ((BERLIN.business_days_after(BEGIN, 1), "reminded"), (DEADLINE, "overdue")):
            async with staffed(world):
                await case.forward_to(instant)
                await world.until(lambda topic=topic: topic in case.topics)  # type: ignore[misc]
        async with staffed(world):
            answer = await case.decide(verdict)
            result = await case.result()

        assert answer.accepted
        assert result.outcome == {"approved": "completed"}.get(verdict, verdict)
        assert case.topics == ["required", "reminded", "overdue", verdict]
        assert world.failings(case.order) == HARMLESS


@pytest.mark.parametrize(("outcome", "last"), [("completed", "approved"), ("expired", "expired")])
async def test_wait_is_the_same_when_every_task_replays_it(
    dated_worlds: DatedWorlds, outcome: str, last: str
) -> None:
    """A worker that remembers nothing reminds, holds, extends, approves and expires alike."""
    async with dated_worlds.at(BEGIN, build=forgetful_workers) as world:
        case = await world.wait_begins(BERLIN)
        await case.forward_to(DEADLINE)
        await world.until_stage(case.handle, "credit_overdue")
        await case.extend(1)
        await case.forward_to(BERLIN.business_days_after(DEADLINE, 1), seconds=60)
        await world.until_stage(case.handle, "credit_overdue")
        if last == "approved":
            assert (await case.decide(last)).accepted
        await case.forward_to(CAP)

        assert (await case.result()).outcome == outcome
        assert case.topics == ["required", "reminded", "overdue", "extended", "overdue", last]
        assert world.failings(case.order) == HARMLESS


async def test_operators_answer_after_the_cap_is_late_whoever_was_away(dated_worlds: DatedWorlds) -> None:
    """No worker from the hold until after the cap: an approval given then is refused, the order is void."""
    async with dated_worlds.at(BEGIN) as world:
        case = await _overdue(world)
        await case.forward_to(CAP)
        answering = asyncio.create_task(case.decide("approved", update_id=SENT))
        await case.until_sent(SENT)
        async with staffed(world):
            answer, result = await answering, await case.result()

        assert not answer.accepted
        assert "too late" in answer.message
        assert result.outcome == "expired"
        assert case.topics == ["required", "reminded", "overdue", "expired"]
        assert world.failings(case.order) == HARMLESS


@pytest.mark.parametrize("is_told", [True, False], ids=["told", "found"])
@pytest.mark.parametrize("decided_at", [CAP - HOUR, CAP + HOUR], ids=["before-the-cap", "after-the-cap"])
async def test_bureaus_approval_counts_until_the_end_is_recorded(
    dated_worlds: DatedWorlds, decided_at: datetime, *, is_told: bool
) -> None:
    """No worker over the cap: the bureau's approval counts, told late or only found when it is asked."""
    async with dated_worlds.at(BEGIN) as world:
        case = await _overdue(world)
        world.bureau_decides(case, "approve", decided_at)
        await world.until(lambda: world.check_status(case) == "approved")
        await case.forward_to(CAP)
        answering = None
        if is_told:
            answering = asyncio.create_task(case.decide("approved", by="bureau", update_id=SENT))
            await case.until_sent(SENT)
        async with staffed(world):
            result = await case.result()
            answer = await answering if answering else None

        assert result.outcome == "completed"
        assert answer is None or answer.accepted
        assert case.topics == ["required", "reminded", "overdue", "approved"]
        assert world.failings(case.order) == HARMLESS


async def test_extension_that_arrives_with_the_deadline_is_first(dated_worlds: DatedWorlds) -> None:
    """Deadline and extension in one task of the workflow: the extension puts the deadline off, no hold."""
    async with dated_worlds.at(BEGIN) as world:
        world.dismiss()
        async with staffed(world):
            case = await world.wait_begins(BERLIN)
            await case.forward_to(DEADLINE, seconds=-60)
            await world.until(lambda: "reminded" in case.topics)
        await case.forward_to(DEADLINE)
        extending = asyncio.create_task(case.extend(1, update_id=SENT))
        await case.until_sent(SENT)
        async with staffed(world):
            answer = await extending
            await world.until_stage(case.handle, "credit_check")
            await case.decide("declined")
            await case.result()

        assert answer.accepted
        assert case.topics == ["required", "reminded", "extended", "declined"]


async def test_marks_that_passed_meanwhile_come_in_order_without_the_reminder(
    dated_worlds: DatedWorlds,
) -> None:
    """No worker from the order until after the deadline: nobody is reminded of a time that is over."""
    async with dated_worlds.at(BEGIN) as world:
        case = await world.begin(BERLIN, late=timedelta(days=3))
        await world.until_stage(case.handle, "credit_overdue")
        assert case.topics == ["required", "overdue"]
        await case.forward_to(CAP)

        assert (await case.result()).outcome == "expired"
        assert case.topics == ["required", "overdue", "expired"]


async def test_missing_worker_is_not_the_bureaus_silence(
    dated_worlds: DatedWorlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The question at the cap finds no worker in its time: it is asked again, and the approval counts."""
    quick = replace(credit_contract.ASK_BUREAU, schedule_to_close_seconds=QUESTION_SECONDS)
    async with dated_worlds.at(BEGIN) as world:
        case = await _overdue(world)
        monkeypatch.setattr(credit_contract, "ASK_BUREAU", quick)
        world.bureau_decides(case, "approve", CAP - HOUR)
        await world.until(lambda: world.check_status(case) == "approved")
        thinking = Worker(
            world.client,
            task_queue=world.task_queue,
            workflows=WORKFLOWS,
            workflow_runner=workflow_runner(),
            interceptors=proving(world.client, world.toolbox),
        )
        async with thinking:
            await case.forward_to(CAP)
            await asyncio.sleep(QUESTION_SECONDS + 1)
        assert case.topics == ["required", "reminded", "overdue"]
        async with staffed(world):
            result = await case.result()

        assert result.outcome == "completed"
        assert case.topics[-1] == "approved"

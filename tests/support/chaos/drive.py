"""Drive one chaos run: start the switch, let things go wrong beside it, wait for its end, and judge it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import httpx2
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.contract import SwitchOrder
from domain.kernel.errors import PlanSwitchError
from domain.kernel.ids import workflow_id_of
from tests.support.chaos.fault_cases import SEED_BASE, FaultCase
from tests.support.chaos.fault_operator import Look, Operator
from tests.support.chaos.fault_points import PointsSeen
from tests.support.chaos.invariants import Ended
from tests.support.chaos.patience import TRY_AGAIN_SECONDS, persisting
from tests.support.chaos.run_log import RunResult
from tests.support.worlds.world import SwitchHandle, World, unique_request_id
from workflows.base.messages import SwitchResult
from workflows.switch.plan_switch import PlanSwitch

#: A switch that has not ended by then never does.
END_SECONDS = 240.0
#: What a run may end with instead of an end that can be judged.
TOLD = (
    *(AssertionError, OSError, TimeoutError, httpx2.HTTPError, PlanSwitchError, RPCError),
    # The workflow failed or was ended from outside, which no switch does by itself.
    WorkflowFailureError,
)
#: License moves of a switch that are looked at.
MOVES_MAX = 50
#: The stores may be on their way back when the end is judged.
JUDGE_ATTEMPTS = 20


@dataclass(kw_only=True)
class Drive:
    """One run in a world.

    Args:
        world: Where the switch runs.
        case: What is drawn for it.
        points: Tells how far a switch is.
        end_seconds: How long it may take.
        trouble: What goes on beside it, given its order; its end is not waited for.
    """

    world: World
    case: FaultCase
    points: PointsSeen
    end_seconds: float = END_SECONDS
    trouble: Callable[[SwitchOrder], Coroutine[Any, Any, None]] | None = None
    #: Tells stage and who is waited for; None asks the workflow.
    look: Look | None = None
    #: What went wrong beside the faults of the program, such as killed parts -> how often.
    met: dict[str, int] = field(default_factory=dict)
    #: The end that was judged.
    ended: Ended | None = None

    async def run(self) -> RunResult:
        """Run the case and say how it ended; never raises for what the switch does."""
        started = time.monotonic()
        try:
            return await self._run(started)
        except TOLD as error:
            problem = f"{type(error).__name__}: {error}"
            seconds = round(time.monotonic() - started, 1)
            return RunResult(
                seed=self.case.seed, outcome="", seconds=seconds, problem=problem, faults=self.met
            )

    async def _run(self, started: float) -> RunResult:
        order = await asyncio.to_thread(prepared, self.world, self.case)
        before = await asyncio.to_thread(self.world.users, order)
        path = f"/sandbox/organizations/{order.organization_id}/faults"
        control = self.world.sandbox.control
        await asyncio.to_thread(lambda: control.put(path, json=self.case.program).raise_for_status())
        handle: SwitchHandle = self.world.client.get_workflow_handle_for(
            PlanSwitch.run, workflow_id_of(order.organization_id, order.request_id)
        )
        operator = Operator(
            world=self.world, case=self.case, order=order, handle=handle, points=self.points, look=self.look
        )
        result = await self._ended(operator)
        await operator.end_faults()
        self.ended = Ended(world=self.world, order=order, result=result, before=before)
        problems = await asyncio.to_thread(_judged, self.ended)
        problems += await persisting(lambda: _children_left(self.world, order))
        return RunResult(
            seed=self.case.seed,
            outcome=result.outcome,
            seconds=round(time.monotonic() - started, 1),
            problem="; ".join(problems),
            faults=operator.fired | self.met,
            commands=operator.answers,
            helped=operator.helped,
            counts=self.ended.counts,
        )

    async def _ended(self, operator: Operator) -> SwitchResult:
        """Start the switch, let operator and trouble work beside it, and return how it ended."""
        starting = asyncio.create_task(persisting(lambda: self.world.start(operator.order)))
        beside = [asyncio.create_task(_after(starting, operator.work))]
        if self.trouble is not None:
            beside.append(asyncio.create_task(self.trouble(operator.order)))
        try:
            async with asyncio.timeout(self.end_seconds):
                # Where it ended before the request was answered, its result tells.
                with contextlib.suppress(WorkflowUpdateFailedError, WorkflowAlreadyStartedError):
                    await starting
                return await persisting(operator.handle.result)
        finally:
            for task in (starting, *beside):
                task.cancel()
            await asyncio.gather(starting, *beside, return_exceptions=True)


def prepared(world: World, case: FaultCase) -> SwitchOrder:
    """Make the organization of a case and order its switch, while nothing goes wrong yet."""
    organization = world.sandbox.organization(seed=SEED_BASE + case.seed, users=case.users, **case.options)
    for edit in case.edits:
        world.sandbox.edit(organization["organization_id"], **edit)
    return world.order(
        organization,
        request_id=unique_request_id(f"chaos-{case.seed}"),
        payment_method=case.payment_method,
        rule_set="current" if case.payment_method == "card" else "demo",
    )


def _judged(ended: Ended) -> list[str]:
    """Judge an end; a store that is away is asked again."""
    for attempt in range(1, JUDGE_ATTEMPTS + 1):
        try:
            return ended.problems()
        except (OSError, PlanSwitchError):
            if attempt == JUDGE_ATTEMPTS:
                raise
        time.sleep(TRY_AGAIN_SECONDS)
    raise AssertionError


async def _children_left(world: World, order: SwitchOrder) -> list[str]:
    """Tell of license moves that run although their switch has ended."""
    problems = []
    for number in range(1, MOVES_MAX + 1):
        handle = world.client.get_workflow_handle(f"licenses:{order.switch_id}:{number}")
        try:
            found = await handle.describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                break
            raise
        if found.status is WorkflowExecutionStatus.RUNNING:
            problems.append(f"{handle.id} still runs")
    return problems


async def _after(starting: asyncio.Task[Any], work: Callable[[], Awaitable[None]]) -> None:
    """Work once the workflow is there, which may be long before its request is answered."""
    await asyncio.wait([starting], timeout=1)
    await work()

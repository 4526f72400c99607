"""Runs of switches that one planted fault stops: plant, wait until the record shows it, and ask why."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from temporalio.client import Client
from temporalio.service import RPCError

from activities.contract import SwitchOrder
from audit.autopsy.explanation import explanation_of
from audit.autopsy.reading import case_facts
from domain.kernel.ids import workflow_id_of
from tests.support.chaos.fault_cases import SEED_BASE
from tests.support.chaos.patience import persisting
from tests.support.clouds.cloud_server import running_sandbox
from tests.support.explained.terminal_faults import (
    ORDER,
    TerminalFault,
    fault_of,
    noise_of,
    users_of,
)
from tests.support.worlds.world import OPERATOR, SwitchHandle, World, open_world, unique_request_id
from workflows.base.messages import CreditDecision, OperatorCommand
from workflows.switch.plan_switch import PlanSwitch

#: Organizations of these runs and of no other.
SEEDS_FROM = 3 * SEED_BASE
#: Ends what hangs.
STAND_SECONDS_MAX = 240.0
LOOK_SECONDS = 0.5
#: Longer than anything here goes on having its effect.
SETTLE_SECONDS = 3.0
#: What the planter calls a standing switch -> end of the topic by which the record shows it.
_TOPICS = {
    "held": ("license-move-held",),
    "stuck": ("compensation-stuck",),
    "paused": ("switch-paused",),
    "ended": ("switch-declined", "switch-expired", "switch-cancelled", "switch-failed", "switch-rolled-back"),
}
_NOTED = "wait-noted"
#: A switch that got through, or ended in whichever way, stands no more.
_OVER = ("switch-completed", *_TOPICS["ended"])


class NotStopped(AssertionError):
    """The planted fault did not stop the switch: the run proves nothing, and its program is to be mended."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExplainedRun:
    """One run: what was planted, and what the audit named."""

    seed: int
    fault: str
    planted: str
    named: str
    sentence: str
    seconds: float

    @property
    def is_right(self) -> bool:
        """Return whether the audit named what was planted."""
        return self.planted == self.named


@asynccontextmanager
async def open_terminal_world(client: Client, database_url: str, folder: Path) -> AsyncIterator[World]:
    """Open a world with a worker and a sandbox of its own."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    with running_sandbox(folder / "cloud") as sandbox:
        async with open_world(client, database_url, sandbox, folder, settle_seconds=SETTLE_SECONDS) as world:
            world.calm()
            yield world


async def run_and_explain(world: World, seed: int, *, is_noisy: bool = True) -> ExplainedRun:
    """Run the switch of a seed until it stands, and explain it.

    Args:
        world: Where it runs.
        seed: Decides the fault, and everything else.
        is_noisy: Other things go wrong beside it, and pass.
    """
    started, fault = time.monotonic(), fault_of(seed)
    order = await asyncio.to_thread(_order, world, seed, fault)
    handle: SwitchHandle = world.client.get_workflow_handle_for(
        PlanSwitch.run, workflow_id_of(order.organization_id, order.request_id)
    )
    try:
        async with asyncio.timeout(STAND_SECONDS_MAX):
            noise = noise_of(seed) if is_noisy else []
            await _until_standing(world, order, handle, fault, noise=noise)
        named, sentence = await asyncio.to_thread(_named, world, order)
    except (NotStopped, TimeoutError) as error:
        named = str(error) or "never stood"
        sentence = str(await asyncio.to_thread(world.source_topics, order))
    finally:
        with contextlib.suppress(RPCError):
            await handle.terminate("explained")
    seconds = round(time.monotonic() - started, 1)
    return ExplainedRun(
        seed=seed, fault=fault.name, planted=fault.cause, named=named, sentence=sentence, seconds=seconds
    )


def _order(world: World, seed: int, fault: TerminalFault) -> SwitchOrder:
    """Make the organization of a seed and order its switch, while nothing goes wrong yet."""
    organization = world.sandbox.organization(seed=SEEDS_FROM + seed, users=users_of(seed), **fault.options)
    return world.order(organization, request_id=unique_request_id(f"explained-{seed}"), **fault.terms)


def _named(world: World, order: SwitchOrder) -> tuple[str, str]:
    answer = explanation_of(case_facts(world.store, order.switch_id), now=datetime.now(UTC))
    return str(answer.first_cause.cause), answer.first_cause.sentence


async def _until_standing(
    world: World,
    order: SwitchOrder,
    handle: SwitchHandle,
    fault: TerminalFault,
    *,
    noise: list[dict[str, Any]],
) -> None:
    """Let noise and fault come, and wait until the record shows that the switch stands."""
    ambush = world.ambushes.lay(order.switch_id, fault.point)
    start = asyncio.create_task(persisting(lambda: world.start(order)))
    tasks: list[asyncio.Task[Any]] = [start]
    try:
        await _until_requested(world, order, start)
        if fault.point != ORDER:
            # What passes goes wrong from the order on: a request that met it would be another one.
            await asyncio.to_thread(_plant, world, order, noise)
        await asyncio.to_thread(ambush.is_reached.wait, STAND_SECONDS_MAX)
        # The planted fault comes first: it is the one that answers.
        await asyncio.to_thread(_plant, world, order, [*_rules(fault), *noise])
        for edit in fault.edits:
            await asyncio.to_thread(world.sandbox.edit, order.organization_id, **edit)
        tasks.append(asyncio.create_task(_command(world, order, handle, fault.command)))
        await _until_recorded(world, order, fault.command)
        world.ambushes.go_on(order.switch_id)
        await _until(world, order, fault)
    finally:
        for task in tasks:
            task.cancel()
        # A command may be answered by the end of the switch.
        await asyncio.gather(*tasks, return_exceptions=True)


async def _until_requested(world: World, order: SwitchOrder, start: asyncio.Task[Any]) -> None:
    """Wait until the request is recorded.

    Raises:
        NotStopped: It was refused.
    """
    requested = asyncio.create_task(_until_topic(world, order, "switch-requested"))
    try:
        await asyncio.wait({requested, start}, return_when=asyncio.FIRST_COMPLETED)
        if start.done() and not (answer := start.result()[1]).accepted:
            raise NotStopped(f"request refused: {answer.code}, {[each.code for each in answer.reasons]}")
        await requested
    finally:
        requested.cancel()


def _rules(fault: TerminalFault) -> list[dict[str, Any]]:
    return [{"name": f"terminal {number}", **rule} for number, rule in enumerate(fault.rules)]


def _plant(world: World, order: SwitchOrder, rules: list[dict[str, Any]]) -> None:
    path = f"/sandbox/organizations/{order.organization_id}/faults"
    world.sandbox.control.put(path, json={"seed": 1, "rules": rules}).raise_for_status()


async def _command(world: World, order: SwitchOrder, handle: SwitchHandle, word: str) -> None:
    """Send the operator's command, if there is one."""
    if word == "decline":
        await _until_topic(world, order, "credit-check-required")
        decision = CreditDecision(
            decision_id="d-1", verdict="declined", decided_by="operator", actor=OPERATOR, reason="no"
        )
        await persisting(lambda: handle.execute_update(PlanSwitch.decide_credit, decision, id="decision"))
        return
    updates: dict[str, Any] = {
        "cancel": PlanSwitch.cancel,
        "roll_back": PlanSwitch.roll_back,
        "pause": PlanSwitch.pause,
    }
    if word in updates:
        command = OperatorCommand(request_id=f"{word}-1", actor=OPERATOR, reason="as planted")
        await persisting(lambda: handle.execute_update(updates[word], command, id=command.request_id))


async def _until_recorded(world: World, order: SwitchOrder, word: str) -> None:
    """Wait until a command that is sent at a point is in the record."""
    if word in {"cancel", "roll_back", "pause"}:
        await _until_topic(world, order, "operator-commanded", "switch-paused")


async def _until(world: World, order: SwitchOrder, fault: TerminalFault) -> None:
    if fault.stands == "noted":
        await _look_until(world, order, partial(_is_note, fault))
        return
    await _until_topic(world, order, *_TOPICS[fault.stands])


def _is_note(fault: TerminalFault, topic: str, event: Any) -> bool:
    """Return whether an event notes the wait of the step that the fault stops."""
    return bool(topic == _NOTED and event.step.startswith(fault.steps) and fault.code in {"", event.code})


async def _until_topic(world: World, order: SwitchOrder, *topics: str) -> None:
    await _look_until(world, order, lambda topic, _event: topic in topics)


async def _look_until(world: World, order: SwitchOrder, is_it: Any) -> None:
    while True:
        if await asyncio.to_thread(_is_recorded, world, order, is_it):
            return
        await asyncio.sleep(LOOK_SECONDS)


def _is_recorded(world: World, order: SwitchOrder, is_it: Any) -> bool:
    """Return whether the record shows it.

    Raises:
        NotStopped: The switch is over and does not show it.
    """
    events = [(each.topic.removeprefix("subscription."), each.event) for each in world.source_events(order)]
    if any(is_it(topic, event) for topic, event in events):
        return True
    over = [topic for topic, _ in events if topic in _OVER]
    if over:
        raise NotStopped(f"never stopped: {over[0]}")
    return False

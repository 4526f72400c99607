"""Records the histories of signed commands, and of what is refused; run by tools/record_histories.py."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError

from activities.base.wait_contract import AcceptedWait
from activities.signing.signatures import CommandKeys
from domain.kernel.ids import wait_workflow_id_of, workflow_id_of
from tests.support.controls.pausing import pause, resume
from tests.support.worlds.signing import KEYS, plain_client, signed_message
from tests.support.worlds.world import SwitchHandle, World
from tests.workflow.record_histories import record
from workflows.base.messages import OperatorCommand, SwitchResult
from workflows.wait.eligibility_wait import WaitRequest

OTHER_KEYS = CommandKeys(signing=b"a-key-of-another-house")


async def test_record_signed(world: World) -> None:
    """Commands that are signed, each looked at by a step of its own."""
    order = world.order(world.organization(), payment_method="invoice")
    handle, _ = await world.start(order)
    await world.until_stage(handle, "credit_check")
    await pause(handle)
    await resume(handle)
    await world.cancel(handle)
    await world.result(handle)
    await record(world, handle, "signed-commands")


async def test_record_command_refused(world: World) -> None:
    """A command whose signature is of another key, and one that was signed too long ago."""
    order = world.order(world.organization(), payment_method="invoice")
    handle, _ = await world.start(order)
    await world.until_stage(handle, "credit_check")
    command = OperatorCommand(request_id="pause-1", actor="ceo", reason="no key")
    now = datetime.now(UTC)
    for keys, at in ((OTHER_KEYS, now), (KEYS, now - timedelta(minutes=6))):
        with pytest.raises(WorkflowUpdateFailedError):
            await handle.execute_update("pause", signed_message(keys, handle.id, "pause", command, at))
    await world.cancel(handle)
    await world.result(handle)
    await record(world, handle, "command-refused")


async def test_record_start_refused(world: World) -> None:
    """A switch that somebody without a key has started, of which nothing is recorded."""
    order = world.order(world.organization())
    handle: SwitchHandle = await plain_client(world.client).start_workflow(
        "PlanSwitch",
        order,
        id=workflow_id_of(order.organization_id, order.request_id),
        task_queue=world.task_queue,
        result_type=SwitchResult,
    )
    await handle.result()
    await record(world, handle, "start-refused")


async def test_record_wait_start_refused(world: World) -> None:
    """A request that somebody without a key lets wait."""
    order = world.order(world.organization())
    until = datetime.now(UTC) + timedelta(days=1)
    terms: dict[str, Any] = {"currency": "EUR", "total_minor_units_max": 1, "forfeited_minor_units_max": 0}
    request = WaitRequest(
        order=order, accepted=AcceptedWait(until=until, **terms), source_plan_id="", reasons=()
    )
    handle: WorkflowHandle[Any, Any] = await plain_client(world.client).start_workflow(
        "EligibilityWait",
        request,
        id=wait_workflow_id_of(order.organization_id, order.request_id),
        task_queue=world.task_queue,
    )
    await handle.result()
    await record(world, handle, "wait-refused")

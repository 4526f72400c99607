"""Kind: an envelope that a history shows is sent again (ADR 19); each acts once, in its own run."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from activities.control_contract import RECORD_PAUSE
from activities.signatures import seal
from domain.control_events import SwitchPaused, SwitchResumed
from tests.workflow.credit import CreditCase
from tests.workflow.lost import newest_run, reconcile
from tests.workflow.signing import plain_client, signed_message
from tests.workflow.steps import StepRunner
from tests.workflow.test_roll_back import recorded
from tests.workflow.test_switch_pause import pause, resume
from tests.workflow.world import OPERATOR, World
from workflows.messages import OperatorCommand


async def _sent(world: World, workflow_id: str, update: str, message: Any) -> str:
    handle = plain_client(world.client).get_workflow_handle(workflow_id)
    try:
        answer = await handle.execute_update(update, message, id=uuid.uuid4().hex)
    except WorkflowUpdateFailedError as error:
        return str(getattr(error.cause, "type", ""))
    return "taken" if answer["accepted"] else "refused"


async def _signed_resume(case: CreditCase) -> Any:
    command = OperatorCommand(request_id="resume-0", actor=OPERATOR, reason="too early")
    at = await case.environment.get_current_time(case.handle)
    return signed_message(case.world.toolbox.command_keys, case.handle.id, "resume", command, at)


async def test_a_refused_command_is_refused_for_ever(world: World, case: CreditCase) -> None:
    """In its own run it is answered as before, and in the run after a loss it was given to another."""
    given = await _signed_resume(case)
    first = await _sent(world, case.handle.id, "resume", given)
    await pause(case.handle)
    again = await _sent(world, case.handle.id, "resume", given)
    await case.handle.terminate("lost")
    await reconcile(world, case.order)
    await world.until_stage(newest_run(world, case.order), "paused")
    later = await _sent(world, case.handle.id, "resume", given)

    assert (first, again, later) == ("refused", "refused", "COMMAND_STALE")
    assert len(recorded(world, case.order, SwitchPaused)) == 1
    assert recorded(world, case.order, SwitchResumed) == []


async def test_a_command_that_was_undone_acts_no_second_time(world: World, case: CreditCase) -> None:
    """The step that records takes a request id once, whoever hands it the envelope of the first time."""
    handed: dict[str, Any] = {"request_id": "resume-1", "actor": OPERATOR, "reason": "calm again"}
    at = await case.environment.get_current_time(case.handle)
    given = OperatorCommand(**handed)
    keys = world.toolbox.command_keys
    signed = signed_message(keys, case.handle.id, "resume", given, at).signed
    await pause(case.handle)
    await resume(case.handle)
    await pause(case.handle, "pause-2")
    sealed = seal(keys, signed, at=at, run_id="test-run")
    with pytest.raises(ApplicationError) as refused:
        await StepRunner(world, case.order).run(
            RECORD_PAUSE, keep=False, paused=False, code="", message="", signed=sealed, **handed
        )

    assert refused.value.type == "REQUEST_REUSED"
    assert len(recorded(world, case.order, SwitchResumed)) == 1
    assert case.source.switch(case.order.switch_id).is_paused

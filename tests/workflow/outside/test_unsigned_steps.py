"""Kind: a step that believes what it is handed. Each step that takes a name proves it (ADR 19).

A worker of somebody else can hand a step anything, and can answer `commands.admit` as it likes.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from activities.base.wait_contract import END_WAIT, LOOK
from activities.contract import END_SWITCH, REQUEST_SWITCH
from activities.operator.control_contract import (
    RECORD_HOLD,
    START_ROLL_BACK,
)
from activities.signing.proof_contract import ADMIT
from domain.kernel.ids import workflow_id_of
from tests.support.acts.strangers import CEO, actors
from tests.support.outside.unsigned import REFUSED
from tests.support.worlds.credit import waiting_case
from tests.support.worlds.signing import plain_client
from tests.support.worlds.steps import StepRunner
from tests.support.worlds.world import ACTOR, OPERATOR, World
from worker import license_activities, money_activities
from workflows.base.messages import OperatorCommand

#: Steps that carry out what the workflow does already: they name nobody.
UNNAMED = {START_ROLL_BACK.name, END_SWITCH.name, RECORD_HOLD.name, END_WAIT.name}
#: They take an envelope and record nothing without it.
OTHERS = {ADMIT.name, LOOK.name}


def _named(world: World) -> set[str]:
    """Return the steps that are handed a name."""
    found = set()
    for method in [*money_activities(world.toolbox), *license_activities(world.toolbox)]:
        definition: Any = getattr(method, "__temporal_activity_definition")
        (step_input,) = [each for each in definition.arg_types if each is not None]
        if {"actor", "signed"} & {each.name for each in fields(step_input)}:
            found.add(str(definition.name))
    return found


def test_no_step_that_takes_a_name_is_forgotten(world: World) -> None:
    """A step that comes later is tried here too."""
    assert _named(world) == {*REFUSED, *UNNAMED, *OTHERS}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_step_refuses_a_command_that_nobody_proves(
    world: World, temporal_env: WorkflowEnvironment, name: str
) -> None:
    """Whatever a workflow, or somebody in its place, believes: the step that records asks for the proof."""
    case = await waiting_case(world, temporal_env)
    spec, handed = REFUSED[name]

    with pytest.raises(ApplicationError) as refused:
        await StepRunner(world, case.order).run(spec, keep=False, signed=None, **handed)

    assert (refused.value.type, refused.value.non_retryable) == ("COMMAND_UNSIGNED", True)
    assert actors(world, case.order) == {ACTOR}


async def test_who_ends_a_switch_without_proof_is_nobody(
    world: World, temporal_env: WorkflowEnvironment
) -> None:
    """The workflow turns back in any case, as by a cancel in Temporal; the record names nobody for it."""
    case = await waiting_case(world, temporal_env)
    handed: dict[str, Any] = {
        "outcome": "cancelled",
        "code": "CANCEL_REQUESTED",
        "message": "no key",
        "actor": CEO,
    }
    await StepRunner(world, case.order).run(END_SWITCH, keep=False, **handed)

    assert actors(world, case.order) == {ACTOR, "temporal"}
    assert "outside-act-found" in world.source_topics(case.order)


async def test_a_run_of_before_refuses_unsigned_commands_from_the_upgrade_on(world: World) -> None:
    """Its order carries no signature, but the record knows it: it goes on, and takes signed commands only."""
    order = world.order(world.organization(), payment_method="invoice")
    await StepRunner(world, order).run(REQUEST_SWITCH)
    stranger = plain_client(world.client)
    workflow_id = workflow_id_of(order.organization_id, order.request_id)
    handle = await stranger.start_workflow("PlanSwitch", order, id=workflow_id, task_queue=world.task_queue)
    ours: Any = world.client.get_workflow_handle(handle.id)
    await world.until_stage(ours, "credit_check")
    command = OperatorCommand(request_id="pause-1", actor=OPERATOR, reason="wait")
    with pytest.raises(Exception, match="update failed") as refused:
        await handle.execute_update("pause", command)
    before = world.source_topics(order)
    answer = await _signed(world, ours, order.switch_id, command)

    assert getattr(refused.value.__cause__, "type", "") == "COMMAND_UNSIGNED"
    assert "switch-paused" not in before
    assert answer["accepted"]
    assert actors(world, order) == {ACTOR, OPERATOR, "temporal"}


async def _signed(world: World, handle: Any, switch_id: str, command: OperatorCommand) -> Any:
    from tests.support.worlds import signing

    signing._STARTED[handle.id] = switch_id
    return await handle.execute_update("pause", command)

"""Kind: whoever commanded a switch once is believed to have commanded everything (ADR 19)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from activities.contract import END_SWITCH
from activities.operator.control_contract import RECORD_HOLD, START_ROLL_BACK
from domain.switch.move_events import LicenseMoveHeld, LicenseMoveResumed
from domain.switch.return_events import OperatorCommanded, RollBackStarted
from services.recovery.trouble_watch import TroubleWatch
from services.recovery.workflow_troubles import WORKFLOW_LEFT_OPEN
from tests.support.controls.half_moved import half_moved_switch, recorded
from tests.support.worlds.steps import StepRunner
from tests.support.worlds.world import OPERATOR, World, meta_of
from workflows.base.messages import OperatorCommand
from workflows.switch.plan_switch import PlanSwitch

_WHO: dict[str, Any] = {"actor": OPERATOR, "reason": "said nobody", "signed": None}


async def test_who_commanded_once_is_not_named_for_another_command(world: World) -> None:
    """The hold goes on, everyone returns and the switch ends: the record names nobody for any of it."""
    order, handle, _ = await half_moved_switch(world)
    await world.retry(handle)
    await world.until(lambda: len(recorded(world, order, LicenseMoveHeld)) == 2)
    await world.until_stage(handle, "held")
    runner = StepRunner(world, order)
    resumed: dict[str, Any] = {
        "held": False,
        "code": "",
        "message": "",
        **_WHO,
        "reason": _reason(world, order),
    }
    await runner.run(RECORD_HOLD, keep=False, **resumed)
    await runner.run(START_ROLL_BACK, keep=False, request_id="evil-1", **_WHO)

    (known,) = recorded(world, order, OperatorCommanded)
    first, second = recorded(world, order, LicenseMoveResumed)
    (back,) = recorded(world, order, RollBackStarted)
    assert (known.command, known.meta["actor"], first.meta["actor"]) == ("retry", OPERATOR, OPERATOR)
    assert (second.meta["actor"], back.meta["actor"]) == ("temporal", "temporal")


async def test_who_commanded_once_is_not_named_for_the_end(world: World) -> None:
    """A switch that somebody ends beside its workflow is ended by nobody who is known, and told."""
    order = world.order(world.organization(), payment_method="invoice")
    handle, _ = await world.start(order)
    await world.until_stage(handle, "credit_check")
    command = OperatorCommand(request_id="pause-1", actor=OPERATOR, reason="wait")
    await handle.execute_update(PlanSwitch.pause, command)
    message: dict[str, Any] = {"outcome": "cancelled", "code": "CANCEL_REQUESTED", "message": "said nobody"}
    await StepRunner(world, order).run(END_SWITCH, keep=False, actor=OPERATOR, signed=None, **message)

    (known,) = recorded(world, order, OperatorCommanded)
    assert known.meta["actor"] == OPERATOR
    assert meta_of(world.ending(order)[-1])["actor"] == "temporal"
    watch = TroubleWatch(world.client, world.store, task_queue=world.task_queue, ending=timedelta(0))
    troubles = [each for each in await watch.run_once() if each.switch_id == order.switch_id]
    assert [(each.code, each.workflow_id) for each in troubles] == [(WORKFLOW_LEFT_OPEN, handle.id)]


def _reason(world: World, order: Any) -> str:
    (known,) = recorded(world, order, OperatorCommanded)
    return str(known.meta["reason"])

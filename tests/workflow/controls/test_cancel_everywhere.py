"""A cancel sent at any point of a switch leads to a defined end and is never swallowed (switch#ways-back)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import cycle

import pytest
from temporalio.client import WorkflowUpdateStage

from activities.contract import SwitchOrder
from tests.support.acts.admitted import until_admitted
from tests.support.controls.taken_back import assert_taken_back
from tests.support.worlds.world import CLEAN, OPERATOR, SwitchHandle, World
from workflows.base.messages import CreditDecision, OperatorCommand, SwitchResult
from workflows.switch.plan_switch import PlanSwitch

TAKEN_BACK, RETURNED, DONE = "cancelled", "rolled_back", "completed"
#: Point -> how a switch ends that is cancelled there.
POINTS = {
    "eligibility.request_switch:begin": TAKEN_BACK,
    "eligibility.request_switch:call:service_health": TAKEN_BACK,
    "eligibility.request_switch:save": TAKEN_BACK,
    "eligibility.request_switch:saved": TAKEN_BACK,
    "purchase.order_replacement:begin": TAKEN_BACK,
    "purchase.order_replacement:call:create_cart": TAKEN_BACK,
    "purchase.order_replacement:call:checkout": TAKEN_BACK,
    "purchase.order_replacement:called:checkout": TAKEN_BACK,
    "purchase.order_replacement:save": TAKEN_BACK,
    "purchase.order_replacement:saved": TAKEN_BACK,
    "purchase.order_replacement:end": TAKEN_BACK,
    "credit_check.check_credit:begin": TAKEN_BACK,
    "credit_check.check_credit:save": TAKEN_BACK,
    "credit_check.check_credit:end": TAKEN_BACK,
    "credit_check.record_decision:begin": TAKEN_BACK,
    "credit_check.record_decision:saved": TAKEN_BACK,
    "purchase.confirm_provisioning:call:provisioning": TAKEN_BACK,
    "purchase.confirm_provisioning:save": TAKEN_BACK,
    "purchase.confirm_provisioning:end": TAKEN_BACK,
    "license_reassignment.start_license_move:begin": TAKEN_BACK,
    "license_reassignment.start_license_move:call:users_page": TAKEN_BACK,
    "license_reassignment.start_license_move:saved": TAKEN_BACK,
    "license_reassignment.start_license_move:end": TAKEN_BACK,
    "license_reassignment.move_slice:begin": RETURNED,
    "license_reassignment.move_slice:call:change_licenses": RETURNED,
    "license_reassignment.move_slice:called:change_licenses": RETURNED,
    "license_reassignment.move_slice:save:group": RETURNED,
    "license_reassignment.move_slice:saved:group": RETURNED,
    "license_reassignment.move_slice:saved": RETURNED,
    "license_reassignment.move_slice:end": RETURNED,
    "verification.verify_move:begin": RETURNED,
    "verification.verify_move:saved": RETURNED,
    "verification.verify_move:end": RETURNED,
    "cancellation.cancel_source:begin": DONE,
    "cancellation.cancel_source:called:cancel_subscription": DONE,
    "cancellation.cancel_source:end": DONE,
    "billing_cutover.cut_over_billing:begin": DONE,
    "billing_cutover.cut_over_billing:call:invoice": DONE,
    "billing_cutover.cut_over_billing:end": DONE,
    "notices.complete_switch:save": DONE,
}
AT_ONCE = 8
CHUNKS = [list(POINTS)[start : start + AT_ONCE] for start in range(0, len(POINTS), AT_ONCE)]
#: Our own command, and a cancel by Temporal's own means, in turn.
MEANS = ("command", "temporal")


@dataclass(frozen=True, kw_only=True)
class Cancelled:
    """A switch that was cancelled at a point, and how it ended."""

    point: str
    order: SwitchOrder
    is_accepted: bool
    result: SwitchResult


async def cancel_at(world: World, point: str, means: str) -> Cancelled:
    """Run a switch by invoice to a point, cancel it just there, and see how it ends."""
    order = world.order(world.organization(), payment_method="invoice")
    ambush = world.ambushes.lay(order.switch_id, point)
    started = asyncio.create_task(world.start(order))
    handle: SwitchHandle = world.client.get_workflow_handle(
        f"switch:{order.organization_id}:{order.request_id}", result_type=SwitchResult
    )
    approving = asyncio.create_task(approve(world, handle))
    reached = await asyncio.to_thread(ambush.is_reached.wait, 200)
    assert reached, f"{point} was never reached: {world.ambushes.seen.get(order.switch_id)}"
    is_accepted = POINTS[point] != DONE
    if means == "temporal":
        await handle.cancel()
    else:
        command = OperatorCommand(request_id="cancel-1", actor=OPERATOR, reason="wrong plan")
        taken = WorkflowUpdateStage.ACCEPTED
        cancelling = await handle.start_update(PlanSwitch.cancel, command, wait_for_stage=taken)
        await until_admitted(handle, command.request_id)
        ambush.is_over.set()
        is_accepted = (await cancelling.result()).accepted
    ambush.is_over.set()
    result = await world.result(handle)
    approving.cancel()
    await asyncio.gather(started, approving, return_exceptions=True)
    return Cancelled(point=point, order=order, is_accepted=is_accepted, result=result)


async def approve(world: World, handle: SwitchHandle) -> None:
    """Approve the credit check once it is waited for."""
    for _ in range(1000):
        await asyncio.sleep(0.1)
        try:
            stage = (await handle.query(PlanSwitch.status)).stage
        except Exception:  # noqa: BLE001, S112 - not started yet
            continue
        if stage == "credit_check":
            decision = CreditDecision(
                decision_id="d-1", verdict="approved", decided_by="operator", actor="olga", reason="fine"
            )
            await handle.execute_update(PlanSwitch.decide_credit, decision)
            return


def faults_of(world: World, cancelled: Cancelled) -> list[str]:
    """Return what is wrong with the end of a cancelled switch."""
    expected, result = POINTS[cancelled.point], cancelled.result
    faults = []
    if result.outcome != expected:
        faults.append(f"ended {result.outcome}, not {expected}")
    if cancelled.is_accepted != (result.outcome != DONE):
        faults.append(f"the cancel was answered {cancelled.is_accepted}, and the switch {result.outcome}")
    if world.failings(cancelled.order) != CLEAN:
        faults.append(f"the referee says {world.failings(cancelled.order)}")
    if not world.is_free(cancelled.order):
        faults.append("a lock is left")
    if result.outcome != DONE:
        assert_taken_back(world, cancelled.order, orders=world.verdict(cancelled.order)["orders"])
    return [f"{cancelled.point}: {fault}" for fault in faults]


@pytest.mark.parametrize("chunk", range(len(CHUNKS)))
async def test_a_cancel_at_a_point_leads_to_its_defined_end(world: World, chunk: int) -> None:
    """Before licenses move it is taken back, while they move rolled back, afterwards too late (rules 7)."""
    ended = await asyncio.gather(
        *(cancel_at(world, point, means) for point, means in zip(CHUNKS[chunk], cycle(MEANS), strict=False))
    )

    assert [fault for each in ended for fault in faults_of(world, each)] == []

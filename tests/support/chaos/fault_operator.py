"""The operator of a chaos run: sends its commands, and helps a switch that holds or hangs to an end."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from temporalio.client import WorkflowUpdateFailedError
from temporalio.service import RPCError

from activities.contract import SwitchOrder
from store.core.errors import StoreUnavailable
from tests.support.chaos.fault_cases import Command, FaultCase
from tests.support.chaos.fault_points import PointsSeen
from tests.support.chaos.patience import persisting
from tests.support.worlds.world import OPERATOR, SOURCE_PLAN, TARGET_PLAN, SwitchHandle, World
from workflows.base.messages import OperatorCommand, SkipUser, SwitchStatus
from workflows.switch.plan_switch import PlanSwitch

LOOK_SECONDS = 1.0
#: A switch that stays in one stage for so long gets the faults out of its way.
PATIENCE_SECONDS = 30.0
#: The bureau decides after so long.
BUREAU_SECONDS = 1.0
#: The switch may end, and the run with it, before the answer is there.
TAKEN, REFUSED, UNANSWERED = "taken", "refused", "unanswered"
#: Users who are still held after so many helps leave.
HELPS_MAX = 3
PAUSED = "paused"
_PATHS = {
    "cancel": PlanSwitch.cancel,
    "roll_back": PlanSwitch.roll_back,
    "retry": PlanSwitch.retry_failed,
    "pause": PlanSwitch.pause,
    "resume": PlanSwitch.resume,
}

Look = Callable[[str], SwitchStatus]


@dataclass(kw_only=True)
class Operator:
    """Acts on one switch.

    Args:
        world: Where it runs.
        case: What is drawn for it.
        order: The switch.
        handle: Its workflow.
        points: Tells how far it is.
        look: Returns its stage and who is waited for; asks the workflow when None.
    """

    world: World
    case: FaultCase
    order: SwitchOrder
    handle: SwitchHandle
    points: PointsSeen
    look: Look | None = None
    #: Command -> taken or refused.
    answers: dict[str, str] = field(default_factory=dict)
    helped: int = 0
    #: Faults that came before the operator ended them.
    fired: dict[str, int] = field(default_factory=dict)
    _is_ended: bool = False
    _has_decided: bool = False

    async def work(self) -> None:
        """Work until cancelled."""
        commands = [asyncio.create_task(self._command(each)) for each in self.case.commands]
        try:
            await self._help()
        finally:
            for task in commands:
                task.cancel()
            await asyncio.gather(*commands, return_exceptions=True)

    async def _command(self, command: Command) -> None:
        """Send a command when the switch comes by its point."""
        reached, loop = asyncio.Event(), asyncio.get_running_loop()
        self.points.when(self.order, command.point, lambda: loop.call_soon_threadsafe(reached.set))
        await reached.wait()
        self.answers[command.word] = UNANSWERED
        self.answers[command.word] = await self.send(command.word, f"{command.word}-{command.point}")

    async def send(self, word: str, request_id: str) -> str:
        """Send a command and return whether it was taken."""
        message = OperatorCommand(request_id=request_id, actor=OPERATOR, reason="chaos")
        return await self._update(_PATHS[word], message)

    async def _update(self, update: Any, message: OperatorCommand) -> str:
        try:
            answer: Any = await persisting(
                lambda: self.handle.execute_update(update, message, id=message.request_id)
            )
        except (WorkflowUpdateFailedError, RPCError):
            # It had ended, or ended while it was asked.
            return REFUSED
        return TAKEN if answer.accepted else REFUSED

    async def _help(self) -> None:
        stage, since = "", time.monotonic()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if time.monotonic() - since > PATIENCE_SECONDS:
                await self.end_faults()
            try:
                status = await self._status()
            except RPCError:
                continue
            if status.stage != stage:
                stage, since = status.stage, time.monotonic()
            if status.stage == PAUSED:
                await self.send("resume", f"resume-{time.monotonic()}")
            elif status.stage == "credit_check" and not self._has_decided:
                await self._decide()
            elif status.waits_for == "operator" and status.stage not in {"credit_check", "credit_overdue"}:
                # PostgreSQL may be killed while a user's key is asked for: the next look tries again.
                with contextlib.suppress(StoreUnavailable):
                    await self._resolve()

    async def _status(self) -> SwitchStatus:
        if self.look is None:
            return await self.handle.query(PlanSwitch.status)
        return await asyncio.to_thread(self.look, self.order.switch_id)

    async def _decide(self) -> None:
        """Let the bureau answer, as the case has it."""
        self._has_decided = True
        await asyncio.sleep(BUREAU_SECONDS)
        if self.case.verdict != "silent":
            await self._edit(kind="credit", verdict=self.case.verdict)

    async def end_faults(self) -> None:
        """End the fault program, and remember what came of it."""
        if self._is_ended:
            return
        self._is_ended = True
        path = f"/sandbox/organizations/{self.order.organization_id}/faults"
        shown = await asyncio.to_thread(self.world.sandbox.control.get, path)
        self.fired = shown.json()["fired"]
        await asyncio.to_thread(self.world.sandbox.control.delete, path)

    async def _resolve(self) -> None:
        """End the faults, mend whoever can't be moved, and let the switch try again, or lead it back."""
        self.helped += 1
        await self.end_faults()
        if (
            self.case.help == "lead_back"
            and await self.send("roll_back", f"lead-back-{self.helped}") == TAKEN
        ):
            self.answers["lead_back"] = TAKEN
            return
        await self._consolidate()
        await (self._skip() if self.case.help == "skip" else self._mend())
        await self.send("retry", f"retry-{self.helped}")

    async def _skip(self) -> None:
        """Leave those behind who can't be moved, knowing what they lose; if nobody is one, mend."""
        skipped = False
        for user in await asyncio.to_thread(self.world.users_left, self.order):
            organization = self.order.organization_id
            (key,) = await asyncio.to_thread(self.world.store.vault.keys_for, organization, [user])
            command = SkipUser(
                request_id=f"skip-{self.helped}-{key}",
                actor=OPERATOR,
                reason="chaos",
                user_key=str(key),
                is_loss_accepted=True,
            )
            skipped |= await self._update(PlanSwitch.skip_user, command) == TAKEN
        if not skipped or self.helped > HELPS_MAX:
            # Who holds neither plan is not among those who are left behind.
            await self._mend()

    async def _mend(self) -> None:
        """Give users what they lack: a location, or the old plan again; who can't be helped at all leaves."""
        answer = await asyncio.to_thread(
            self.world.sandbox.control.get, f"/sandbox/organizations/{self.order.organization_id}/users"
        )
        for user in answer.json()["users"]:
            plans = {state["skuId"]: state for state in user["licenseAssignmentStates"]}
            for plan_id, state in plans.items():
                if state["state"] == "Disabled":
                    told = {"user_id": user["id"], "plan_id": plan_id, "is_active": True}
                    await self._edit(kind="license_state", **told)
            is_beyond_help = self.helped > HELPS_MAX and SOURCE_PLAN in plans
            if user["usageLocation"] is None:
                await self._edit(kind="user", user_id=user["id"], usage_location="DE")
            if is_beyond_help:
                await self._edit(kind="delete_user", user_id=user["id"])
            elif not {SOURCE_PLAN, TARGET_PLAN} & set(plans):
                added = [{"skuId": SOURCE_PLAN, "disabledPlans": []}]
                await self._edit(kind="licenses", user_id=user["id"], add=added)

    async def _consolidate(self) -> None:
        """Let every other subscription of the old plan end, such as that of another seller."""
        inquiries, organization = self.world.sandbox.cloud.inquiries, self.order.organization_id
        for each in await asyncio.to_thread(inquiries.purchases, organization):
            is_other = each.subscription_id != self.order.source_subscription_id
            if each.plan_id.lower() == SOURCE_PLAN and is_other and each.status.lower() == "enabled":
                told = {"subscription_id": each.subscription_id, "changes": {"status": "deleted"}}
                await self._edit(kind="subscription", **told)

    async def _edit(self, **edit: Any) -> None:
        with contextlib.suppress(OSError):
            await asyncio.to_thread(self.world.sandbox.edit, self.order.organization_id, **edit)

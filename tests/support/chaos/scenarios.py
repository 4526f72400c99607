"""Ways a switch may go, how its operator drives it there, and how its end is judged."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx2

from domain.kernel.ids import switch_id_of
from domain.switch.stage import TERMINAL
from tests.support.chaos.gates import Gates
from tests.support.chaos.stack import CLEAN, POLL_SECONDS, RunningStack, until_answered

#: A person tries again so often and so long while parts are down.
TRY_AGAIN_SECONDS = 0.5
TRIES_SECONDS_MAX = 240.0
SERVER_ERRORS = range(500, 600)
#: Reason of a quote while a switch holds a lock of the organization.
LOCKED = "SWITCH_IN_PROGRESS"


@dataclass(frozen=True, kw_only=True, slots=True)
class Scenario:
    """A way a switch may go."""

    name: str
    #: Stage in which it ends.
    ends: str
    payment_method: str = "card"
    rule_set: str = "current"
    #: approve, decline or silent: what the bureau answers.
    verdict: str = "silent"
    #: Operator's command: path below the switch, "" for none.
    command: str = ""
    #: Point at which the switch stands while the command is sent; "" sends it during the credit check.
    command_at: str = ""
    #: Both plans are owned: nothing is ordered, and nothing is cancelled.
    licenses_only: bool = False
    #: Beginnings of the activities that go another way here than in the scenarios before.
    activities: tuple[str, ...]


SCENARIOS = (
    Scenario(name="card", ends="completed", activities=("",)),
    Scenario(
        name="approved",
        ends="completed",
        payment_method="invoice",
        verdict="approve",
        activities=("credit_check.",),
    ),
    Scenario(
        name="approved by hand",
        ends="completed",
        payment_method="invoice",
        command="credit/approve",
        activities=("credit_check.record_decision",),
    ),
    Scenario(
        name="declined",
        ends="declined",
        payment_method="invoice",
        verdict="decline",
        activities=("credit_check.record_decision", "administration.end_switch"),
    ),
    Scenario(
        name="expired",
        ends="expired",
        payment_method="invoice",
        rule_set="demo",
        activities=("credit_check.ask_bureau", "credit_check.record_wait"),
    ),
    Scenario(
        name="cancelled",
        ends="cancelled",
        payment_method="invoice",
        command="cancel",
        activities=("roll_back.record_command", "administration.end_switch"),
    ),
    Scenario(
        name="rolled back",
        ends="rolled_back",
        command="rollback",
        command_at="verification.verify_move:begin",
        activities=("roll_back.", "administration.end_switch"),
    ),
    Scenario(
        name="licenses only",
        ends="completed",
        licenses_only=True,
        activities=("purchase.confirm_provisioning", "notices.complete_switch"),
    ),
    Scenario(
        name="licenses only, rolled back",
        ends="rolled_back",
        command="rollback",
        command_at="verification.verify_move:begin",
        licenses_only=True,
        activities=("roll_back.start_roll_back", "administration.end_switch"),
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Driven:
    """One switch of a scenario, as its operator knows it."""

    scenario: Scenario
    organization_id: str
    request_id: str
    #: Subscription of the new plan that is owned; "": one is ordered.
    owned_id: str = ""

    @property
    def switch_id(self) -> str:
        """Id of the switch."""
        return switch_id_of(self.organization_id, self.request_id)

    def drive(self, running: RunningStack, gates: Gates) -> None:
        """Start the switch and send the scenario's command, again and again until each is taken."""
        scenario, stand = self.scenario, (self.organization_id, self.scenario.command_at)
        if scenario.command_at:
            gates.close(*stand)
        body: dict[str, object] = {
            "organization_id": self.organization_id,
            "request_id": self.request_id,
            "rule_set": scenario.rule_set,
            "accept": True,
            "reason": "chaos",
        }
        if self.owned_id:
            body |= {"licenses_only": True, "target_subscription_id": self.owned_id}
        else:
            body |= {"target_plan": "ENTERPRISEPACK", "payment_method": scenario.payment_method}
        _until_taken(lambda: running.api.post("/api/switches", json=body))
        if not scenario.command:
            return
        if not scenario.command_at:
            running.wait_for(self.switch_id, "credit_check", *TERMINAL, seconds=TRIES_SECONDS_MAX)
        elif gates.missing([stand], seconds=TRIES_SECONDS_MAX):
            raise AssertionError(f"never came to {scenario.command_at}")
        command = {"request_id": f"{self.request_id}-command", "reason": "chaos"}
        path = f"/api/switches/{self.switch_id}/{scenario.command}"
        _until_taken(lambda: running.api.post(path, json=command))
        if scenario.command_at:
            gates.open(*stand)

    def judge(self, running: RunningStack, *, seconds: float) -> str:
        """Wait for the end, and return what is wrong with it; "" when nothing is.

        As switch#ways-back tells: the stage that the scenario ends in, one order, a cancellation only if
        completed, nobody harmed, nothing left locked.
        """
        deadline, stage = time.monotonic() + seconds, ""
        while stage not in TERMINAL and time.monotonic() < deadline:
            stage = str(running.row(self.switch_id).get("stage", ""))
            time.sleep(POLL_SECONDS)
        if stage != self.scenario.ends:
            return f"is {stage or 'nowhere'}, not {self.scenario.ends}"
        verdict = running.verdict(self.organization_id)
        wrong = [f"{name} {verdict[name]}" for name in CLEAN if verdict[name]]
        wanted = (0, 0) if self.owned_id else (1, 1 if stage == "completed" else 0)
        if (verdict["orders"], verdict["cancellations"]) != wanted:
            wrong.append(f"{verdict['orders']} orders, {verdict['cancellations']} cancellations")
        if self._is_locked(running):
            wrong.append("the organization is still locked")
        return ", ".join(wrong)

    def _is_locked(self, running: RunningStack) -> bool:
        question = {"organization_id": self.organization_id, "target_plan": "ENTERPRISEPACK"}
        return LOCKED in until_answered(lambda: running.api.post("/api/quotes", json=question)).text


def _until_taken(send: Callable[[], httpx2.Response]) -> None:
    """Send until it is taken; a refusal because the switch has ended is an answer too."""
    deadline = time.monotonic() + TRIES_SECONDS_MAX
    said = "nothing"
    while time.monotonic() < deadline:
        try:
            answer = send()
        except (httpx2.TransportError, RuntimeError) as error:
            # The console, or the whole stack, is being brought back.
            said = repr(error)
        else:
            said = answer.text
            if answer.is_success or (answer.status_code not in SERVER_ERRORS and "has ended" in said):
                return
            if answer.status_code not in SERVER_ERRORS:
                raise AssertionError(f"refused with {answer.status_code}: {said}")
        time.sleep(TRY_AGAIN_SECONDS)
    raise AssertionError(f"never taken: {said}")

"""Steps of a switch by hand: an operator is waited for, and starts one (manual#steps)."""

from __future__ import annotations

from temporalio import activity

from activities.base.attempt import Steps, step_of
from activities.base.step import Step, position_of
from activities.manual.manual_contract import (
    AWAIT_STEP,
    BEGIN_STEP,
    TAKE_STEP,
    AwaitStepInput,
    AwaitStepResult,
    BeginStepInput,
    BeginStepResult,
)
from activities.manual.named_users import selection_refusal
from activities.manual.outside_purchase import outside_purchase, purchase_refusal
from activities.operator.controls import command_meta, record_command, require_command
from activities.order.reduction_window import reduction_refusal
from domain.kernel.errors import StepOutOfOrder
from domain.operator.manual_events import BOUGHT, ManualStepAwaited, ManualStepBegun, ManualStepDoneOutside
from domain.operator.manual_steps import (
    ManualStep,
    bought_outside,
    command_of,
    is_done,
    is_running,
    recorded_start,
    request_reused,
    step_refusal,
    steps_of,
)
from domain.subscriptions.subscription import Subscription
from domain.switch.switch_state import SwitchState

STARTED = "Step {step} started."
WAITS = "the next step of a manual switch is an operator's to start"


class ManualStepActivities(Steps):
    """Steps between the operator and a switch by hand."""

    @activity.defn(name=AWAIT_STEP.name, no_thread_cancel_exception=True)
    def await_step(self, step_input: AwaitStepInput) -> AwaitStepResult:
        """Record that a step is waited for; one that was begun, or is done, is answered as such."""
        with step_of(self._toolbox, step_input) as step:

            def change(source: Subscription) -> AwaitStepResult:
                return _await(step, source, step_input)

            answer, _ = step.change_source(change)
            return answer

    @activity.defn(name=BEGIN_STEP.name, no_thread_cancel_exception=True)
    def begin_step(self, step_input: BeginStepInput) -> BeginStepResult:
        """Record the start of a step by an operator, or refuse it with why."""
        with step_of(self._toolbox, step_input) as step:

            def change(source: Subscription) -> BeginStepResult:
                is_known = step_input.request_id in step.state_of(source).commands
                if is_known:
                    _require_same(step.state_of(source), step_input)
                refusal = "" if is_known else _begin(step, source, step_input)
                return BeginStepResult(
                    accepted=not refusal,
                    message=refusal or STARTED.format(step=step_input.step),
                    # Also where the answer to an attempt before this one was lost: its start is to be carried
                    # out. A start that was carried out is awaited again, or done.
                    is_new=not refusal
                    and is_running(step.state_of(source), step_input.step, step_input.request_id),
                    saved=(position_of(source),),
                )

            return step.change_source(change)[0]


def _await(step: Step, source: Subscription, step_input: AwaitStepInput) -> AwaitStepResult:
    state = step.state_of(source)
    if step_input.step not in steps_of(state):
        raise StepOutOfOrder(f"Switch {state.switch_id} has no step {step_input.step}.")
    if is_done(state, step_input.step):
        return AwaitStepResult(is_begun=True, saved=(position_of(source),))
    begun = state.begun_steps.get(step_input.step)
    is_open = isinstance(begun, ManualStepBegun) and state.awaited_step != step_input.step
    if isinstance(begun, ManualStepBegun) and is_open and begun.request_id != step_input.carried_out:
        # A run before this one was lost while the step ran.
        return AwaitStepResult(
            is_begun=True,
            request_id=begun.request_id,
            selection=begun.selection,
            saved=(position_of(source),),
        )
    if state.awaited_step != step_input.step or step_input.is_again:
        step.advance(
            source,
            ManualStepAwaited,
            step.own_meta(WAITS),
            step=step_input.step,
            code=step_input.code,
            message=step_input.message,
        )
    return AwaitStepResult(is_begun=False, saved=(position_of(source),))


def _require_same(state: SwitchState, step_input: BeginStepInput) -> None:
    """Refuse a request id that the record has for something else.

    Raises:
        RequestReused: It named another step, other users, or another command.
    """
    start = recorded_start(state, step_input.step, step_input.request_id)
    if (start.selection, start.user_services) != (step_input.selection, step_input.user_services):
        raise request_reused(step_input.request_id)


def _begin(step: Step, source: Subscription, step_input: BeginStepInput) -> str:
    """Record the start, or return why it is refused."""
    state = step.state_of(source)
    require_command(step, step_input, TAKE_STEP)
    refusal = step_refusal(state, step_input.step)
    if refusal:
        return refusal
    bought = None
    if step_input.step == ManualStep.BUY:
        bought = outside_purchase(step, source) if bought_outside(state) is None else None
        refusal = reduction_refusal(step) or (purchase_refusal(step, source, bought) if bought else "")
        if refusal:
            return refusal
    if step_input.selection:
        refusal = selection_refusal(step, state, step_input.selection)
        if refusal:
            return refusal
    meta = command_meta(step, step_input)
    # Step `cancel` is no command `cancel`: by that one a run that begins anew turns back.
    record_command(step, source, command_of(step_input.step), request_id=step_input.request_id, meta=meta)
    step.advance(
        source,
        ManualStepBegun,
        meta,
        step=step_input.step,
        request_id=step_input.request_id,
        selection=step_input.selection,
        users=step_input.users,
        user_services=step_input.user_services,
    )
    if bought is not None:
        step.advance(
            source,
            ManualStepDoneOutside,
            step.own_meta("the seller was looked at before the order"),
            step=ManualStep.BUY,
            evidence=BOUGHT,
            subscription_id=bought.subscription_id,
            users=0,
            quantity=bought.quantity,
        )
    return ""

"""Roll-back: everyone moved returns to the old plan with the original services (switch#ways-back)."""

from __future__ import annotations

from temporalio import activity

from activities.base.attempt import Steps, step_of
from activities.base.outside_acts import note_cancelled
from activities.base.step import Step, position_of
from activities.contract import RecordedResult
from activities.licenses.group_moves import return_groups
from activities.operator.control_contract import (
    RECORD_COMMAND,
    RECORD_STUCK,
    RETURN_USERS,
    START_ROLL_BACK,
    RecordCommandInput,
    RecordStuckInput,
    ReturnUsersInput,
    ReturnUsersResult,
    StartRollBackInput,
    StartRollBackResult,
)
from activities.operator.controls import require_command
from activities.order.owned_target import require_live
from activities.signed_command import OUTSIDE_ACTOR
from activities.way_back.administration import TURN_BACK, turned_back_by
from activities.way_back.way_back import record_who_is_back, return_some
from domain.kernel.errors import LicensesUnresolved, RuleViolated
from domain.subscriptions.subscription import Subscription
from domain.switch.return_events import (
    ROLL_BACK,
    CompensationStuck,
    OperatorCommanded,
    RollBackFinished,
    RollBackStarted,
)
from domain.switch.stage import AFTER_PIVOT, TERMINAL

#: Passes of one attempt; each returns up to 2,000 users.
PASSES_MAX = 1_000
ACTIVE = "active"
#: Recorded command -> name of the update, where they differ.
UPDATES = {"retry": "retry_failed"}
#: What an operator does about a way back that is stuck, by its code.
WHAT_TO_DO = "way_back_stuck"


class RollBackActivities(Steps):
    """Steps of the way back, and of what operators command."""

    @activity.defn(name=START_ROLL_BACK.name, no_thread_cancel_exception=True)
    def start_roll_back(self, step_input: StartRollBackInput) -> StartRollBackResult:
        """Record that everyone returns: it stops whoever would still move users forward."""
        with step_of(self._toolbox, step_input) as step:
            if not _is_too_late(step, step.source()):
                _require_old_plan(step)

            def change(source: Subscription) -> bool:
                if _is_too_late(step, source):
                    return True
                _start(step, source, step_input)
                return False

            is_too_late, saved = step.change_source(change)
            return StartRollBackResult(
                saved=saved, settle_seconds=self._toolbox.settle_seconds, is_too_late=is_too_late
            )

    @activity.defn(name=RETURN_USERS.name, no_thread_cancel_exception=True)
    def return_users(self, step_input: ReturnUsersInput) -> ReturnUsersResult:
        """Return everyone; a last look that finds nobody finishes the way back (reliability#late-writers)."""
        with step_of(self._toolbox, step_input) as step:
            source = step.source()
            if step.state_of(source).has(RollBackFinished):
                returned = step.state_of(source).returned
                return ReturnUsersResult(returned=returned, is_finished=True, saved=(position_of(source),))
            started = step.state_of(source).of(RollBackStarted)
            if started is not None:
                # The orderer may have nothing to do with the way back.
                step.authority.act_for(started)
            holders, left = self._return_all(step)
            source = step.source()
            is_finished = step_input.is_last and not holders
            if is_finished:
                step.advance(
                    source,
                    RollBackFinished,
                    returned=step.state_of(source).returned,
                    left=left,
                    calls_digest=step.calls.digest(),
                )
            saved = step.save(source) or (position_of(source),)
            returned = step.state_of(source).returned
            return ReturnUsersResult(returned=returned, is_finished=is_finished, saved=saved)

    @activity.defn(name=RECORD_STUCK.name, no_thread_cancel_exception=True)
    def record_stuck(self, step_input: RecordStuckInput) -> RecordedResult:
        """Record once for each cause that taking back is stuck, and what an operator does."""
        with step_of(self._toolbox, step_input) as step:
            recorded = step.recorded()
            if recorded is None:
                return RecordedResult(saved=())
            source, state = recorded
            known = state.of(CompensationStuck)
            if state.stage in TERMINAL or (known is not None and known.code == step_input.code):
                return RecordedResult(saved=(position_of(source),))
            step.advance(
                source,
                CompensationStuck,
                step.own_meta(f"{step_input.code}: {step_input.message}"),
                step=step_input.step,
                code=step_input.code,
                message=step_input.message,
                remedy=WHAT_TO_DO,
            )
            return RecordedResult(saved=step.save(source))

    @activity.defn(name=RECORD_COMMAND.name, no_thread_cancel_exception=True)
    def record_command(self, step_input: RecordCommandInput) -> RecordedResult:
        """Record a command once; before the request is recorded there is nothing to write it to."""
        with step_of(self._toolbox, step_input) as step:

            def decide() -> tuple[list[Subscription], None]:
                return _command(step, step_input), None

            _, saved = step.decide_and_save(decide)
            return RecordedResult(saved=saved)

    def _return_all(self, step: Step) -> tuple[int, int]:
        """Return users until a read shows nobody who has to go; count whom it found and who may stay."""
        holders, refused = return_groups(step), frozenset[str]()
        for _ in range(PASSES_MAX):
            source = step.source()
            result = return_some(step, source, without=refused)
            if not result.chunks:
                break
            step.save(source)
            holders += sum(chunk.count for chunk in result.chunks)
            refused |= result.refused
        if refused:
            users = "user" if len(refused) == 1 else "users"
            raise LicensesUnresolved(f"{len(refused)} {users} could not return to the old plan.")
        record_who_is_back(step, source)
        return holders, result.left


def _is_too_late(step: Step, source: Subscription) -> bool:
    """Return whether the source is being cancelled by an attempt that the workflow has given up."""
    return step.state_of(source).stage in AFTER_PIVOT


def _require_old_plan(step: Step) -> None:
    """Refuse the way back to a plan that is gone."""
    if step.order.licenses_only:
        require_live(step, step.order.source_subscription_id)
        return
    subscription = step.cloud.seller.subscription(
        step.order.organization_id, step.order.source_subscription_id
    )
    if subscription.status != ACTIVE:
        raise RuleViolated(
            f"The old subscription is {subscription.status} at the seller; nobody can return to it.",
            remedy="Reactivate it at the seller, then retry the switch.",
        )


def _start(step: Step, source: Subscription, step_input: StartRollBackInput) -> None:
    state = step.state_of(source)
    if state.has(RollBackStarted):
        return
    # Nobody commands a way back but an operator, or somebody with Temporal's own means.
    actor = turned_back_by(step, state, step_input) or OUTSIDE_ACTOR
    meta = step.meta(actor=actor, reason=step_input.reason, causation=f"command:{step_input.request_id}")
    if actor == OUTSIDE_ACTOR:
        note_cancelled(step, source, step_input.reason)
    elif step_input.request_id not in state.commands:
        require_command(step, step_input, _update_of(step_input), arguments={})
        step.advance(source, OperatorCommanded, meta, command=ROLL_BACK, request_id=step_input.request_id)
    step.advance(source, RollBackStarted, meta, moved=state.moved, calls_digest=step.calls.digest())


def _update_of(step_input: StartRollBackInput) -> str:
    """Return the update that leads back, by its envelope."""
    signed = step_input.signed
    return signed.command if signed is not None and signed.command in TURN_BACK else ROLL_BACK


def _command(step: Step, step_input: RecordCommandInput) -> list[Subscription]:
    recorded = step.recorded()
    if recorded is None or step_input.request_id in recorded[1].commands:
        return []
    source, _ = recorded
    update = UPDATES.get(step_input.command, step_input.command)
    require_command(step, step_input, update, arguments={})
    meta = step.meta(
        actor=step_input.actor, reason=step_input.reason, causation=f"command:{step_input.request_id}"
    )
    step.advance(
        source, OperatorCommanded, meta, command=step_input.command, request_id=step_input.request_id
    )
    return [source]

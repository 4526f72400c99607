"""Commands on single users who could not be moved: skip one, or try some again (rules#operator-controls)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from temporalio import activity

from activities.base.attempt import Steps, step_of
from activities.base.step import Step, position_of
from activities.directory.service_settings import settings_mapper
from activities.directory.user_pages import named_users
from activities.licenses.license_batches import ChunkMover
from activities.licenses.license_read_back import ERASED, Assignment
from activities.licenses.license_record import add_chunks, pass_number
from activities.licenses.verification import assignments_of
from activities.operator.control_contract import (
    RETRY_USERS,
    SKIP_USER,
    RetryUsersInput,
    SkipUserInput,
    UsersResult,
)
from activities.operator.controls import command_meta, record_command, require_command
from domain.licenses.move import GroupMoved
from domain.operator.operator_commands import kept_plan, loses_license
from domain.ports.directory_port import DirectoryUser
from domain.subscriptions.subscription import Subscription
from domain.switch.control_events import RETRY_USERS as RETRY_COMMAND
from domain.switch.control_events import SKIP
from domain.switch.move_events import UserSkipped
from domain.switch.stage import FORWARD
from domain.switch.switch_state import SwitchState

#: Updates that command this.
SKIP_USER_UPDATE, RETRY_USERS_UPDATE = "skip_user", "retry_users"
#: Passes over single users.
RETRY = "retry"
NOT_FAILED = "The user is not among those who could not be moved; `planswitch switch show` lists them."
PAUSED = "It is paused, so nobody is moved: resume it, then try the users again."
NEEDS_ACCEPTANCE = (
    "The user holds no other license that keeps the data services of the old plan, and loses that plan with "
    "its cancellation. Accept that with `--accept-loss`, or give the user another license first."
)
BY_GROUP = (
    "A group gives the user the old plan, and gives all its members the same: nobody of it can be skipped. "
    "Take the user out of the group or mend what it says, then `planswitch switch retry`."
)


class FailedUserActivities(Steps):
    """Steps of commands on single users."""

    @activity.defn(name=SKIP_USER.name, no_thread_cancel_exception=True)
    def skip_user(self, step_input: SkipUserInput) -> UsersResult:
        """Leave one user behind, for good reason and with what becomes of them said."""
        with step_of(self._toolbox, step_input) as step:

            def change(source: Subscription) -> UsersResult:
                refusal = _skip(step, source, step_input)
                waiting = len(unresolved_of(step, step.state_of(source)))
                message = refusal or f"Skipped. {_left(waiting)}"
                return UsersResult(
                    accepted=not refusal, message=message, unresolved=waiting, saved=(position_of(source),)
                )

            return step.change_source(change)[0]

    @activity.defn(name=RETRY_USERS.name, no_thread_cancel_exception=True)
    def retry_users(self, step_input: RetryUsersInput) -> UsersResult:
        """Try single users again while the switch holds; who is moved is waited for no more."""
        with step_of(self._toolbox, step_input) as step:
            source = step.source()
            state = step.state_of(source)
            if step_input.request_id in state.commands:
                return _tried(step, source, ())
            require_command(step, step_input, RETRY_USERS_UPDATE)
            failed = unresolved_of(step, state)
            keys = [UUID(key) for key in step_input.user_keys]
            if not keys or not set(keys) <= set(failed):
                saved = (position_of(source),)
                return UsersResult(accepted=False, message=NOT_FAILED, unresolved=len(failed), saved=saved)
            if state.is_paused:
                saved = (position_of(source),)
                return UsersResult(accepted=False, message=PAUSED, unresolved=len(failed), saved=saved)
            name = f"{RETRY}-{pass_number(state, RETRY)}"
            chunks = step.store.chunks(step.order.switch_id, name) or _move(step, source, keys, name)
            earlier = step.store.latest_outcomes(step.order.switch_id, keys, list(state.chunks))

            def decide() -> tuple[list[Subscription], UsersResult]:
                newest = step.source()
                meta = command_meta(step, step_input)
                record_command(step, newest, RETRY_COMMAND, request_id=step_input.request_id, meta=meta)
                add_chunks(step, newest, chunks, earlier)
                return [newest], _tried(step, newest, chunks)

            return step.decide_and_save(decide)[0]


def unresolved_of(step: Step, state: SwitchState) -> dict[UUID, str]:
    """Return the users whom no pass could move and nobody skipped, with the directory's word."""
    failed = step.store.unresolved_users(step.order.switch_id, list(state.chunks))
    return {key: each.error for key, each in failed.items() if str(key) not in state.skipped_users}


def _skip(step: Step, source: Subscription, step_input: SkipUserInput) -> str:
    """Record the skip, or return why it is refused."""
    state = step.state_of(source)
    if step_input.user_key in state.skipped_users:
        return ""
    require_command(step, step_input, SKIP_USER_UPDATE)
    error = unresolved_of(step, state).get(UUID(step_input.user_key))
    if error is None:
        return NOT_FAILED
    user = _user(step, UUID(step_input.user_key))
    if user is not None and user.is_fed(source.plan_id) and not user.has_direct(source.plan_id):
        return BY_GROUP
    # Of licenses only the old plan stays, and whoever is skipped goes on with it.
    loses = not state.is_licenses_only and loses_license(step.catalog, source.plan_id, user)
    if loses and not step_input.is_loss_accepted:
        return NEEDS_ACCEPTANCE
    meta = command_meta(step, step_input)
    record_command(step, source, SKIP, request_id=step_input.request_id, meta=meta)
    step.advance(
        source,
        UserSkipped,
        meta,
        user_key=step_input.user_key,
        error=error,
        kept_plan_id=kept_plan(step.catalog, source.plan_id, user) if user else "",
        is_loss_accepted=loses,
    )
    return ""


def _user(step: Step, key: UUID) -> DirectoryUser | None:
    """Return a user as the directory shows them now; None is gone."""
    organization_id = step.order.organization_id
    names = list(step.store.vault.directory_ids(organization_id, [key]).values())
    users = step.cloud.directory.users(organization_id, names) if names else ()
    return users[0] if users else None


def _move(step: Step, source: Subscription, keys: Sequence[UUID], pass_name: str) -> Sequence[GroupMoved]:
    mover = ChunkMover(
        step,
        source,
        pass_name=pass_name,
        stages=FORWARD,
        keeps_part=True,
        # Somebody waits for the answer, after a step that was patient with these very users.
        patient_attempts=0,
    )
    chunks = mover.move_all(_assignments(step, source, keys), first_chunk=0)
    mover.raise_if_stopped()
    return chunks


def _assignments(step: Step, source: Subscription, keys: Sequence[UUID]) -> list[Assignment]:
    """Read the users as they are now; who is gone is told as gone."""
    organization_id = step.order.organization_id
    names = step.store.vault.directory_ids(organization_id, keys)
    ids = [names[key] for key in keys if key in names]
    read = named_users(step.cloud.directory, organization_id, ids)
    users = {directory_id: user for directory_id, user in read if user is not None}
    present = [key for key in keys if names.get(key) in users]
    assignments = assignments_of(step, source, [users[names[key]] for key in present], present)
    settings = settings_mapper(step, source).of(())
    gone = [key for key in keys if key not in set(present)]
    return assignments + [
        Assignment(
            position=len(present) + number,
            user_key=key,
            directory_id=names.get(key, ERASED),
            settings=settings,
        )
        for number, key in enumerate(gone)
    ]


def _tried(step: Step, source: Subscription, chunks: Sequence[GroupMoved]) -> UsersResult:
    moved, failed = sum(each.moved for each in chunks), sum(each.failed for each in chunks)
    waiting = step.state_of(source).failed
    return UsersResult(
        accepted=True,
        message=f"{moved} moved, {failed} failed again. {_left(waiting)}",
        unresolved=waiting,
        saved=(position_of(source),),
    )


def _left(waiting: int) -> str:
    if waiting:
        return f"The switch still holds for {waiting} {'user' if waiting == 1 else 'users'}."
    return "Nobody is left to wait for: `planswitch switch retry` goes on."

"""Move groups of users in batches, several batches in flight, and record each group once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory, CancelledError

from activities.base.step import Step, request_of
from activities.base.turns import StageFence
from activities.base.write_quotas import SLEEP_SECONDS_MAX
from activities.licenses.license_read_back import ERASED, Assignment, LicenseReadBack
from domain.kernel.awaited import Awaited, Party
from domain.kernel.errors import NotReadyYet, PlanSwitchError, ProviderThrottled
from domain.licenses.license_failures import PATIENT_ATTEMPTS, FailureRate, is_given_up
from domain.licenses.move import CHUNK_SIZE_MAX, GroupMoved, MoveRow, chunk_moved, input_digest
from domain.ports.directory_port import LicenseChange, LicenseChangeResult, LicenseFailureCode
from domain.subscriptions.subscription import Subscription
from domain.switch.stage import RETURNING

#: Times one batch is sent for the users whom the directory put off or refused for the moment.
BATCH_ATTEMPTS_MAX = 6
#: Wait of the step before it sends such a batch again; three of them (PATIENT_ATTEMPTS) are a minute.
REPEAT_SECONDS = SLEEP_SECONDS_MAX
#: How often a pass looks whether it is to stop, and beats; beats reach Temporal once a second.
STOP_LOOK_SECONDS = 0.5
#: Failure -> what the row says; the rest is `failed`.
OUTCOMES = {None: "moved", LicenseFailureCode.USER_GONE: "gone"}


class ChunkMover:
    """Moves users from one plan to another on behalf of one step."""

    def __init__(
        self,
        step: Step,
        source: Subscription,
        *,
        pass_name: str,
        stages: frozenset[str],
        keeps_part: bool = False,
        rate: FailureRate | None = None,
        patient_attempts: int = PATIENT_ATTEMPTS,
    ) -> None:
        """Bind the mover to a pass.

        Args:
            step: The attempt on whose behalf.
            source: Loaded source, whose plan is left.
            pass_name: Pass under which the chunks are recorded.
            stages: Stages of the switch in which this pass may write; RETURNING leads back to that plan.
            keeps_part: Record the batches of a chunk that got through when another one failed. For passes
                over whoever is there: who was moved is not found again. A roster's chunks stay whole.
            rate: Counts the users whom this mover tries; the pass stops when too many of them fail.
            patient_attempts: Attempts of the step that wait for users whom the directory refuses for the
                moment (409, 5xx); the ones after them tell such a user as failed.
        """
        self._step = step
        self._keeps_part = keeps_part
        self._rate = rate
        self._patient_attempts = patient_attempts
        plans = source.plan_id, request_of(step, source).target_plan_id
        self._from_plan, self._to_plan = from_plan, to_plan = plans[::-1] if stages == RETURNING else plans
        self._pass_name = pass_name
        self._stopped: Exception | None = None
        #: Set when the pass is to stop: no further batch is sent.
        self._halt = threading.Event()
        self._fence = StageFence(step, stages)
        self._quota = step.toolbox.write_quotas.of(step.order.organization_id)
        self._read_back = LicenseReadBack(
            step, from_plan=from_plan, to_plan=to_plan, send=lambda changes: self._send(changes, time.sleep)
        )

    def move_all(self, assignments: Sequence[Assignment], *, first_chunk: int) -> list[GroupMoved]:
        """Move users chunk by chunk and return the recorded chunks; recorded ones are not repeated.

        Args:
            assignments: In the order of the roster.
            first_chunk: Number of the first chunk; the next ones follow.

        A stop sends no further batch and returns what was done until then; `raise_if_stopped` tells of it.

        Raises:
            ProviderThrottled: The directory asks for a wait longer than a step sleeps.
            RuleViolated: The switch has left the stages in which this pass may write.
        """
        recorded = {
            chunk.group_number: chunk
            for chunk in self._step.store.chunks(
                self._step.order.switch_id,
                self._pass_name,
                first=first_chunk,
                count=-(-len(assignments) // CHUNK_SIZE_MAX),
            )
        }
        chunks = []
        with ThreadPoolExecutor(self._step.toolbox.batches_in_flight) as pool:
            for offset, start in enumerate(range(0, len(assignments), CHUNK_SIZE_MAX)):
                if self._look_for_stop():
                    break
                number = first_chunk + offset
                chunk = recorded.get(number)
                if chunk is None:
                    chunk = self._move_chunk(pool, number, assignments[start : start + CHUNK_SIZE_MAX])
                    self._count(chunk)
                if chunk is not None:
                    chunks.append(chunk)
                if self._rate is not None and self._rate.is_over:
                    break
        return chunks

    def _count(self, chunk: GroupMoved | None) -> None:
        if self._rate is not None and chunk is not None:
            self._rate.add(tried=chunk.moved + chunk.failed, failed=chunk.failed)

    def _look_for_stop(self) -> bool:
        """Look whether the pass is to stop; once it is, no further batch is sent."""
        self._stopped = self._stopped or _stop_wanted()
        if self._stopped is not None:
            self._halt.set()
        return self._stopped is not None

    @property
    def is_stopped(self) -> bool:
        """Return whether the last call of `move_all` ended early."""
        return self._stopped is not None

    def raise_if_stopped(self) -> None:
        """End a pass that was told to stop, once what it did is recorded.

        Raises:
            CancelledError: The activity was cancelled: the switch goes back, or is paused.
            ApplicationError: The worker shuts down.
        """
        if self._stopped is not None:
            raise self._stopped

    def _move_chunk(
        self, pool: ThreadPoolExecutor, number: int, users: Sequence[Assignment]
    ) -> GroupMoved | None:
        """Move one chunk and record it; None where a stop left a chunk unfinished that must be whole."""
        size = self._step.cloud.directory.batch_size
        batches = [users[start : start + size] for start in range(0, len(users), size)]
        futures = [pool.submit(copy_context().run, self._change_batch, batch) for batch in batches]
        self._await_with_heartbeat(futures)
        failure = next((error for future in futures if (error := future.exception())), None)
        if isinstance(failure, _Halted) and not self._keeps_part:
            return None
        if failure is not None and not self._keeps_part:
            raise failure
        rows: list[MoveRow] = []
        answered = [each for each in zip(batches, futures, strict=True) if not each[1].exception()]
        for index, (batch, future) in enumerate(answered):
            results = {result.directory_id.casefold(): result for result in future.result()}
            rows += [self._row(index, user, results[user.directory_id.casefold()]) for user in batch]
        if failure is None:
            return self._record(number, rows, batches)
        part = self._record(number, rows, [batch for batch, _ in answered]) if rows else None
        if isinstance(failure, _Halted):
            return part
        raise failure

    def _record(self, number: int, rows: list[MoveRow], batches: list[Sequence[Assignment]]) -> GroupMoved:
        event = chunk_moved(
            switch_id=self._step.order.switch_id,
            pass_name=self._pass_name,
            group_number=number,
            input_digest=input_digest(
                (row.user_key for row in rows), from_plan=self._from_plan, to_plan=self._to_plan
            ),
            rows=rows,
            batches=[{"batch_no": index, "count": len(batch)} for index, batch in enumerate(batches)],
            at=self._step.at,
            meta=self._step.meta(),
        )
        calls = self._step.calls.drain()
        try:
            with self._step.committing("group"):
                return self._step.store.append_chunk(
                    event, rows, calls=calls, call_context=self._step.context
                )
        except PlanSwitchError:
            self._step.calls.put_back(calls)
            raise

    def _row(self, batch_no: int, user: Assignment, result: LicenseChangeResult) -> MoveRow:
        return MoveRow(
            position=user.position,
            batch_no=batch_no,
            user_key=user.user_key,
            from_plan=self._from_plan,
            to_plan=self._to_plan,
            outcome=OUTCOMES.get(result.error, "failed"),
            kept=user.settings.kept,
            no_counterpart=user.settings.no_counterpart,
            newly_granted=self._read_back.newly_granted(user),
            dependents=user.settings.dependents,
            error=result.error or "",
            code=result.code,
            text=result.text,
            request_id=result.request_id,
        )

    def _change_batch(self, batch: Sequence[Assignment]) -> list[LicenseChangeResult]:
        done = [LicenseChangeResult(directory_id=ERASED, status=0, error=LicenseFailureCode.USER_GONE)]
        # A roster that was frozen by an older version may name a user twice.
        once = {user.directory_id.casefold(): user for user in batch if user.directory_id != ERASED}
        pending = list(once.values())
        is_repeated = self._step.context.attempt > 1
        # An earlier attempt may have moved some of them: reading costs no write of the quota.
        known = {user.directory_id: user for user in pending if is_repeated or user.has_new}
        left = self._read_back.settle(list(known.values()), done)
        pending = [user for user in pending if user.directory_id not in known] + left
        if not pending:
            return done
        waiting: list[LicenseChangeResult] = []
        for _ in range(BATCH_ATTEMPTS_MAX):
            sent = self._send([self._change(user) for user in pending], self._pause)
            results = self._read_back.checked(pending, sent)
            done += [result for result in results if not result.is_retryable]
            waiting = [result for result in results if result.is_retryable]
            if not waiting:
                return done
            seconds = max(0.2, *(result.retry_after_seconds for result in waiting))
            if is_long := seconds > SLEEP_SECONDS_MAX:
                # Nobody sleeps for so long here: the step is repeated then, unless it has been often enough.
                self._require_given_up(waiting, seconds)
            self._pause(0 if is_long else seconds)
            put_off = {result.directory_id: result for result in waiting}
            pending = self._read_back.settle([user for user in pending if user.directory_id in put_off], done)
            waiting = [put_off[user.directory_id] for user in pending]
            if not waiting or is_long:
                break
        self._require_given_up(waiting, REPEAT_SECONDS)
        return done + waiting

    def _require_given_up(self, waiting: Sequence[LicenseChangeResult], seconds: float) -> None:
        """Let the step be repeated for users who are waited for yet (rules#license-failures)."""
        codes = [result.error for result in waiting if result.error is not None]
        attempt = self._step.context.attempt
        is_over = is_given_up(
            codes,
            attempt=attempt,
            patient_attempts=self._patient_attempts,
            is_locked=any(result.is_locked for result in waiting),
        )
        if codes and not is_over:
            raise _asking_again(codes, seconds)

    def _send(
        self, changes: Sequence[LicenseChange], pause: Callable[[float], None]
    ) -> tuple[LicenseChangeResult, ...]:
        """Change users once the directory's quota has room for them."""
        pause(0)
        with self._quota.sending(len(changes), pause) as sent:
            self._fence.check()
            try:
                results = self._step.cloud.directory.change_licenses(
                    self._step.order.organization_id, changes
                )
            except ProviderThrottled as error:
                sent.heed_refusal(error, len(changes))
                raise
            sent.heed(results)
            return results

    def _pause(self, seconds: float) -> None:
        """Wait; a pass that is to stop waits no longer."""
        if self._halt.wait(seconds):
            raise _Halted

    def _change(self, user: Assignment) -> LicenseChange:
        return LicenseChange(
            directory_id=user.directory_id,
            add_plan_id=self._to_plan,
            disabled_service_ids=user.settings.new_disabled,
            remove_plan_id=None if user.keeps_old else self._from_plan,
        )

    def _await_with_heartbeat(self, futures: Sequence[Future[list[LicenseChangeResult]]]) -> None:
        # The client sends a beat a second at most, whatever it is given; a stop is to be seen sooner.
        while wait(futures, timeout=STOP_LOOK_SECONDS).not_done:
            activity.heartbeat()
            self._look_for_stop()


class _Halted(Exception):
    """A batch was not sent, because its pass is to stop."""


def _asking_again(codes: Sequence[LicenseFailureCode], seconds: float) -> ProviderThrottled | NotReadyYet:
    """Return with what a step ends that is to be repeated for users, by why they are refused."""
    users = "1 user" if len(codes) == 1 else f"{len(codes)} users"
    message = f"{users}: {', '.join(sorted(set(codes)))}; the step waits {seconds:.0f} seconds."
    remedy = "The step repeats by itself."
    action = f"change the licenses of {users}, which it refuses for the moment"
    awaited = Awaited(party=Party.DIRECTORY, action=action, names=tuple(sorted(set(codes))), remedy=remedy)
    if LicenseFailureCode.THROTTLED in codes:
        return ProviderThrottled(
            f"The directory put off {message}", retry_after_seconds=seconds, remedy=remedy, awaited=awaited
        )
    return NotReadyYet(
        f"The directory refused {message}", retry_after_seconds=seconds, remedy=remedy, awaited=awaited
    )


def _stop_wanted() -> Exception | None:
    """Return with what a pass ends that is told to stop now, or None."""
    if not activity.is_cancelled():
        return None
    details = activity.cancellation_details()
    if details is not None and details.worker_shutdown:
        return ApplicationError(
            "The worker shuts down; another goes on.",
            type="WORKER_SHUTDOWN",
            category=ApplicationErrorCategory.BENIGN,
        )
    return CancelledError("The license move was stopped between two batches.")

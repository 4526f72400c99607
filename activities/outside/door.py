"""The doors of the activities: what no workflow of ours can have asked for is refused, once and for good.

Whoever reaches Temporal's port starts activities as well, with any input. The first door looks at the input,
the second asks for the proof that a workflow of ours wants the step (ADR 19). A refusal has a code and is
never tried again. Who tried is told by Temporal alone, so it is an act of nobody who is known.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from temporalio import activity
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from activities.base.attempt import application_error
from activities.base.known_orders import BEGINNINGS, WAIT_STEPS
from activities.base.outside_acts import note_scheduled, note_wait_scheduled, recorded_wait
from activities.base.step import Step, Toolbox
from activities.contract import StepInput
from activities.request.switch_start import SWITCH_WORKFLOW
from activities.signing.proof_contract import STEP_PROOF, digest_of_input
from activities.signing.step_proofs import AskedStep, StepProofs, StepUnproved
from domain.kernel.errors import PlanSwitchError, UnreadableMessage
from domain.kernel.ids import is_workflow_of
from domain.kernel.recorded import RecordedAggregate
from domain.text.message_shapes import require_shape

#: Workflow and run in, the run that it was reset from out (itself when never), "" where there is none.
OriginOf = Callable[[str, str], Awaitable[str]]
WAIT_WORKFLOW = "EligibilityWait"
#: Workflows that an order begins, each under one id.
ROOTS = frozenset({SWITCH_WORKFLOW, WAIT_WORKFLOW})
#: Runs of which a worker keeps in mind what they were reset from.
ORIGINS_MAX = 2_000
_log = structlog.get_logger()


class OutsideActivity(PlanSwitchError):
    """An activity was started by hand, beside every workflow; it did nothing."""

    code = "OUTSIDE_ACTIVITY"


class ActivityDoor(Interceptor):
    """Puts the door before every activity of a worker."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002 - the library's name
        """Return the door of one activity."""
        return _ShapeDoor(next)


class _ShapeDoor(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 - the library's name
        """Run an activity whose input is possible."""
        try:
            _require_workflow()
            require_input(input.args, _kind_of(input))
        except PlanSwitchError as error:
            message = f"{error.message} {error.remedy}".strip()
            raise ApplicationError(message, type=error.code, non_retryable=True) from error
        return await super().execute_activity(input)


def require_input(arguments: Sequence[Any], kind: Any) -> None:
    """Refuse the input of an activity that is missing, unreadable or impossible.

    Args:
        arguments: What it was called with.
        kind: Dataclass of its input.

    Raises:
        ApplicationError: It could not be read.
        PlanSwitchError: There is none or more than one, or a field holds what it may not.
    """
    for each in arguments:
        why = getattr(each, "why", None)
        if isinstance(why, ApplicationError):
            raise why
    if len(arguments) != 1:
        raise UnreadableMessage(
            f"It was called with {len(arguments)} messages; allowed: one {kind.__name__}.",
            remedy="Give one message.",
        )
    require_shape(arguments[0], kind)


def _require_workflow() -> None:
    if activity.info().workflow_id is None:
        raise OutsideActivity(
            "An activity that no workflow asked for does nothing.",
            remedy="Use `planswitch switch`, which starts and steers switches.",
        )


def _kind_of(input: ExecuteActivityInput) -> Any:  # noqa: A002 - the library's name
    definition: Any = getattr(input.fn, "__temporal_activity_definition")  # the library's name
    kinds: Sequence[Any] = definition.arg_types or [RawValue]
    return kinds[0]


class ProofDoor(Interceptor):
    """Asks each activity of a worker for its proof.

    Args:
        toolbox: What the activities work with.
        proofs: Of this installation.
        origin_of: Asks Temporal what a run was reset from.
    """

    def __init__(self, toolbox: Toolbox, proofs: StepProofs, origin_of: OriginOf) -> None:
        self._toolbox = toolbox
        self._proofs = proofs
        self._origin_of = origin_of
        self._origins: OrderedDict[str, str] = OrderedDict()

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002 - the library's name
        """Return the door of one activity."""
        return _ProofCheck(next, self)

    async def require_proof(self, input: ExecuteActivityInput) -> None:  # noqa: A002 - the library's name
        """Refuse a step that no run of a workflow of ours has asked for.

        Raises:
            StepUnproved: None has.
            RPCError: Temporal does not tell what the run was reset from; the step is tried again.
        """
        info = activity.info()
        header = input.headers.get(STEP_PROOF)
        scheduled = AskedStep(
            workflow_id=info.workflow_id or "",
            workflow_type=info.workflow_type or "",
            activity_type=info.activity_type,
            digest=_digest(input),
            scheduled_at=info.scheduled_time,
        )
        text = header.data.decode(errors="replace") if header is not None else ""
        origin = self._proofs.check(text, scheduled)
        run_id = info.workflow_run_id or ""
        _require_own_workflow(input.args[0], scheduled)
        if origin not in {"", run_id} and origin != await self._origin(scheduled.workflow_id, run_id):
            raise StepUnproved("The step was asked for by another run of its workflow.")

    async def note_refused(self, step_input: StepInput) -> None:
        """Put the attempt on record, once for a run; it stays refused where that does not work."""
        try:
            await asyncio.to_thread(self._note, step_input)
        except Exception as error:  # noqa: BLE001 - a refusal that fails would be tried again without end
            _log.warning("outside_act_not_recorded", switch_id=step_input.order.switch_id, error=str(error))

    def _note(self, step_input: StepInput) -> None:
        step = Step(self._toolbox, step_input)

        def decide() -> tuple[list[RecordedAggregate], None]:
            wait, recorded = recorded_wait(step), step.recorded()
            if wait is not None and step.context.step.startswith(WAIT_STEPS):
                note_wait_scheduled(step, wait)
                return [wait], None
            if recorded is None:
                return [], None
            note_scheduled(step, recorded[0])
            return [recorded[0]], None

        step.decide_and_save(decide)

    async def _origin(self, workflow_id: str, run_id: str) -> str:
        if run_id not in self._origins:
            self._origins[run_id] = await self._origin_of(workflow_id, run_id)
            while len(self._origins) > ORIGINS_MAX:
                self._origins.popitem(last=False)
        return self._origins[run_id]


class _ProofCheck(ActivityInboundInterceptor):
    def __init__(self, inner: ActivityInboundInterceptor, door: ProofDoor) -> None:
        super().__init__(inner)
        self._door = door

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 - the library's name
        """Run an activity that a workflow of ours has asked for."""
        try:
            await self._door.require_proof(input)
        except StepUnproved as error:
            await self._door.note_refused(input.args[0])
            refused: ApplicationError = application_error(error)
            raise refused from error
        return await super().execute_activity(input)


def _require_own_workflow(step_input: StepInput, scheduled: AskedStep) -> None:
    """Refuse a step of a workflow that has another's start under its own id, whatever it was answered."""
    if scheduled.activity_type in BEGINNINGS or scheduled.workflow_type not in ROOTS:
        # They are answered with a refusal: an error would take back what the switch's own workflow does.
        return
    is_wait = scheduled.workflow_type == WAIT_WORKFLOW
    if not is_workflow_of(scheduled.workflow_id, step_input.order.switch_id, waits=is_wait):
        raise StepUnproved("The workflow that asks for the step is not the switch's own.")


def _digest(input: ExecuteActivityInput) -> str:  # noqa: A002 - the library's name
    payloads = activity.payload_converter().to_payloads(input.args)
    return digest_of_input((each.metadata["encoding"].decode(), each.data) for each in payloads)

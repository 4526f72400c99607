"""The one client of Temporal: it starts and ends workflows of switches and waits, commands them, and asks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowFailureError,
    WorkflowUpdateFailedError,
    WorkflowUpdateStage,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.base.wait_contract import BeginWaitResult
from activities.contract import RefusalReason, RequestSwitchResult, SwitchOrder
from activities.request.switch_start import start_attributes
from activities.signed_command import SignedCommand
from domain.kernel.errors import PlanSwitchError, RequestReused, RuleViolated
from domain.kernel.ids import switch_id_of_workflow, wait_workflow_id_of, workflow_id_of
from services.answers import WorkflowHistory
from services.temporal.command_signer import Command, CommandSigner, command_id
from services.temporal.temporal_watch import (
    SILENCE_SECONDS_MAX,
    TAKEN_SECONDS_MAX,
    AnswerLate,
    TemporalSilent,
    WorkerSilent,
    answer_of,
    one_thread_more,
    watched,
)
from services.temporal.worker_watch import (
    ALL_QUEUES,
    MAIN_QUEUE,
    TemporalAbsent,
    WorkerWatch,
    absent_text,
    held_request,
    worker_absent,
)
from services.temporal.workflow_runs import RPC_TIMEOUT, SWITCH, WAIT
from workflows.base.messages import CommandAnswer, SwitchResult
from workflows.wait.eligibility_wait import WaitRequest

Answer = TypeVar("Answer")
REQUEST_UPDATE = "await_request"
WAIT_UPDATE = "await_begun"
CONNECT_FAILURE = "Failed client connect"
#: How to repeat a restart whose answer was lost.
RESTARTED_AGAIN = "Then restart it again: it starts from the record each time."
#: Outcome of a workflow whose request was not accepted.
REFUSED = "refused"


class OrchestrationUnavailable(PlanSwitchError):
    """Temporal, or its worker, does not answer."""

    code = "SERVER_UNAVAILABLE"


class Refused(PlanSwitchError):
    """A refusal with a code of its own, such as one that the workflow answered."""

    def __init__(self, *, code: str, message: str, remedy: str, reasons: list[RefusalReason]) -> None:
        super().__init__(message, remedy=remedy, reasons=reasons)
        self.refusal_code = code


class SwitchWorkflows:
    """Switch workflows in Temporal.

    Whatever is asked raises `OrchestrationUnavailable` where Temporal or the worker does not answer, and what
    is sent `WorkerAbsent` or `TemporalAbsent` where that is known before: then nothing was sent.

    Args:
        connect: Returns the client; called for each request, so that it may connect on first use.
        task_queue: Where the worker takes its work from.
        signer: Signs what is sent.
        workers: Looks for a worker before anything is sent; None sends without a look.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[Client]],
        *,
        task_queue: str,
        signer: CommandSigner,
        workers: WorkerWatch | None = None,
    ) -> None:
        self._connect = connect
        self._task_queue = task_queue
        self._workers = workers
        self.signer = signer

    async def using(
        self, work: Callable[[Client, str], Coroutine[Any, Any, Answer]], *, repetition: str = ""
    ) -> Answer:
        """Do something with the client and the worker's task queue.

        Args:
            work: What is done.
            repetition: How to send it again where its answer is lost; "" where it changes nothing.
        """
        with _translated(repetition), one_thread_more():
            client = await self._connect()
            return await watched(client, work(client, self._task_queue))

    async def require_worker(self, organization_id: str, request_id: str) -> None:
        """Refuse a request that no worker would take now, before anything is sent.

        Args:
            organization_id: Who asks.
            request_id: Names the request; "" for one that was never sent.

        The refusal tells whether Temporal holds the request already.
        """
        repetition = repeated_by_id(request_id) if request_id else "Then send it again."
        names = (workflow_id_of, wait_workflow_id_of) if request_id else ()
        workflow_ids = [name(organization_id, request_id) for name in names]
        await self._require_worker(workflow_ids, repetition, queues=ALL_QUEUES)

    async def require_taker(self, repetition: str) -> None:
        """Refuse a command that no worker would take now, before anything is sent.

        Args:
            repetition: How to send it again.
        """
        await self._require_worker([], repetition, queues=MAIN_QUEUE)

    async def _require_worker(self, workflow_ids: list[str], repetition: str, *, queues: int) -> None:
        if self._workers is None:
            return
        watch = self._workers

        async def look(client: Client, queue: str) -> None:
            absent = await watch.absent_queues(client, queue, queues=queues)
            if absent:
                held = await held_request(client, workflow_ids, absent_text(absent), repetition)
                raise held or worker_absent(absent, repetition)

        try:
            await self.using(look)
        except OrchestrationUnavailable as error:
            raise TemporalAbsent(
                f"{error.message} Nothing was sent.", remedy=f"{error.remedy} {repetition}"
            ) from error

    async def start(
        self, order: SwitchOrder, *, source_plan_id: str, repetition: str = ""
    ) -> RequestSwitchResult:
        """Start the workflow of a request, or join it, and wait until it is accepted or refused.

        Args:
            order: What is asked.
            source_plan_id: Plan that the order leaves; Temporal's lists show it.
            repetition: How to ask again where the answer is lost; by the request id when "".
        """
        repetition = repetition or repeated_by_id(order.request_id)

        async def start(client: Client, queue: str) -> RequestSwitchResult:
            try:
                return await answer_of_start(
                    client,
                    queue,
                    self.signer.start(order),
                    source_plan_id,
                    update=REQUEST_UPDATE,
                    answers=RequestSwitchResult,
                    repetition=repetition,
                )
            except WorkflowAlreadyStartedError as error:
                # The answer to the first try was lost and the switch has ended meanwhile.
                return await _answer_of_ended(client, error.workflow_id)

        return await self.using(start, repetition=repetition)

    async def start_wait(self, request: WaitRequest) -> BeginWaitResult:
        """Let a request wait, or join its wait, until that has begun or is refused.

        Raises:
            RequestReused: It has waited before.
        """
        repetition = repeated_by_id(request.order.request_id)

        async def start(client: Client, queue: str) -> BeginWaitResult:
            return await answer_of_start(
                client,
                queue,
                self.signer.wait(request),
                request.source_plan_id,
                update=WAIT_UPDATE,
                answers=BeginWaitResult,
                repetition=repetition,
            )

        try:
            return await self.using(start, repetition=repetition)
        except WorkflowAlreadyStartedError as error:
            raise RequestReused(
                "This request has waited before, and its wait has ended.", remedy="Use a new request id."
            ) from error

    async def command(self, workflow_id: str, update: str, command: Command) -> CommandAnswer:
        """Send a command to a running switch, or to a request that waits; the same id acts once.

        Args:
            workflow_id: The workflow.
            update: Name of the update, such as `retry_failed` or `decide_credit`.
            command: Who wants what, and why.

        Raises:
            RuleViolated: The switch has ended.
        """
        name = command_id(command)
        repetition = repeated_by_id(name)
        await self.require_taker(repetition)
        signed = self.signer.command(command, update=update, switch_id=switch_id_of_workflow(workflow_id))

        async def send(client: Client, _queue: str) -> CommandAnswer:
            sent = client.get_workflow_handle(workflow_id).start_update(
                update,
                signed,
                id=name,
                wait_for_stage=WorkflowUpdateStage.ACCEPTED,
                result_type=CommandAnswer,
            )
            return cast("CommandAnswer", await answer_of(sent))

        async def send_until_answered(client: Client, queue: str) -> CommandAnswer:
            try:
                return await send(client, queue)
            except RPCError as error:
                if error.status != RPCStatusCode.ABORTED:
                    raise
                # The switch closed while it was asked; what was asked by this id is answered now, or refused.
                return await send(client, queue)

        return await self.using(send_until_answered, repetition=repetition)

    async def histories(self, workflow_id: str) -> list[WorkflowHistory]:
        """Return the length of the history of a workflow and of each of its children."""
        return await self.using(lambda client, _queue: _histories(client, workflow_id))


async def _histories(client: Client, workflow_id: str) -> list[WorkflowHistory]:
    histories = []
    waiting = [workflow_id]
    while waiting:
        handle = client.get_workflow_handle(waiting.pop(0))
        history = await handle.fetch_history(rpc_timeout=RPC_TIMEOUT)
        described = await handle.describe(rpc_timeout=RPC_TIMEOUT)
        waiting += [
            event.child_workflow_execution_started_event_attributes.workflow_execution.workflow_id
            for event in history.events
            if event.HasField("child_workflow_execution_started_event_attributes")
        ]
        histories.append(
            WorkflowHistory(workflow_id=handle.id, run_id=described.run_id, events=len(history.events))
        )
    return histories


async def _answer_of_ended(client: Client, workflow_id: str) -> RequestSwitchResult:
    handle = client.get_workflow_handle(workflow_id, result_type=SwitchResult)
    try:
        ended = await handle.result(rpc_timeout=RPC_TIMEOUT)
    except WorkflowFailureError as error:
        raise RequestReused(
            "This request was made before, and its workflow has failed.",
            remedy="Look at it with `planswitch switch list`, or start with a new request id.",
        ) from error
    return RequestSwitchResult(
        saved=(),
        accepted=ended.outcome != REFUSED,
        code=ended.code,
        message=ended.message,
        remedy="Look at it with `planswitch switch list`, or start with a new request id.",
        reasons=(),
        users=ended.moved,
        promised_end=None,
    )


def repeated_by_id(request_id: str) -> str:
    """Say how to repeat a command whose answer was lost."""
    return f"Then send the same command again with request id {request_id}: it acts once."


def refused(result: RequestSwitchResult | BeginWaitResult) -> Refused:
    """Return the error of a request that was refused, with every reason."""
    reasons = list(result.reasons) if isinstance(result, RequestSwitchResult) else []
    return Refused(code=result.code, message=result.message, remedy=result.remedy, reasons=reasons)


async def answer_of_start(
    client: Client,
    task_queue: str,
    argument: SwitchOrder | WaitRequest,
    source_plan_id: str,
    *,
    update: str,
    answers: type[Answer],
    repetition: str,
) -> Answer:
    """Start a workflow, or join it, and return what it answers to the update that asks for its beginning.

    Args:
        client: Of Temporal.
        task_queue: Queue of our workflows.
        argument: What is started: an order, or a request that waits; signed.
        source_plan_id: Plan that the organization leaves; Temporal's lists show it.
        update: Its name.
        answers: What it answers with.
        repetition: How to ask again where the answer is lost.

    Raises:
        WorkflowAlreadyStartedError: It was started before, and has ended.
        WorkerAbsent: No worker took it, and Temporal holds it.
        WorkerSilent: No worker took it, and Temporal does not know it.
    """
    options = _options(argument, source_plan_id, task_queue)
    operation: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        **options,
    )
    sent = client.start_update_with_start_workflow(
        update,
        argument,
        start_workflow_operation=operation,
        wait_for_stage=WorkflowUpdateStage.ACCEPTED,
        result_type=answers,
    )
    try:
        return cast("Answer", await answer_of(sent))
    except WorkerSilent as error:
        why = f"No worker took the request for {TAKEN_SECONDS_MAX:.0f} seconds."
        held = await held_request(client, [options["id"]], why, repetition)
        if held is None:
            raise
        raise held from error


async def begin_again(
    client: Client, task_queue: str, argument: SwitchOrder | WaitRequest, source_plan_id: str
) -> str:
    """Start a workflow whose run has ended, and return its new run; one that runs is joined."""
    handle = await client.start_workflow(
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        rpc_timeout=RPC_TIMEOUT,
        **_options(argument, source_plan_id, task_queue),
    )
    return handle.first_execution_run_id or handle.result_run_id or ""


def _options(argument: SwitchOrder | WaitRequest, source_plan_id: str, task_queue: str) -> dict[str, Any]:
    """Return what each start of a workflow has."""
    if isinstance(argument, WaitRequest):
        workflow, name_of, order = WAIT, wait_workflow_id_of, argument.order
    else:
        workflow, name_of, order = SWITCH, workflow_id_of, argument
    return {
        "workflow": workflow,
        "arg": argument,
        "id": name_of(order.organization_id, order.request_id),
        "task_queue": task_queue,
        "search_attributes": start_attributes(source_plan_id),
        "static_summary": f"{order.organization_id} to plan {order.target_plan_id}",
    }


async def end_workflow(client: Client, workflow_id: str, signed: SignedCommand, *, run_id: str) -> None:
    """Terminate one run of a workflow; where that has ended meanwhile, nothing is done.

    Args:
        client: Temporal.
        workflow_id: The workflow.
        signed: Shows the reconciler that it was the product itself; without it that is an outside act.
        run_id: The run that was found, and signed for.
    """
    try:
        handle = client.get_workflow_handle(workflow_id, run_id=run_id)
        await handle.terminate(signed, reason=signed.reason, rpc_timeout=RPC_TIMEOUT)
    except RPCError as error:
        if error.status != RPCStatusCode.NOT_FOUND:
            raise


@contextmanager
def _translated(repetition: str) -> Iterator[None]:
    try:
        yield
    except WorkflowUpdateFailedError as error:
        raise RuleViolated(
            f"The switch refused: {error.cause}.", remedy="`planswitch switch show` tells where it stands."
        ) from error
    except TemporalSilent as error:
        raise _down(f"silent for {SILENCE_SECONDS_MAX:.0f} seconds", repetition) from error
    except WorkerSilent as error:
        raise _unavailable(
            f"The worker does not answer: it took nothing for {TAKEN_SECONDS_MAX:.0f} seconds.", repetition
        ) from error
    except AnswerLate as error:
        raise OrchestrationUnavailable(
            "The worker took the command, goes on with it, and has not answered in time.",
            remedy=f"Look at `planswitch switch list`. {repetition}",
        ) from error
    except RPCError as error:
        raise _rpc_error(error, repetition) from error
    except RuntimeError as error:
        # A lazy client raises this bare when its first connection fails.
        if CONNECT_FAILURE not in str(error):
            raise
        raise _down("no connection", repetition) from error


def _rpc_error(error: RPCError, repetition: str) -> PlanSwitchError:
    if error.status == RPCStatusCode.NOT_FOUND:
        return RuleViolated(
            "The switch has ended, so nothing waits for this command.",
            remedy="`planswitch switch show` tells how it ended.",
        )
    return _down(error.status.name.lower().replace("_", " "), repetition)


def _down(why: str, repetition: str) -> OrchestrationUnavailable:
    return _unavailable(f"Temporal does not answer ({why}).", repetition)


def _unavailable(what: str, repetition: str) -> OrchestrationUnavailable:
    remedy = "`planswitch doctor` tells what is down; start it with `planswitch up`."
    if not repetition:
        return OrchestrationUnavailable(what, remedy=remedy)
    return OrchestrationUnavailable(
        f"{what} The command may or may not have been taken.", remedy=f"{remedy} {repetition}"
    )

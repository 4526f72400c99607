"""Endpoints of the credit check: the bureau's signed callback, and an operator's answer.

See rules#credit-check.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

import anyio.from_thread
import structlog
from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from console.access.authentication import Actor, Console, address_of
from console.access.dependencies import ConsoleDependencies
from console.access.request_ids import request_id_of
from console.access.wrong_tries import SIGNATURES
from console.edge.json_bodies import require_json
from console.models.controls import CallbackTaken, CommandTaken
from console.switches.bodies import CommandBody, CreditCallback, ExtensionBody
from console.switches.credit_orders import OrderedSwitch, switch_of_order
from console.temporal.switch_workflows import Command
from console.words.refused_fields import refused_body
from domain.kernel.errors import RuleViolated
from domain.kernel.ids import workflow_id_of
from domain.switch.credit import rule_on_decision
from domain.switch.events import CreditCheckRequired
from domain.switch.stage import TERMINAL
from providers.reference.signatures import HEADER, BadSignature, require_signed
from workflows.base.messages import CommandAnswer, CreditDecision, CreditExtension

router = APIRouter(prefix="/api", tags=["credit"])

BUREAU = "credit-bureau"
#: Path of the API -> verdict.
VERDICTS = {"approve": "approved", "decline": "declined"}

#: The body is read by the route itself, as its signature covers each byte.
_CALLBACK = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": CreditCallback.model_json_schema()}},
    }
}
_log = structlog.get_logger()


@router.post("/callbacks/credit", openapi_extra=_CALLBACK)
async def take_callback(request: Request, console: Console) -> CallbackTaken:
    """Accept the bureau's signed answer; each callback counts once."""
    secret, body = console.credit_secret or _no_secret(), await request.body()
    _require_signed(console, request, secret, body)
    callback = _parsed(body)
    return await run_in_threadpool(_take, console, callback)


@router.post("/switches/{switch}/credit/extend")
def extend_credit(switch: str, body: ExtensionBody, actor: Actor, console: Console) -> CommandTaken:
    """Extend a credit check, once, by up to two business days."""
    command = CreditExtension(request_id=body.request_id, days=body.days, actor=actor, reason=body.reason)
    return _command(console, switch, "extend_credit", command, request_id=body.request_id)


@router.post("/switches/{switch}/credit/{verdict}")
def decide_credit(
    switch: str, verdict: Literal["approve", "decline"], body: CommandBody, actor: Actor, console: Console
) -> CommandTaken:
    """Answer a credit check in place of the bureau; the first answer counts."""
    decision = CreditDecision(
        decision_id=body.request_id,
        verdict=VERDICTS[verdict],
        decided_by="operator",
        actor=actor,
        reason=body.reason,
    )
    return _command(console, switch, "decide_credit", decision, request_id=body.request_id)


def _take(console: ConsoleDependencies, callback: CreditCallback) -> CallbackTaken:
    """Find the switch of the order, and let its workflow decide; an answer that came before is repeated."""
    found = switch_of_order(console, callback.organization_id, callback.order_id)
    required = found.state.of(CreditCheckRequired)
    if required is not None and required.check_id != callback.check_id:
        raise _not_counted(found, callback, f"Order {callback.order_id} has another credit check.")
    ruling = rule_on_decision(found.state, callback.callback_id, callback.verdict)
    message, is_repeated = ruling.message, True
    if found.state.stage in TERMINAL or (ruling.verdict and not ruling.is_new):
        if not ruling.is_accepted:
            raise _not_counted(found, callback, ruling.message)
    else:
        message, is_repeated = _decided(console, found, callback).message, False
    _log.info("credit_callback_taken", switch_id=found.switch_id, verdict=callback.verdict)
    return CallbackTaken(
        callback_id=callback.callback_id,
        switch_id=found.switch_id,
        message=message,
        repeated=is_repeated,
    )


def _decided(console: ConsoleDependencies, found: OrderedSwitch, callback: CreditCallback) -> CommandAnswer:
    decision = CreditDecision(
        decision_id=callback.callback_id,
        verdict=callback.verdict,
        decided_by="bureau",
        actor=BUREAU,
        reason=f"callback {callback.callback_id}",
    )
    answer = _send(console, found.workflow_id, "decide_credit", decision, request_id=callback.callback_id)
    if not answer.accepted:
        raise _not_counted(found, callback, answer.message)
    return answer


def _command(
    console: ConsoleDependencies, switch: str, update: str, command: Command, *, request_id: str
) -> CommandTaken:
    row = console.reads.switch(switch)
    workflow_id = workflow_id_of(row.organization_id, request_id_of(console, row))
    answer = _send(console, workflow_id, update, command, request_id=request_id)
    if not answer.accepted:
        raise RuleViolated(
            answer.message,
            remedy=f"`planswitch switch show {row.switch_id[:8]}` tells what the switch waits for.",
        )
    return CommandTaken(switch_id=row.switch_id, stage=answer.stage, message=answer.message)


def _send(
    console: ConsoleDependencies, workflow_id: str, update: str, command: Command, *, request_id: str
) -> CommandAnswer:
    async def send() -> CommandAnswer:
        return await console.workflows.command(workflow_id, update, command, request_id=request_id)

    return anyio.from_thread.run(send)


def _require_signed(console: ConsoleDependencies, request: Request, secret: bytes, body: bytes) -> None:
    """Refuse what the bureau did not send; a wrong signature is logged, and counted for its address."""
    address = address_of(request)
    console.wrong_tries.require_room(SIGNATURES, address)
    try:
        require_signed(secret, request.headers.get(HEADER, ""), body, datetime.now(tz=UTC))
    except BadSignature as error:
        console.wrong_tries.count(SIGNATURES, address)
        _log.warning("callback_signature_refused", address=address, why=error.message)
        raise


def _parsed(body: bytes) -> CreditCallback:
    require_json(body)
    try:
        return CreditCallback.model_validate_json(body)
    except ValidationError as error:
        raise refused_body(error.errors()[0], CreditCallback) from error


def _not_counted(found: OrderedSwitch, callback: CreditCallback, why: str) -> RuleViolated:
    _log.warning("credit_callback_refused", switch_id=found.switch_id, verdict=callback.verdict, why=why)
    return RuleViolated(why, remedy="Nothing was changed; `planswitch switch show` says where it stands.")


def _no_secret() -> bytes:
    raise RuleViolated(
        "This installation takes no callbacks: it has no secret to check them with.",
        remedy="Set PLANSWITCH_CREDIT_SECRET_FILE to the file that the bureau shares.",
    )

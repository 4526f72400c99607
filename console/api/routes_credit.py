"""Endpoints of the credit check: the bureau's signed callback, and an operator's answer.

See rules#credit-check.
"""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from console.access.dependencies import Actor, Console, ConsoleDependencies, address_of
from console.access.wrong_tries import SIGNATURES
from console.edge.body_limits import CALLBACK_PATH, require_json
from console.switches.bodies import CommandBody, CreditCallback, ExtensionBody, Verdict
from console.words.problems import refused_body
from domain.kernel.errors import RuleViolated
from providers.reference.callback_signatures import HEADER, BadSignature, require_signed
from services.answers import CallbackTaken, CommandTaken
from services.commands import credit_decisions
from services.commands.credit_decisions import DECIDE_CREDIT, EXTEND_CREDIT
from services.commands.send import send

router = APIRouter(prefix="/api/v1", tags=["credit"])
#: Bureaus have its address in their settings: it has no version.
callback_router = APIRouter(tags=["credit"])

#: The body is read by the route itself, as its signature covers each byte.
_CALLBACK = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": CreditCallback.model_json_schema()}},
    }
}
_log = structlog.get_logger()


@callback_router.post(CALLBACK_PATH, openapi_extra=_CALLBACK)
async def take_callback(request: Request, console: Console) -> CallbackTaken:
    """Accept the bureau's signed answer; each callback counts once."""
    secrets, body = console.credit_secrets or _no_secret(), await request.body()
    _require_signed(console, request, secrets, body)
    callback = _parsed(body)
    return await run_in_threadpool(
        credit_decisions.take_callback,
        console,
        callback.decision,
        organization_id=callback.organization_id,
        order_id=callback.order_id,
        check_id=callback.check_id,
    )


@router.post("/switches/{switch}/credit/extend")
def extend_credit(switch: str, body: ExtensionBody, actor: Actor, console: Console) -> CommandTaken:
    """Extend a credit check, once, by up to two business days."""
    return send(console, console.reads.switch_to_change(switch), EXTEND_CREDIT, body.extension(actor))


@router.post("/switches/{switch}/credit/{verdict}")
def decide_credit(
    switch: str, verdict: Verdict, body: CommandBody, actor: Actor, console: Console
) -> CommandTaken:
    """Answer a credit check in place of the bureau; the first answer counts."""
    return send(console, console.reads.switch_to_change(switch), DECIDE_CREDIT, body.decision(actor, verdict))


def _require_signed(
    console: ConsoleDependencies, request: Request, secrets: tuple[bytes, ...], body: bytes
) -> None:
    """Refuse what the bureau did not send; a wrong signature is logged, and counted for its address."""
    address = address_of(request)
    console.wrong_tries.require_room(SIGNATURES, address)
    try:
        require_signed(secrets, request.headers.get(HEADER, ""), body, datetime.now(tz=UTC))
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


def _no_secret() -> tuple[bytes, ...]:
    raise RuleViolated(
        "This installation takes no callbacks: it has no secret to check them with.",
        remedy="Set PLANSWITCH_CREDIT_SECRET_FILE to the file that the bureau shares.",
    )

"""Endpoints that take a completed switch back by a new one (rules#switch-back)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from fastapi import APIRouter, Response
from pydantic import ValidationError

from console.access.dependencies import Actor, Console, ConsoleDependencies
from console.api.routes_switches import REPEATED, make_quote, start_switch
from console.models.quotes import QuoteMade
from console.models.switches import SwitchKnown, SwitchStarted
from console.switches.bodies import BackBody, BackQuoteBody, QuoteBody, SwitchBody
from console.words.problems import refused_body
from domain.requests.terms import SwitchOptions, carried
from services.assessment.restorable_users import with_restorable_users
from services.assessment.switch_back import switch_back_terms

router = APIRouter(prefix="/api/v1", tags=["switches"])

_CREATED = 201
Question = TypeVar("Question", bound=QuoteBody)


@router.post("/switches/{switch}/back/quote")
def quote_back(switch: str, body: BackQuoteBody, actor: Actor, console: Console) -> QuoteMade:
    """Assess and quote the switch that takes a completed one back; nothing is ordered.

    The pre-flight names the users whom it does not restore (docs/rules.md#switch-back).
    """
    return make_quote(_question(console, switch, body, QuoteBody, actor=actor, start={}), actor, console)


@router.post("/switches/{switch}/back", status_code=_CREATED, responses=REPEATED)
def start_back(
    switch: str, body: BackBody, actor: Actor, console: Console, response: Response
) -> SwitchStarted | SwitchKnown:
    """Take a completed switch back by a new switch; the same request id again answers the same switch.

    Users get back the plan and the services that they had (docs/rules.md#switch-back).
    """
    start = {name: getattr(body, name) for name in ("request_id", "quote_digest", "accept", "reason")}
    question = _question(console, switch, body, SwitchBody, actor=actor, start=start)
    return start_switch(question, actor, console, response)


def _question(
    console: ConsoleDependencies,
    switch: str,
    body: BackQuoteBody,
    kind: type[Question],
    *,
    actor: str,
    start: Mapping[str, object],
) -> Question:
    """Return the body that asks for the same as any other switch does.

    Raises:
        InvalidInput: The terms of before are none that a switch may have now.
        SwitchBackRefused: The switch has not completed, or may not be taken back.
        RuleViolated: Nobody can be restored of whom the others are to be left.
    """
    terms = switch_back_terms(console, console.reads.switch_to_change(switch), body.options, actor=actor)
    request_id = str(start["request_id"]) if "request_id" in start else None
    terms = with_restorable_users(console, terms, body.options, actor=actor, request_id=request_id)
    question = {
        "organization_id": terms.organization_id,
        "source_subscription_id": terms.source_subscription_id,
        "target_plan": terms.target_plan_id,
        "accept_forfeiture": body.accept_forfeiture,
        **carried(SwitchOptions, terms),
        **start,
    }
    try:
        return kind.model_validate(question)
    except ValidationError as error:
        raise refused_body(error.errors()[0], kind) from error

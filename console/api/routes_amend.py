"""Endpoints of an amendment: what another number of licenses would cost, and doing it (ADR 14)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from console.access.authentication import Actor, Console
from console.access.dependencies import ConsoleDependencies
from console.models.controls import AmendedSide, AmendmentAnswer, AmendmentClosed, CommandTaken
from console.switches.bodies import QUANTITY_MAX
from console.switches.command_bodies import AmendBody
from console.switches.views import plan_name, quote_answer
from console.words.reasons import reason_answer
from domain.kernel.errors import RuleViolated
from domain.operator.amendment import loss_text
from domain.quote.day_quotes import DayQuote
from projections.reads.shown_rows import SwitchRow
from services.commands.amendments import amend, amendment_assessment

router = APIRouter(prefix="/api", tags=["controls"])

TAKES_EFFECT = "at the seller at once; billed from the day of the cutover on, by the amended quote"

Quantity = Annotated[int, Query(ge=1, le=QUANTITY_MAX)]


@router.get("/switches/{switch}/amendment")
def show_amendment(
    switch: str, quantity: Quantity, _actor: Actor, console: Console
) -> AmendmentAnswer | AmendmentClosed:
    """Show what another number of licenses would cost and whether it is allowed; change nothing."""
    return amendment_answer(console, console.reads.switch(switch), quantity)


@router.post("/switches/{switch}/amend")
def amend_switch(switch: str, body: AmendBody, actor: Actor, console: Console) -> CommandTaken:
    """Give a switch another number of licenses by the accepted amendment; once for a request id."""
    row = console.reads.switch(switch)
    return amend(console, row, body.command(actor), takes_any=body.accept)


def amendment_answer(
    console: ConsoleDependencies, row: SwitchRow, quantity: int
) -> AmendmentAnswer | AmendmentClosed:
    """Return what another number of licenses would cost and whether it may be."""
    try:
        assessment = amendment_assessment(console, row, quantity)
    except RuleViolated as closed:
        return AmendmentClosed(switch_id=row.switch_id, is_allowed=False, why_not=closed.message)
    amendment = assessment.amendment
    before, after = amendment.before.day(assessment.today), amendment.after.day(assessment.today)
    loss = amendment.loss_to_accept
    return AmendmentAnswer(
        switch_id=row.switch_id,
        is_allowed=not assessment.reasons,
        why_not=" ".join(each.message for each in assessment.reasons),
        reasons=tuple(reason_answer(each, console.support_contact) for each in assessment.reasons),
        plan_id=row.target_plan_id,
        plan=plan_name(console.catalog, row.target_plan_id),
        quantity_before=amendment.quantity_before,
        quantity=amendment.quantity,
        users=assessment.users,
        takes_effect=TAKES_EFFECT,
        digest=amendment.digest,
        currency=after.total.currency,
        on=assessment.today,
        before=_side(before),
        after=_side(after),
        loss_to_accept=None if loss is None else str(loss),
        loss_to_accept_text=None if loss is None else loss_text(loss),
        quote=quote_answer(amendment.after),
    )


def _side(day: DayQuote) -> AmendedSide:
    return AmendedSide(
        lines=day.lines,
        told=day.remarks,
        net_minor_units=day.net.minor_units,
        tax_minor_units=day.tax.minor_units,
        total_minor_units=day.total.minor_units,
    )

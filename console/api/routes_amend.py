"""Endpoints of an amendment: what another number of licenses would cost, and doing it (ADR 14)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import TypeAdapter

from activities.contract import SwitchOrder
from activities.operator.amend_question import AmendmentAsked, ask_amendment
from console.access.authentication import Actor, Console
from console.access.dependencies import ConsoleDependencies
from console.api.routes_controls import recorded_source, send
from console.models.controls import AmendedSide, AmendmentAnswer, AmendmentClosed, CommandTaken
from console.switches.asking import recorded_cloud
from console.switches.bodies import QUANTITY_MAX, AmendBody
from console.switches.views import plan_name, quote_answer
from console.words.reasons import reason_answer
from domain.kernel.errors import InvalidInput, NotEligible, QuoteChanged, RuleViolated
from domain.operator.amendment import STALE, TOO_EARLY, loss_text, no_amendment
from domain.quote.quote import DayQuote
from domain.subscriptions.subscription import Subscription
from domain.switch.events import SwitchRequested
from projections.reads.shown_rows import SwitchRow
from workflows.base.messages import AmendQuantity

router = APIRouter(prefix="/api", tags=["controls"])

AMEND = "amend"
TAKES_EFFECT = "at the seller at once; billed from the day of the cutover on, by the amended quote"
_ORDERS = TypeAdapter(SwitchOrder)

Quantity = Annotated[int, Query(ge=1, le=QUANTITY_MAX)]


@router.get("/switches/{switch}/amendment")
def show_amendment(
    switch: str, quantity: Quantity, _actor: Actor, console: Console
) -> AmendmentAnswer | AmendmentClosed:
    """Show what another number of licenses would cost and whether it is allowed; change nothing."""
    row = console.reads.switch(switch)
    source = recorded_source(console, row)
    closed = _closed(row, source)
    if source is None or closed:
        return AmendmentClosed(switch_id=row.switch_id, is_allowed=False, why_not=closed)
    return _facts(console, row, _asked(console, row, source, quantity))


@router.post("/switches/{switch}/amend")
def amend_switch(switch: str, body: AmendBody, actor: Actor, console: Console) -> CommandTaken:
    """Give a switch another number of licenses by the accepted amendment; once for a request id."""
    row = console.reads.switch(switch)
    source = recorded_source(console, row)
    is_repeated = source is not None and body.request_id in source.switch(row.switch_id).amendments
    # What is recorded is answered again, whatever the switch has become since.
    digest = body.accepted_digest if is_repeated else _accepted(console, row, source, body)
    command = AmendQuantity(
        request_id=body.request_id,
        actor=actor,
        reason=body.reason,
        quantity=body.quantity,
        accepted_digest=digest or "",
        is_loss_accepted=body.accept_forfeiture,
    )
    return send(console, row, AMEND, command)


def _closed(row: SwitchRow, source: Subscription | None) -> str:
    """Return why the licenses of a switch can't be amended now, or ""."""
    if source is None or row.switch_id not in source.switches:
        return TOO_EARLY
    return no_amendment(source.switch(row.switch_id))


def _asked(
    console: ConsoleDependencies, row: SwitchRow, source: Subscription, quantity: int
) -> AmendmentAsked:
    requested = source.switch(row.switch_id).require(SwitchRequested)
    with recorded_cloud(console, row.organization_id) as cloud:
        return ask_amendment(
            cloud,
            console.store,
            console.catalogs.version(requested.catalog_version),
            _ORDERS.validate_python(requested.order),
            source,
            quantity=quantity,
            now=datetime.now(tz=UTC),
        )


def _accepted(
    console: ConsoleDependencies, row: SwitchRow, source: Subscription | None, body: AmendBody
) -> str:
    """Return the digest of the amendment that was accepted, or refuse.

    Raises:
        InvalidInput: None was accepted, or it is the number that is ordered.
        NotEligible: The number of licenses breaks a rule; every reason is in the details.
        QuoteChanged: The amended quote is not the one that was accepted.
        RuleViolated: It is too early or too late, or a loss was not accepted.
    """
    closed = _closed(row, source)
    if source is None or closed:
        raise RuleViolated(closed, remedy=f"`planswitch switch show {row.switch_id[:8]}` tells more.")
    if body.accepted_digest is None and not body.accept:
        raise InvalidInput(
            field="accepted_digest",
            value=None,
            allowed="the digest of the amendment that was accepted",
            remedy="Ask for the amendment, then send its digest; or send `accept: true` to take today's.",
        )
    asked = _asked(console, row, source, body.quantity)
    digest = asked.amendment.digest
    if body.accepted_digest not in {None, digest}:
        raise QuoteChanged(STALE, remedy="Ask for the amendment again and accept that; nothing was changed.")
    _require_allowed(asked, body)
    return digest


def _require_allowed(asked: AmendmentAsked, body: AmendBody) -> None:
    loss = asked.amendment.loss_to_accept
    if loss is not None and not body.accept_forfeiture:
        raise RuleViolated(loss_text(loss))
    if asked.reasons:
        raise NotEligible(
            " ".join(each.message for each in asked.reasons),
            remedy=" ".join(each.remedy for each in asked.reasons),
            reasons=asked.reasons,
        )


def _facts(console: ConsoleDependencies, row: SwitchRow, asked: AmendmentAsked) -> AmendmentAnswer:
    amendment = asked.amendment
    before, after = amendment.before.day(asked.today), amendment.after.day(asked.today)
    loss = amendment.loss_to_accept
    return AmendmentAnswer(
        switch_id=row.switch_id,
        is_allowed=not asked.reasons,
        why_not=" ".join(each.message for each in asked.reasons),
        reasons=tuple(reason_answer(each, console.support_contact) for each in asked.reasons),
        plan_id=row.target_plan_id,
        plan=plan_name(console.catalog, row.target_plan_id),
        quantity_before=amendment.quantity_before,
        quantity=amendment.quantity,
        users=asked.users,
        takes_effect=TAKES_EFFECT,
        digest=amendment.digest,
        currency=after.total.currency,
        on=asked.today,
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

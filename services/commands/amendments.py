"""Another number of licenses of the new plan: what it would cost, and doing it (ADR 14)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from activities.base.known_orders import recorded_order
from activities.operator.amendment import AmendmentAssessment, amended_total, ask_amendment
from domain.kernel.errors import InvalidInput, NotEligible, QuoteChanged, RuleViolated
from domain.operator.amendment import STALE, TOO_EARLY, loss_text, no_amendment
from domain.subscriptions.subscription import Subscription
from domain.switch.control_events import AMEND
from domain.switch.events import SwitchRequested
from projections.reads.shown_rows import SwitchRow
from services.answers import CommandTaken
from services.base.switch_rows import is_waiting, recorded_source
from services.base.tools import Tools, recorded_cloud
from services.commands.send import FREE, Cost, send
from workflows.base.messages import AmendQuantity


def amendment_assessment(tools: Tools, row: SwitchRow, quantity: int) -> AmendmentAssessment:
    """Return what another number of licenses would cost, and whether it may be; nothing is changed.

    Raises:
        RuleViolated: It is too early or too late for any amendment.
        InvalidInput: It is the number that is ordered.
    """
    return _assessment(tools, row, _open_source(tools, row), quantity)


def amend(tools: Tools, row: SwitchRow, command: AmendQuantity, *, takes_any: bool) -> CommandTaken:
    """Give a switch another number of licenses by the amendment that was accepted; once for a request id.

    Args:
        tools: Where to look and to send.
        row: The switch as the board shows it.
        command: The digest of the amendment that was accepted is "" where none was.
        takes_any: Then the amendment of this moment is accepted.

    Raises:
        InvalidInput: None was accepted, or it is the number that is ordered.
        NotEligible: The number of licenses breaks a rule; every reason is in the details.
        QuoteChanged: The amended quote is not the one that was accepted.
        RuleViolated: It is too early or too late, or a loss was not accepted.
    """
    # A request that waits has no switch in the record yet, and the command is refused where it is sent.
    cost = FREE
    if not is_waiting(row) and not _is_repeated(tools, row, command):
        digest = _accepted_digest(tools, row, command, takes_any=takes_any)
        command = replace(command, accepted_digest=digest)
        cost = _cost(tools, row, command)
    return send(tools, row, AMEND, command, cost)


def _cost(tools: Tools, row: SwitchRow, command: AmendQuantity) -> Cost:
    """Return what an amendment moves, where that decides anything."""
    if not tools.approvals.is_on:
        return FREE
    total = amended_total(amendment_assessment(tools, row, command.quantity).amendment)
    return Cost(total=total, what=f"changes the licenses to {command.quantity}; costs up to {total}")


def _is_repeated(tools: Tools, row: SwitchRow, command: AmendQuantity) -> bool:
    """Return whether it is recorded: then it is answered again, whatever the switch has become since."""
    source = recorded_source(tools, row)
    return source is not None and command.request_id in source.switch(row.switch_id).amendments


def _open_source(tools: Tools, row: SwitchRow) -> Subscription:
    source = recorded_source(tools, row)
    is_begun = source is not None and row.switch_id in source.switches
    closed = no_amendment(source.switch(row.switch_id)) if source and is_begun else TOO_EARLY
    if source is None or closed:
        raise RuleViolated(closed, remedy=f"`planswitch switch show {row.switch_id[:8]}` tells more.")
    return source


def _assessment(tools: Tools, row: SwitchRow, source: Subscription, quantity: int) -> AmendmentAssessment:
    requested = source.switch(row.switch_id).require(SwitchRequested)
    with recorded_cloud(tools, row.organization_id) as cloud:
        return ask_amendment(
            cloud,
            tools.store,
            tools.catalogs.version(requested.catalog_version),
            recorded_order(requested.order),
            source,
            quantity=quantity,
            now=datetime.now(tz=UTC),
        )


def _accepted_digest(tools: Tools, row: SwitchRow, command: AmendQuantity, *, takes_any: bool) -> str:
    source = _open_source(tools, row)
    if not command.accepted_digest and not takes_any:
        raise InvalidInput(
            field="accepted_digest",
            value=None,
            allowed="the digest of the amendment that was accepted",
            remedy="Ask for the amendment, then send its digest; or send `accept: true` to take today's.",
        )
    assessment = _assessment(tools, row, source, command.quantity)
    digest = assessment.amendment.digest
    if command.accepted_digest not in {"", digest}:
        raise QuoteChanged(STALE, remedy="Ask for the amendment again and accept that; nothing was changed.")
    _require_allowed(assessment, command)
    return digest


def _require_allowed(assessment: AmendmentAssessment, command: AmendQuantity) -> None:
    loss = assessment.amendment.loss_to_accept
    if loss is not None and not command.is_loss_accepted:
        raise RuleViolated(loss_text(loss))
    if assessment.reasons:
        raise NotEligible(
            " ".join(each.message for each in assessment.reasons),
            remedy=" ".join(each.remedy for each in assessment.reasons),
            reasons=assessment.reasons,
        )

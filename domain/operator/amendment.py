"""Another number of licenses in a running switch: what it costs, and what blocks it (ADR 14)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from domain.eligibility.eligibility_checks import CHECKS
from domain.eligibility.eligibility_input import Case
from domain.kernel.errors import InvalidInput
from domain.kernel.facts import digest_of
from domain.kernel.money import Money
from domain.quote.quote import Quote, quote
from domain.quote.quote_input import NOMINAL_PERIOD
from domain.reasons.reasons import REASONS, Reason, reason
from domain.reasons.wordings import AMENDED
from domain.switch.control_events import QuantityAmended
from domain.switch.events import QuoteFixed, ReplacementOrdered
from domain.switch.stage import AFTER_PIVOT, AMENDABLE, RETURNING, TERMINAL
from domain.switch.switch_state import SwitchState

#: Codes of rules#reasons that look at the number of licenses alone; TOO_FEW_LICENSES counts users by itself.
QUANTITY_RULES = ("LICENSE_REMOVAL_IN_SWITCH", "TARGET_USER_CAP", "INVOICE_BELOW_MINIMUM")
TOO_FEW_LICENSES = "TOO_FEW_LICENSES"

ENDED = "The switch has ended."
TOO_LATE = "The old subscription is cancelled, or being cancelled: its licenses are billed as they are."
GOING_BACK = "The way back to the old plan has begun."
STALE = (
    "The amended quote is not the one that was accepted: the licenses were amended meanwhile, or another "
    "number was shown."
)
NOTHING_ORDERED = "Both plans are owned: the switch has ordered no licenses that could be amended."
TOO_EARLY = "The new licenses are not there yet; cancel and start anew, or amend them once they are ready."


@dataclass(frozen=True, kw_only=True, slots=True)
class Amendment:
    """From one number of licenses to another, with the quotes of both."""

    switch_id: str
    #: The quote that binds now.
    before: Quote
    #: The same terms with the other number of licenses.
    after: Quote

    @property
    def quantity_before(self) -> int:
        """Return the licenses that are ordered now."""
        return self.before.input.quantity_target

    @property
    def quantity(self) -> int:
        """Return the licenses that are asked for."""
        return self.after.input.quantity_target

    @property
    def digest(self) -> str:
        """Return what an operator accepts: sha256 (hex) over the switch and both quotes.

        An amendment that came between makes another quote the first one, and so another digest.
        """
        return digest_of(
            {"switch_id": self.switch_id, "before": self.before.digest, "after": self.after.digest}
        )

    @property
    def loss_to_accept(self) -> Money | None:
        """Return the most that is forfeited of a prepaid value, where it is more than was accepted."""
        lost = self.after.forfeited_at_most
        return lost if self.before.forfeited_at_most < lost else None


def bound_facts(state: SwitchState) -> dict[str, Any]:
    """Return the facts of the quote that binds a switch now: the amended one, or that of its start.

    Raises:
        RecordInconsistent: No quote is recorded.
    """
    return (state.of(QuantityAmended) or state.require(QuoteFixed)).quote


def licenses_ordered(state: SwitchState) -> int:
    """Return how many licenses of the new plan a switch has ordered by now; 0 before the order."""
    newest = state.of(QuantityAmended) or state.of(ReplacementOrdered)
    return newest.quantity if newest else 0


def amended(bound: Quote, quantity: int, *, switch_id: str) -> Amendment:
    """Quote another number of licenses by the terms that the order bound (rules#amending-the-licenses).

    Price list, dates, policy and what was paid for the old plan stay as they were accepted.

    Args:
        bound: The quote that binds now.
        quantity: Licenses that are asked for.
        switch_id: The switch.

    Raises:
        InvalidInput: It is the number that is ordered, or less than one.
    """
    now = bound.input.quantity_target
    if quantity == now or quantity < 1:
        raise InvalidInput(
            field="quantity",
            value=quantity,
            allowed=f"one or more, and not {now}",
            remedy=f"{now} are ordered; name the number of licenses that the switch should have instead.",
        )
    # An older quote is amended by today's formulas: it is shown and accepted anew.
    after = quote(replace(bound.input, quantity_target=quantity, period_version=NOMINAL_PERIOD))
    return Amendment(switch_id=switch_id, before=bound, after=after)


def amendment_reasons(case: Case, *, users: int) -> tuple[Reason, ...]:
    """Return the rules that the number of licenses of a case breaks (rules#amending-the-licenses).

    What blocks an automatic switch alone stops no amendment of one by hand, which may have fewer licenses.

    Args:
        case: Facts of now, with the licenses that are asked for.
        users: Who hold the new plan because of the switch, or are to get it.
    """
    reasons = [
        reason(code, finding.evidence, now=case.input.now, wording=AMENDED)
        for code in QUANTITY_RULES
        if case.input.mode in REASONS[code].blocks and (finding := CHECKS[code](case)) is not None
    ]
    quantity = case.input.quantity
    if quantity < users:
        evidence = {"quantity": quantity, "users": users}
        reasons.append(reason(TOO_FEW_LICENSES, evidence, now=case.input.now, wording=AMENDED))
    return tuple(reasons)


def no_amendment(state: SwitchState) -> str:
    """Return why the licenses of a switch can't be amended in its stage; "" where they can."""
    if state.is_licenses_only:
        return NOTHING_ORDERED
    if state.stage in AMENDABLE:
        return ""
    if state.stage in TERMINAL:
        return ENDED
    if state.stage in AFTER_PIVOT:
        return TOO_LATE
    return GOING_BACK if state.stage in RETURNING else TOO_EARLY


def amended_text(amendment: QuantityAmended) -> str:
    """Return what an amendment did, in words; the same for every repetition of its request."""
    return (
        f"{amendment.quantity} licenses of the new plan instead of {amendment.quantity_before}; "
        f"the cutover bills by quote {amendment.quote_digest[:12]}."
    )


def loss_text(loss: Money) -> str:
    """Return what must be accepted of a prepaid value, and how."""
    return (
        f"Up to {loss} of the value that was paid in advance would be forfeited, more than was accepted "
        "before. Accept that with `--accept-forfeiture`, or amend to more licenses."
    )

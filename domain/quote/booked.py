"""What billing booked inside a period: licenses that came or went, and credits, each for its own days."""

from __future__ import annotations

from collections.abc import Sequence

from domain.kernel.errors import AuditMismatch
from domain.kernel.money import Money
from domain.ports.billing_port import BilledPeriod, BookedLine


def booked_of(billed: BilledPeriod, lines: Sequence[BookedLine]) -> tuple[BookedLine, ...]:
    """Return the lines that a quote counts by their own days; none is one charge for the whole period.

    Args:
        billed: The period as billing shows it.
        lines: What billing booked for its days, in the order of booking.

    Raises:
        AuditMismatch: The lines are not what was paid, net of credits, for days of the period.
    """
    first, end = billed.period_start_on, billed.period_end_on
    total = sum((line.amount for line in lines), Money.zero(billed.paid.currency))
    is_inside = all(first <= line.from_on < line.to_on <= end for line in lines)
    if total != billed.paid - billed.credited or not is_inside:
        raise AuditMismatch(
            f"Billing booked {total} for days from {first} to {end} of subscription "
            f"{billed.subscription_id}; it shows {billed.paid} paid and {billed.credited} credited.",
            remedy="Let billing set its ledger right, then ask again.",
        )
    whole = BookedLine(amount=billed.paid, from_on=first, to_on=end, quantity=billed.quantity)
    return () if tuple(lines) in {(), (whole,)} else tuple(lines)


def require_same_lines(quoted: Sequence[BookedLine], booked_now: Sequence[BookedLine]) -> None:
    """Refuse when billing booked something else for a quoted period than the quote counted.

    A quote without lines has one charge of what was paid: its period is compared as a whole.

    Raises:
        AuditMismatch: Lines came, went or changed since: crediting by the quote would be wrong.
    """
    if not quoted or tuple(quoted) == tuple(booked_now):
        return
    then, now = (" · ".join(_line_text(line) for line in lines) for lines in (quoted, booked_now))
    raise AuditMismatch(
        f"Billing booked {now or 'nothing'} for the quoted period; the accepted quote has {then}.",
        remedy="Set billing right, then retry; or cancel what changed it.",
    )


def _line_text(line: BookedLine) -> str:
    return f"{line.amount} for {line.from_on} to {line.to_on} ({line.quantity:+d})"

"""What an operator accepts with a request that waits, and what stands in its way as it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.kernel.money import Money
from domain.reasons.reasons import Reason


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitTerms:
    """What the operator accepted when the wait began."""

    until: datetime
    #: The switch begins only where no day of its quote takes more.
    total_at_most: Money
    #: The same for prepaid value that is lost.
    forfeited_at_most: Money
    #: The switch is scheduled: before this instant it does not start.
    not_before: datetime | None = None


def reason_records(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    """Return reasons as a wait keeps them; all they rest on is in the assessment."""
    return [{"code": each.code, "message": each.message, "remedy": each.remedy} for each in reasons]

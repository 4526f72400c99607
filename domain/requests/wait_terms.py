"""What an operator accepts with a request that waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.kernel.money import Money


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

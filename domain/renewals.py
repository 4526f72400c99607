"""When the seller renews a term: from the day on which it was bought, in whole months."""

from __future__ import annotations

from datetime import date, datetime

from domain.calendar import local_date
from domain.ports import SellerSubscription
from domain.quote_periods import add_months

TERM_MONTHS = {"P1M": 1, "P1Y": 12, "P3Y": 36}
#: Terms that are looked through for the next renewal.
TERMS_MAX = 600


def term_renews_on(source: SellerSubscription, *, time_zone: str, now: datetime) -> date | None:
    """Return the first day after today on which a new term begins; None where none is found.

    Args:
        source: The subscription.
        time_zone: The organization's zone.
        now: Aware instant.
    """
    first = local_date(source.started_at, time_zone)
    months = TERM_MONTHS.get(source.term, 1)
    today = local_date(now, time_zone)
    renewals = (add_months(first, months * count, first.day) for count in range(1, TERMS_MAX))
    return next((day for day in renewals if day > today), None)

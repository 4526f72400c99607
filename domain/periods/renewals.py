"""When the seller renews a term: on the day that it states, else in whole months from the purchase."""

from __future__ import annotations

from datetime import date, datetime

from domain.kernel.calendar import local_date
from domain.periods.billing_periods import add_months
from domain.ports.cloud import SellerSubscription

TERM_MONTHS = {"P1M": 1, "P1Y": 12, "P3Y": 36}
#: Terms that are looked through for the next renewal.
TERMS_MAX = 600


def term_renews_on(source: SellerSubscription, *, time_zone: str, now: datetime) -> date | None:
    """Return the first day after today on which a new term begins; None where none is found.

    The end that the seller states wins over one that is computed: a co-termed term, or one that was switched
    to, is shorter than its length says (rules#term_end_differs).

    Args:
        source: The subscription.
        time_zone: The organization's zone.
        now: Aware instant.
    """
    today = local_date(now, time_zone)
    stated = source.renewal.ends_on if source.renewal else None
    if stated is None:
        return computed_renewal_on(source, time_zone=time_zone, today=today)
    return stated if stated > today else _first_after(stated, source, today)


def computed_renewal_on(source: SellerSubscription, *, time_zone: str, today: date) -> date | None:
    """Return the first day after `today` on which a whole term begins; None: none is found."""
    return _first_after(local_date(source.started_at, time_zone), source, today)


def _first_after(first: date, source: SellerSubscription, today: date) -> date | None:
    months = TERM_MONTHS.get(source.term, 1)
    renewals = (add_months(first, months * count, first.day) for count in range(1, TERMS_MAX))
    return next((day for day in renewals if day > today), None)

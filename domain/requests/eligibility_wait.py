"""Waiting until a switch may be: until when, when to look again, and for how much (rules#waiting)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from domain.eligibility.eligibility import Assessment
from domain.kernel.calendar import local_date, start_of_day
from domain.kernel.errors import InvalidInput
from domain.kernel.money import Money, bound_words, minor_unit_digits
from domain.quote.quote import Quote
from domain.quote.quote_input import QUOTE_DAYS_DEFAULT
from domain.reasons.reasons import AT, NEVER, Reason
from domain.requests.schedule import price_on
from domain.requests.wait_changes import Excess
from domain.requests.wait_terms import WaitTerms

#: Nobody waits longer.
WAIT_DAYS_MAX = 180
#: What an event or a fix clears is asked for so often: a little later after each look that found no change.
POLL_FIRST = timedelta(minutes=5)
POLL_MAX = timedelta(hours=4)
_DOUBLINGS_MAX = 10
#: An instant told by a reason that has passed already is not looked at more often than this.
SOON = timedelta(minutes=1)
#: The last look comes so long before the end, so that what cleared late is not missed by a poll.
LAST_LOOK = timedelta(minutes=5)
#: Reasons that another request clears, and time does not.
MENDED_IN_REQUEST = frozenset({"CUSTOM_DOMAIN_REVIEW", "INVOICE_BELOW_MINIMUM", "WRONG_ROLE"})
_ROLE = "WRONG_ROLE"
#: Largest bound that is taken.
MINOR_UNITS_MAX = 10**15
#: Who accepts twice the price has accepted no price.
TOLERANCE_PERCENT_MAX = 100
_PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?")
#: How long a request waits that starts at an instant, or in quiet hours, where nobody says until when.
INSTANT_WAITS, QUIET_HOURS_WAIT = timedelta(hours=24), timedelta(days=7)


def deadline_of(text: str, *, time_zone: str, now: datetime, not_before: datetime | None = None) -> datetime:
    """Return the instant at which a wait ends.

    Args:
        text: ISO date, whose end is meant, or ISO instant; without an offset by the organization's clocks.
        time_zone: The organization's zone.
        now: Aware instant.
        not_before: Beginning of the day on which a scheduled switch starts, or None.

    Raises:
        InvalidInput: It is neither, it has passed, or it is more than WAIT_DAYS_MAX days ahead: from now, or
            from the day of the start.
    """
    zone = ZoneInfo(time_zone)
    first = not_before or now
    latest = first + timedelta(days=WAIT_DAYS_MAX)
    after = f"{not_before.astimezone(zone).date()}, when it starts," if not_before else "now"
    allowed = (
        f"a date or an instant after {after} and by {latest.astimezone(zone).date()}, such as 2026-12-24"
    )
    try:
        until = _instant(text.strip(), zone)
    except (ValueError, OverflowError) as error:
        raise InvalidInput(field="wait_until", value=text, allowed=allowed) from error
    if not first < until <= latest:
        raise InvalidInput(field="wait_until", value=text, allowed=allowed)
    return until


def _instant(text: str, zone: ZoneInfo) -> datetime:
    if len(text) == len("2026-12-24"):
        day = date.fromisoformat(text)
        return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    instant = datetime.fromisoformat(text)
    return (instant if instant.tzinfo else instant.replace(tzinfo=zone)).astimezone(UTC)


def standing_for_ever(assessment: Assessment, mode: str, *, is_caller_known: bool) -> tuple[Reason, ...]:
    """Return the reasons for which waiting is no use; none where all may clear.

    Args:
        assessment: The newest answer.
        mode: automatic or manual.
        is_caller_known: The caller's role is read in the directory at each look, so it may change.
    """
    mended = MENDED_IN_REQUEST - {_ROLE} if is_caller_known else MENDED_IN_REQUEST
    lasting = tuple(each for each in assessment.blocking(mode) if each.code in mended)
    if assessment.can_clear(mode):
        return lasting
    return tuple(each for each in assessment.blocking(mode) if each.retry.kind == NEVER or each in lasting)


def next_look_at(
    assessment: Assessment,
    mode: str,
    *,
    quiet_looks: int,
    until: datetime,
    closes_at: datetime | None = None,
) -> datetime:
    """Return when to look again: at the told instant, or by a growing gap; never after the deadline.

    A last look comes shortly before the deadline, and before the window closes in which it may start.

    Args:
        assessment: The newest answer, with a reason that blocks.
        mode: automatic or manual.
        quiet_looks: Looks since the answer was another one.
        until: End of the wait.
        closes_at: When the quiet hours close that are open now; None: there are none.
    """
    now, instant = assessment.at, assessment.next_look(mode)
    at: datetime = now + min(POLL_FIRST * 2 ** min(quiet_looks, _DOUBLINGS_MAX), POLL_MAX)
    if (
        instant is not None
        and instant <= until
        and all(each.retry.kind == AT for each in assessment.blocking(mode))
    ):
        at = max(instant, now + SOON)
    ends: list[datetime] = [until] if closes_at is None else [until, closes_at]
    lasts = [each - LAST_LOOK for each in ends]
    return min([at, until, *(each for each in lasts if now < each)])


def terms_of(
    shown: Quote,
    until: datetime,
    *,
    time_zone: str,
    total_at_most: str | None,
    not_before: datetime | None = None,
    tolerance_percent: str = "0",
) -> WaitTerms:
    """Return what an operator accepts who waits: by default the most that the shown quote ever takes.

    With the same prices, licenses and tax the total follows the day; the highest of all days on which the
    switch may complete is the bound, so that the passing of time alone never breaks it, and a new price does.

    Args:
        shown: The quote that was shown and accepted.
        until: End of the wait.
        time_zone: The organization's zone.
        total_at_most: A bound of the operator's own, as a decimal amount such as 476.39; None takes the
            default. It is taken as it is stated, without a tolerance.
        not_before: Beginning of the day of a scheduled start, whose quote is shown, or None. A start on that
            day alone may take no more than its quote says.
        tolerance_percent: By how many percent more it may take without a new question.

    Raises:
        InvalidInput: The amount can't be read, or is less than the shown quote takes on one of its days.
    """
    if total_at_most is not None:
        bound = stated_bound(shown, total_at_most)
    else:
        is_one_day = not_before is not None and until <= end_of_day(not_before, time_zone)
        most = most_of(shown) if is_one_day else most_until(shown, until, time_zone)
        bound = with_tolerance(most, tolerance_of(tolerance_percent))
    return WaitTerms(
        until=until,
        total_at_most=bound,
        forfeited_at_most=shown.forfeited_at_most,
        not_before=not_before,
    )


def stated_bound(shown: Quote, text: str) -> Money:
    """Return the most that a switch may take, as an operator states it.

    Args:
        shown: The quote that was shown.
        text: A decimal amount such as 476.39.

    Raises:
        InvalidInput: It can't be read, or is less than the quote takes on one of its days.
    """
    bound, most = amount_of(text, shown.input.currency), most_of(shown)
    if bound < most:
        raise InvalidInput(
            field="max_total",
            value=text,
            allowed=f"{most} or more, which the shown quote costs by {shown.input.expires_on}",
        )
    return bound


def tolerance_of(text: str) -> Decimal:
    """Return the percent that somebody wrote, such as 2.5.

    Raises:
        InvalidInput: It is none from 0 to TOLERANCE_PERCENT_MAX with at most two decimals.
    """
    allowed = f"a percentage from 0 to {TOLERANCE_PERCENT_MAX} with at most two decimals, such as 2.5"
    if not _PERCENT.fullmatch(text.strip()) or Decimal(text.strip()) > TOLERANCE_PERCENT_MAX:
        raise InvalidInput(field="price_tolerance_percent", value=text, allowed=allowed)
    return Decimal(text.strip())


def with_tolerance(bound: Money, percent: Decimal) -> Money:
    """Return a bound with what it may be exceeded by, which is rounded down to the minor unit.

    Args:
        bound: The most that was accepted; what is given back is less than nothing.
        percent: Of its amount, without its sign.
    """
    more = int(abs(bound.minor_units) * percent / 100)
    return Money(minor_units=bound.minor_units + more, currency=bound.currency)


def end_of_day(instant: datetime, time_zone: str) -> datetime:
    """Return when the day of an instant is over in a zone."""
    return start_of_day(local_date(instant, time_zone) + timedelta(days=1), time_zone)


def most_until(shown: Quote, until: datetime, time_zone: str) -> Money:
    """Return the highest total of all days on which the switch may complete that begins before an instant.

    So the passing of time alone never breaks it (rules#a-price-that-has-changed).

    Args:
        shown: The quote that was shown.
        until: End of the wait.
        time_zone: The organization's zone.
    """
    expires_on = shown.input.expires_on
    last = local_date(until, time_zone) + timedelta(days=QUOTE_DAYS_DEFAULT)
    later = range(1, (last - expires_on).days + 1)
    totals = (shown.day(expires_on + timedelta(days=number)).total for number in later)
    return max((most_of(shown), *totals))


def most_of(quote: Quote) -> Money:
    """Return the highest total of a quote's own days."""
    return max(day.total for day in quote.days)


def beyond(terms: WaitTerms, quote: Quote) -> str:
    """Return in words what of a quote is more than was accepted, "" where nothing is."""
    total, lost = most_of(quote), quote.forfeited_at_most
    accepted = bound_words(terms.total_at_most)
    if total.currency != terms.total_at_most.currency:
        return f"the currency is {total.currency} by now, and {accepted} was accepted"
    if terms.total_at_most < total:
        return f"the switch {_cost(total)} by now, and {accepted} was accepted"
    if terms.forfeited_at_most < lost:
        return f"up to {lost} of prepaid value is lost by now, and {terms.forfeited_at_most} was accepted"
    return ""


def dearer(accepted: Quote, now: Quote, tolerance: Decimal) -> Excess | None:
    """Return by what a switch costs more than its accepted quote says for the same day (rules#waiting).

    Time alone makes no difference: what was accepted is computed for the day on which it is compared.

    Args:
        accepted: The quote that was accepted, of any day before.
        now: The quote of now, in the same currency.
        tolerance: By how many percent more it may cost.
    """
    day = now.days[0]
    bound = with_tolerance(price_on(accepted, day.on), tolerance)
    if not bound < day.total:
        return None
    accepted_words = f"{bound_words(bound)} was accepted for that day"
    cost = _cost(day.total).replace("takes up to", "takes")
    words = f"the switch {cost} on {day.on} by now, and {accepted_words}"
    return Excess(total=day.total, accepted=bound, words=words)


def _cost(total: Money) -> str:
    return f"gives back only {-total}" if total.minor_units < 0 else f"takes up to {total}"


def amount_of(text: str, currency: str) -> Money:
    """Return an amount that a person wrote, such as 476.39.

    Raises:
        InvalidInput: It is no amount of the currency.
    """
    digits = minor_unit_digits(currency)
    allowed = f"an amount in {currency} with at most {digits} digits after the point, such as 476"
    try:
        minor = Decimal(text.strip()).scaleb(digits)
        if 0 <= minor <= MINOR_UNITS_MAX and minor == int(minor):
            return Money(minor_units=int(minor), currency=currency)
    except ArithmeticError as error:
        raise InvalidInput(field="max_total", value=text, allowed=allowed) from error
    raise InvalidInput(field="max_total", value=text, allowed=allowed)

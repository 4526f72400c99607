"""Scheduling a switch: on which day it starts, and the quote of that day (cli#scheduling-a-switch).

The quote of a later day is the quote of now with the periods that billing will show by then: nothing but
renewals is foreseen. It goes through the same functions, so that asked again on its day it is the same quote.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from domain.eligibility.eligibility_input import AssessmentInput
from domain.kernel.calendar import local_date, start_of_day
from domain.kernel.errors import InvalidInput
from domain.kernel.money import Money
from domain.periods.billing_periods import billed_days, cycle_months, renewals_until
from domain.periods.next_term import NextTerm, term_renews_on
from domain.periods.proration import PER_DAY, billing_day_of
from domain.ports.billing_port import BilledPeriod
from domain.quote.day_quotes import day_quote, first_on_without_forfeiture, table_days
from domain.quote.quote import Quote, quote
from domain.quote.quote_input import QuotedAddon, QuoteInput, is_paid_in_advance, leaving_of
from domain.requests.start_times import QuietHours, stated_instant
from domain.requests.terms import SwitchOptions

#: Days that are found by a rule instead of being named.
WITHOUT_FORFEITURE, RENEWAL = "without-forfeiture", "renewal"
#: A year that was paid in advance renews within it; nobody schedules further ahead.
SCHEDULE_DAYS_MAX = 400
#: Furthest day, before and after today, with which anything is computed: ten years.
NAMED_DAYS_MAX = 3_653


def start_date(
    options: SwitchOptions, terms: QuoteInput, facts: AssessmentInput, *, is_day_known: bool
) -> date | None:
    """Return the day on which a switch is to start, in the organization's zone; None: at once.

    In an open window it is the day that was asked for, and None only where none was: a look in the window and
    the start after it ask about one moment, and get one quote.

    Args:
        options: What was asked for: an instant, a day, quiet hours, or a day and quiet hours.
        terms: What the quote of now is computed from.
        facts: What was seen.
        is_day_known: The day of the quote is recorded, so that quiet hours find no other one.

    Raises:
        InvalidInput: There is no such instant, day or window.
    """
    zone = facts.profile.time_zone
    if options.start_at is not None:
        day = local_date(stated_instant(options.start_at, zone), zone)
        if abs((day - local_date(facts.now, zone)).days) > NAMED_DAYS_MAX:
            raise _refused_instant(options.start_at, facts.now)
        _require_held(options.start_at, day, terms.next_term, local_date(facts.now, zone), field="start_at")
        return day
    day_asked = start_day(options.start_on, terms, facts) if options.start_on else None
    if options.quiet_hours is None or is_day_known:
        return day_asked
    earliest = facts.now if day_asked is None else max(facts.now, start_of_day(day_asked, zone))
    opens_at = QuietHours.parse(options.quiet_hours).opening(earliest, zone)
    if opens_at <= facts.now:
        # Open now: what is quoted is what the start quotes, which knows the recorded day and no window.
        return day_asked
    day, today = local_date(opens_at, zone), local_date(facts.now, zone)
    _require_held(options.quiet_hours, day, terms.next_term, today, field="quiet_hours")
    return day


def not_before(options: SwitchOptions, day: date, *, time_zone: str, now: datetime) -> datetime:
    """Return the instant before which a switch does not start, in UTC.

    Args:
        options: What was asked for.
        day: The day on which it starts, as `start_date` gives it.
        time_zone: The organization's zone.
        now: Aware instant.
    """
    if options.start_at is not None:
        return stated_instant(options.start_at, time_zone)
    begins_at = start_of_day(day, time_zone)
    if options.quiet_hours is None:
        return begins_at
    return QuietHours.parse(options.quiet_hours).opening(max(now, begins_at), time_zone)


def require_later_instant(text: str, at: datetime, *, now: datetime) -> None:
    """Refuse a stated instant that has passed, or is further ahead than anybody schedules.

    Raises:
        InvalidInput: It is not within the allowed days.
    """
    if not now < at <= now + timedelta(days=SCHEDULE_DAYS_MAX):
        raise _refused_instant(text, now)


def _refused_instant(text: str, now: datetime) -> InvalidInput:
    latest = now + timedelta(days=SCHEDULE_DAYS_MAX)
    return InvalidInput(
        field="start_at",
        value=text,
        allowed=f"an instant after now and by {latest:%Y-%m-%d}, such as 2026-12-24T18:00",
    )


def start_day(text: str, terms: QuoteInput, facts: AssessmentInput) -> date:
    """Return the day on which a switch is to start, in the organization's zone.

    Args:
        text: ISO date, `without-forfeiture` (first day on which nothing of a prepaid value is lost), or
            `renewal` (the day on which the seller renews the old plan).
        terms: What the quote of now is computed from.
        facts: What was seen.

    Raises:
        InvalidInput: It is none of these, or none of them applies.
    """
    wanted = text.strip().lower()
    today = local_date(facts.now, facts.profile.time_zone)
    if wanted == RENEWAL:
        day = renewal_on(facts, terms.billed)
    elif wanted == WITHOUT_FORFEITURE:
        day = _first_on_without(text, terms, today)
    else:
        day = _named_day(text, today)
    _require_held(text, day, terms.next_term, today)
    return day


def _named_day(text: str, today: date) -> date:
    """Return the day that an ISO date names; what is further than anybody schedules is not computed with."""
    try:
        day = date.fromisoformat(text.strip().lower())
    except ValueError as error:
        raise refused_day(text, today) from error
    if abs((day - today).days) > NAMED_DAYS_MAX:
        raise refused_day(text, today)
    return day


def _require_held(
    text: str, day: date, following: NextTerm | None, today: date, *, field: str = "start_on"
) -> None:
    """Refuse a day on which the old plan is no more, as the seller states that it does not renew."""
    if following is None or following.is_renewed or not today < following.begins_on <= day:
        return
    raise InvalidInput(
        field=field,
        value=text,
        allowed=f"a date before {following.begins_on}: the old plan does not renew, it ends on that day",
        remedy="Start before that day, or turn the renewal of the old plan on at the seller.",
    )


def require_later_day(text: str, day: date, *, time_zone: str, now: datetime) -> None:
    """Refuse a day that has come, or is further ahead than anybody schedules.

    Args:
        text: What was asked for.
        day: The day that it means.
        time_zone: The organization's zone.
        now: Aware instant.

    Raises:
        InvalidInput: It is not within the allowed days.
    """
    today = local_date(now, time_zone)
    if not today < day <= today + timedelta(days=SCHEDULE_DAYS_MAX):
        raise refused_day(text, today)


def refused_day(text: str, today: date) -> InvalidInput:
    """Return the refusal of a day, with what is allowed."""
    first, last = today + timedelta(days=1), today + timedelta(days=SCHEDULE_DAYS_MAX)
    return InvalidInput(
        field="start_on",
        value=text,
        allowed=f"a date from {first} to {last}, {WITHOUT_FORFEITURE} or {RENEWAL}",
    )


def renewal_on(facts: AssessmentInput, billed: BilledPeriod) -> date:
    """Return the day on which the old plan renews: its term where that has a cancellation window.

    Without one the paid period renews. With a new term the seller takes cancellations again
    (SOURCE_NOT_CANCELLABLE).
    """
    term_end = term_renews_on(facts.source, time_zone=facts.profile.time_zone, now=facts.now)
    is_bound = facts.source.cancellable_until is not None
    return term_end if is_bound and term_end is not None else billed.period_end_on


def terms_on(terms: QuoteInput, day: date) -> QuoteInput:
    """Return what the quote of a later day is computed from (cli#scheduling-a-switch).

    Of a value that was paid in advance it binds only as long as no more is lost than on its first day: what
    was scheduled in order to lose nothing loses nothing, however long the switch then takes.

    Args:
        terms: What the quote of now is computed from.
        day: First day of the quote, `terms.order_on` or later.
    """
    billed = period_on(terms.billed, day, terms.next_term)
    is_next_term = terms.next_term is not None and terms.next_term.begins_on <= day
    is_reducible_again = terms.is_reducible_again(day)
    addons = tuple(_addon_on(each, day) for each in terms.addons)
    then = replace(
        terms,
        billed=billed,
        licenses_leaving=leaving_of(terms.licenses_leaving, billed),
        addons=addons,
        booked=terms.booked if billed == terms.billed else (),
        is_prepaid=terms.is_prepaid or is_paid_in_advance(billed),
        # With the new term the seller takes cancellations again: nothing overlaps.
        overlap_until=terms.overlap_until if terms.is_overlapped(day) else None,
        # And it takes licenses back again; the next billed period of the same term opens no window.
        reducible_until=None if is_reducible_again else terms.reducible_until,
        reducible_again_on=None if is_reducible_again else terms.reducible_again_on,
        # What was scheduled for the renewal has been done by then.
        next_term=None if is_next_term else terms.next_term,
        quoted_on=day,
        order_on=day,
        expires_on=day + (terms.expires_on - terms.order_on),
    )
    return replace(then, expires_on=_last_on_without_more(then))


def price_on(accepted: Quote, day: date) -> Money:
    """Return what an accepted quote says that a switch costs which is completed on a day.

    Args:
        accepted: The quote.
        day: Any day; before its first one, that one counts.
    """
    terms, day = accepted.input, max(day, accepted.input.order_on)
    if terms.cutover_on is not None and terms.cutover_on < day:
        # After the day of the stated instant days count (proration#per_second).
        terms = replace(terms, policy=PER_DAY, cutover_at=None)
    return quote(terms_on(terms, day)).days[0].total


def period_on(billed: BilledPeriod, day: date, following: NextTerm | None = None) -> BilledPeriod:
    """Return the period that billing shows on a later day when nothing but renewals happens until then.

    Args:
        billed: The period of now.
        day: The later day.
        following: What the seller states of the next term; None: it renews as it is.
    """
    first = billed_days(billed)
    months, anchor_day = cycle_months(billed.billing_cycle), billing_day_of(billed)
    renewals = renewals_until(first, months, day, anchor_day=anchor_day)
    renewals = following.renewed(renewals) if following else renewals
    if not renewals:
        return billed
    billed = following.billed_in(renewals[-1], billed) if following else billed
    renewed = replace(
        billed,
        period_start_on=renewals[-1].start_on,
        period_end_on=renewals[-1].end_on,
        paid=billed.unit_price.times(billed.quantity),
        credited=Money.zero(billed.unit_price.currency),
    )
    return renewed if billing_day_of(renewed) == anchor_day else replace(renewed, billing_day=anchor_day)


def _addon_on(addon: QuotedAddon, day: date) -> QuotedAddon:
    if addon.billed is None:
        return addon
    billed = period_on(addon.billed, day, addon.next_term)
    is_next_term = addon.next_term is not None and addon.next_term.begins_on <= day
    return replace(
        addon,
        billed=billed,
        licenses_leaving=leaving_of(addon.licenses_leaving, billed),
        booked=addon.booked if billed == addon.billed else (),
        next_term=None if is_next_term else addon.next_term,
    )


def _first_on_without(text: str, terms: QuoteInput, today: date) -> date:
    if not terms.is_prepaid:
        raise InvalidInput(
            field="start_on",
            value=text,
            allowed=f"a date or {RENEWAL}: nothing was paid in advance, so nothing is forfeited on any day",
        )
    day = first_on_without_forfeiture(terms)
    if day <= today:
        raise InvalidInput(
            field="start_on", value=text, allowed="no date: a switch of today forfeits nothing"
        )
    return day


def _last_on_without_more(terms: QuoteInput) -> date:
    """Return the last day of the table up to which no more is lost than on its first day."""
    days = table_days(terms)
    if not terms.is_prepaid:
        return days[-1]
    lost = day_quote(terms, days[0]).forfeited
    last = days[0]
    for day in days[1:]:
        if lost < day_quote(terms, day).forfeited:
            break
        last = day
    return last

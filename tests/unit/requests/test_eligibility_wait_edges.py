"""Edges and words of waiting: the last value that counts, the first that does not (rules#waiting)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.kernel.errors import InvalidInput
from domain.kernel.money import Money
from domain.quote.quote import quote
from domain.requests.eligibility_wait import (
    MINOR_UNITS_MAX,
    WAIT_DAYS_MAX,
    amount_of,
    beyond,
    deadline_of,
    next_look_at,
    standing_for_ever,
    terms_of,
)
from domain.requests.wait_terms import WaitTerms
from tests.support.stories import quote_inputs
from tests.support.stories.eligibility_inputs import NOW, answer, euros, profile, subscription
from tests.support.stories.eligibility_stories import held

BERLIN = "Europe/Berlin"
LATEST = NOW + timedelta(days=WAIT_DAYS_MAX)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
SHOWN = quote(quote_inputs.terms())
REVIEW = profile(custom_domains=("shop.example",), balance_due=euros(1), segment="nonprofit")


def deadline(text: str, now: datetime = NOW) -> datetime:
    """Return a deadline by the clocks of Berlin."""
    return deadline_of(text, time_zone=BERLIN, now=now)


@pytest.mark.parametrize("until", [NOW + SECOND, LATEST])
def test_a_deadline_is_after_now_and_up_to_the_last_instant(until: datetime) -> None:
    """A wait ends after now, and 180 days ahead to the second."""
    assert deadline(until.isoformat()) == until


@pytest.mark.parametrize("text", ["2026-12-24", "2026-12-24T18:00", "2026-12-24T18:00+02:00"])
def test_a_deadline_is_kept_in_utc(text: str) -> None:
    """However it was written, and wherever the program runs, the instant is one of UTC."""
    assert deadline(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        NOW.isoformat(),
        (LATEST + SECOND).isoformat(),
        "9999-12-31",
        "soon",
    ],
)
def test_a_refused_deadline_tells_what_is_allowed(text: str) -> None:
    """Now itself, a second too far, the end of the calendar and a word are refused alike."""
    with pytest.raises(InvalidInput) as refused:
        deadline(text)

    assert str(refused.value) == (
        f"wait_until is {text!r}; allowed: a date or an instant after now and by 2027-05-21, "
        "such as 2026-12-24."
    )


def test_the_last_date_is_told_by_the_organizations_clocks() -> None:
    """Late in the evening in UTC the organization has the next day already."""
    with pytest.raises(InvalidInput, match="by 2027-05-22, such"):
        deadline("soon", datetime(2026, 11, 22, 23, 30, tzinfo=UTC))


def test_everything_that_stands_for_ever_is_told_at_once() -> None:
    """What never clears and what another request clears are told together, in the order of the table."""
    found = answer(profile=REVIEW, caller_role="user_admin")

    def told(mode: str, *, is_caller_known: bool) -> list[str]:
        return [each.code for each in standing_for_ever(found, mode, is_caller_known=is_caller_known)]

    assert told("automatic", is_caller_known=True) == ["GOVERNMENT_OR_NONPROFIT", "CUSTOM_DOMAIN_REVIEW"]
    assert told("automatic", is_caller_known=False) == [
        "WRONG_ROLE",
        "GOVERNMENT_OR_NONPROFIT",
        "CUSTOM_DOMAIN_REVIEW",
    ]
    assert told("manual", is_caller_known=True) == []
    assert told("manual", is_caller_known=False) == ["WRONG_ROLE"]


def test_a_renewal_that_is_near_is_not_looked_at_sooner_than_in_a_minute() -> None:
    """SOURCE_NOT_CANCELLABLE half a minute before the renewal is looked at after a whole one."""
    now = datetime(2026, 12, 9, 22, 59, 30, tzinfo=UTC)
    late = answer(**held(cancellable_until=now - MINUTE), now=now)

    assert late.next_look("automatic") == now + timedelta(seconds=30)
    look = next_look_at(late, "automatic", quiet_looks=0, until=now + timedelta(days=9))
    assert look == now + MINUTE


@pytest.mark.parametrize(
    ("until_minutes", "quiet_looks", "look_minutes"),
    [(20, 0, 5), (8, 5, 3), (5, 1, 5), (3, 0, 3), (6, 0, 1)],
)
def test_the_last_look_is_five_minutes_before_the_end(
    until_minutes: int, quiet_looks: int, look_minutes: int
) -> None:
    """A gap that leads past the last look ends at it; with five minutes left, at the end itself."""
    owing = answer(profile=profile(balance_due=euros(1)))
    until = NOW + timedelta(minutes=until_minutes)

    look = next_look_at(owing, "automatic", quiet_looks=quiet_looks, until=until)
    assert look == NOW + timedelta(minutes=look_minutes)


def test_reasons_of_the_other_mode_do_not_time_the_next_look() -> None:
    """Each mode waits for its own reasons: the balance blocks the automatic way alone."""
    late = subscription(cancellable_until=NOW - MINUTE)
    both = answer(source=late, caller_role="user_admin")

    assert next_look_at(both, "manual", quiet_looks=1, until=LATEST) == NOW + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("until", "total"),
    [
        ("2026-11-22T10:00:00Z", 8568),
        ("2026-12-02T22:30:00Z", 8568),
        ("2026-12-02T23:30:00Z", 14280),
        ("2026-12-20T09:00:00Z", 14280),
    ],
)
def test_the_bound_reaches_to_the_last_day_of_the_last_quote(until: str, total: int) -> None:
    """A quote made at the end of the wait has seven days more, by the organization's clocks."""
    end = datetime.fromisoformat(until)

    assert terms_of(SHOWN, end, time_zone=BERLIN, total_at_most=None) == WaitTerms(
        until=end, total_at_most=euros(total), forfeited_at_most=euros(0)
    )


def test_the_bound_counts_the_first_day_after_the_shown_quote() -> None:
    """The renewal on the day after the quote's last one may be its dearest day."""
    long = quote(quote_inputs.terms(expires_on=date(2026, 12, 9)))
    end = datetime(2026, 12, 4, 9, 0, tzinfo=UTC)

    assert terms_of(long, end, time_zone=BERLIN, total_at_most=None).total_at_most == euros(14280)


def test_prepaid_value_that_is_lost_is_part_of_the_terms() -> None:
    """What the shown quote forfeits at most is accepted with it, and no more."""
    paid = quote_inputs.billed(
        unit_price=euros(10800),
        paid=euros(108000),
        period_end_on=date(2027, 11, 10),
        billing_cycle="annual",
    )
    shown = quote(
        quote_inputs.terms(
            billed=paid,
            billing_cycle="annual",
            target_unit_price=euros(5400),
            is_prepaid=True,
            is_billed_from_order=False,
        )
    )
    accepted = terms_of(shown, LATEST, time_zone=BERLIN, total_at_most=None)

    assert accepted.forfeited_at_most == shown.forfeited_at_most
    assert beyond(accepted, shown) == ""
    less = replace(accepted, forfeited_at_most=euros(1))
    assert beyond(less, shown) == (
        f"up to {shown.forfeited_at_most} of prepaid value is lost by now, and 0.01 EUR was accepted"
    )


def test_more_than_was_accepted_is_told_with_both_amounts() -> None:
    """The dearest day of the new quote and the bound are told; the bound itself is not beyond it."""
    bound = WaitTerms(until=LATEST, total_at_most=euros(8568), forfeited_at_most=euros(0))

    assert beyond(bound, SHOWN) == ""
    assert beyond(replace(bound, total_at_most=euros(8567)), SHOWN) == (
        "the switch takes up to 85.68 EUR by now, and 85.67 EUR at most was accepted"
    )
    yen = replace(bound, total_at_most=Money(minor_units=9000, currency="JPY"))
    assert beyond(yen, SHOWN) == "the currency is EUR by now, and 9,000 JPY at most was accepted"


def test_a_bound_below_the_shown_quote_is_refused_with_its_dearest_day() -> None:
    """A bound that the shown quote breaks already would begin no switch: it is refused."""
    with pytest.raises(InvalidInput) as refused:
        terms_of(SHOWN, LATEST, time_zone=BERLIN, total_at_most="85.67")

    assert str(refused.value) == (
        "max_total is '85.67'; allowed: 85.68 EUR or more, which the shown quote costs by 2026-11-29."
    )


@pytest.mark.parametrize("text", ["1.001", "-0.01", "much", "10000000000000.01"])
def test_a_refused_amount_tells_the_digits_of_its_currency(text: str) -> None:
    """Too many digits, less than nothing, a word and more than a bound can be are refused alike."""
    with pytest.raises(InvalidInput) as refused:
        amount_of(text, "EUR")

    assert str(refused.value) == (
        f"max_total is {text!r}; allowed: an amount in EUR with at most 2 digits after the point, "
        "such as 476."
    )


@pytest.mark.parametrize(
    ("text", "minor_units"), [("0", 0), (" 0.01 ", 1), ("10000000000000.00", MINOR_UNITS_MAX)]
)
def test_amounts_from_nothing_to_the_most_are_read(text: str, minor_units: int) -> None:
    """The least bound is nothing, the most ten million millions."""
    assert amount_of(text, "EUR") == euros(minor_units)

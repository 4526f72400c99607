"""As many licenses as users: offered with the quote, never applied by itself.

See rules#license_removal_in_switch.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.quote.quote import quote, right_sizing
from tests.support.stories.quote_inputs import billed, euros, terms

QUOTED = quote(terms(quantity_target=40))


def test_unused_licenses_are_told_with_what_fewer_would_cost() -> None:
    """40 licenses for 25 users: 15 are unused; 25 at 21.00 are 525.00 a month instead of 840.00."""
    told = right_sizing(QUOTED, users=25)

    assert told is not None
    assert (told.unused, told.quantity, told.is_possible) == (15, 25, True)
    assert (told.period_quoted, told.period_right_sized) == (euros(84_000), euros(52_500))
    assert told.billing_cycle == "monthly"
    assert "--quantity 25" in told.how


def test_the_first_day_is_what_a_quote_for_as_many_would_say() -> None:
    """The offer is the same function on the same terms: who asks for it gets just that quote."""
    told = right_sizing(QUOTED, users=25)

    assert told is not None
    assert told.first_day_total == quote(replace(QUOTED.input, quantity_target=25)).days[0].total
    assert QUOTED.input.quantity_target == 40, "nothing is applied by itself"


def test_a_prepaid_value_that_buys_less_is_lost_and_told() -> None:
    """Fewer licenses take less of what was paid in advance: the offer says how much is forfeited then."""
    paid = billed(paid=euros(900_000))
    told = right_sizing(quote(replace(QUOTED.input, billed=paid, is_prepaid=True)), users=25)

    assert told is not None
    assert (
        told.forfeited_at_most
        == quote(replace(QUOTED.input, billed=paid, is_prepaid=True, quantity_target=25)).forfeited_at_most
    )
    assert told.forfeited_at_most.minor_units > 0


@pytest.mark.parametrize("users", [0, 40, 41])
def test_nothing_is_offered_where_no_license_is_unused(users: int) -> None:
    """Every user needs a license, and a plan is bought with one at least."""
    assert right_sizing(QUOTED, users=users) is None


@pytest.mark.parametrize("rules", ["2014", "2020"])
def test_older_rule_sets_say_that_a_switch_removes_no_license(rules: str) -> None:
    """LICENSE_REMOVAL_IN_SWITCH: it is told what it would save, and that it is done before or after."""
    told = right_sizing(quote(terms(quantity_target=40, rule_set=rules)), users=25)

    assert told is not None
    assert not told.is_possible
    assert "before or after" in told.how
    assert rules in told.how

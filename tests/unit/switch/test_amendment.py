"""Another number of licenses: quoted by the accepted terms, refused with every reason (ADR 14)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.eligibility.eligibility_input import case_of
from domain.kernel.errors import InvalidInput, RecordInconsistent
from domain.operator.amendment import (
    ENDED,
    GOING_BACK,
    TOO_EARLY,
    TOO_LATE,
    amended,
    amended_text,
    amendment_reasons,
    bound_facts,
    licenses_ordered,
    no_amendment,
)
from domain.quote.quote import Quote, cutover, quote
from domain.switch.control_events import QuantityAmended
from domain.switch.events import QuoteFixed, ReplacementOrdered
from domain.switch.stage import AFTER_PIVOT, AMENDABLE, BEFORE_MOVE, LIVE, TERMINAL, Stage
from tests.support.stories import eligibility_inputs, quote_inputs
from tests.support.stories.aggregate_stories import advance, source_at
from tests.support.stories.samples import SWITCH_ID

BOUND = quote(quote_inputs.terms())
ON = date(2026, 11, 25)


def test_an_amended_quote_has_the_accepted_terms_and_other_licenses() -> None:
    """Only the charge of the new plan changes; what the old plan gives back stays.

    See rules#amending-the-licenses.
    """
    amendment = amended(BOUND, 14, switch_id=SWITCH_ID)
    before, after = BOUND.day(ON), amendment.after.day(ON)

    assert (amendment.quantity_before, amendment.quantity) == (10, 14)
    assert amendment.after.input == quote_inputs.terms(quantity_target=14)
    assert (after.credit, after.consumed) == (before.credit, before.consumed)
    assert after.amount("charge").minor_units * 10 == before.amount("charge").minor_units * 14
    assert cutover(amendment.after, ON).total == after.total


def test_a_stored_amended_quote_is_computed_again_to_the_cent() -> None:
    """An audit years later gets the amended quote by the same functions (rules#amending-the-licenses)."""
    after = amended(BOUND, 14, switch_id=SWITCH_ID).after

    assert Quote.from_facts(after.as_facts()) == after


@pytest.mark.parametrize("quantity", [10, 0, -3])
def test_the_number_that_is_ordered_and_none_are_no_amendment(quantity: int) -> None:
    """The field, the value and what is allowed are told."""
    with pytest.raises(InvalidInput, match=f"quantity is {quantity}; allowed: one or more, and not"):
        amended(BOUND, quantity, switch_id=SWITCH_ID)


def test_what_is_accepted_names_both_quotes_and_the_switch() -> None:
    """An amendment that came between, another number and another switch are other amendments."""
    once = amended(BOUND, 14, switch_id=SWITCH_ID)
    again = amended(BOUND, 14, switch_id=SWITCH_ID)
    between = amended(amended(BOUND, 12, switch_id=SWITCH_ID).after, 14, switch_id=SWITCH_ID)
    others = [between, amended(BOUND, 15, switch_id=SWITCH_ID), amended(BOUND, 14, switch_id="other")]

    assert once.digest == again.digest
    assert once.digest not in {each.digest for each in others}
    assert between.after.digest == once.after.digest


def test_more_of_a_prepaid_value_that_is_lost_must_be_accepted() -> None:
    """Fewer licenses take less of it; more licenses, or none paid in advance, need nothing."""
    year = {"period_start_on": date(2026, 11, 1), "period_end_on": date(2027, 11, 1)}
    paid = quote_inputs.billed(billing_cycle="annual", paid=quote_inputs.euros(400_000), **year)
    prepaid = quote(quote_inputs.terms(billed=paid, is_prepaid=True))

    fewer, more = (amended(prepaid, number, switch_id=SWITCH_ID) for number in (5, 20))

    assert fewer.loss_to_accept == fewer.after.forfeited_at_most
    assert prepaid.forfeited_at_most < fewer.after.forfeited_at_most
    assert more.loss_to_accept is None
    assert amended(BOUND, 5, switch_id=SWITCH_ID).loss_to_accept is None


def codes(quantity: int, *, users: int = 250, **changes: Any) -> list[str]:
    """Return the codes of what stands in the way of a number of licenses; 260 are held."""
    facts = eligibility_inputs.facts(quantity=quantity, **changes)
    case = case_of(eligibility_inputs.CATALOG, facts)
    return [each.code for each in amendment_reasons(case, users=users)]


def test_licenses_below_the_users_are_refused_in_every_rule_set() -> None:
    """TOO_FEW_LICENSES: each user who has the new plan, or is to get it, needs one.

    See rules#too_few_licenses.
    """
    assert codes(250) == []
    assert codes(249) == ["TOO_FEW_LICENSES"]
    assert codes(280, users=281, rule_set="2020") == ["TOO_FEW_LICENSES"]


@pytest.mark.parametrize("rules", ["2014", "2020"])
def test_older_rule_sets_remove_no_licenses_in_a_switch(rules: str) -> None:
    """LICENSE_REMOVAL_IN_SWITCH: below what is purchased nothing is amended.

    See rules#license_removal_in_switch.
    """
    assert codes(259, rule_set=rules) == ["LICENSE_REMOVAL_IN_SWITCH"]
    assert codes(260, rule_set=rules) == []
    assert codes(259) == []


def test_the_cap_of_the_new_plan_holds_for_an_amendment() -> None:
    """TARGET_USER_CAP: a Business plan takes 300 (rules#target_user_cap)."""
    target = eligibility_inputs.plan_id("Business Premium")

    assert codes(301, target_plan_id=target) == ["TARGET_USER_CAP"]
    assert codes(300, target_plan_id=target) == []


def test_each_stage_tells_why_its_licenses_cannot_be_amended() -> None:
    """From the replacement's being ready to the cancellation of the source, and only then (ADR 14)."""
    told = {stage: no_amendment(source_at(stage).switch(SWITCH_ID)) for stage in LIVE | TERMINAL}

    assert {stage for stage, why in told.items() if not why} == AMENDABLE
    assert {told[stage] for stage in TERMINAL} == {ENDED}
    assert {told[stage] for stage in BEFORE_MOVE - AMENDABLE} == {TOO_EARLY}
    assert {told[stage] for stage in AFTER_PIVOT - TERMINAL} == {TOO_LATE}
    assert {told[Stage.ROLLING_BACK], told[Stage.STUCK]} == {GOING_BACK}


def test_the_newest_quote_and_number_bind() -> None:
    """The record tells what binds: the quote of the start, then that of the newest amendment."""
    source = source_at("requested")
    state = source.switch(SWITCH_ID)
    with pytest.raises(RecordInconsistent, match="lacks quote-fixed"):
        bound_facts(state)
    advance(source, QuoteFixed)
    advance(source, ReplacementOrdered, quantity=10)
    first = (bound_facts(state), licenses_ordered(state))
    state.stage = Stage.HELD

    after = amended(BOUND, 14, switch_id=SWITCH_ID).after
    facts = after.as_facts()
    advance(source, QuantityAmended, quote=facts, quantity_before=10, quantity=14, quote_digest=after.digest)

    assert first == (BOUND.as_facts(), 10)
    assert (bound_facts(state), licenses_ordered(state)) == (facts, 14)
    (event,) = state.amendments.values()
    assert isinstance(event, QuantityAmended)
    assert amended_text(event).startswith("14 licenses of the new plan instead of 10; the cutover bills by")

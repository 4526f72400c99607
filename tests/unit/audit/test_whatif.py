"""What other inputs would have decided, in golden cases (docs/audit.md#what-would-other-rules-have-said)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from audit.whatif.basis import Basis, Input, require_one
from audit.whatif.deadlines import compare_extension, compare_switch_back, compare_terms, compare_wait
from audit.whatif.decisions import Decision, Difference, Outcome, Place
from audit.whatif.eligibility import compare_assessment
from audit.whatif.money import Fixed, compare_bill, compare_quote
from domain.catalog.rule_sets import rule_set
from domain.eligibility.eligibility import assess
from domain.eligibility.eligibility_input import AssessmentInput
from domain.eligibility.recorded_input import recorded_input
from domain.kernel.calendar import BusinessCalendar
from domain.kernel.errors import InvalidInput
from domain.quote.quote import Quote, quote
from domain.switch.credit import credit_deadlines
from domain.switch.events import CreditCheckExtended, CreditCheckRequired, ReplacementOrdered, SwitchRequested
from domain.switch.move_events import BillingCutOver, SwitchCompleted
from tests.support.acts.deciding_again import basis
from tests.support.stories import quote_inputs, samples
from tests.support.stories.eligibility_inputs import (
    CATALOG,
    NOW,
    billed,
    euros,
    facts,
    plan_id,
    pool,
    profile,
    subscription,
)

RULES_2014 = basis(Input.RULES, "2014")


def place() -> Place:
    """Return where results go."""
    return Place(outcome=Outcome(), position=7, at=NOW)


def stored(value: Any) -> Any:
    """Return facts as the record gives them back."""
    return json.loads(json.dumps(value))


def eligibility_of(given: AssessmentInput, on: Basis) -> Outcome:
    """Record an assessment, and decide it again."""
    where = place()
    compare_assessment(where, on, stored(assess(CATALOG, given).as_facts()))
    return where.outcome


def by_code(outcome: Outcome) -> dict[str, Difference]:
    """Return the reasons that differ."""
    return {each.about: each for each in outcome.differences if each.decision is Decision.REASON}


CASES = {
    "nothing blocks": facts(),
    "a balance": facts(profile=profile(balance_due=euros(4200))),
    "too many users": facts(
        source=subscription(quantity=420),
        subscribed=(pool(assigned=400, purchased=420),),
        quantity=420,
    ),
    "fewer licenses": facts(quantity=250),
    "a year in advance": facts(billed=billed(billing_cycle="annual")),
    "a name of the customer": facts(source=subscription(friendly_name="North")),
}


@pytest.mark.parametrize("case", CASES)
def test_recorded_input_is_what_was_looked_at(case: str) -> None:
    """What an assessment recorded gives the same input again, name by name (switch#assessment)."""
    recorded = stored(CASES[case].as_facts())

    assert recorded_input(recorded).as_facts() == recorded


@pytest.mark.parametrize("case", CASES)
def test_recorded_rules_give_the_recorded_answer(case: str) -> None:
    """With nothing changed, no decision differs and each is counted."""
    outcome = eligibility_of(CASES[case], basis())

    assert (outcome.differences, outcome.undecided) == ([], [])
    assert outcome.decisions >= 8


def test_user_limit_of_2014_blocks_with_its_figures() -> None:
    """400 users: no limit today, 300 in rule set 2014 (rules#too_many_users)."""
    outcome = eligibility_of(CASES["too many users"], RULES_2014)
    limit = by_code(outcome)["TOO_MANY_USERS"]

    assert limit.recorded == "no reason"
    assert limit.would_be == (
        "blocks automatic: An automatic switch moves at most 300 users; 400 hold the plan."
    )
    assert limit.why == "rules 2014 instead of current: user_limit 300 instead of none"
    assert [each.would_be for each in outcome.differences if each.decision is Decision.ELIGIBLE] == ["no"]


def test_licenses_are_not_removed_in_a_switch_by_older_rules() -> None:
    """Right-sizing came with `current` (rules#license_removal_in_switch)."""
    codes = {
        name: "LICENSE_REMOVAL_IN_SWITCH"
        in by_code(eligibility_of(CASES["fewer licenses"], basis(Input.RULES, name)))
        for name in ("2014", "2020", "current")
    }

    assert codes == {"2014": True, "2020": True, "current": False}


def test_catalog_without_the_plan_can_not_decide() -> None:
    """Where the other catalog lacks the target, that is said, and nothing is guessed."""
    target = plan_id("E3")
    fewer = replace(
        CATALOG, version="2027", plans=tuple(each for each in CATALOG.plans if each.plan_id != target)
    )
    other = replace(
        basis(Input.CATALOG, "2027"), catalog_of=lambda name: fewer if name == "2027" else CATALOG
    )
    outcome = eligibility_of(facts(target_plan_id=target), other)

    assert [each.decision for each in outcome.undecided] == [Decision.ELIGIBLE]
    assert "2027" in outcome.undecided[0].why
    assert outcome.differences == []


def test_record_without_a_fact_is_not_guessed() -> None:
    """An older record lacks a fact that decides: it is named."""
    subject = stored(assess(CATALOG, facts()).as_facts())
    del subject["inputs"]["caller_role"]
    where = place()
    compare_assessment(where, RULES_2014, subject)

    assert "caller_role" in where.outcome.undecided[0].why
    assert where.outcome.decisions == 0


def quoted(priced: Quote, on: Basis, **changes: Any) -> Outcome:
    """Record a quote, and compute it again."""
    where = place()
    compare_quote(where, on, Fixed(facts=stored(priced.as_facts()), **{"assessed": None, **changes}))
    return where.outcome


def priced(**changes: Any) -> Quote:
    """Return a quote of E1 to E3 at the price of the catalog."""
    monthly = CATALOG.price(plan_id("E3"), "EUR").unit_price
    usual = {
        "source_plan_id": plan_id("E1"),
        "target_plan_id": plan_id("E3"),
        "price_list_version": CATALOG.version,
        "target_unit_price": monthly,
    }
    return quote(quote_inputs.terms(**{**usual, **changes}))


def test_quote_computed_again_is_the_quote() -> None:
    """Terms, policies, digest and every day's total come out as they are recorded."""
    outcome = quoted(priced(), basis())

    assert (outcome.differences, outcome.undecided) == ([], [])


def test_another_policy_changes_days_and_says_which() -> None:
    """Months of 30 days: another credit, and the count of the days that differ (proration#the-policies)."""
    period = quote_inputs.billed(period_start_on=date(2026, 10, 25), period_end_on=date(2026, 11, 25))
    before = priced(billed=period)
    outcome = quoted(before, basis(Input.POLICY, "fixed_30"))
    after = quote(replace(before.input, policy="fixed_30"))
    differing = [a.on for a, b in zip(before.days, after.days, strict=True) if a.total != b.total]
    total = next(each for each in outcome.differences if each.about == "total")

    assert total.days == f"on {differing[0]}; {len(differing)} of {len(before.days)} days differ"
    assert (total.recorded, total.would_be) == (
        str(before.day(differing[0]).total),
        str(after.day(differing[0]).total),
    )
    assert total.why == "policy fixed_30 instead of per_day"


def test_seconds_need_an_instant() -> None:
    """`per_second` binds a stated instant alone; without one nothing is computed (proration#per_second)."""
    outcome = quoted(priced(), basis(Input.POLICY, "per_second"))

    assert "none was stated" in outcome.undecided[0].why
    assert outcome.differences == []


def test_forfeiture_of_a_prepaid_value_under_2014() -> None:
    """The old plan stops at the order in 2014, so more of a prepaid value is left, and more is lost."""
    given = facts(billed=billed(billing_cycle="annual"), target_plan_id=plan_id("E3"))
    before = priced(is_prepaid=True, quantity_target=1)
    outcome = quoted(before, RULES_2014, assessed=given)
    after = quote(replace(before.input, rule_set="2014"))
    on = date.fromisoformat(outcome.differences[0].days[3:13])
    lost = [each for each in outcome.differences if each.about == "forfeited"]

    assert before.day(on).forfeited != after.day(on).forfeited
    assert [(each.recorded, each.would_be) for each in lost] == [
        (str(before.day(on).forfeited), str(after.day(on).forfeited))
    ]
    assert "billing_stop at_order instead of at_completion" in lost[0].why


def test_bill_is_what_the_quote_says_for_its_day() -> None:
    """The bill is computed again by the recorded day; under 2014 it gives back more (ADR 15)."""
    before = priced()
    day = before.days[3]
    event = sample(
        BillingCutOver,
        cutover_on=day.on,
        source_period_end_on=day.source_period.end_on,
        net=day.net,
        tax=day.tax,
        total=day.total,
    )
    fixed = Fixed(facts=stored(before.as_facts()), assessed=facts(target_plan_id=plan_id("E3")))
    same, other, wrong = place(), place(), place()
    compare_bill(same, basis(), fixed, event)
    compare_bill(other, RULES_2014, fixed, event)
    compare_bill(wrong, basis(), fixed, sample(BillingCutOver, **{**vars(event), "total": euros(1)}))
    credit = next(each for each in other.outcome.differences if each.about == "credit")

    assert same.outcome.differences == []
    assert credit.would_be == str(quote(replace(before.input, rule_set="2014")).day(day.on).credit)
    assert "what billing showed" in wrong.outcome.undecided[0].why


BERLIN = BusinessCalendar(time_zone="Europe/Berlin", holidays=frozenset({date(2026, 12, 25)}))
#: A Wednesday before Christmas.
ASKED_AT = datetime(2026, 12, 23, 9, 0, tzinfo=UTC)


def sample(kind: Any, **changes: Any) -> Any:
    """Return an example event of a kind, with some facts changed."""
    return kind(**{**vars(samples.sample_of(kind)), **changes})


def required(rules: str = "current") -> CreditCheckRequired:
    """Return a credit check that was recorded by a rule set."""
    deadlines = credit_deadlines(ASKED_AT, BERLIN, rule_set(rules), ordered_at=ASKED_AT)
    event: CreditCheckRequired = sample(
        CreditCheckRequired,
        requested_at=ASKED_AT,
        reminder_at=deadlines.reminder_at,
        deadline_at=deadlines.deadline_at,
        cap_at=deadlines.cap_at,
        time_zone=BERLIN.time_zone,
        weekend=sorted(BERLIN.weekend),
        holidays=list(deadlines.holidays),
        working_weekend_days=[],
        cut_off_hour=None,
        calendar="holidays DE",
    )
    return event


def waited(on: Basis, rules: str = "current") -> Outcome:
    """Compare the deadlines of a credit check."""
    where, ordered = place(), sample(ReplacementOrdered, ordered_at=ASKED_AT)
    compare_wait(where, on, required(rules), rules=rules, ordered=ordered, facts=facts())
    return where.outcome


def test_deadlines_come_out_as_they_were_promised() -> None:
    """The recorded days off give the recorded deadlines (rules#credit-check)."""
    assert waited(basis()).differences == []


def test_two_weeks_of_2014() -> None:
    """Rule set 2014 waits 14 calendar days, until the cap (rules#credit-check)."""
    deadline = next(each for each in waited(RULES_2014).differences if each.about == "deadline_at")

    assert deadline.recorded == "2026-12-28 09:00:00 UTC"
    assert deadline.would_be == "2027-01-06 09:00:00 UTC"
    assert "credit_wait 14 instead of 2" in deadline.why


def test_deadline_after_the_recorded_days_off_is_not_guessed() -> None:
    """A wait of seconds recorded no day off; two business days can't be counted from that."""
    outcome = waited(basis(Input.RULES, "current"), rules="demo")

    assert "days off after" in outcome.undecided[0].why
    assert outcome.differences == []


def test_calendar_of_another_country() -> None:
    """The wait is counted by the days off of the other place (rules#credit-check)."""
    outcome = waited(basis(Input.CALENDAR, "SA"))
    deadline = next(each for each in outcome.differences if each.about == "deadline_at")

    # Saudi Arabia rests on Friday and Saturday, and has no Christmas: Thursday, then Sunday.
    assert (deadline.recorded[:10], deadline.would_be[:10]) == ("2026-12-28", "2026-12-27")
    assert deadline.why == "calendar SA instead of holidays DE"


def test_administration_is_locked_earlier_in_2020() -> None:
    """Rule set 2020 locks administration already during the credit check (rules#rule-sets)."""
    locked = [
        each
        for each in waited(basis(Input.RULES, "2020")).differences
        if each.decision is Decision.ADMINISTRATION_LOCK
    ]

    assert [each.would_be for each in locked] == ["from the credit check on"]


def test_extension_counts_from_the_deadline_that_would_be() -> None:
    """Under 2014 nothing is left to extend: the wait lasts until its cap."""
    start, where = required(), place()
    begun = compare_wait(place(), RULES_2014, start, rules="current", ordered=None, facts=facts())
    extended = sample(
        CreditCheckExtended, timestamp=ASKED_AT, days=1, deadline_at=start.deadline_at + timedelta(days=1)
    )
    compare_extension(where, RULES_2014, extended, required=begun, rules="current")

    assert [each.would_be for each in where.outcome.differences] == ["2027-01-06 09:00:00 UTC"]


def test_switch_back_and_services_of_2014() -> None:
    """2014 has no way back, and gives everybody every service (rules#rule-sets)."""
    where = place()
    compare_switch_back(where, RULES_2014, sample(SwitchCompleted, timestamp=NOW), rules="current")
    requested = sample(SwitchRequested, rule_set="current", service_settings="keep", order={})
    compare_terms(where, RULES_2014, requested, facts())
    told = {each.decision: (each.recorded, each.would_be) for each in where.outcome.differences}

    assert told == {
        Decision.SWITCH_BACK: ("2026-12-22 09:00:00 UTC", "never"),
        Decision.SERVICE_SETTINGS: ("keep", "grant_all"),
    }


def test_credit_check_from_a_lower_threshold() -> None:
    """An order of 2,500 EUR may need a check in 2014, and none below 5,000 EUR today (rules#credit-check)."""
    where, given = place(), facts(target_plan_id=plan_id("E3"), quantity=150)
    requested = sample(
        SwitchRequested, rule_set="current", service_settings="keep", order={"service_settings": "keep"}
    )
    compare_terms(where, RULES_2014, requested, given)

    assert [(each.decision, each.recorded, each.would_be) for each in where.outcome.differences] == [
        (Decision.CREDIT_CHECK, "not expected", "amount")
    ]


def test_tax_is_no_input_of_a_what_if() -> None:
    """Whatever is not named stays as it is recorded: here the tax."""
    before = priced(tax_rate=Decimal("0.07"))
    after = quoted(before, basis(Input.POLICY, "per_day"))

    assert after.differences == []


def test_basis_names_exactly_one_input() -> None:
    """Two inputs at once would leave open which one makes a difference."""
    with pytest.raises(InvalidInput, match="exactly one"):
        require_one({Input.RULES: "2014", Input.POLICY: "per_day"})
    with pytest.raises(InvalidInput, match="exactly one"):
        require_one({Input.RULES: None, Input.POLICY: None})
    assert require_one({Input.RULES: "2014", Input.POLICY: None}) is Input.RULES

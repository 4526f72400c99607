"""What hangs on the old subscription is carried over, or lost and acknowledged (rules#quote-and-cutover)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from activities.assessment.circumstances import SwitchQuestion
from domain.kernel.errors import InvalidInput
from domain.periods.next_term import CarryOver, carry_over
from domain.ports.seller_port import RenewalTerms, ScheduledChange
from domain.reasons.phrases import phrase
from domain.requests.terms import SwitchTerms
from tests.support.stories.eligibility_inputs import answer, plan_id, subscription

FEWER = ScheduledChange(plan_id="old", quantity=6, term="P1M", billing_cycle="monthly")


def carried(auto_renew: str = "keep", *, takes_schedule: bool = True, **stated: Any) -> CarryOver:
    """Return what goes over from ten licenses of the old plan to ten of the new one."""
    return carry_over(
        RenewalTerms(**stated) if stated else None,
        source_plan_id="old",
        target_plan_id="new",
        quantity=10,
        auto_renew=auto_renew,
        takes_schedule=takes_schedule,
    )


@pytest.mark.parametrize(
    ("word", "stated", "expected"),
    [
        ("keep", True, True),
        ("keep", False, False),
        ("keep", None, None),
        ("on", False, True),
        ("off", True, False),
    ],
)
def test_new_plan_renews_as_the_old_one_unless_the_order_says(
    *, word: str, stated: bool | None, expected: bool | None
) -> None:
    """Auto-renew is copied; `on` and `off` set it; where nobody says, the seller's own setting stays."""
    assert carried(word, is_automatic=stated).is_auto_renewed is expected


def test_scheduled_licenses_are_scheduled_again_for_the_new_plan() -> None:
    """A change of licenses goes over with its term; so does one to the plan that is switched to."""
    found = carried(is_automatic=True, scheduled=FEWER)

    assert found.scheduled == ScheduledChange(plan_id="new", quantity=6, term="P1M", billing_cycle="monthly")
    assert not found.is_change_lost
    assert carried(scheduled=ScheduledChange(plan_id="new", quantity=6)).scheduled is not None


def test_scheduled_change_that_the_switch_does_itself_is_neither_carried_nor_lost() -> None:
    """To the new plan with as many licenses as are ordered: nothing is left to schedule."""
    found = carried(is_automatic=True, scheduled=ScheduledChange(plan_id="new", quantity=10))

    assert (found.scheduled, found.is_change_lost) == (None, False)


@pytest.mark.parametrize(
    ("word", "change"), [("keep", ScheduledChange(plan_id="third", quantity=10)), ("off", FEWER)]
)
def test_scheduled_change_that_fits_no_more_is_lost(word: str, change: ScheduledChange) -> None:
    """A third plan, or a new plan that does not renew: the seller can't take it over."""
    found = carried(word, is_automatic=True, scheduled=change)

    assert (found.scheduled, found.is_change_lost) == (None, True)


def test_change_of_legacy_terms_is_lost_unless_the_switch_does_it() -> None:
    """The seller schedules nothing for legacy terms: other licenses are asked about before the order."""
    same = ScheduledChange(plan_id="new", quantity=10)

    lost = carried(takes_schedule=False, is_automatic=True, scheduled=FEWER)

    assert (lost.scheduled, lost.is_change_lost) == (None, True)
    assert not carried(takes_schedule=False, is_automatic=True, scheduled=same).is_change_lost


@pytest.mark.parametrize(("is_legacy", "missing"), [(True, ("scheduled_change_lost",)), (False, ())])
def test_terms_of_the_seller_decide_whether_a_schedule_is_lost(
    *, is_legacy: bool, missing: tuple[str, ...]
) -> None:
    """`scheduled_change_lost` is asked before the order where the old plan has legacy terms."""
    change = ScheduledChange(plan_id="", quantity=12)
    until = None if is_legacy else datetime(2026, 12, 1, tzinfo=UTC)
    renewal = RenewalTerms(ends_on=date(2026, 12, 10), is_automatic=True, scheduled=change)

    found = answer(source=subscription(renewal=renewal, cancellable_until=until))

    assert found.acknowledgments_missing == missing


@pytest.mark.parametrize(
    ("told", "terms"),
    [
        ({"billing_cycle": "annual"}, "annual"),
        ({"term": "P1Y", "billing_cycle": "annual"}, "P1Y, annual"),
        ({"term": "P1M", "billing_cycle": "monthly"}, None),
        ({}, None),
    ],
)
def test_scheduled_terms_that_no_quote_prices_are_told_and_asked_about(
    told: dict[str, str], terms: str | None
) -> None:
    """Another cycle or term from the renewal on: a finding, and `scheduled_change_lost` before the order."""
    change = ScheduledChange(plan_id="", quantity=12, **told)
    renewal = RenewalTerms(ends_on=date(2026, 12, 10), is_automatic=True, scheduled=change)
    until = datetime(2026, 12, 1, tzinfo=UTC)

    found = answer(source=subscription(renewal=renewal, cancellable_until=until))

    told_of = [each for each in found.findings if each.code == "SCHEDULED_TERMS_NOT_QUOTED"]
    assert [each.details["terms"] for each in told_of] == ([terms] if terms else [])
    assert found.acknowledgments_missing == (("scheduled_change_lost",) if terms else ())


def test_lost_change_needs_an_acknowledgment_before_the_order() -> None:
    """`scheduled_change_lost` is asked for only where something is lost, and it blocks nothing by itself."""
    change = ScheduledChange(plan_id=plan_id("E5"), quantity=12)
    source = subscription(renewal=RenewalTerms(ends_on=date(2026, 12, 10), scheduled=change))

    asked, given = (
        answer(source=source, acknowledgments=names) for names in ((), ("scheduled_change_lost",))
    )

    assert asked.acknowledgments_missing == ("scheduled_change_lost",)
    assert (given.acknowledgments_missing, asked.reasons) == ((), ())
    assert asked.findings[0].details["outcome"] == phrase("change_lost")
    assert answer().acknowledgments_missing == ()


def test_word_for_the_renewal_is_checked() -> None:
    """A word that is none is refused with what is allowed."""
    terms = SwitchTerms(
        organization_id="o",
        source_subscription_id=None,
        target_plan_id="p",
        auto_renew="maybe",  # type: ignore[arg-type] # what is read from outside may be any word
    )
    with pytest.raises(InvalidInput, match="auto_renew is 'maybe'; allowed: keep or on or off"):
        SwitchQuestion(terms=terms)


def test_name_that_the_customer_gave_is_in_no_record() -> None:
    """The facts tell that there is a name, and not which."""
    facts = answer(source=subscription(friendly_name="Jan's licenses")).as_facts()["inputs"]

    assert facts["source"]["is_named"] is True
    assert "Jan" not in str(facts)
    assert "is_named" not in answer().as_facts()["inputs"]["source"]

"""What an assessment leaves for the record, and what it refuses to assess (switch#assessment)."""

from __future__ import annotations

from datetime import datetime

import pytest

from domain.eligibility.eligibility import reason_of_refusal
from domain.kernel.errors import InvalidInput
from providers.microsoft.seller.refusals import ORDERS
from tests.support.stories.eligibility_inputs import (
    CATALOG,
    NOW,
    answer,
    euros,
    facts,
    plan_id,
    pool,
    profile,
    subscription,
)
from tests.support.stories.eligibility_stories import refusal as said_no

OTHER_FAMILY = {
    "source": subscription("Microsoft 365 Business Basic"),
    "subscribed": (pool("Microsoft 365 Business Basic"),),
}
DOWN = {"source": subscription("E3"), "subscribed": (pool("E3"),), "target_plan_id": plan_id("E1")}


def refusal(**changes: object) -> str:
    """Return the words in which an input is refused."""
    with pytest.raises(InvalidInput) as refused:
        answer(**changes)
    return str(refused.value)


def test_recorded_answer_has_every_part_by_its_name() -> None:
    """The record answers by name why it was refused on that day: reasons, direction, services, digest."""
    found = answer(**OTHER_FAMILY, profile=profile(balance_due=euros(5)))
    recorded = found.as_facts()

    assert recorded["input_digest"] == found.input_digest
    assert recorded["inputs"] == facts(**OTHER_FAMILY, profile=profile(balance_due=euros(5))).as_facts()
    told = dict(recorded["answer"])
    assert [each["code"] for each in told.pop("reasons")] == ["UNPAID_BALANCE"]
    assert told == {
        "is_eligible": False,
        "direction": found.direction,
        "kind": "other_family",
        "services_gained": list(found.services_gained),
        "services_lost": list(found.services_lost),
        "services_lowered": [],
        "acknowledgments_missing": ["backup_done", "no_way_back"],
    }


def test_recorded_answer_lists_the_data_services_that_are_lowered() -> None:
    """Lowered data services are told apart from those that the target lacks."""
    assert answer(**DOWN).as_facts()["answer"]["services_lowered"] == ["exchange", "sharepoint"]


@pytest.mark.parametrize("stage", ["before_order", "before_first_move"])
def test_assessment_says_what_it_was_asked_for(stage: str) -> None:
    """Rule set, catalog version, mode, stage and instant are those of the input."""
    found = answer(stage=stage, mode="manual", rule_set="2020")

    assert (found.rule_set, found.catalog_version) == ("2020", CATALOG.version)
    assert (found.mode, found.stage, found.at) == ("manual", stage, NOW)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("mode", "magic", "mode is 'magic'; allowed: automatic or manual."),
        (
            "stage",
            "after_lunch",
            "stage is 'after_lunch'; allowed: before_order, before_first_move, before_cancellation.",
        ),
        ("quantity", 0, "quantity is 0; allowed: one or more."),
        (
            "now",
            datetime(2026, 11, 22, 9, 0),  # noqa: DTZ001 - a naive instant is the point
            "now is 2026-11-22T09:00:00; allowed: an instant with a time zone.",
        ),
        ("catalog_version", "1999-01", f"catalog_version is '1999-01'; allowed: {CATALOG.version}."),
    ],
)
def test_refused_input_tells_field_value_and_what_is_allowed(field: str, value: object, told: str) -> None:
    """Whoever asks wrongly learns from the words alone what to ask."""
    assert refusal(**{field: value}) == told


def test_one_license_may_be_ordered() -> None:
    """The smallest order is one license, for one user."""
    assert answer(quantity=1, users_to_move=1).is_eligible


def test_reason_of_a_busy_seller_counts_its_hour_from_the_refusal() -> None:
    """HIGH_VOLUME: an order that was refused for now is tried again an hour later."""
    found = reason_of_refusal(said_no(ORDERS, "429", "Busy."), now=NOW)

    assert found.retry.at is not None
    assert (found.retry.at - NOW).total_seconds() == 3600

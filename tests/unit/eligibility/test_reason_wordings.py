"""What reasons tell where a row's words would be untrue, or no help (rules#reasons)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.catalog.rule_sets import rule_set, rule_set_names, wait_words
from domain.kernel.awaited import NAMES_MAX
from domain.organizations.custom_domains import own_domains
from domain.reasons.findings import FindingCode
from domain.reasons.reasons import BEFORE_CANCELLATION, REASONS, names_support
from domain.reasons.wordings import WORDINGS
from tests.support.stories.eligibility_inputs import (
    CATALOG,
    answer,
    plan_id,
    pool,
    service_status,
    subscription,
)
from tests.support.stories.eligibility_stories import HOLDER, LATE, STORIES

A3 = "ENTERPRISEPACKPLUS_FACULTY"


def found(code: str, **facts: Any) -> Any:
    """Return the reason of a code that the facts raise."""
    return next(each for each in answer(**facts).reasons if each.code == code)


def on(source: str, target: str) -> dict[str, Any]:
    """Return a question from one plan to another."""
    return {
        "source": subscription(source),
        "subscribed": (pool(source),),
        "target_plan_id": plan_id(target),
    }


def test_choice_of_offered_plans_where_none_is_offered() -> None:
    """A3 is not told to choose among offered plans: nothing is offered, and what remains is named."""
    told = found("NO_PATH", **on(A3, A3))
    name = CATALOG.find(A3).name

    assert told.message.startswith(f"No plan is offered for {name} under rule set current: ")
    assert f"from {name} to {name}" not in told.message
    assert "offered plans" not in told.remedy
    assert "manual switch" in told.remedy
    assert names_support(told.remedy)


def test_advice_to_move_to_the_plan_that_is_held() -> None:
    """E3 to E3 is answered by the list of what is offered, not by a manual switch to itself."""
    told = found("NO_PATH", **on("E3", "E3"))

    assert "on this plan already" in told.message
    assert "switch targets" in told.remedy
    assert "manual" not in told.remedy


@pytest.mark.parametrize("name", rule_set_names())
def test_remedy_that_offers_nothing(name: str) -> None:
    """No answer sends anybody to offered plans where the list of them is empty, whatever is asked for."""
    plans = [each for each in CATALOG.plans if each.kind == "plan"]
    without = [each for each in plans if not CATALOG.offered_targets(each.plan_id, name)]

    assert CATALOG.find(A3) in without
    for source in without:
        for target in (source, CATALOG.find("E3"), CATALOG.find("VISIOCLIENT")):
            told = found("NO_PATH", **on(source.product_code, target.product_code), rule_set=name)
            assert told.remedy.startswith(f"There is no plan to choose from: stay on {source.name}")


@pytest.mark.parametrize(
    ("name", "words"),
    [("2014", "two weeks"), ("2020", "two business days"), ("current", "two business days")],
)
def test_wait_of_another_rule_set(name: str, words: str) -> None:
    """A credit check takes as long as the rule set says, and so does what is told of it."""
    told = found("CREDIT_CHECK_PENDING", credit_check=HOLDER, rule_set=name)

    assert told.remedy.startswith(f"Wait for its answer, up to {words}: `planswitch switch show other`")


def test_wait_of_a_rule_set_without_words() -> None:
    """Every rule set's wait can be told; one of a single day is no plural."""
    told = [
        wait_words(rules.credit_wait, rules.credit_wait_unit) for rules in map(rule_set, rule_set_names())
    ]

    assert told == ["two weeks", "two business days", "two business days", "6 seconds"]
    assert wait_words(1, "business_days") == "one business day"


@pytest.mark.parametrize(
    ("status", "suspended_for", "words"),
    [
        ("pending", (), "Wait until the seller has set it up"),
        ("suspended", ("PaymentOverdue",), "Mend the cause for which the seller stopped it"),
        ("suspended", (), "Reactivate it"),
        ("expired", (), "Reactivate it"),
        ("disabled", (), "Reactivate it"),
        ("deleted", (), "can't be made active again"),
    ],
)
def test_reactivation_of_what_cannot_be_reactivated(
    status: str, suspended_for: tuple[str, ...], words: str
) -> None:
    """Only what can be reactivated is told to be."""
    source = subscription(status=status, suspension_reasons=suspended_for, is_stopped=bool(suspended_for))

    assert words in found("SUBSCRIPTION_NOT_ACTIVE", source=source).remedy


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("MULTIPLE_SUBSCRIPTIONS_SAME_PRODUCT", STORIES["MULTIPLE_SUBSCRIPTIONS_SAME_PRODUCT"].raised_by),
        ("SOURCE_NOT_CANCELLABLE", LATE),
    ],
)
def test_remedy_that_the_locks_of_the_switch_refuse(code: str, facts: dict[str, Any]) -> None:
    """A switch that holds has locked administration: nobody is sent to an act that is refused meanwhile."""
    told = found(code, **facts, stage=BEFORE_CANCELLATION)

    assert "planswitch product" not in told.remedy, "its own locks refuse every act on another product"
    assert "`planswitch switch retry SWITCH --reason …`" in told.remedy
    assert "`planswitch switch rollback SWITCH --reason …`" in told.remedy


def test_list_of_ids_in_a_sentence() -> None:
    """Services are told by the names people know, a handful at most, with the count of all."""
    plan = CATALOG.find("E5")
    services = tuple(
        service_status(service_id=each.service_plan_id, name=each.name, status="PendingInput")
        for each in plan.service_plans
    )
    told = found(
        "SERVICE_NOT_PROVISIONED", source=subscription("E5"), subscribed=(pool("E5", services=services),)
    )
    named = [each.friendly_name for each in plan.service_plans if each.friendly_name in told.message]

    assert len(services) > 20
    assert told.message.startswith(f"{len(services)} services of {plan.name}")
    assert told.message.endswith("more.")
    assert 0 < len(named) < 10
    assert not [
        each.name for each in plan.service_plans if f"{each.name} (" in told.message and "_" in each.name
    ]


def test_list_of_ids_in_a_finding() -> None:
    """Services that are not activated are told the same way as those that stand in the way."""
    plan = CATALOG.find("E5")
    services = tuple(
        service_status(service_id=each.service_plan_id, name=each.name, status="PendingProvisioning")
        for each in plan.service_plans
        if not each.is_data_service
    )
    told = answer(source=subscription("E5"), subscribed=(pool("E5", services=services),)).findings
    (found_one,) = (each for each in told if each.code == FindingCode.SERVICES_NOT_ACTIVATED)

    assert f"and {len(services) - NAMES_MAX} more" in found_one.message
    assert not [each.name for each in services if "_" in each.name and each.name in found_one.message]


def test_manual_switch_left_out_of_a_remedy() -> None:
    """More users than licenses: the manual switch and support are ways out as well."""
    told = found("MORE_USERS_THAN_LICENSES", subscribed=(pool(assigned=250, purchased=249),))

    assert "switch manually" in told.remedy
    assert names_support(told.remedy)


def test_domain_that_the_vendor_gave_is_never_asked_about() -> None:
    """The vendor's own domain serves no public website, in whichever cloud, however it is written."""
    given = ("contoso.onmicrosoft.com", "CONTOSO.OnMicrosoft.us", "contoso.mail.onmicrosoft.com.")

    assert own_domains((*given, "contoso.com", "onmicrosoft.com.example")) == (
        "contoso.com",
        "onmicrosoft.com.example",
    )


def test_wording_of_a_code_that_is_none() -> None:
    """Other words belong to reasons that exist."""
    assert {code for code, _ in WORDINGS} <= set(REASONS)

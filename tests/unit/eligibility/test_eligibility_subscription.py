"""Reasons that rest on the subscription, its licenses and its services (rules#reasons)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.ports.directory_port import ServiceStatus
from providers.microsoft.directory.health import health_of
from tests.support.stories.eligibility_inputs import (
    NOW,
    answer,
    codes,
    plan_id,
    pool,
    reason_of,
    service_status,
    subscription,
)


def test_more_users_than_licenses_blocks_until_reconciled() -> None:
    """MORE_USERS_THAN_LICENSES blocks the automatic switch until both figures agree."""
    found = reason_of("MORE_USERS_THAN_LICENSES", subscribed=(pool(purchased=249),))

    assert found.evidence == {"assigned": 250, "purchased": 249}
    assert found.blocks == ("automatic",)
    assert found.retry.kind == "after_fix"
    assert "Buy licenses" in found.remedy
    assert codes(subscribed=(pool(purchased=250),)) == []
    short = (pool(purchased=249),)
    assert codes(subscribed=short, stage="before_first_move") == ["MORE_USERS_THAN_LICENSES"]


def test_too_few_licenses_blocks_both_modes() -> None:
    """TOO_FEW_LICENSES compares the order with the users who move, in every rule set."""
    found = reason_of("TOO_FEW_LICENSES", quantity=249)

    assert found.remedy == "Order at least 250 licenses: `--quantity 250`."
    assert found.blocks == ("automatic", "manual")
    assert codes(quantity=250) == []
    assert codes(quantity=20, users_to_move=20, mode="manual") == []
    assert "TOO_FEW_LICENSES" in codes(quantity=249, rule_set="2020")


def test_license_removal_in_switch_belongs_to_older_rule_sets() -> None:
    """LICENSE_REMOVAL_IN_SWITCH blocks in 2014 and 2020; current right-sizes at the cutover."""
    for older in ("2014", "2020"):
        found = reason_of("LICENSE_REMOVAL_IN_SWITCH", quantity=255, rule_set=older)
        assert found.evidence == {"quantity": 255, "purchased": 260}
        assert found.blocks == ("automatic",)
    assert codes(quantity=255) == []
    assert codes(quantity=260, rule_set="2020") == []


def test_target_user_cap_blocks_both_modes() -> None:
    """TARGET_USER_CAP blocks an order above the cap of a Business plan."""
    changes = {
        "source": subscription("Microsoft 365 Business Basic"),
        "subscribed": (pool("Microsoft 365 Business Basic"),),
        "target_plan_id": plan_id("SPB"),
    }
    found = reason_of("TARGET_USER_CAP", **changes, quantity=301)

    assert found.evidence["cap"] == 300
    assert found.blocks == ("automatic", "manual")
    assert codes(**changes, quantity=300) == []


def test_source_user_cap_is_a_rule_of_2014() -> None:
    """SOURCE_USER_CAP blocks Small Business with more than 25 users under rule set 2014 alone."""
    changes = {"source": subscription("LITEPACK", quantity=26), "quantity": 26}
    crowded = (pool("LITEPACK", assigned=26, purchased=26),)
    found = reason_of("SOURCE_USER_CAP", **changes, subscribed=crowded, rule_set="2014")

    assert (found.evidence["cap"], found.evidence["assigned"]) == (25, 26)
    assert "SOURCE_USER_CAP" not in codes(**changes, subscribed=crowded)
    fitting = (pool("LITEPACK", assigned=25, purchased=26),)
    assert codes(**changes, subscribed=fitting, rule_set="2014") == []


@pytest.mark.parametrize(("older", "limit"), [("2014", 300), ("2020", 3000)])
def test_too_many_users_follows_the_rule_sets_limit(older: str, limit: int) -> None:
    """TOO_MANY_USERS: 300 in 2014, 3000 in 2020, no limit today."""
    source = subscription(quantity=9999)
    crowded = {"source": source, "quantity": 9999}
    above = (pool(purchased=9999, assigned=limit + 1),)

    found = reason_of("TOO_MANY_USERS", **crowded, subscribed=above, rule_set=older)
    assert found.evidence["limit"] == limit
    assert "in bulk" in found.remedy
    assert codes(**crowded, subscribed=(pool(purchased=9999, assigned=limit),), rule_set=older) == []
    assert codes(**crowded, subscribed=(pool(purchased=9999, assigned=9999),)) == []


def test_trial_must_be_bought_first() -> None:
    """TRIAL blocks the automatic switch until the plan is bought."""
    found = reason_of("TRIAL", source=subscription(is_trial=True))

    assert found.retry.kind == "after_fix"
    assert "Buy the plan" in found.remedy
    assert answer(source=subscription(is_trial=True), mode="manual").is_eligible


@pytest.mark.parametrize("contract_type", ["product_key", "redemption_code"])
def test_prepaid_product_key_switches_by_hand_without_credit(contract_type: str) -> None:
    """PREPAID_PRODUCT_KEY blocks the automatic switch for good."""
    found = reason_of("PREPAID_PRODUCT_KEY", source=subscription(contract_type=contract_type))

    assert found.retry.kind == "never"
    assert "not credited" in found.remedy
    assert codes(source=subscription(contract_type=contract_type), mode="manual") == ["PREPAID_PRODUCT_KEY"]


def test_other_seller_blocks_both_modes() -> None:
    """OTHER_SELLER: the connected seller does not list the subscription, or has no such contract."""
    found = reason_of("OTHER_SELLER", subscriptions=())

    assert found.blocks == ("automatic", "manual")
    assert found.retry.kind == "never"
    assert codes(source=subscription(contract_type="volumeLicense")) == ["OTHER_SELLER"]
    assert codes() == []


@pytest.mark.parametrize("status", ["expired", "disabled", "deleted", "suspended", "pending"])
def test_subscription_not_active_blocks_both_modes_at_every_stage(status: str) -> None:
    """SUBSCRIPTION_NOT_ACTIVE counts until the source is cancelled by the switch itself."""
    found = reason_of("SUBSCRIPTION_NOT_ACTIVE", source=subscription(status=status))

    assert status in found.message
    assert found.blocks == ("automatic", "manual")
    for stage in ("before_first_move", "before_cancellation"):
        assert codes(source=subscription(status=status), stage=stage) == ["SUBSCRIPTION_NOT_ACTIVE"]


def test_multiple_subscriptions_same_product_clears_when_the_other_one_ends() -> None:
    """MULTIPLE_SUBSCRIPTIONS_SAME_PRODUCT counts live subscriptions of the source's plan alone."""
    second = subscription(subscription_id="second")
    found = reason_of("MULTIPLE_SUBSCRIPTIONS_SAME_PRODUCT", subscriptions=(subscription(), second))

    assert found.evidence["count"] == 2
    assert found.evidence["subscription_ids"] == "second, source"
    assert found.blocks == ("automatic",)
    ended = subscription(subscription_id="second", status="deleted")
    other = subscription("E3", subscription_id="third")
    assert codes(subscriptions=(subscription(), ended, other)) == []


def _service(status: str) -> ServiceStatus:
    return service_status(service_id="s", name="EXCHANGE_S_STANDARD", status=status)


@pytest.mark.parametrize("status", ["PendingInput", "PendingProvisioning", "Error"])
def test_service_not_provisioned_is_looked_at_again_after_four_hours(status: str) -> None:
    """SERVICE_NOT_PROVISIONED names the service and tells when to look again."""
    found = reason_of("SERVICE_NOT_PROVISIONED", subscribed=(pool(services=(_service(status),)),))

    assert found.evidence["services"] == f"EXCHANGE_S_STANDARD ({status})"
    assert found.blocks == ("automatic",)
    assert found.retry.at == NOW + timedelta(hours=4)
    for set_up in ("Success", "Disabled", "PendingActivation"):
        assert codes(subscribed=(pool(services=(_service(set_up),)),)) == []


def test_service_not_provisioned_when_the_directory_has_no_licenses() -> None:
    """A source that the directory does not show is not set up; another plan's services do not count."""
    other = pool("E3", services=(_service("Error"),))

    assert codes(subscribed=()) == ["SERVICE_NOT_PROVISIONED"]
    assert codes(subscribed=(pool(), other)) == []


def test_service_unhealthy_counts_services_of_the_source_alone() -> None:
    """SERVICE_UNHEALTHY blocks on an incident of the source's services, not on one of a foreign service."""
    broken = health_of(service="Exchange Online", status="serviceDegradation")
    foreign = health_of(service="Dynamics 365 Apps", status="serviceInterruption")
    found = reason_of("SERVICE_UNHEALTHY", health=(broken, foreign))

    assert found.evidence["services"] == "Exchange Online (serviceDegradation)"
    assert (found.retry.kind, found.retry.event) == ("event", "health_restored")
    assert found.retry.at == NOW + timedelta(hours=4)
    assert codes(health=(foreign,)) == []
    assert codes(health=(health_of(service="Exchange Online", status="serviceRestored"),)) == []


@pytest.mark.parametrize("service", ["Microsoft 365 suite", "Identity Service", "Microsoft Teams", "Sway"])
def test_service_unhealthy_knows_the_names_of_the_health_board(service: str) -> None:
    """Foundations and services of the plan count by the names of the health board."""
    assert codes(health=(health_of(service=service, status="investigating"),)) == ["SERVICE_UNHEALTHY"]


def test_service_unhealthy_ignores_services_that_the_plan_lacks() -> None:
    """An incident of Exchange does not stop a plan that has SharePoint alone."""
    changes = {
        "source": subscription("SHAREPOINTSTANDARD"),
        "subscribed": (pool("SHAREPOINTSTANDARD"),),
        "health": (health_of(service="Exchange Online", status="serviceInterruption"),),
    }

    assert codes(**changes) == []

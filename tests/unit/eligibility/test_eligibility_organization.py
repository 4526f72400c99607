"""Reasons that rest on the organization: locks, roles, money, domains (rules#reasons)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.catalog.rule_sets import rule_set
from domain.organizations.organization import LockHolder, OpenAct
from tests.support.stories.eligibility_inputs import (
    NOW,
    answer,
    billed,
    codes,
    euros,
    plan_id,
    pool,
    profile,
    reason_of,
    subscription,
)

HOLDER = LockHolder(switch_id="other-switch", since=NOW - timedelta(minutes=3), promised_end=NOW)


def test_switch_in_progress_names_the_holder_and_clears_for_the_switch_itself() -> None:
    """SWITCH_IN_PROGRESS blocks both modes, names who holds the lock, and ignores the own lock."""
    found = reason_of("SWITCH_IN_PROGRESS", lock_holder=HOLDER)

    assert found.blocks == ("automatic", "manual")
    assert "other-switch" in found.message
    assert found.evidence["promised_end"] == NOW.isoformat()
    assert (found.retry.kind, found.retry.event) == ("event", "switch_released")
    assert codes(lock_holder=HOLDER, own_switch_id="other-switch") == []
    assert codes(lock_holder=HOLDER, stage="before_cancellation") == ["SWITCH_IN_PROGRESS"]


def test_an_open_act_on_a_product_lets_no_switch_begin() -> None:
    """SWITCH_IN_PROGRESS names the act and its remedy; a switch that has begun is not held by it."""
    act = OpenAct(act="resize", since=NOW)
    found = reason_of("SWITCH_IN_PROGRESS", product_act=act)
    held = reason_of("SWITCH_IN_PROGRESS", product_act=replace(act, held_code="PROVIDER_REFUSED"))

    assert found.message == (
        f"An act on a product of the organization is not finished since {NOW.isoformat()}: another number of "
        "licenses."
    )
    assert "planswitch product list" in found.remedy
    assert "PROVIDER_REFUSED" in held.message
    assert "Mend what holds it up" in held.remedy
    assert "other-switch" in reason_of("SWITCH_IN_PROGRESS", product_act=act, lock_holder=HOLDER).message
    assert codes(product_act=act, lock_holder=HOLDER, own_switch_id="other-switch") == []
    assert codes(product_act=act, own_switch_id="other-switch") == ["SWITCH_IN_PROGRESS"]
    assert codes(product_act=act, stage="before_first_move") == []


def test_credit_check_pending_blocks_both_until_decided() -> None:
    """CREDIT_CHECK_PENDING blocks both modes of every other switch until it is decided."""
    found = reason_of("CREDIT_CHECK_PENDING", credit_check=HOLDER)

    assert found.blocks == ("automatic", "manual")
    assert found.retry.event == "credit_check_decided"
    assert "two business days" in found.remedy
    assert codes(credit_check=HOLDER, own_switch_id="other-switch") == []


def test_credit_check_of_a_purchase_blocks_before_the_order_alone() -> None:
    """CREDIT_CHECK_PENDING of a product that was bought names no switch, and holds none that has ordered."""
    purchase = replace(HOLDER, switch_id="")
    found = reason_of("CREDIT_CHECK_PENDING", credit_check=purchase)

    assert "of a product that was bought" in found.message
    assert "up to two business days" in found.remedy
    assert "switch_id" not in found.evidence
    assert codes(credit_check=purchase, own_switch_id="other-switch", stage="before_first_move") == []


def test_unpaid_balance_blocks_until_paid() -> None:
    """UNPAID_BALANCE blocks the automatic switch and clears when nothing is due."""
    found = reason_of("UNPAID_BALANCE", profile=profile(balance_due=euros(123456)))

    assert found.message == "A balance of 1,234.56 EUR is due."
    assert found.blocks == ("automatic",)
    assert (found.retry.kind, found.retry.event) == ("after_fix", "paid")
    assert codes(profile=profile(balance_due=euros(-500))) == []


@pytest.mark.parametrize("segment", ["government", "nonprofit"])
def test_government_or_nonprofit_switches_by_hand(segment: str) -> None:
    """GOVERNMENT_OR_NONPROFIT blocks the automatic switch alone, for good."""
    found = reason_of("GOVERNMENT_OR_NONPROFIT", profile=profile(segment=segment))

    assert found.retry.kind == "never"
    assert "manually" in found.remedy
    assert answer(profile=profile(segment=segment), mode="manual").is_eligible


def test_wrong_role_blocks_both_modes() -> None:
    """WRONG_ROLE blocks both modes, and clears with the right role."""
    found = reason_of("WRONG_ROLE", caller_role="license_admin")

    assert found.blocks == ("automatic", "manual")
    assert found.evidence["allowed"] == "global_admin"
    assert codes(caller_role="Global Administrator") == []
    assert codes(caller_role="") == ["WRONG_ROLE"]


def test_wrong_role_lets_an_admin_switch_small_business() -> None:
    """For Small Business the role admin suffices; for others it does not."""
    small = {"source": subscription("LITEPACK"), "subscribed": (pool("LITEPACK", assigned=5),)}

    assert "WRONG_ROLE" not in codes(**small, caller_role="admin")
    assert codes(caller_role="admin") == ["WRONG_ROLE"]


def test_invoice_below_minimum_clears_with_a_card_or_a_larger_order() -> None:
    """INVOICE_BELOW_MINIMUM compares the order's total with the rule set's minimum of the currency."""
    minimum = rule_set("current").invoice_minimum("EUR")
    few = {"quantity": 10, "subscribed": (pool(assigned=10),), "payment_method": "invoice"}
    found = reason_of("INVOICE_BELOW_MINIMUM", **few)

    assert found.message == f"The order comes to 262.70 EUR; invoices begin at {minimum}."
    assert found.blocks == ("automatic", "manual")
    assert codes(**(few | {"payment_method": "card"})) == []
    assert codes(**(few | {"quantity": 18})) == []
    yearly = subscription(billing_cycle="annual")
    assert "INVOICE_BELOW_MINIMUM" not in codes(**few, source=yearly)


def test_invoice_below_minimum_needs_a_minimum_in_the_currency() -> None:
    """Where the rule set names no minimum for the currency, none applies."""
    real = profile(currency="BRL")

    assert codes(profile=real, payment_method="invoice") == []
    assert rule_set("current").invoice_minimum("BRL") is None
    assert str(rule_set("current").invoice_minimum("KWD")) == "150.000 KWD"
    assert str(rule_set("2014").credit_threshold("JPY")) == "375,000 JPY"


def test_custom_domain_review_clears_when_each_domain_is_confirmed() -> None:
    """CUSTOM_DOMAIN_REVIEW lists the domains that were not confirmed; the vendor's own never count."""
    domains = profile(custom_domains=("Contoso.com", "shop.contoso.com", "contoso.onmicrosoft.com"))
    found = reason_of("CUSTOM_DOMAIN_REVIEW", profile=domains, confirmed_domains=("contoso.com",))

    assert found.evidence == {"domains": "shop.contoso.com"}
    assert found.blocks == ("automatic",)
    assert codes(profile=domains, confirmed_domains=("contoso.com", "shop.contoso.com")) == []
    assert codes(profile=domains, stage="before_first_move") == []


def test_prepaid_plan_is_a_notice_and_blocks_nothing() -> None:
    """PREPAID_PLAN tells of a year paid in advance and blocks no mode."""
    yearly = billed(billing_cycle="annual")
    found = reason_of("PREPAID_PLAN", billed=yearly)

    assert found.blocks == ()
    assert "2026-12-10" in found.message
    assert answer(billed=yearly).is_eligible
    assert codes(billed=None) == []


def test_source_not_cancellable_waits_for_the_renewal() -> None:
    """SOURCE_NOT_CANCELLABLE names the next renewal, at the start of that day in the organization's zone."""
    source = subscription(cancellable_until=NOW - timedelta(seconds=1))
    found = reason_of("SOURCE_NOT_CANCELLABLE", source=source)

    assert found.blocks == ("automatic",)
    assert found.evidence["renews_on"] == "2026-12-10"
    assert found.retry.at == datetime(2026, 12, 9, 23, 0, tzinfo=UTC)
    assert codes(source=subscription(cancellable_until=NOW)) == []
    assert codes(source=source, stage="before_cancellation") == ["SOURCE_NOT_CANCELLABLE"]


def test_source_not_cancellable_looks_at_the_term_not_at_the_billing_cycle() -> None:
    """A yearly term that is billed monthly renews after a year."""
    source = subscription(cancellable_until=NOW - timedelta(days=1), term="P1Y")

    assert reason_of("SOURCE_NOT_CANCELLABLE", source=source).evidence["renews_on"] == "2027-11-10"


def test_no_targets_always_carries_its_reasons() -> None:
    """Asked for the plan it has, the highest plan answers why there is nothing higher."""
    source = subscription("SPE_E5")
    found = codes(source=source, subscribed=(pool("SPE_E5"),), target_plan_id=plan_id("SPE_E5"))

    assert found == ["NO_PATH", "ALREADY_TOP_PLAN"]

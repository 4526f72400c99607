"""Rules of eligibility that hold for a product that is bought without a switch (products#acts)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.catalog.plans import Plan
from domain.kernel.errors import RuleViolated
from domain.products.purchase_rules import PlannedPurchase, require_purchasable
from tests.support.products.billed import eur
from tests.support.stories.eligibility_inputs import CATALOG

NOW = datetime(2026, 11, 11, 12, tzinfo=UTC)
E3 = CATALOG.find("E3")


def refused(plan: Plan = E3, **facts: Any) -> list[str]:
    """Return the codes for which a purchase is refused; a refusal without a code has its message."""
    usual = {"licenses": 10, "net": eur(45_000), "payment_method": "invoice"}
    try:
        require_purchasable(PlannedPurchase(plan=plan, **{**usual, **facts}), now=NOW)
    except RuleViolated as error:
        return [each.code for each in error.details.get("reasons", ())] or [error.message]
    return []


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({}, []),
        ({"net": eur(44_999)}, ["INVOICE_BELOW_MINIMUM"]),
        ({"net": eur(44_999), "payment_method": "card"}, []),
        ({"net": None}, []),
    ],
)
def test_an_invoice_has_a_least_amount(facts: dict[str, Any], codes: list[str]) -> None:
    """INVOICE_BELOW_MINIMUM: a small order is paid by card; more licenses of a product are no order."""
    assert refused(**facts) == codes


def test_a_cap_counts_every_license_of_the_plan() -> None:
    """TARGET_USER_CAP: what is owned and what is bought together are at most as many as the plan may have."""
    capped = replace(E3, user_cap=300)

    assert refused(capped, licenses=300) == []
    assert refused(capped, licenses=301) == ["TARGET_USER_CAP"]
    assert refused(capped, licenses=301, net=None) == ["TARGET_USER_CAP"]


def test_what_is_not_sold_alone_is_not_bought() -> None:
    """A retired plan and an add-on are refused before anything is ordered; more of an owned one is not."""
    for plan in (replace(E3, is_retired=True), replace(E3, kind="addon")):
        assert len(refused(plan)) == 1
        assert plan.name in refused(plan)[0]
        assert refused(plan, net=None) == []

"""One status has one meaning, whoever tells it; facts on licenses come from all sellers.

See switch#whose-word-counts.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.ports.seller_port import STATES, Purchase, SubscriptionState
from providers.microsoft.seller.inquiries import purchase_of
from providers.microsoft.seller.orders import subscription_of
from tests.support.stories.eligibility_inputs import answer, codes, plan_id, reason_of, subscription
from tests.support.stories.eligibility_stories import held

SELLER_RECORD = {
    "id": "s",
    "offerId": "plan:0001:EUR",
    "offerName": "Plan",
    "quantity": 1,
    "billingCycle": "Monthly",
    "creationDate": "2026-01-01T00:00:00Z",
}
DIRECTORY_RECORD = {
    "commerceSubscriptionId": "s",
    "skuId": "plan",
    "skuPartNumber": "PLAN",
    "totalLicenses": 1,
    "createdDateTime": "2026-01-01T00:00:00Z",
}
SAME_PRODUCT = "MULTIPLE_SUBSCRIPTIONS_SAME_PRODUCT"


def purchase(**changes: Any) -> Purchase:
    """Return ten licenses of the source's plan that another seller sold."""
    usual: dict[str, Any] = {
        "subscription_id": "elsewhere",
        "plan_id": plan_id("E1"),
        "plan_name": "STANDARDPACK",
        "quantity": 10,
        "status": "active",
        "vendor_status": "Enabled",
        "is_trial": False,
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return Purchase(**(usual | changes))


def test_two_sellers_of_one_plan_are_two_subscriptions_of_it() -> None:
    """MULTIPLE_SUBSCRIPTIONS_SAME_PRODUCT: nobody can tell which user belongs to which seller."""
    own = purchase(subscription_id="source")
    found = reason_of(SAME_PRODUCT, purchases=(own, purchase()))

    assert found.evidence["subscription_ids"] == "elsewhere, source"
    assert codes(purchases=(own,)) == []
    assert codes(purchases=(own, purchase(plan_id=plan_id("E3")))) == []
    assert codes(purchases=(own, purchase()), stage="before_first_move") == [SAME_PRODUCT]


@pytest.mark.parametrize("status", ["suspended", "disabled", "deleted"])
def test_purchase_elsewhere_that_has_run_out_is_no_live_one(status: str) -> None:
    """A purchase in its grace, or past it, is not consolidated with: it is no live subscription."""
    assert codes(purchases=(purchase(status=status),)) == []


def test_cancelled_plan_in_its_grace_does_not_block_the_next_switch() -> None:
    """What an earlier switch has cancelled is suspended for its grace; there is nothing to consolidate."""
    cancelled = subscription(
        subscription_id="old", status="suspended", suspension_reasons=("CustomerCancellation",)
    )
    in_directory = purchase(subscription_id="old", status="suspended")

    assert codes(**held(cancelled), purchases=(in_directory,)) == []


def test_subscription_that_the_seller_stopped_counts() -> None:
    """Suspended for an unpaid bill it comes back once that is paid: it is consolidated first."""
    stopped = subscription(subscription_id="old", status="suspended", is_stopped=True)

    assert codes(**held(stopped)) == [SAME_PRODUCT]


@pytest.mark.parametrize(
    ("status", "reasons", "state"),
    [
        ("active", (), SubscriptionState.LIVE),
        ("pending", (), SubscriptionState.LIVE),
        ("suspended", (), SubscriptionState.GRACE),
        ("suspended", ("CustomerCancellation",), SubscriptionState.GRACE),
        ("suspended", ("RiskCheck",), SubscriptionState.STOPPED),
        ("expired", (), SubscriptionState.GRACE),
        ("disabled", (), SubscriptionState.ENDED),
        ("deleted", (), SubscriptionState.ENDED),
        ("none", (), SubscriptionState.ENDED),
        ("something new", (), SubscriptionState.LIVE),
    ],
)
def test_every_word_of_the_seller_has_one_meaning(
    status: str, reasons: tuple[str, ...], state: SubscriptionState
) -> None:
    """A status that we do not know is taken for a live one, so that nothing is overlooked."""
    record = SELLER_RECORD | {"status": status.title(), "suspensionReasons": list(reasons)}

    assert subscription_of(record).state is state
    assert set(STATES) == {"active", "pending", "suspended", "expired", "disabled", "deleted", "none"}


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("Enabled", SubscriptionState.LIVE),
        ("Warning", SubscriptionState.GRACE),
        ("Suspended", SubscriptionState.GRACE),
        ("LOCKEDOUT", SubscriptionState.ENDED),
        ("Deleted", SubscriptionState.ENDED),
        ("Brand new", SubscriptionState.LIVE),
    ],
)
def test_every_word_of_the_directory_has_one_meaning(word: str, state: SubscriptionState) -> None:
    """The directory's five words are known in whatever case; another one is taken for live."""
    listed = purchase_of(DIRECTORY_RECORD | {"status": word})

    assert (listed.state, listed.vendor_status) == (state, word)


def test_target_that_another_seller_sold_is_the_organizations_own() -> None:
    """OTHER_SELLER, not DIFFERENT_ORGANIZATION: the directory lists it among the organization's purchases."""
    elsewhere = purchase(plan_id=plan_id("E3"))
    named: dict[str, Any] = {"target_subscription_id": "Elsewhere", "mode": "manual"}

    assert codes(purchases=(elsewhere,), **named) == ["OTHER_SELLER"]
    assert codes(**named) == ["DIFFERENT_ORGANIZATION"]


def test_purchases_are_recorded_where_there_are_any() -> None:
    """What the answer rests on is in its facts; an assessment without purchases has the facts of before."""
    facts = answer(purchases=(purchase(),)).as_facts()["inputs"]

    assert [each["subscription_id"] for each in facts["purchases"]] == ["elsewhere"]
    assert "purchases" not in answer().as_facts()["inputs"]
    assert "suspension_reasons" not in answer().as_facts()["inputs"]["source"]


def test_a_purchase_that_no_seller_numbered_has_the_id_of_the_directory() -> None:
    """Plans may be bought anywhere, and can be named all the same (rules#licenses-only)."""
    row = DIRECTORY_RECORD | {"commerceSubscriptionId": None, "id": "D-1", "status": "Enabled"}

    listed = purchase_of(row)

    assert (listed.subscription_id, listed.directory_id) == ("d-1", "d-1")

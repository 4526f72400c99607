"""The edges of single rules: the last value that passes and the first that does not (rules#reasons)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.stories.eligibility_inputs import (
    NOW,
    answer,
    billed,
    codes,
    euros,
    plan_id,
    pool,
    reason_of,
    subscription,
)
from tests.support.stories.eligibility_stories import addon, held, pair

YESTERDAY = NOW - timedelta(days=1)


@pytest.mark.parametrize(("paid", "expected"), [(0, []), (1, ["PREPAID_PLAN"])])
def test_prepaid_plan_is_told_from_the_first_cent_on(paid: int, expected: list[str]) -> None:
    """PREPAID_PLAN: a year for which nothing was paid is no prepaid one."""
    assert codes(billed=billed(billing_cycle="annual", paid=euros(paid))) == expected


@pytest.mark.parametrize("status", ["none", "expired", "disabled", "deleted", "active", "suspended"])
def test_multiple_subscriptions_leave_out_the_ended_ones(status: str) -> None:
    """MULTIPLE_SUBSCRIPTIONS_SAME_PRODUCT: a cancelled one in its grace is no live one."""
    is_live = status == "active"
    second = subscription(subscription_id="second", status=status)

    assert codes(**held(second)) == (["MULTIPLE_SUBSCRIPTIONS_SAME_PRODUCT"] if is_live else [])


def test_invoice_below_minimum_needs_a_total_to_compare() -> None:
    """INVOICE_BELOW_MINIMUM: without a known billing cycle there is no total, and no reason."""
    few = {"quantity": 10, "subscribed": (pool(assigned=10),), "payment_method": "invoice"}

    assert codes(**few) == ["INVOICE_BELOW_MINIMUM"]
    assert codes(**few, source=subscription(billing_cycle="none")) == []


def test_manual_switch_that_loses_other_services_alone_needs_the_backup() -> None:
    """A service that is lost counts, although each data service is kept (rules#acknowledgments)."""
    found = answer(mode="manual", target_plan_id=plan_id("ENTERPRISEPREMIUM"))

    assert found.services_lost
    assert found.services_lowered == ()
    assert found.acknowledgments_missing == ("backup_done",)


def test_2014_table_stands_for_the_data_rule_in_its_rule_set_alone() -> None:
    """TARGET_LACKS_DATA_SERVICES: under 2014 alone, and only in its table, a pair counts as keeping data."""
    listed = pair("STANDARDWOFFPACK_FACULTY", "EDUCATION_A2")

    assert codes(**listed, rule_set="2014") == []
    assert "TARGET_LACKS_DATA_SERVICES" in codes(**listed)
    assert "TARGET_LACKS_DATA_SERVICES" in codes(**pair("E3", "E1"), rule_set="2014")


def test_source_not_cancellable_on_its_renewal_day_waits_for_the_next_one() -> None:
    """SOURCE_NOT_CANCELLABLE: a renewal of today has begun a term; the one after it is waited for."""
    now = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)
    late = subscription(cancellable_until=now - timedelta(hours=1))
    found = reason_of("SOURCE_NOT_CANCELLABLE", source=late, now=now)

    assert found.evidence["renews_on"] == "2027-01-10"
    assert found.retry.at == datetime(2027, 1, 9, 23, 0, tzinfo=UTC)


def test_source_not_cancellable_takes_an_unknown_term_for_a_month() -> None:
    """SOURCE_NOT_CANCELLABLE: a term without a word of ours is looked at again after a month."""
    late = subscription(cancellable_until=YESTERDAY, term="P2W")

    assert reason_of("SOURCE_NOT_CANCELLABLE", source=late).evidence["renews_on"] == "2026-12-10"


@pytest.mark.parametrize(("term", "renews_on"), [("P1M", "2026-12-10"), ("P3Y", "2029-11-10")])
def test_source_not_cancellable_follows_the_term(term: str, renews_on: str) -> None:
    """SOURCE_NOT_CANCELLABLE: the first renewal after today is one term after the start."""
    late = subscription(cancellable_until=YESTERDAY, term=term)

    assert reason_of("SOURCE_NOT_CANCELLABLE", source=late).evidence["renews_on"] == renews_on


def test_source_not_cancellable_says_when_no_renewal_is_known() -> None:
    """SOURCE_NOT_CANCELLABLE: no renewal within the terms looked through gives no instant, and an answer."""
    ancient = subscription(cancellable_until=YESTERDAY, started_at=datetime(1970, 1, 1, tzinfo=UTC))
    found = reason_of("SOURCE_NOT_CANCELLABLE", source=ancient)

    assert found.evidence == {"cancellable_until": YESTERDAY.isoformat(), "renews_on": "not known"}
    assert found.retry.at is None


def test_source_not_cancellable_never_takes_the_start_for_a_renewal() -> None:
    """SOURCE_NOT_CANCELLABLE: what begins tomorrow renews a term after that, not on its first day."""
    ahead = subscription(cancellable_until=YESTERDAY, started_at=NOW + timedelta(days=1))

    assert reason_of("SOURCE_NOT_CANCELLABLE", source=ahead).evidence["renews_on"] == "2026-12-23"


@pytest.mark.parametrize(
    ("name", "until", "expected"),
    [
        ("MCOEV", YESTERDAY, ["SOURCE_NOT_CANCELLABLE"]),
        ("MCOEV", NOW, []),
        ("MCOEV", None, []),
        ("VISIOCLIENT", YESTERDAY, ["ADDON_INCOMPATIBLE"]),
    ],
)
def test_source_not_cancellable_counts_the_addons_that_end_with_it(
    name: str, until: datetime | None, expected: list[str]
) -> None:
    """SOURCE_NOT_CANCELLABLE: the first window that closes counts, the source's or a leaving add-on's."""
    assert codes(**held(addon(name, cancellable_until=until))) == expected


def test_source_not_cancellable_names_the_earliest_window() -> None:
    """SOURCE_NOT_CANCELLABLE: of several windows the evidence has the one that closed first."""
    earlier = YESTERDAY - timedelta(days=1)
    both = held(addon("MCOEV", cancellable_until=earlier), cancellable_until=YESTERDAY)

    evidence = reason_of("SOURCE_NOT_CANCELLABLE", **both).evidence
    assert evidence["cancellable_until"] == earlier.isoformat()


def test_source_not_cancellable_is_not_asked_of_another_subscriptions_addon() -> None:
    """SOURCE_NOT_CANCELLABLE: what hangs on another subscription stays, so its window does not count."""
    foreign = addon("MCOEV", cancellable_until=YESTERDAY, parent_subscription_id="another")

    assert codes(**held(foreign)) == []

"""Reasons that rest on the pair of plans (rules#no_path)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.stories.eligibility_inputs import (
    CATALOG,
    answer,
    codes,
    plan_id,
    pool,
    reason_of,
    subscription,
)


def _pair(source: str, target: str) -> dict[str, Any]:
    return {
        "source": subscription(source, quantity=20),
        "subscribed": (pool(source, assigned=20, purchased=20),),
        "target_plan_id": plan_id(target),
        "quantity": 20,
    }


def test_no_path_to_the_plan_that_is_held_already() -> None:
    """NO_PATH says clearly that the organization is on this plan."""
    found = reason_of("NO_PATH", **_pair("E1", "E1"))

    assert "on this plan already" in found.message
    assert found.blocks == ("automatic",)
    assert found.retry.kind == "never"


@pytest.mark.parametrize(
    ("source", "target", "why"),
    [
        ("E1", "Office 365 A3 for faculty", "commercial"),
        ("EMS", "E3", "other product"),
        ("E1", "EMS", "other product"),
        ("E3", "E4", "no longer sold"),
        ("E3", "E1", "data services"),
    ],
)
def test_no_path_tells_why(source: str, target: str, why: str) -> None:
    """NO_PATH names the cause: segment, kind of product, retired plan or data."""
    assert why in reason_of("NO_PATH", **_pair(source, target)).message


def test_no_path_in_2014_is_decided_by_its_table_alone() -> None:
    """Under 2014 a pair outside the table has no path, although it keeps every data service."""
    pair = _pair("E3", "SPE_E3")

    assert codes(**pair) == []
    assert "2014 table" in reason_of("NO_PATH", **pair, rule_set="2014").message


def test_no_path_clears_for_all_pairs_of_the_2014_table() -> None:
    """Each of the 51 pairs of 2014 is eligible under the rules of its day, whatever the tiers say."""
    assert len(CATALOG.paths_2014) == 51
    for source, target in CATALOG.paths_2014:
        assert codes(**_pair(source, target), rule_set="2014") == []


def test_target_lacks_data_services_names_what_would_be_lost() -> None:
    """TARGET_LACKS_DATA_SERVICES lists each data service with its versions; the manual way stays open."""
    found = reason_of("TARGET_LACKS_DATA_SERVICES", **_pair("E3", "E1"))

    assert found.evidence["services"] == "exchange (3 to 2), sharepoint (3 to 2)"
    assert "backup" in found.remedy
    assert answer(**_pair("E3", "E1"), mode="manual").is_eligible
    assert codes(**_pair("E1", "E3")) == []


def test_no_way_back_across_families_in_2014() -> None:
    """NO_WAY_BACK blocks a switch down into another family under 2014, and not today."""
    pair = _pair("E1", "LITEPACK_P2")

    assert "NO_WAY_BACK" in codes(**pair, rule_set="2014")
    assert "NO_WAY_BACK" not in codes(**pair)
    assert "NO_WAY_BACK" not in codes(**_pair("LITEPACK", "E1"), rule_set="2014")


def test_no_way_back_to_the_family_it_came_from() -> None:
    """Under 2014 a switch back to the family of an earlier switch is refused, even upwards."""
    pair = _pair("LITEPACK", "E1") | {"rule_set": "2014"}

    assert codes(**pair) == []
    assert codes(**pair, came_from_plan_id=plan_id("E3")) == ["NO_WAY_BACK"]


def test_already_top_plan_comes_with_a_refusal_alone() -> None:
    """ALREADY_TOP_PLAN explains a refusal; it does not stop a way that is offered."""
    assert codes(**_pair("SPE_E5", "E3")) == ["NO_PATH", "TARGET_LACKS_DATA_SERVICES", "ALREADY_TOP_PLAN"]
    assert codes(**_pair("SPE_E5", "ENTERPRISEPREMIUM")) == []
    assert "ALREADY_TOP_PLAN" not in codes(**_pair("E3", "E1"))

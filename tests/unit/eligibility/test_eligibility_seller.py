"""The seller's words in our table, add-ons, roles, and the ranking of targets (rules#addon_incompatible)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.catalog.addons import ATTACHABLE, INCLUDED, INCOMPATIBLE, addon_fates
from domain.eligibility.eligibility import assess_targets, reason_of_refusal
from domain.organizations.roles import role_of
from domain.ports.seller_port import verdict_on
from domain.reasons.reasons import REASONS
from providers.microsoft.seller import refusals
from providers.microsoft.seller.refusals import ORDERS, TRANSITIONS, UPGRADES
from tests.support.stories.eligibility_inputs import (
    CATALOG,
    NOW,
    answer,
    codes,
    facts,
    plan_id,
    pool,
    reason_of,
    service_status,
    subscription,
)
from tests.support.stories.eligibility_stories import addon, held, refusal, verdict


@pytest.mark.parametrize(
    ("interface", "code", "expected"),
    [
        (UPGRADES, "1", "WRONG_ROLE"),
        (UPGRADES, "2", "SUBSCRIPTION_NOT_ACTIVE"),
        (UPGRADES, "3", "UNKNOWN_REASON"),
        (UPGRADES, "4", "SWITCH_IN_PROGRESS"),
        (UPGRADES, "5", "UNKNOWN_REASON"),
        (UPGRADES, "6", "ADDON_INCOMPATIBLE"),
        (UPGRADES, "7", "NO_PATH"),
        (UPGRADES, "8", "NO_PATH"),
        (UPGRADES, "9", "SERVICE_NOT_PROVISIONED"),
        (UPGRADES, "subscription_add_ons_present", "ADDON_INCOMPATIBLE"),
        (UPGRADES, " Concurrency_Conflicts ", "SWITCH_IN_PROGRESS"),
        (UPGRADES, "0", "UNKNOWN_REASON"),
        (UPGRADES, "", "UNKNOWN_REASON"),
        (UPGRADES, "429", "HIGH_VOLUME"),
        (TRANSITIONS, "2", "UNKNOWN_REASON"),
        (TRANSITIONS, "429", "HIGH_VOLUME"),
        (ORDERS, "2", "UNKNOWN_REASON"),
        (ORDERS, "2011", "SUBSCRIPTION_NOT_ACTIVE"),
        (ORDERS, "2085", "NOT_ELIGIBLE"),
        (ORDERS, "2091", "NO_PATH"),
        (ORDERS, "20003", "OTHER_SELLER"),
        (ORDERS, "800073", "CREDIT_CHECK_PENDING"),
        (ORDERS, "800082", "SERVICE_NOT_PROVISIONED"),
        (ORDERS, "800090", "LICENSE_REMOVAL_IN_SWITCH"),
        (ORDERS, "900117", "SOURCE_NOT_CANCELLABLE"),
        (ORDERS, "900278", "SWITCH_IN_PROGRESS"),
        (ORDERS, "900121", "UNKNOWN_REASON"),
    ],
)
def test_sellers_code_means_a_row_of_ours(interface: str, code: str, expected: str) -> None:
    """Each numbering of the seller is read on its own; what is in none keeps its text (UNKNOWN_REASON)."""
    assert refusals.reason_of(interface, code, "Words.") == expected
    assert expected in REASONS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The source subscription is not active.", "SUBSCRIPTION_NOT_ACTIVE"),
        ("The subscription has NOT BEEN PROVISIONED yet.", "SERVICE_NOT_PROVISIONED"),
        ("Subscription cannot be transitioned because there are conflicting services.", "UNKNOWN_REASON"),
    ],
)
def test_transitions_are_read_by_their_texts(text: str, expected: str) -> None:
    """New-commerce refusals have documented texts and no documented numbers.

    See vendor#moves-to-another-plan.
    """
    assert refusals.reason_of(TRANSITIONS, "7", text) == expected


def test_a_refusal_without_code_and_text_is_no_reason_given() -> None:
    """NOT_ELIGIBLE: the seller says no and nothing else."""
    assert refusals.reason_of(UPGRADES, "", " ") == "NOT_ELIGIBLE"


def test_sellers_words_become_evidence_of_our_own_reason() -> None:
    """What both find is one reason: our message and figures, the seller's code and text beside them."""
    off = subscription(status="suspended")
    found = reason_of("SUBSCRIPTION_NOT_ACTIVE", source=off, verdict=verdict(("2", "State is not active.")))

    assert found.message == "The subscription is suspended, not active."
    assert found.evidence == {
        "status": "suspended",
        "vendor_code": "2",
        "vendor_text": "State is not active.",
    }


def test_sellers_words_alone_stand_as_they_are() -> None:
    """What only the seller finds has his words as message, and our row's remedy and modes."""
    found = reason_of("SERVICE_NOT_PROVISIONED", verdict=verdict(("9", "It {is} not provisioned.")))

    assert found.message == "The seller says: It {is} not provisioned."
    assert found.blocks == ("automatic",)
    assert found.retry.at == NOW + timedelta(hours=4)


def test_each_unknown_code_is_a_reason_of_its_own() -> None:
    """Two unknown codes are two reasons, each with its text verbatim."""
    found = answer(verdict=verdict(("77", "One."), ("78", "Two.")))

    assert [each.message for each in found.reasons] == [
        "The seller refuses this switch: One. (77).",
        "The seller refuses this switch: Two. (78).",
    ]
    assert found.as_facts()["inputs"]["verdict"]["refusals"][0] == {
        "reason": "UNKNOWN_REASON",
        "code": "77",
        "text": "One.",
    }


def test_a_verdict_of_yes_adds_nothing_even_with_errors() -> None:
    """Errors of an eligible upgrade are no refusals."""
    assert codes(verdict=verdict(("4711", "A hint."), yes=True)) == []


def test_seller_is_not_heard_where_his_reason_does_not_count_any_more() -> None:
    """Before the first move an unknown refusal is late; an inactive source is not."""
    said = verdict(("4711", "Late."), ("2", "Off."))

    assert codes(verdict=said, stage="before_first_move") == ["SUBSCRIPTION_NOT_ACTIVE"]


def test_addons_are_decided_by_us_where_we_see_them() -> None:
    """The seller refuses any add-on; the rules only those that fit nowhere (rules#addon_incompatible)."""
    refused = verdict(("6", "Add-ons present."))

    assert codes(verdict=refused, **held(addon("MCOEV"))) == []
    assert codes(verdict=refused) == ["ADDON_INCOMPATIBLE"]
    found = reason_of("ADDON_INCOMPATIBLE", verdict=refused, **held(addon("VISIOCLIENT")))
    assert found.evidence["addon"] == "VISIOCLIENT"


@pytest.mark.parametrize(
    ("name", "target", "fate"),
    [
        ("MCOEV", "ENTERPRISEPREMIUM", INCLUDED),
        ("MCOEV", "E3", ATTACHABLE),
        ("MCOEV", "EXCHANGESTANDARD", INCOMPATIBLE),
        ("MCOMEETADV", "SPE_E5", INCLUDED),
        ("SHAREPOINTSTORAGE", "ENTERPRISEPREMIUM", ATTACHABLE),
        ("SHAREPOINTSTORAGE", "EXCHANGESTANDARD", INCOMPATIBLE),
        ("EXCHANGEARCHIVE_ADDON", "SPB", INCLUDED),
        ("EXCHANGEARCHIVE_ADDON", "E1", ATTACHABLE),
        ("ATP_ENTERPRISE", "SHAREPOINTSTANDARD", INCOMPATIBLE),
        ("MCOEV", "ENTERPRISEPACKPLUS_FACULTY", INCOMPATIBLE),
        ("PROJECTPROFESSIONAL", "E3", INCOMPATIBLE),
    ],
)
def test_fate_of_an_addon(name: str, target: str, fate: str) -> None:
    """Included in the target: removed; attachable: carried over; else it blocks."""
    found = addon_fates(CATALOG, subscription(), (subscription(), addon(name)), CATALOG.find(target))

    assert [(each.name, each.quantity, each.fate) for each in found] == [(name, 5, fate)]


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({}, 1),
        ({"parent_subscription_id": "SOURCE"}, 1),
        ({"parent_subscription_id": ""}, 1),
        ({"parent_subscription_id": "another"}, 0),
        ({"status": "deleted"}, 0),
        ({"status": "suspended"}, 0),
        ({"subscription_id": "source"}, 0),
    ],
)
def test_only_live_addons_of_the_source_count(changes: dict[str, Any], count: int) -> None:
    """An ended add-on, and one of another subscription, have no say; legacy ones need no parent."""
    held_ones = (addon("MCOEV", **changes),)

    assert len(addon_fates(CATALOG, subscription(), held_ones, CATALOG.find("E3"))) == count


def test_product_without_parent_is_no_addon_and_unknown_addon_is_incompatible() -> None:
    """A second product stands on its own; an add-on that the catalog does not know fits nowhere."""
    alone = addon("VISIOCLIENT", parent_subscription_id="")
    strange = addon("MCOEV", plan_id="00000000-0000-0000-0000-000000000001", plan_name="Strange")
    target = CATALOG.find("E3")

    assert addon_fates(CATALOG, subscription(), (alone,), target) == ()
    (found,) = addon_fates(CATALOG, subscription(), (strange,), target)
    assert (found.name, found.fate) == ("Strange", INCOMPATIBLE)


@pytest.mark.parametrize(
    ("names", "role"),
    [
        ((), ""),
        (("",), ""),
        (("User Administrator", "Global Administrator"), "global_admin"),
        (("Company Administrator",), "global_admin"),
        (("license-administrator",), "license_admin"),
        (("Billing Administrator",), "billing_administrator"),
    ],
)
def test_role_of_a_caller_is_the_highest(names: tuple[str, ...], role: str) -> None:
    """Of several roles the highest counts; a role without a word of ours keeps its own."""
    assert role_of(names) == role


def test_license_move_by_hand_is_open_to_two_more_roles() -> None:
    """License and user admins may move licenses in the manual path, and not order (rules#wrong_role)."""
    for role in ("license_admin", "user_admin"):
        by_hand = {"caller_role": role, "mode": "manual"}
        assert codes(**by_hand, stage="before_first_move") == []
        assert codes(**by_hand) == ["WRONG_ROLE"]
        assert codes(caller_role=role, stage="before_first_move") == ["WRONG_ROLE"]


def test_targets_are_ranked_by_what_is_possible_with_the_reason() -> None:
    """What is possible automatically comes first; each says direction, services and why it stands there."""
    refused = replace(verdict(("4711", "No.")), target_plan_id=plan_id("E3"))
    targets = assess_targets(CATALOG, facts(), [refused])
    first, last = targets[0], targets[-1]

    assert len(targets) == len(CATALOG.offered_targets(plan_id("E1"), "current"))
    assert first.assessment.input.target_plan_id == plan_id("SPE_E3")
    assert first.reason.startswith("possible automatically; upgrade in the same family; higher in exchange")
    assert (first.is_possible("automatic"), first.assessment.direction) == (True, "upgrade")
    assert "intune" in first.assessment.services_gained
    assert last.assessment.input.target_plan_id == plan_id("E3")
    assert last.reason.startswith("possible by hand; upgrade")
    assert (last.is_possible("automatic"), last.is_possible("manual")) == (False, True)


def test_target_that_is_possible_in_no_mode_is_still_told() -> None:
    """A plan that nothing but a fix opens is in the list, with its reasons."""
    targets = assess_targets(CATALOG, facts(caller_role="user_admin"))

    assert all(each.reason.startswith("not possible now; ") for each in targets)
    assert all(each.assessment.reasons for each in targets)


def test_verdict_on_every_plan_counts_for_each() -> None:
    """A refusal of the question is a refusal of every plan; another plan's verdict is none."""
    on_all = replace(verdict(("429", "Busy.")), target_plan_id="")

    assert verdict_on([on_all], plan_id("E3")) == on_all
    assert verdict_on([verdict()], plan_id("E3").upper()) == verdict()
    assert verdict_on([verdict()], plan_id("E1")) is None


def test_wait_looks_again_when_the_last_instant_has_come() -> None:
    """A wait looks again when every instant has passed, and not at all for what never clears."""
    broken = service_status(service_id="s", name="n", status="Error")
    waiting = answer(subscribed=(pool(services=(broken,)),), verdict=verdict(("429", "Busy.")))
    assert waiting.next_look("automatic") == NOW + timedelta(hours=4)
    assert waiting.can_clear("automatic")
    assert waiting.next_look("manual") is None

    refused = answer(verdict=verdict(("4711", "No.")))
    assert (refused.next_look("automatic"), refused.can_clear("automatic")) == (None, False)
    assert refused.can_clear("manual")


def test_refused_order_has_a_reason_of_the_table() -> None:
    """What the seller refuses at the checkout is told in the same words (vendor#refusals)."""
    found = reason_of_refusal(refusal(ORDERS, "2091", "No longer sold."), now=NOW)

    assert (found.code, found.message) == ("NO_PATH", "The seller says: No longer sold.")

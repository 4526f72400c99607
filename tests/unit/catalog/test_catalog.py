"""The catalog: lookup, offers, comparison and prices of the packaged plans."""

from __future__ import annotations

import pytest

from domain.catalog.catalog import AmbiguousPlan, Catalog, UnknownPlan, catalog_from_documents, load_catalog
from domain.catalog.plans import (
    Direction,
    SwitchKind,
    compare_plans,
    data_services_lowered,
    direction_of,
    kind_of,
    listed_services,
    service_names,
)
from domain.kernel.errors import InvalidInput
from domain.kernel.money import Money

E1 = "18181a46-0d4e-45cd-891e-60aabd171b4e"
E3 = "6fd2c87f-b296-42f0-b197-1e91e994b900"
E4 = "1392051d-0cb9-4b7a-88d5-621fee5e8711"
MIDSIZE = "04a7fb0d-32e0-4241-b4f5-3f7618cd1162"
SMALL_BUSINESS = "bd09678e-b83c-4d3f-aaba-3dad4abd128b"


@pytest.fixture(name="catalog", scope="module")
def _catalog() -> Catalog:
    return load_catalog()


@pytest.mark.parametrize(
    "text",
    [
        E1,
        E1.upper(),
        "STANDARDPACK",
        "standardpack",
        "Office 365 E1",
        "Office 365 Enterprise E1",
        "e1",
        " E1 ",
    ],
)
def test_plan_is_found_by_every_name_it_has(catalog: Catalog, text: str) -> None:
    """Id, part number, today's name, the 2014 name and aliases all lead to the same plan, in any case."""
    assert catalog.find(text).plan_id == E1


def test_every_name_in_the_catalog_names_one_plan(catalog: Catalog) -> None:
    """No name of the packaged catalog is ambiguous, and the ids are unique."""
    for plan in catalog.plans:
        for name in (plan.plan_id, plan.product_code, plan.name, plan.name_2014 or plan.name, *plan.aliases):
            assert plan == catalog.find(name)
    assert len(catalog.plans) == len({plan.plan_id for plan in catalog.plans})


def test_unknown_plan_names_the_closest_and_the_command(catalog: Catalog) -> None:
    """A misspelled plan is UNKNOWN_PLAN with the closest names and where to see them all."""
    with pytest.raises(UnknownPlan, match="Closest: Office 365 E3") as caught:
        catalog.find("ofice 365 e3")

    assert caught.value.code == "UNKNOWN_PLAN"
    assert "planswitch catalog list" in caught.value.remedy
    assert caught.value.handling.exit_code == 3


@pytest.mark.parametrize("text", ["", "no such plan at all", "00000000-0000-0000-0000-000000000000"])
def test_unknown_id_is_unknown_plan(catalog: Catalog, text: str) -> None:
    """An id that no plan has, and nothing at all, are UNKNOWN_PLAN both by id and by name."""
    with pytest.raises(UnknownPlan):
        catalog.plan(text)
    with pytest.raises(UnknownPlan):
        catalog.find(text)


def test_ambiguous_name_lists_the_candidates() -> None:
    """A name of two plans is AMBIGUOUS_PLAN with both part numbers."""
    row = {
        "name": "Twin", "name_2014": "", "aliases": [], "kind": "plan", "family": "enterprise",
        "service_family": "enterprise", "family_rank": 1, "segment": "commercial", "user_cap": None,
        "retired": False, "placeholder": False, "prices": [], "service_plan_ids": [],
        "tiers": {"exchange": 0, "sharepoint": 0, "skype_teams": 0},
    }  # fmt: skip
    plans = [row | {"plan_id": "a", "part_number": "A"}, row | {"plan_id": "b", "part_number": "B"}]
    catalog = catalog_from_documents({"version": "x", "service_plans": [], "plans": plans}, {"paths": []})

    with pytest.raises(AmbiguousPlan, match=r"Twin \(A\), Twin \(B\)"):
        catalog.find("twin")
    assert catalog.find("B").plan_id == "b"


def test_2014_rule_set_offers_exactly_its_51_pairs(catalog: Catalog) -> None:
    """Under rule set 2014 the table decides and nothing else (rules#no_path)."""
    offered = {
        (source.plan_id, target.plan.plan_id)
        for source in catalog.plans
        for target in catalog.offered_targets(source.plan_id, "2014")
    }

    assert len(catalog.paths_2014) == 51
    assert catalog.paths_2014 == offered
    assert catalog.offered_2014(E1, E3)
    assert not catalog.offered_2014(E3, E1)


def test_e1_is_offered_e3_first(catalog: Catalog) -> None:
    """The nearest upgrade of the same family leads the list, with its reason."""
    targets = catalog.offered_targets(E1, "current")

    assert targets[0].plan.plan_id == E3
    assert targets[0].reason == "upgrade in the same family; higher in exchange, sharepoint; keeps all data"
    assert E1 not in {target.plan.plan_id for target in targets}


def test_current_offers_are_sold_and_keep_every_data_service(catalog: Catalog) -> None:
    """Outside the 2014 table a target is on sale, of the source's segment, and loses no data service."""
    for source in catalog.plans:
        for target in catalog.offered_targets(source.plan_id, "current"):
            assert not target.plan.is_retired
            assert source.segment == target.plan.segment
            if source.has_known_services:
                assert data_services_lowered(source, target.plan) == ()


def test_no_offer_for_products_held_next_to_a_plan(catalog: Catalog) -> None:
    """Add-ons and other products are no source and no target of a switch."""
    for plan in catalog.plans:
        if plan.kind != "plan":
            assert catalog.offered_targets(plan.plan_id, "current") == ()
            assert not catalog.is_offered(E1, plan.plan_id, "current")


def test_lower_plan_is_not_offered_and_says_why(catalog: Catalog) -> None:
    """E3 to E1 lowers Exchange and SharePoint: TARGET_LACKS_DATA_SERVICES names the tiers."""
    lowered = data_services_lowered(catalog.plan(E3), catalog.plan(E1))

    assert [(service.family, service.source_tier, service.target_tier) for service in lowered] == [
        ("exchange", 3, 2),
        ("sharepoint", 3, 2),
    ]
    assert not catalog.is_offered(E3, E1, "current")


def test_losing_teams_is_losing_data_although_the_skype_tier_is_kept(catalog: Catalog) -> None:
    """Teams counts of its own: a plan with the same Skype tier but no Teams lowers it."""
    lowered = data_services_lowered(catalog.plan(E1), catalog.plan(MIDSIZE))

    assert [service.family for service in lowered] == ["teams"]


def test_unknown_rule_set_is_refused(catalog: Catalog) -> None:
    """A rule set that does not exist is INVALID_INPUT with the ones that do."""
    with pytest.raises(InvalidInput, match="2014, 2020, current"):
        catalog.offered_targets(E1, "2015")


def test_e1_to_e3_loses_no_service(catalog: Catalog) -> None:
    """By service E1 to E3 loses nothing, although 15 or more service-plan ids differ (switch#services)."""
    comparison = compare_plans(catalog.plan(E1), catalog.plan(E3))
    gone_ids = catalog.plan(E1).service_plan_ids - catalog.plan(E3).service_plan_ids

    assert len(gone_ids) >= 15
    assert comparison.lost == ()
    assert comparison.lower == ()
    assert comparison.gained == ("content_explorer", "defender_for_office", "information_protection")
    assert {"exchange", "sharepoint", "office_apps", "flow"} <= set(comparison.higher)
    assert {"teams", "skype", "yammer", "planner"} <= set(comparison.same)


def test_people_read_services_by_the_vendors_names(catalog: Catalog) -> None:
    """The names come from the version that the plans have, and a service without a name stands as it is."""
    e1, e3 = catalog.plan(E1), catalog.plan(E3)
    names = service_names(e1, e3)

    assert set(names) == {each.service for plan in (e1, e3) for each in plan.service_plans}
    assert names["defender_for_office"] == "Microsoft Defender for Office 365 (Plan 1)"
    assert (service_names(e1)["exchange"], names["exchange"]) == (
        "Exchange Online (Plan 1)",
        "Exchange Online (Plan 2)",
    )
    assert listed_services(("content_explorer", "new"), names) == (
        "Information Protection and Governance Analytics – Standard, new"  # noqa: RUF001 - the vendor's name
    )
    assert listed_services((), names) == "none"


def test_comparison_turned_round_swaps_gained_and_lost(catalog: Catalog) -> None:
    """What one way gains, the way back loses."""
    e1, e4 = catalog.plan(E1), catalog.plan(E4)
    there, back = compare_plans(e1, e4), compare_plans(e4, e1)

    assert (there.gained, there.higher, there.same) == (back.lost, back.lower, back.same)


@pytest.mark.parametrize(
    ("source", "target", "direction"),
    [
        ("E1", "E3", Direction.UPGRADE),
        ("E3", "E1", Direction.DOWNGRADE),
        ("E3", "M365 E3", Direction.UPGRADE),
        ("M365 E5", "E5", Direction.DOWNGRADE),
        ("Midsize", "E1", Direction.UPGRADE),
        ("Exchange P2", "E1", Direction.CROSSGRADE),
        ("A1", "A2", Direction.UPGRADE),
        ("E1", "E1", Direction.CROSSGRADE),
    ],
)
def test_direction_is_by_tiers_then_by_rank(
    catalog: Catalog, source: str, target: str, direction: Direction
) -> None:
    """Direction compares tiers, then family rank; never price or ids (rules#which-plans-are-offered)."""
    assert direction == direction_of(catalog.find(source), catalog.find(target))


@pytest.mark.parametrize(
    ("source", "target", "kind"),
    [
        ("K1", "E3", SwitchKind.SAME_FAMILY),
        ("E1", "M365 E3", SwitchKind.SAME_FAMILY),
        ("Exchange Kiosk", "K1", SwitchKind.FROM_STANDALONE),
        ("Small Business", "E1", SwitchKind.OTHER_FAMILY),
        ("Business Basic", "E1", SwitchKind.OTHER_FAMILY),
    ],
)
def test_kind_of_a_switch(catalog: Catalog, source: str, target: str, kind: SwitchKind) -> None:
    """Frontline and enterprise are one service family; standalone is a kind of its own."""
    assert kind == kind_of(catalog.find(source), catalog.find(target))


def test_every_plan_has_a_price_in_both_currencies(catalog: Catalog) -> None:
    """List prices are exact; where none is known the price is marked as invented."""
    for plan in catalog.plans:
        assert [price.unit_price.currency for price in plan.prices] == ["USD", "EUR"]
    assert Money(minor_units=1000, currency="USD") == catalog.price(E1, "USD").unit_price
    assert Money(minor_units=2627, currency="EUR") == catalog.price(E3, "EUR").unit_price
    assert not catalog.price(E3, "EUR").is_invented
    assert catalog.price(E4, "EUR").is_invented


def test_price_in_an_unlisted_currency_is_refused(catalog: Catalog) -> None:
    """A currency without a price is INVALID_INPUT that names those with one."""
    with pytest.raises(InvalidInput, match="USD, EUR"):
        catalog.price(E1, "XXX")


def test_caps_and_retirement(catalog: Catalog) -> None:
    """Business and midsize plans hold 300 users, the old Small Business 25, the others have no cap."""
    assert catalog.plan(SMALL_BUSINESS).user_cap == 25
    assert catalog.plan(MIDSIZE).user_cap == 300
    assert catalog.find("Business Premium").user_cap == 300
    assert catalog.plan(E3).user_cap is None
    assert catalog.plan(E4).is_retired
    assert not catalog.plan(E3).is_retired


def test_placeholders_are_marked_retired_and_of_unknown_services(catalog: Catalog) -> None:
    """Plans the vendor no longer lists are retired placeholders; only Lync 3 has a known service."""
    placeholders = {plan.name: plan for plan in catalog.plans if plan.is_placeholder}

    assert len(placeholders) == 5
    assert all(plan.is_retired for plan in placeholders.values())
    assert [name for name, plan in placeholders.items() if plan.has_known_services] == [
        "Lync Online (Plan 3)"
    ]

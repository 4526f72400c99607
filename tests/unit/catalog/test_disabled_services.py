"""A user's switched-off services survive a switch (switch#services)."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from hypothesis import example, given
from hypothesis import strategies as st

from domain.catalog.catalog import load_catalog
from domain.catalog.disabled_services import map_disabled
from domain.catalog.plans import Plan, ServicePlan, data_levels, data_services_lowered, lowered_levels

CATALOG = load_catalog()
E1, E3, E4, E5 = (CATALOG.find(name) for name in ("E1", "E3", "E4", "E5"))
MIDSIZE = CATALOG.find("Midsize")
M365_E5 = CATALOG.plan("06ebc4ee-1bb5-47dd-8120-11324bc54e06")
KEPT_PAIRS = [
    (source, target)
    for source, target in product(CATALOG.plans, repeat=2)
    if source.kind == target.kind == "plan"
    and source.has_known_services
    and source != target
    and not data_services_lowered(source, target)
]


def id_of(plan: Plan, name: str) -> str:
    """Return the id of the service plan of this name."""
    return next(part.service_plan_id for part in plan.service_plans if part.name == name)


def made_plan(rows: list[tuple[int, int, int]]) -> Plan:
    """Return a plan of made-up (id, name, service) rows, each id once."""
    parts = {
        f"id-{number}": ServicePlan(
            service_plan_id=f"id-{number}",
            name=f"NAME_{name}",
            friendly_name="",
            service=f"service_{service}",
            family=f"service_{service}",
            tier=1,
            is_data_service=False,
        )
        for number, name, service in rows
    }
    return replace(E1, service_plans=tuple(parts.values()))


made_plans = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 5), st.integers(0, 3)), max_size=8).map(
    made_plan
)


@st.composite
def a_user_on_a_real_pair(draw: st.DrawFn) -> tuple[Plan, Plan, frozenset[str]]:
    """Draw two real plans and a set of services switched off on the first."""
    source, target = draw(st.sampled_from(KEPT_PAIRS))
    return source, target, draw(st.frozensets(st.sampled_from(sorted(source.service_plan_ids))))


@st.composite
def a_user_on_a_made_pair(draw: st.DrawFn) -> tuple[Plan, Plan, frozenset[str]]:
    """Draw two small plans that share ids, names and services in every way."""
    source, target = draw(made_plans), draw(made_plans)
    disabled = draw(st.frozensets(st.sampled_from(sorted(source.service_plan_ids) or ["id-9"])))
    return source, target, disabled


users = st.one_of(a_user_on_a_real_pair(), a_user_on_a_made_pair())


@given(users)
def test_nothing_that_was_on_goes_off(user: tuple[Plan, Plan, frozenset[str]]) -> None:
    """A service plan goes off only if it, its namesakes, its whole service or what it needs were off."""
    source, target, disabled = user
    mapping = map_disabled(source, target, disabled)
    on = [part for part in source.service_plans if part.service_plan_id not in disabled]
    for part in target.service_plans:
        is_new = part.service_plan_id in mapping.new_disabled and part.service_plan_id not in disabled
        if is_new and part.service_plan_id not in mapping.dependents:
            assert part.service_plan_id not in {other.service_plan_id for other in on}
            assert part.name not in {other.name for other in on}
            assert any(other.name == part.name for other in source.service_plans) or part.service not in {
                other.service for other in on
            }


@given(users)
def test_what_was_off_by_id_stays_off(user: tuple[Plan, Plan, frozenset[str]]) -> None:
    """Every switched-off service plan that the target has, too, is switched off there."""
    source, target, disabled = user

    assert disabled & target.service_plan_ids <= set(map_disabled(source, target, disabled).new_disabled)


@given(a_user_on_a_real_pair())
def test_a_service_that_was_wholly_off_stays_off(user: tuple[Plan, Plan, frozenset[str]]) -> None:
    """No edition of a service comes on for a user who had every part of it off."""
    source, target, disabled = user
    new_disabled = map_disabled(source, target, disabled).new_disabled
    had = {part.service for part in source.service_plans}
    on = {part.service for part in source.service_plans if part.service_plan_id not in disabled}
    for part in target.service_plans:
        if part.service in had - on:
            assert part.service_plan_id in new_disabled


@given(users)
def test_each_switched_off_service_is_kept_or_has_no_counterpart(
    user: tuple[Plan, Plan, frozenset[str]],
) -> None:
    """The result accounts for every switched-off service once, and grants nothing that it switches off."""
    source, target, disabled = user
    mapping = map_disabled(source, target, disabled)

    assert sorted(disabled) == sorted(mapping.kept + mapping.no_counterpart)
    assert not set(mapping.newly_granted) & set(mapping.new_disabled)
    assert {*mapping.newly_granted, *mapping.new_disabled} <= target.service_plan_ids
    assert bool(mapping.new_disabled) == bool(mapping.kept)


VOICE_ALONE = (E4, M365_E5, frozenset(id_of(E4, name) for name in ("MCOSTANDARD", "TEAMS1", "FORMS_PLAN_E3")))


@given(a_user_on_a_real_pair())
@example(VOICE_ALONE)
def test_data_services_that_were_on_keep_their_tier(user: tuple[Plan, Plan, frozenset[str]]) -> None:
    """Between real plans a user keeps every data service that was on, at the same tier or higher.

    Except for what is told to go off with a service that it needs and that stays off
    (rules#dependent_service_off).
    """
    source, target, disabled = user
    mapping = map_disabled(source, target, disabled)
    off = set(mapping.new_disabled) - set(mapping.dependents)
    before = data_levels(part for part in source.service_plans if part.service_plan_id not in disabled)
    after = data_levels(part for part in target.service_plans if part.service_plan_id not in off)

    assert lowered_levels(before, after) == ()


def test_voice_without_skype_and_teams_goes_off_as_a_dependent() -> None:
    """Phone System goes off with Skype and Teams, one of which it needs (rules#dependent_service_off)."""
    mapping = map_disabled(*VOICE_ALONE)

    assert id_of(M365_E5, "MCOEV") in mapping.dependents
    assert {id_of(M365_E5, name) for name in ("MCOSTANDARD", "TEAMS1")} <= set(mapping.kept)


def test_e1_user_without_sharepoint_gets_e3_without_sharepoint() -> None:
    """SharePoint Plan 1 off under E1 is SharePoint Plan 2 off under E3; Yammer stays off by id.

    Office for the web can't be on without SharePoint: it goes off too, and is told as such.
    """
    yammer = id_of(E1, "YAMMER_ENTERPRISE")
    mapping = map_disabled(E1, E3, [id_of(E1, "SHAREPOINTSTANDARD").upper(), yammer])

    web = id_of(E3, "SHAREPOINTWAC")
    assert tuple(sorted((id_of(E3, "SHAREPOINTENTERPRISE"), web, yammer))) == mapping.new_disabled
    assert mapping.dependents == (web,)
    assert mapping.no_counterpart == ()


def test_user_with_everything_on_gets_everything() -> None:
    """Nothing off before is nothing off after; what E1 lacks is listed as newly granted."""
    mapping = map_disabled(E1, E3, [])

    assert (mapping.new_disabled, mapping.kept, mapping.no_counterpart) == ((), (), ())
    assert {"ATP_ENTERPRISE", "MIP_S_CLP1", "ContentExplorer_Standard"} == {
        part.name for part in E3.service_plans if part.service_plan_id in mapping.newly_granted
    }


def test_service_that_the_target_lacks_has_no_counterpart() -> None:
    """Viva Engage is not in E4: it is reported, and Yammer stays as it was."""
    viva = id_of(E1, "VIVAENGAGE_CORE")
    mapping = map_disabled(E1, E4, [viva])

    assert ((), (viva,)) == (mapping.new_disabled, mapping.no_counterpart)


def test_one_part_of_a_service_off_does_not_switch_off_another() -> None:
    """With To-Do, Flow or office apps partly on, parts that match neither by id nor name stay on."""
    mapping = map_disabled(E5, E1, [id_of(E5, "EXCHANGE_ANALYTICS")])

    assert id_of(E1, "MYANALYTICS_P2") not in mapping.new_disabled


def test_voice_that_was_off_stays_off_under_its_new_name() -> None:
    """Enterprise voice of E4 is Phone System in E5; off stays off and the rest of Skype stays on."""
    mapping = map_disabled(E4, E5, [id_of(E4, "MCOVOICECONF")])

    assert (id_of(E5, "MCOEV"),) == mapping.new_disabled


def test_midsize_user_without_exchange_and_apps_is_mapped_across_families() -> None:
    """Mid-market editions have other ids and names; service by service they still match."""
    off = [id_of(MIDSIZE, "EXCHANGE_S_STANDARD_MIDMARKET"), id_of(MIDSIZE, "OFFICESUBSCRIPTION")]
    mapping = map_disabled(MIDSIZE, E1, off)

    assert {"EXCHANGE_S_STANDARD", "OFFICEMOBILE_SUBSCRIPTION"} == {
        part.name for part in E1.service_plans if part.service_plan_id in mapping.new_disabled
    }


def test_service_that_the_catalog_does_not_list_matches_by_id() -> None:
    """The vendor adds services: an unlisted one stays off where the target has it, else it is reported."""
    added = id_of(E3, "ATP_ENTERPRISE")
    mapping = map_disabled(E1, E3, [added, "not-a-service"])

    assert ((added,), ("not-a-service",)) == (mapping.new_disabled, mapping.no_counterpart)

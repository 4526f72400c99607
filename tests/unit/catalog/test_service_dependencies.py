"""Which service needs which, in the organization's own plans (rules#dependent_service_off)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from activities.directory.service_settings import services_lacking_needs
from domain.catalog.catalog import load_catalog
from domain.catalog.disabled_services import (
    assignable,
    carried_settings,
    dependents_off,
    map_disabled,
    rules_of,
    service_rules,
)
from domain.catalog.plans import Plan, ServicePlan
from domain.licenses.license_failures import explained_failure, license_failure
from domain.licenses.preflight import DEPENDENT_OFF, Preflight, PreflightCheck
from domain.licenses.service_settings import SettingsMapper
from domain.organizations.organization_plans import OrganizationPlans
from domain.ports.directory_port import DirectoryUser, GroupPlan, HeldLicense, SubscribedPlan
from domain.reasons.findings import FindingCode
from sandbox.kernel import needs as sandbox_needs
from tests.support.stories.eligibility_inputs import answer, service_status

CATALOG = load_catalog()
E1, E3, E5 = (CATALOG.find(name) for name in ("E1", "E3", "E5"))
BASIC, PREMIUM, F3 = (CATALOG.find(name) for name in ("O365_BUSINESS_ESSENTIALS", "SPB", "F3"))
AUDIO = CATALOG.find("MCOMEETADV")
ALL = [plan for plan in CATALOG.plans if plan.service_plans]
NEW_SERVICE = "7f0d1c4e-9a5b-4f3c-8e21-5a6b7c8d9e0f"


def ids(plan: Plan, *names: str) -> tuple[str, ...]:
    """Return the ids of services of a plan by name."""
    return tuple(each.service_plan_id for each in plan.service_plans if each.name in names)


def names(plan: Plan, service_plan_ids: tuple[str, ...]) -> set[str]:
    """Return the names of services of a plan by id."""
    return {each.name for each in plan.service_plans if each.service_plan_id in service_plan_ids}


def pool(plan: Plan, *, without: tuple[str, ...] = (), added: tuple[str, ...] = ()) -> SubscribedPlan:
    """Return the organization's own list of a plan."""
    services = [
        service_status(service_id=each.service_plan_id, name=each.name, status="Success")
        for each in plan.service_plans
        if each.name not in without
    ]
    services += [service_status(service_id=NEW_SERVICE, name=name, status="Success") for name in added]
    return SubscribedPlan(
        plan_id=plan.plan_id,
        plan_name=plan.product_code,
        purchased=9,
        assigned=1,
        vendor_status="Enabled",
        services=tuple(services),
    )


def mapper(source: Plan, target: Plan, *pools: SubscribedPlan, settings: str = "keep") -> SettingsMapper:
    """Return how settings are carried over in an organization with these pools."""
    return SettingsMapper(
        OrganizationPlans.of(CATALOG, pools),
        source=source.plan_id,
        target=target.plan_id,
        service_settings=settings,
    )


def user(plan: Plan, *off: str, beside: tuple[HeldLicense, ...] = ()) -> DirectoryUser:
    """Return a user of a plan with services off by name, and with further licenses."""
    held = HeldLicense(plan_id=plan.plan_id, disabled_service_ids=ids(plan, *off))
    return DirectoryUser(directory_id="user", licenses=(held, *beside))


def looked_at(found: SettingsMapper, *users: DirectoryUser) -> Preflight:
    """Return what the look at users tells."""
    check = PreflightCheck(source=found.source, target=found.target, mapper=found)
    check.add(users)
    return check.result(users=len(users), quantity=99)


@pytest.mark.parametrize(
    ("source", "target", "off", "dependents"),
    [
        (E3, E5, ("MCOSTANDARD", "TEAMS1"), {"MCOEV", "MCOMEETADV"}),
        (E3, E5, ("MCOSTANDARD",), set()),
        (E3, E5, ("TEAMS1",), set()),
        (E1, E5, ("SHAREPOINTSTANDARD", "SHAREPOINTWAC"), {"PROJECT_O365_P3"}),
        (E1, E3, ("SHAREPOINTSTANDARD", "SHAREPOINTWAC"), set()),
        (E1, E3, ("SHAREPOINTSTANDARD",), {"SHAREPOINTWAC"}),
        (F3, E3, ("SHAREPOINTDESKLESS",), {"SHAREPOINTWAC"}),
        (
            E1,
            E5,
            ("EXCHANGE_S_STANDARD",),
            {"EXCHANGE_ANALYTICS", "LOCKBOX_ENTERPRISE", "THREAT_INTELLIGENCE"},
        ),
        (
            BASIC,
            PREMIUM,
            ("EXCHANGE_S_STANDARD",),
            {"EXCHANGE_S_ARCHIVE_ADDON", "O365_SB_Relationship_Management"},
        ),
        (E1, E3, ("EXCHANGE_S_STANDARD",), set()),
        (E1, E3, (), set()),
    ],
)
def test_what_needs_a_service_that_stays_off_goes_off_too(
    source: Plan, target: Plan, off: tuple[str, ...], dependents: set[str]
) -> None:
    """A need is met by any of several, and a chain is followed to its end (rules#dependent_service_off)."""
    mapped = map_disabled(source, target, ids(source, *off))

    assert names(target, mapped.dependents) == dependents
    assert set(mapped.dependents) <= set(mapped.new_disabled)
    assert not set(mapped.dependents) & set(mapped.newly_granted)
    assert assignable(target, mapped.new_disabled) == (mapped.new_disabled, ())


def test_chain_names_the_need_of_each_link() -> None:
    """A calling plan needs Phone System, which needs Teams: both links go off, each with its need."""
    plan = mapper(E3, E5, pool(E5, added=("MCOPSTN1",))).target
    found = dependents_off(plan.service_plans, frozenset(ids(E5, "TEAMS1", "MCOSTANDARD")))
    needed = {each.name: each.one_of for each in found}

    assert "MCOEV" in needed["MCOPSTN1"]
    assert "TEAMS1" in needed["MCOEV"]


def test_circle_of_needs_ends() -> None:
    """Two services that need each other are both on, or both off."""
    rules = rules_of(
        {
            "sources": {"s": "somebody"},
            "families": {"a": ["A"], "b": ["B"], "c": ["C"]},
            "needs": [
                {"service": "a", "one_of": "b", "source": "s"},
                {"service": "B", "one_of": "a", "source": "s"},
                {"service": "B", "one_of": "c", "source": "s"},
            ],
            "exclusions": [],
        }
    )
    services = [replace(E3.service_plans[0], service_plan_id=name.lower(), name=name) for name in "ABC"]

    assert dependents_off(services, frozenset(), rules=rules) == ()
    found = dependents_off(services, frozenset({"c"}), rules=rules)
    assert [each.service_plan_id for each in found] == ["b", "a"]


@pytest.mark.parametrize("plan", [plan for plan in ALL if plan.kind != "addon"], ids=lambda p: p.product_code)
def test_plan_as_it_is_sold_meets_its_own_needs(plan: Plan) -> None:
    """With everything on nothing goes off: what the vendor sells as one plan it also gives."""
    assert assignable(plan, ()) == ((), ())


def test_grant_all_turns_off_only_what_the_plan_can_t_give() -> None:
    """`grant_all` gives every service; one whose need the organization's plan lacks can't be given."""
    everything = carried_settings(E3, E5, ids(E3, "TEAMS1", "MCOSTANDARD"), service_settings="grant_all")
    lacking = mapper(E3, E5, pool(E5, without=("TEAMS1", "MCOSTANDARD")), settings="grant_all")

    assert everything.new_disabled == ()
    assert names(E5, lacking.of(()).new_disabled) == {"MCOEV", "MCOMEETADV"}


def test_service_of_another_license_meets_a_need() -> None:
    """A user's further license counts, where it is active and has the service on."""
    plan = CATALOG.find("MCOSTANDARD")
    beside = HeldLicense(plan_id=plan.plan_id)
    found = mapper(E3, E5)
    for held, dependents in (
        (beside, set()),
        (replace(beside, is_active=False), {"MCOEV", "MCOMEETADV"}),
        (
            replace(beside, disabled_service_ids=ids(plan, "MCOSTANDARD")),
            {"MCOEV", "MCOMEETADV"},
        ),
    ):
        settings = found.of_user(user(E3, "MCOSTANDARD", "TEAMS1", beside=(held,)))
        assert names(E5, settings.dependents) == dependents


def test_only_what_the_organization_has_is_switched_off() -> None:
    """A service that the organization's plan lacks is not asked for, and is told as such."""
    found = mapper(E1, E3, pool(E3, without=("SWAY",)))
    settings = found.of_user(user(E1, "SWAY", "YAMMER_ENTERPRISE"))
    told = looked_at(found, user(E1, "SWAY"), user(E1))

    assert settings.new_disabled == ids(E3, "YAMMER_ENTERPRISE")
    assert settings.no_counterpart == ids(E1, "SWAY")
    (notice,) = told.notices
    assert notice.code == FindingCode.SERVICE_NOT_IN_PLAN
    assert (notice.details["service"], notice.details["users"]) == ("Sway", 1)
    assert told.findings == ()


def test_service_that_only_the_organization_has_is_told_and_carried_by_id() -> None:
    """A service that the vendor added is off where it was off, and is told by its name."""
    pools = pool(E1, added=("BRAND_NEW",)), pool(E3, added=("BRAND_NEW",))
    found = mapper(E1, E3, *pools)
    held = HeldLicense(plan_id=E1.plan_id, disabled_service_ids=(NEW_SERVICE,))
    settings = found.of_user(replace(user(E1), licenses=(held,)))
    (notice,) = looked_at(found, user(E1)).notices

    assert settings.new_disabled == settings.kept == (NEW_SERVICE,)
    assert (notice.code, notice.details["count"]) == (FindingCode.PLAN_HAS_MORE_SERVICES, 1)
    assert "BRAND_NEW" in notice.message


def test_users_with_a_dependent_service_are_counted_and_named_before_the_order() -> None:
    """One finding per service with what it needs and the count, and the users by name; nobody fails by it."""
    found = mapper(E3, E5)
    told = looked_at(found, user(E3, "MCOSTANDARD", "TEAMS1"), user(E3), user(E3, "TEAMS1"))

    (named,) = told.findings
    assert (named.code, named.users, named.named, named.is_failure) == (DEPENDENT_OFF, 1, ("user",), False)
    assert told.failing == 0
    assert [each.code for each in told.notices] == [FindingCode.DEPENDENT_SERVICE_OFF] * 2
    assert all(each.details["users"] == 1 and "Teams" in each.message for each in told.notices)


def test_finding_of_a_dependent_service_asks_for_its_acknowledgment() -> None:
    """The assessment lacks `dependent_service_off` until it is given; nothing blocks."""
    notices = looked_at(mapper(E3, E5), user(E3, "MCOSTANDARD", "TEAMS1")).notices
    plain, given = answer(), answer(acknowledgments=("dependent_service_off",))

    assert plain.including(notices).acknowledgments_missing == ("dependent_service_off",)
    assert given.including(notices).acknowledgments_missing == ()
    assert plain.including(()).acknowledgments_missing == ()
    assert plain.including(notices).is_eligible == plain.is_eligible


@pytest.mark.parametrize(
    ("held", "off", "code"),
    [
        (AUDIO, ("TEAMS1", "MCOSTANDARD"), ""),
        (AUDIO, ("TEAMS1",), ""),
        (CATALOG.find("SHAREPOINTSTANDARD"), (), "SERVICES_EXCLUDE"),
        (CATALOG.find("SHAREPOINTSTANDARD"), ("SHAREPOINTSTANDARD", "SHAREPOINTWAC"), ""),
    ],
)
def test_further_licenses_are_looked_at_before_the_order(held: Plan, off: tuple[str, ...], code: str) -> None:
    """Two versions of one service exclude each other only while both are on (rules#license-failures)."""
    told = looked_at(mapper(E1, E3), user(E1, *off, beside=(HeldLicense(plan_id=held.plan_id),)))

    assert [each.code for each in told.findings if each.is_failure] == [code] * bool(code)


def test_license_that_needs_a_service_which_the_new_plan_lacks_is_told() -> None:
    """Audio Conferencing beside E3 needs Teams; a plan without it would be refused for that user."""
    target = pool(E5, without=("TEAMS1", "MCOSTANDARD"))
    told = looked_at(mapper(E3, E5, target), user(E3, beside=(HeldLicense(plan_id=AUDIO.plan_id),)))

    assert "NEEDED_SERVICE_OFF" in [each.code for each in told.findings if each.is_failure]


def test_drift_blames_nobody_for_what_the_switch_did() -> None:
    """Off as asked, as far as it could be asked, or with what needs it; anything else was changed by hand."""
    found = mapper(E3, E5, pool(E5, without=("SWAY",)))
    moved = user(E5)
    calls, telephony = ids(E5, "TEAMS1", "MCOSTANDARD"), ids(E5, "MCOEV", "MCOMEETADV")
    wanted = (*calls, *ids(E5, "SWAY"))

    assert found.explains(moved, off=calls, wanted=wanted)
    assert found.explains(moved, off=(*calls, *telephony), wanted=wanted)
    assert not found.explains(moved, off=calls[:1], wanted=wanted)
    assert not found.explains(moved, off=(*calls, *ids(E5, "YAMMER_ENTERPRISE")), wanted=wanted)


def test_refusal_names_both_services() -> None:
    """The remedy says which service needs which, as people call them; ids alone help nobody."""
    phone, teams = ids(E5, "MCOEV")[0], ids(E5, "TEAMS1")[0]
    text = f"License assignment failed because service plan {phone} depends on the service plan(s) {teams}"
    told = explained_failure("NEEDED_SERVICE_OFF", text, CATALOG)
    half = explained_failure("NEEDED_SERVICE_OFF", text.partition(" depends")[0], CATALOG)
    shown = {each.service_plan_id: each.friendly_name for each in E5.service_plans}

    assert all(shown[each] in told.message and shown[each] in told.remedy for each in (phone, teams))
    assert shown[phone] in half.remedy
    assert shown[teams] in half.remedy
    assert explained_failure("NEEDED_SERVICE_OFF", "", CATALOG) == license_failure("NEEDED_SERVICE_OFF")
    assert explained_failure("NO_LICENSE_FREE", text, CATALOG) == license_failure("NO_LICENSE_FREE")
    both = explained_failure("SERVICES_EXCLUDE", f"{phone} and {teams}", CATALOG)
    assert shown[phone] in both.message
    assert shown[teams] in both.remedy


def test_every_rule_has_a_source_and_no_service_needs_itself() -> None:
    """What needs what is data with where the vendor says so; the sandbox's own table agrees with it."""
    rules = service_rules()

    assert all(need.source for found in rules.needs.values() for need in found)
    assert all(name not in need.one_of for name, found in rules.needs.items() for need in found)
    for name, one_of in sandbox_needs.NEEDS.items():
        assert any({each.upper() for each in one_of} <= need.one_of for need in rules.needs[name.upper()])


def test_exclusions_know_two_versions_and_not_one_service() -> None:
    """The same service in two licenses excludes nothing."""
    rules = service_rules()

    assert rules.excluded(["SHAREPOINTSTANDARD"], ["sharepointenterprise"]) is not None
    assert rules.excluded(["SHAREPOINTSTANDARD"], ["SHAREPOINTSTANDARD"]) is None
    assert rules.excluded(["EXCHANGE_S_STANDARD"], ["EXCHANGE_S_ENTERPRISE"]) is None


def test_plan_of_unknown_services_is_asked_for_as_wanted() -> None:
    """Of a placeholder nothing is known, so nothing is cut."""
    empty: tuple[ServicePlan, ...] = ()

    assert assignable(replace(E3, service_plans=empty), ("X", "a")) == (("a", "x"), ())


def test_member_whom_a_group_fails_is_told_both_services() -> None:
    """The directory tells no text of a group's member; what lacks its need follows from what they hold."""
    plans = OrganizationPlans.of(CATALOG, ())
    given = GroupPlan(plan_id=E5.plan_id, disabled_service_ids=ids(E5, "TEAMS1", "MCOSTANDARD"))
    beside = HeldLicense(plan_id=CATALOG.find("MCOSTANDARD").plan_id)
    phone, teams = ids(E5, "MCOEV")[0], ids(E5, "TEAMS1")[0]
    shown = {each.service_plan_id: each.friendly_name for each in E5.service_plans}

    lacking = services_lacking_needs(plans, given, user(PREMIUM, "TEAMS1", "MCOSTANDARD"))
    failure = explained_failure("NEEDED_SERVICE_OFF", "", CATALOG, services=(phone,))

    assert set(lacking) == {phone, *ids(E5, "MCOMEETADV")}
    assert services_lacking_needs(plans, given, user(PREMIUM, beside=(beside,))) == ()
    assert all(shown[each] in failure.remedy for each in (phone, teams))
    assert explained_failure("NO_LICENSE_FREE", "", CATALOG, services=(phone,)) == license_failure(
        "NO_LICENSE_FREE"
    )

"""Which users are told before the order as such who would not be moved (rules#operator-controls)."""

from __future__ import annotations

import pytest

from domain.catalog.catalog import load_catalog
from domain.kernel.errors import RuleViolated
from domain.licenses.preflight import NAMED_MAX, Preflight, PreflightCheck, require_hope
from domain.licenses.service_settings import SettingsMapper
from domain.organizations.organization_plans import OrganizationPlans
from domain.ports.directory_port import DirectoryUser, HeldLicense

CATALOG = load_catalog()
E1, E3 = CATALOG.find("E1"), CATALOG.find("E3")
#: Has another version of SharePoint than E3.
OTHER_VERSION = CATALOG.find("SHAREPOINTSTANDARD")


def user(name: str, *, location: str | None = "DE", group: str | None = None, **more: str) -> DirectoryUser:
    """Return a user of E1."""
    licenses = [HeldLicense(plan_id=E1.plan_id, assigned_by_group=group)]
    licenses += [HeldLicense(plan_id=plan_id) for plan_id in more.values()]
    return DirectoryUser(directory_id=name, licenses=tuple(licenses), lacks_location=location is None)


def checked(*users: DirectoryUser, quantity: int = 100) -> Preflight:
    """Return what is found of users."""
    mapper = SettingsMapper(
        OrganizationPlans.of(CATALOG, ()), source=E1.plan_id, target=E3.plan_id, service_settings="keep"
    )
    check = PreflightCheck(source=E1, target=E3, mapper=mapper)
    check.add(users)
    return check.result(users=len(users), quantity=quantity)


@pytest.mark.parametrize(
    ("found", "code", "failing"),
    [
        (user("a"), "", 0),
        (user("a", location=None), "LOCATION_NOT_SERVED", 1),
        (user("a", other=OTHER_VERSION.plan_id), "SERVICES_EXCLUDE", 1),
        (user("a", other="no-such-plan"), "", 0),
        (user("a", other=E3.plan_id), "", 0),
        (user("a", group="g-1"), "MOVES_WITH_GROUP", 0),
        (user("a", group="g-1", location=None), "MOVES_WITH_GROUP", 0),
    ],
)
def test_each_user_is_told_what_to_expect(found: DirectoryUser, code: str, failing: int) -> None:
    """Location, group and excluding services are looked at for each user (rules#operator-controls)."""
    told = checked(found, user("well"))

    assert [each.code for each in told.findings] == ([code] if code else [])
    assert (told.users_checked, told.failing) == (2, failing)
    assert all(each.message and each.remedy and each.named == ("a",) for each in told.findings)


def test_who_lacks_a_license_of_an_owned_plan_is_sent_to_its_seller() -> None:
    """A switch of licenses only orders none, and refuses `--quantity` (rules#licenses-only)."""
    mapper = SettingsMapper(
        OrganizationPlans.of(CATALOG, ()), source=E1.plan_id, target=E3.plan_id, service_settings="keep"
    )
    check = PreflightCheck(source=E1, target=E3, mapper=mapper, licenses_only=True)
    check.add([user("a"), user("b")])
    (short,) = check.result(users=2, quantity=1).findings

    assert (short.code, short.users) == ("NO_LICENSE_FREE", 1)
    assert "--quantity" not in short.remedy
    assert "buy more in the seller's own pages" in short.remedy
    assert "--quantity" in checked(user("a"), user("b"), quantity=1).findings[0].remedy


def test_fewer_licenses_than_users_are_told() -> None:
    """Whoever comes last finds no license (rules#license-failures)."""
    told = checked(user("a"), user("b"), user("c"), quantity=1)

    (finding,) = told.findings
    assert (finding.code, finding.users, finding.named) == ("NO_LICENSE_FREE", 2, ())


def test_all_are_counted_and_the_first_are_named() -> None:
    """Nobody reads a list of thousands; the count is exact (issue 5)."""
    told = checked(*(user(str(number), location=None) for number in range(NAMED_MAX + 5)), user("well"))

    (finding,) = told.findings
    assert (finding.users, len(finding.named)) == (NAMED_MAX + 5, NAMED_MAX)


def test_only_a_switch_that_nobody_could_follow_is_refused() -> None:
    """A failing user is a warning; where all would fail nothing is ordered (rules#operator-controls)."""
    require_hope(checked(user("a", location=None), user("well")))
    require_hope(checked())

    with pytest.raises(RuleViolated, match="None of the 2 users who were read could be moved") as caught:
        require_hope(checked(user("a", location=None), user("b", other=OTHER_VERSION.plan_id)))
    assert "usage location" in caught.value.remedy

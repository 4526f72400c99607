"""What a principal may do is what its grants cover, and nothing else."""

from __future__ import annotations

from domain.people.principal import Grant, Principal, PrincipalKind
from domain.people.roles import INCLUDED, Role


def principal(*grants: Grant) -> Principal:
    """Return a person with some grants."""
    return Principal(actor="olga", kind=PrincipalKind.PERSON, grants=grants)


def test_a_grant_over_some_organizations_covers_no_other_one_and_not_all() -> None:
    """A role over one organization is none over another one, and none over the installation."""
    olga = principal(Grant(role=Role.OPERATOR, organizations=frozenset({"contoso"})))

    assert olga.has(Role.OPERATOR, "contoso")
    assert olga.has(Role.VIEWER, "contoso")
    assert not olga.has(Role.OPERATOR, "fabrikam")
    assert not olga.has(Role.OPERATOR)
    assert olga.organizations(Role.VIEWER) == frozenset({"contoso"})
    assert olga.organizations(Role.AUDITOR) == frozenset()


def test_grants_add_up_for_each_role_alone() -> None:
    """A viewer of everything who operates one organization operates that one alone."""
    olga = principal(Grant(role=Role.VIEWER), Grant(role=Role.OPERATOR, organizations=frozenset({"contoso"})))

    assert olga.organizations(Role.VIEWER) is None
    assert olga.organizations(Role.OPERATOR) == frozenset({"contoso"})
    assert olga.has(Role.VIEWER, "fabrikam")
    assert not olga.has(Role.OPERATOR, "fabrikam")


def test_somebody_without_a_grant_may_do_nothing() -> None:
    """There is no role by default."""
    assert not any(principal().has(role, "contoso") for role in Role)


def test_everybody_sees_and_only_administrators_hold_every_role() -> None:
    """Nobody approves, audits or operates by another role but the administrator's."""
    assert all(Role.VIEWER in included for included in INCLUDED.values())
    assert INCLUDED[Role.ADMINISTRATOR] == frozenset(Role)
    for role in (Role.OPERATOR, Role.APPROVER, Role.AUDITOR):
        assert INCLUDED[role] == {role, Role.VIEWER}

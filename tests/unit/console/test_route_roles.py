"""The table of roles: the code's rows are the document's, and what has none is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.access.page_roles import ROUTE_ROLES, VIEW_ROLES, role_of_route
from console.access.route_roles import organizations_with
from domain.people.principal import Grant, Principal, PrincipalKind
from domain.people.roles import Role
from tests.support.access.documented_roles import documented


def test_code_and_document_have_the_same_rows() -> None:
    """Roles, organization and persons of each route stand in docs/roles.md as they are judged."""
    rows = {**documented("API"), **documented("Pages")}

    assert set(rows) == set(ROUTE_ROLES)
    for name, row in rows.items():
        known = ROUTE_ROLES[name]
        assert row.roles == {each.value for each in known.roles}, name
        assert row.over == known.over.value, name
        assert row.shows_persons is known.shows_persons, name
        stricter = {word: {each.value for each in roles} for word, roles in known.stricter.items()}
        assert {word: set(roles) for word, roles in row.stricter.items()} == stricter, name


def test_views_stand_in_the_document() -> None:
    """Each view has its row (docs/roles.md#sql-views)."""
    rows = documented("SQL views")

    assert set(rows) == set(VIEW_ROLES)
    files = {each.stem.partition("_")[2] for each in Path("projections/sql/dashboards").glob("*.sql")}
    assert files == {name.partition(".")[2] for name in rows if name.startswith("planswitch_views.")}


def test_both_spellings_of_an_address_have_one_row() -> None:
    """With and without the version it is the same route; a route that nobody declared has no row."""
    assert role_of_route("GET", "/api/v1/switches") is role_of_route("GET", "/api/switches") is not None
    assert role_of_route("DELETE", "/api/switches") is None
    assert role_of_route("GET", "") is None


@pytest.mark.parametrize(
    ("grants", "expected"),
    [
        ((), frozenset()),
        ((Grant(role=Role.VIEWER),), frozenset()),
        ((Grant(role=Role.OPERATOR),), None),
        ((Grant(role=Role.ADMINISTRATOR, organizations=frozenset({"A"})),), frozenset({"a"})),
        (
            (
                Grant(role=Role.OPERATOR, organizations=frozenset({"a"})),
                Grant(role=Role.AUDITOR, organizations=frozenset({"b"})),
                Grant(role=Role.VIEWER),
            ),
            frozenset({"a", "b"}),
        ),
    ],
)
def test_organizations_of_the_roles_that_suffice(
    grants: tuple[Grant, ...], expected: frozenset[str] | None
) -> None:
    """Only grants that include one of the roles count, and ids are compared in lower case (roles#scope)."""
    principal = Principal(actor="x", kind=PrincipalKind.PERSON, grants=grants)

    assert organizations_with(principal, (Role.OPERATOR, Role.AUDITOR)) == expected

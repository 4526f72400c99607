"""Accounts: names, grants, and the administrator who must be left (people#accounts)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.kernel.errors import InvalidInput
from domain.people.accounts import (
    GRANTS_MAX,
    Account,
    LastAdministrator,
    require_administrator_left,
    require_name,
    with_grant,
    without_grant,
)
from domain.people.principal import Grant, PrincipalKind
from domain.people.roles import Role

ALL = Grant(role=Role.ADMINISTRATOR)
SOME = frozenset({"contoso", "fabrikam"})
ONE = frozenset({"contoso"})


def _account(*grants: Grant, name: str = "ida", is_blocked: bool = False) -> Account:
    return Account(name=name, kind=PrincipalKind.PERSON, grants=grants, is_blocked=is_blocked)


@pytest.mark.parametrize(
    "name",
    ["", " ", "a b", "-a", "a/b", "ä", "a" * 101, "system:x", "machine:root", "temporal", "planswitch-2"],
)
def test_a_name_that_the_record_could_confuse_is_refused(name: str) -> None:
    """Nobody is called as the product itself, and a name is plain (people#accounts)."""
    with pytest.raises(InvalidInput, match="name"):
        require_name(name)


@pytest.mark.parametrize("name", ["ida", "alice@example.com", "ci-1", "a.b_c+d", "local-operator", "olga"])
def test_usual_names_are_taken(name: str) -> None:
    """Mail addresses and names of programs are names (people#accounts)."""
    assert require_name(name) == name


def test_a_wider_grant_takes_the_narrower_in() -> None:
    """A role over all organizations stands in place of the same over some; less changes nothing."""
    narrow = with_grant(_account(), Grant(role=Role.OPERATOR, organizations=ONE))
    wide = with_grant(narrow, Grant(role=Role.OPERATOR))

    assert wide.grants == (Grant(role=Role.OPERATOR),)
    assert with_grant(wide, Grant(role=Role.OPERATOR, organizations=SOME)) == wide
    assert len(with_grant(wide, Grant(role=Role.AUDITOR)).grants) == 2


def test_grants_of_an_account_are_bounded() -> None:
    """An account has at most so many grants."""
    account = _account(
        *(Grant(role=Role.VIEWER, organizations=frozenset({f"o{each}"})) for each in range(GRANTS_MAX))
    )

    with pytest.raises(InvalidInput, match=str(GRANTS_MAX)):
        with_grant(account, Grant(role=Role.VIEWER, organizations=frozenset({"another"})))


def test_a_role_is_withdrawn_as_it_was_granted() -> None:
    """With organizations it ends over those; a role over all can't end over some."""
    some, every = _account(Grant(role=Role.OPERATOR, organizations=SOME)), _account(Grant(role=Role.OPERATOR))

    assert without_grant(some, Role.OPERATOR, ONE).grants == (
        Grant(role=Role.OPERATOR, organizations=SOME - ONE),
    )
    assert without_grant(some, Role.OPERATOR, SOME).grants == ()
    assert without_grant(every, Role.OPERATOR, None).grants == ()
    with pytest.raises(InvalidInput, match="over all organizations"):
        without_grant(every, Role.OPERATOR, ONE)
    for role, organizations in ((Role.VIEWER, None), (Role.OPERATOR, frozenset({"nobody"}))):
        with pytest.raises(InvalidInput, match="a role that ida was granted: operator"):
            without_grant(some, role, organizations)


@pytest.mark.parametrize(
    "after",
    [
        _account(),
        _account(ALL, is_blocked=True),
        _account(Grant(role=Role.ADMINISTRATOR, organizations=SOME)),
    ],
)
def test_the_last_administrator_stays(after: Account) -> None:
    """Withdrawn, blocked or over some organizations: nobody could manage people (people)."""
    before = [_account(ALL), _account(ALL, name="blocked", is_blocked=True), _account(name="viewer")]

    with pytest.raises(LastAdministrator, match="ida is the last administrator"):
        require_administrator_left(before, after)

    require_administrator_left([*before, _account(ALL, name="olga")], after)
    require_administrator_left([replace(before[0], grants=())], after)

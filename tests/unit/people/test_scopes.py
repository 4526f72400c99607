"""Scopes of keys: never more than the account, never more than the scope (people#keys)."""

from __future__ import annotations

from itertools import product

import pytest

from domain.kernel.errors import InvalidInput
from domain.people.claims import claimed_values, grants_of_claim, mapping_of
from domain.people.keys import KEY_DAYS_MAX, OVERLAP_HOURS_MAX, lifetime_of, overlap_of, parts_of_key
from domain.people.principal import Grant
from domain.people.roles import Role
from domain.people.scopes import grant_of, grant_text, narrowed, require_within

ORGANIZATIONS = ("a", "b", "c")
SETS = (None, frozenset({"a"}), frozenset({"a", "b"}), frozenset({"c"}))
GRANTS = tuple(Grant(role=role, organizations=each) for role in Role for each in SETS)


def _reach(grants: tuple[Grant, ...]) -> set[tuple[Role, str | None]]:
    return {
        (role, each)
        for role in Role
        for each in (None, *ORGANIZATIONS)
        if any(grant.covers(role, each) for grant in grants)
    }


def test_a_scope_gives_exactly_what_both_give() -> None:
    """Of each pair of a grant and a scope: every role over every organization that both cover, no other."""
    pairs = list(product(GRANTS, GRANTS))

    assert len(pairs) == 400
    for grant, limit in pairs:
        both = _reach((grant,)) & _reach((limit,))
        assert _reach(narrowed((grant,), (limit,))) == both, (grant, limit)


def test_no_scope_limits_nothing_and_an_empty_one_everything() -> None:
    """A key without a scope follows its account; one with an empty scope may do nothing."""
    grants = (Grant(role=Role.OPERATOR),)

    assert narrowed(grants, None) == grants
    assert narrowed(grants, ()) == ()


def test_a_scope_can_not_ask_for_more() -> None:
    """What is not granted can't be put into a key."""
    grants = (grant_of("operator@a,b"), grant_of("auditor@c"))

    require_within((grant_of("viewer@a,c"), grant_of("operator@b")), grants)
    for more in ("operator", "viewer", "operator@c", "approver@a", "administrator@a", "operator@a,z"):
        with pytest.raises(InvalidInput, match="at most operator@a,b; auditor@c"):
            require_within((grant_of(more),), grants)


@pytest.mark.parametrize("text", ["", "root", "Operator", "operator@", "operator@a,,b", "@a", "operator a"])
def test_a_text_that_is_no_grant_is_refused(text: str) -> None:
    """A grant is spelled ROLE or ROLE@ORGANIZATION,…."""
    with pytest.raises(InvalidInput, match="role"):
        grant_of(text)


def test_a_grant_is_read_as_it_is_spelled() -> None:
    """Commands, settings and answers spell a grant in one way."""
    assert [grant_text(grant_of(grant_text(each))) for each in GRANTS] == [
        grant_text(each) for each in GRANTS
    ]


def test_a_claim_means_what_the_mapping_says() -> None:
    """Values that the mapping lacks mean nothing; a value may mean more than one role."""
    mapping = mapping_of(" cn=ops,dc=x=operator@a ; admins=administrator; cn=ops,dc=x = approver;", field="m")

    assert grants_of_claim(mapping, claimed_values(["cn=ops,dc=x", "others"])) == (
        Grant(role=Role.OPERATOR, organizations=frozenset({"a"})),
        Grant(role=Role.APPROVER),
    )
    assert grants_of_claim(mapping, claimed_values("admins")) == (Grant(role=Role.ADMINISTRATOR),)
    for claim in (None, 7, True, {"admins": 1}, [["admins"]], "ADMINS", ""):
        assert grants_of_claim(mapping, claimed_values(claim)) == ()


@pytest.mark.parametrize("text", ["admins", "=viewer", "admins=", "admins=root", "admins:viewer"])
def test_a_mapping_that_means_nothing_is_refused(text: str) -> None:
    """A misspelled mapping stops the console instead of letting nobody in."""
    with pytest.raises(InvalidInput, match="m is"):
        mapping_of(text, field="m")


def test_times_of_keys_are_bounded() -> None:
    """No key is valid for ever, and no overlap either."""
    for days in (0, -1, KEY_DAYS_MAX + 1):
        with pytest.raises(InvalidInput, match=f"1 to {KEY_DAYS_MAX}"):
            lifetime_of(days)
    for hours in (-1, OVERLAP_HOURS_MAX + 1):
        with pytest.raises(InvalidInput, match=f"0 to {OVERLAP_HOURS_MAX}"):
            overlap_of(hours)


@pytest.mark.parametrize(
    "text", ["", "psk_", "psk_a_b", f"psk_{'g' * 10}_{'0' * 64}", f"psk_{'0' * 10}_{'0' * 64}\n"]
)
def test_what_is_spelled_otherwise_is_no_key(text: str) -> None:
    """Nothing of it is looked up in the database."""
    assert parts_of_key(text) is None

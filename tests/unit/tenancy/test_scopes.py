"""Whose profile counts, and what read access keeps from beginning (vendor#read-only-access)."""

from __future__ import annotations

import pytest

from domain.kernel.errors import InvalidInput, ReadOnlyAccess
from services.base.scopes import Scope, require_write_access, scope_of

NAMED, OTHER = "11111111-0000-4000-8000-000000000001", "22222222-0000-4000-8000-000000000002"
PARTNER = "aaaaaaaa-0000-4000-8000-000000000001"


def _scopes(*, is_named_read_only: bool) -> tuple[Scope, ...]:
    return (
        Scope(name="rest", partner_id=PARTNER, is_read_only=not is_named_read_only),
        Scope(name="one", partner_id=PARTNER, organizations=(NAMED,), is_read_only=is_named_read_only),
    )


@pytest.mark.parametrize("spelling", [NAMED, NAMED.upper(), f" {NAMED} "])
def test_the_profile_that_names_an_organization_counts_before_the_one_for_all(spelling: str) -> None:
    """Read access of either is that of its own organizations alone, whatever an id's spelling."""
    with pytest.raises(ReadOnlyAccess, match="one may only read"):
        require_write_access(_scopes(is_named_read_only=True), spelling)
    require_write_access(_scopes(is_named_read_only=False), spelling)
    with pytest.raises(ReadOnlyAccess, match="rest may only read"):
        require_write_access(_scopes(is_named_read_only=False), OTHER)
    require_write_access(_scopes(is_named_read_only=True), OTHER)


def test_an_installation_without_profiles_may_write() -> None:
    """The sandbox has no profiles, and an organization that none is for is refused elsewhere."""
    require_write_access((), NAMED)
    require_write_access(_scopes(is_named_read_only=True)[1:], OTHER)


def test_a_profile_is_named_where_there_are_several() -> None:
    """The only one needs no name; a wrong name, or none of several, is refused with those that there are."""
    scopes = _scopes(is_named_read_only=True)

    assert scope_of(scopes[:1], "") is scopes[0]
    assert scope_of(scopes, "one") is scopes[1]
    assert scope_of((), "") is None
    for name in ("", "two"):
        with pytest.raises(InvalidInput, match="allowed: rest, one"):
            scope_of(scopes, name)

"""Which roles the claim of a sign-in means: a mapping that an installation sets.

The mapping is `VALUE=ROLE` or `VALUE=ROLE@ORGANIZATION,ORGANIZATION`, with semicolons between. A value may
stand more than once, for more than one role.
"""

from __future__ import annotations

from collections.abc import Iterable

from domain.kernel.errors import InvalidInput
from domain.people.accounts import Account, with_grant
from domain.people.principal import Grant, PrincipalKind
from domain.people.scopes import grant_of

RoleMapping = tuple[tuple[str, Grant], ...]


def mapping_of(text: str, *, field: str) -> RoleMapping:
    """Return the mapping that a setting spells; "" is none.

    Raises:
        InvalidInput: A part is not `VALUE=ROLE`, or its role is unknown.
    """
    return tuple(_part(part, field) for part in text.split(";") if part.strip())


def _part(text: str, field: str) -> tuple[str, Grant]:
    # The value of a claim may have an equals sign, as names of directories do; a role has none.
    value, mark, role = text.rpartition("=")
    if not mark or not value.strip():
        allowed = "VALUE=ROLE, or VALUE=ROLE@ORGANIZATION,…, with semicolons between"
        raise InvalidInput(field=field, value=text.strip(), allowed=allowed)
    return value.strip(), grant_of(role, field=field)


def claimed_values(claim: object) -> frozenset[str]:
    """Return the values of a claim: one text, texts in a list, or none in anything else."""
    if isinstance(claim, str):
        return frozenset({claim})
    if isinstance(claim, list | tuple):
        return frozenset(each for each in claim if isinstance(each, str))
    return frozenset()


def grants_of_claim(mapping: RoleMapping, values: Iterable[str]) -> tuple[Grant, ...]:
    """Return the grants that the values of a claim mean, in the order of the mapping."""
    wanted = frozenset(values)
    account = Account(name="claim", kind=PrincipalKind.PERSON)
    for value, grant in mapping:
        if value in wanted:
            account = with_grant(account, grant)
    return account.grants

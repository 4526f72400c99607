"""What a key may do: no more than its account, and no more than the scope that it was made with."""

from __future__ import annotations

from collections.abc import Iterable

from domain.kernel.errors import InvalidInput
from domain.people.principal import Grant
from domain.people.roles import INCLUDED, Role


def narrowed(grants: Iterable[Grant], scope: Iterable[Grant] | None) -> tuple[Grant, ...]:
    """Return what grants and a scope both allow; without a scope the grants as they are.

    Args:
        grants: Of the account, as they are now.
        scope: Of the key; None limits nothing.
    """
    if scope is None:
        return tuple(grants)
    limits = tuple(scope)
    common = (each for grant in grants for limit in limits for each in _common(grant, limit))
    return tuple(dict.fromkeys(common))


def require_within(scope: Iterable[Grant], grants: tuple[Grant, ...], *, field: str = "scope") -> None:
    """Refuse a scope that asks for more than the grants give.

    Raises:
        InvalidInput: A part of the scope is not granted.
    """
    for limit in scope:
        if not is_within((limit,), grants):
            raise InvalidInput(field=field, value=grant_text(limit), allowed=f"at most {grants_text(grants)}")


def is_within(scope: Iterable[Grant], grants: tuple[Grant, ...]) -> bool:
    """Tell whether grants include everything that a scope names."""
    return all(
        any(grant.covers(limit.role, organization_id) for grant in grants)
        for limit in scope
        for organization_id in (frozenset({None}) if limit.organizations is None else limit.organizations)
    )


def grant_text(grant: Grant) -> str:
    """Return a grant as commands and settings spell it: ROLE, or ROLE@ORGANIZATION,ORGANIZATION."""
    if grant.organizations is None:
        return grant.role.value
    return f"{grant.role.value}@{','.join(sorted(grant.organizations))}"


def grants_text(grants: Iterable[Grant]) -> str:
    """Return grants in one line; "none" where there are none."""
    return "; ".join(grant_text(grant) for grant in grants) or "none"


def grant_of(text: str, *, field: str = "role") -> Grant:
    """Return the grant that a text spells, as `grant_text` does.

    Raises:
        InvalidInput: The role is unknown, or an organization is missing after the `@`.
    """
    name, mark, organizations = text.strip().partition("@")
    try:
        role = Role(name.strip())
    except ValueError:
        allowed = f"{', '.join(Role)}, each with @ORGANIZATION,… where it holds over some organizations"
        raise InvalidInput(field=field, value=text or None, allowed=allowed) from None
    ids = [each.strip() for each in organizations.split(",")]
    if mark and not all(ids):
        raise InvalidInput(field=field, value=text, allowed="ids of organizations after the @, with commas")
    return Grant(role=role, organizations=frozenset(ids) if mark else None)


def _common(grant: Grant, limit: Grant) -> Iterable[Grant]:
    """Yield the greatest grants that both of two include."""
    if grant.organizations is None or limit.organizations is None:
        organizations = limit.organizations if grant.organizations is None else grant.organizations
    else:
        organizations = grant.organizations & limit.organizations
        if not organizations:
            return
    roles = INCLUDED[grant.role] & INCLUDED[limit.role]
    for role in sorted(roles):
        if not any(role in INCLUDED[other] for other in roles - {role}):
            yield Grant(role=role, organizations=organizations)

"""Who makes the present request, for what has no request at hand: templates show what the caller may do."""

from __future__ import annotations

from contextvars import ContextVar

from console.access.route_roles import organizations_with
from domain.people.principal import Principal
from domain.people.roles import Role

_CALLER: ContextVar[Principal | None] = ContextVar("caller", default=None)


def set_caller(principal: Principal) -> None:
    """Remember who makes the present request, until it is answered."""
    _CALLER.set(principal)


def may(role: str, organization_id: str | None = None) -> bool:
    """Tell whether the caller holds a role over an organization; None asks for at least one of them.

    Args:
        role: Name of a role, such as `operator`.
        organization_id: Directory id, in any case.
    """
    principal = _CALLER.get()
    if principal is None:
        return False
    held = organizations_with(principal, (Role(role),))
    if held is None or organization_id is None:
        return held is None or bool(held)
    return organization_id.lower() in held


def may_everywhere(role: str) -> bool:
    """Tell whether the caller holds a role over all organizations.

    Args:
        role: Name of a role, such as `administrator`.
    """
    principal = _CALLER.get()
    return principal is not None and organizations_with(principal, (Role(role),)) is None

"""Who makes the present request, for what has no request at hand: templates show what the caller may do."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

from console.access.route_roles import organizations_with
from domain.kernel.errors import PlanSwitchError
from domain.people.principal import Principal
from domain.people.roles import Role

_CALLER: ContextVar[Principal | None] = ContextVar("caller", default=None)
_WAITING: ContextVar[Callable[[], int] | None] = ContextVar("waiting", default=None)


def set_caller(principal: Principal, waiting: Callable[[], int]) -> None:
    """Remember who makes the present request, until it is answered.

    Args:
        principal: Who makes it.
        waiting: Counts the requests for approvals that the caller may decide; a page alone asks.
    """
    _CALLER.set(principal)
    _WAITING.set(waiting)


def approvals_waiting() -> int:
    """Return how many requests for approvals wait for the caller; 0 where that can't be told now."""
    count = _WAITING.get()
    if count is None or not may("approver"):
        return 0
    try:
        return count()
    except PlanSwitchError:
        # A page is worth more than its badge.
        return 0


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

"""The one place that judges whether a request is allowed: by the row of its route (roles#scope).

Another organization's thing answers as one that does not exist: the endpoints read what the caller may see.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from console.access.current_caller import set_caller
from console.access.dependencies import ConsoleDependencies, dependencies, principal_of
from console.access.page_roles import role_of_route
from console.access.route_roles import Over, RouteRole, organizations_with
from console.access.subjects import is_id, named_organizations
from domain.kernel.errors import PlanSwitchError
from domain.people.accounts import Forbidden
from domain.people.principal import Grant, Principal
from domain.people.roles import Role
from domain.people.scopes import is_within
from services.approving.deciding import decidable_count
from services.base.tools import require_visible

_VIEWER = (Role.VIEWER,)
_SAFE_METHODS = frozenset({"GET", "HEAD"})
#: Path parameter of the pages whose row depends on a command.
_COMMAND = "command"
#: Rows whose use case judges further, by all that the caller may do.
_JUDGED_WITHIN = frozenset({Over.SOME, Over.SIGNED_IN})


class RepetitionAllowed(Exception):
    """The caller of a repeated request may still make it; whoever keeps its answer gives that one."""


async def authorize(
    request: Request, shared: Annotated[ConsoleDependencies, Depends(dependencies)]
) -> ConsoleDependencies:
    """Judge a request by the row of its route, and return what its endpoint may use.

    Raises:
        Unauthorized: The caller shows no valid key or session.
        Forbidden: The route has no row, or the caller holds no role of it.
        UnknownOrganization: The caller may not see the organization that the request names.
        RepetitionAllowed: The request is a repetition: it is judged as the first one, and does not act.
    """
    row = role_of_route(request.method, str(getattr(request.scope.get("route"), "path", "")))
    if row is None:
        raise Forbidden(
            f"{request.method} {request.url.path} has no row in the table of roles.",
            remedy="Report it: a route without a row is refused.",
        )
    request.state.route_role = row
    if row.is_open:
        console = shared
    else:
        principal = await run_in_threadpool(principal_of, request, shared)
        set_caller(principal, partial(decidable_count, shared, principal))
        require_held(principal, row, request)
        body = b"" if request.method in _SAFE_METHODS else await request.body()
        console = await run_in_threadpool(_judged, request, shared, principal, body)
    reach = getattr(request.state, "repeated_reach", None)
    if reach is not None:
        if not row.is_open:
            _require_reach(request.state.principal, reach)
        raise RepetitionAllowed
    request.state.console = console
    return console


def reach_of(request: Request) -> tuple[Grant, ...]:
    """Return what a caller must still hold to get the answer of a request again, beside the route's role.

    Args:
        request: As it was answered.
    """
    row, principal = getattr(request.state, "route_role", None), getattr(request.state, "principal", None)
    is_judged_within = isinstance(row, RouteRole) and row.over in _JUDGED_WITHIN
    return principal.grants if is_judged_within and isinstance(principal, Principal) else ()


def _require_reach(principal: Principal, reach: tuple[Grant, ...]) -> None:
    if not is_within(reach, principal.grants):
        raise Forbidden(
            f"{principal.actor} may do less now than when this request was answered; the answer is not given"
            " again, and nothing was changed.",
            remedy="Read what was recorded, or ask an administrator of this installation for the role.",
        )


def require_held(principal: Principal, row: RouteRole, request: Request) -> None:
    """Refuse a caller who holds no role of a row over any organization, or not over all where all are asked.

    Raises:
        Forbidden: The caller does not.
    """
    if row.over in {Over.NOBODY, Over.SIGNED_IN}:
        return
    roles = row.roles_for(_command_of(request))
    held = organizations_with(principal, roles)
    if held == frozenset() or (row.over is Over.ALL and held is not None):
        raise _forbidden(roles, "all organizations" if row.over is Over.ALL else "an organization")


def is_still_allowed(request: Request, organization_id: str) -> bool:
    """Judge the caller of a long answer again, and tell whether they still reach an organization.

    Args:
        request: As it was judged when the answer began.
        organization_id: What the answer is about.
    """
    with suppress(PlanSwitchError):
        held = _held_now(request)
        return held is None or organization_id.lower() in held
    return False


def has_same_scope(request: Request) -> bool:
    """Judge the caller of a long answer again, and tell whether they still reach the same organizations.

    Args:
        request: As it was judged when the answer began.
    """
    with suppress(PlanSwitchError):
        return bool(request.state.held == _held_now(request))
    return False


def _held_now(request: Request) -> frozenset[str] | None:
    """Return what the caller reaches now: a session may have ended, or a role been withdrawn."""
    row: RouteRole = request.state.route_role
    request.state.principal = None
    request.state.credential = None
    principal = principal_of(request, dependencies(request))
    return organizations_with(principal, row.roles_for(_command_of(request)))


def _command_of(request: Request) -> str:
    return str(request.path_params.get(_COMMAND, ""))


def _judged(
    request: Request, shared: ConsoleDependencies, principal: Principal, body: bytes
) -> ConsoleDependencies:
    """Return what the endpoint may use, and refuse what is named and lies outside of it."""
    row: RouteRole = request.state.route_role
    roles = row.roles_for(_command_of(request))
    held = organizations_with(principal, roles) if roles else frozenset()
    request.state.held = held
    console = replace(shared, reads=shared.reads.within(held))
    if held is None:
        _note_organization(request, console, row, body)
        return console
    as_viewer = replace(shared, reads=shared.reads.within(organizations_with(principal, _VIEWER)))
    for each in named_organizations(request, as_viewer, row.over, body):
        request.state.organization_id = each
        if each not in held:
            require_visible(as_viewer, each)
            raise _forbidden(roles, f"organization {each}")
    return console


def _note_organization(request: Request, console: ConsoleDependencies, row: RouteRole, body: bytes) -> None:
    """Remember for the access log which organization a request is about, where that is known."""
    if request.method in _SAFE_METHODS and not row.shows_persons:
        return
    if row.over is Over.SWITCH and not is_id(request.path_params["switch"]):
        # Names cost a question to billing, which is asked for answers and not for the log.
        return
    # What can't be told here, the endpoint refuses in its own words.
    with suppress(PlanSwitchError):
        request.state.organization_id = next(iter(named_organizations(request, console, row.over, body)), "")


def _forbidden(roles: tuple[Role, ...], over: str) -> Forbidden:
    names = " or ".join(each.value for each in roles)
    return Forbidden(
        f"This needs the role {names} over {over}; nothing was changed.",
        remedy="Ask an administrator of this installation for the role; docs/roles.md says which one each "
        "address needs.",
    )

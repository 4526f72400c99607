"""What a row of the table of roles says: who may use a route, and over which organizations (roles#scope).

The table stands in `console/access/api_roles.py` and `console/access/page_roles.py`; a route without a row is
refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from domain.people.principal import Principal, organizations_of
from domain.people.roles import INCLUDED, Role

#: Version of the API that an address names -> the address without it: both have the same row.
_VERSIONED, _PLAIN = "/api/v1/", "/api/"


class Over(StrEnum):
    """Over which organization a role is judged; the value is what docs/roles.md says."""

    #: Nobody needs to sign in.
    NOBODY = "open"
    #: Whoever is signed in, with any role or none.
    SIGNED_IN = "signed in"
    #: At least one organization; the answer holds those over which the caller has the role.
    SOME = "some"
    #: All of them.
    ALL = "all"
    #: The one of the switch that the path names.
    SWITCH = "switch"
    #: The one of the draft that the path names.
    CHECKOUT = "checkout"
    #: The one of the recorded assessment that the path names.
    ASSESSMENT = "assessment"
    #: The one that the path names.
    PATH = "path"
    #: The one that the body names.
    BODY = "body"
    #: The one that the query names.
    QUERY = "query"


@dataclass(frozen=True, kw_only=True, slots=True)
class RouteRole:
    """The row of one route.

    Args:
        over: Over which organization a role is judged.
        roles: Each of them suffices; none where nobody needs a role.
        shows_persons: The answer may hold names, addresses or directory ids of persons.
        is_sign_in: It begins or ends a session.
        stricter: Last part of a page's path -> roles that suffice for it instead.
    """

    over: Over
    roles: tuple[Role, ...] = ()
    shows_persons: bool = False
    is_sign_in: bool = False
    stricter: Mapping[str, tuple[Role, ...]] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Return whether nobody needs to sign in."""
        return self.over is Over.NOBODY

    def roles_for(self, command: str) -> tuple[Role, ...]:
        """Return the roles that suffice, also for a command that a page's path names."""
        return self.stricter.get(command, self.roles)


def organizations_with(principal: Principal, roles: tuple[Role, ...]) -> frozenset[str] | None:
    """Return the organizations over which a caller holds one of some roles, in lower case; None: all."""
    held = organizations_of(grant for grant in principal.grants if not INCLUDED[grant.role].isdisjoint(roles))
    return None if held is None else frozenset(each.lower() for each in held)


def route_key(method: str, path: str) -> str:
    """Return the name of a route in the table, such as `GET /api/switches/{switch}`.

    Args:
        method: Of HTTP.
        path: As the route declares it; with and without the version of the API it is the same row.
    """
    plain = path.replace(_VERSIONED, _PLAIN, 1) if path.startswith(_VERSIONED) else path
    return f"{method} {plain}"

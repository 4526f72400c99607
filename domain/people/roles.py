"""Roles, and which of them includes which."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What somebody may do; each role includes what a viewer may see."""

    #: Sees switches, products, quotes and reports; changes nothing.
    VIEWER = "viewer"
    #: Starts switches, acts on products, and gives commands.
    OPERATOR = "operator"
    #: Approves or refuses what others request.
    APPROVER = "approver"
    #: Sees everything that was recorded, the access log and bundles included.
    AUDITOR = "auditor"
    #: Manages people, keys, catalogs, webhooks and settings, and includes every other role.
    ADMINISTRATOR = "administrator"


#: Role -> roles that it includes, itself among them.
INCLUDED: dict[Role, frozenset[Role]] = {
    Role.VIEWER: frozenset({Role.VIEWER}),
    Role.OPERATOR: frozenset({Role.OPERATOR, Role.VIEWER}),
    Role.APPROVER: frozenset({Role.APPROVER, Role.VIEWER}),
    Role.AUDITOR: frozenset({Role.AUDITOR, Role.VIEWER}),
    Role.ADMINISTRATOR: frozenset(Role),
}

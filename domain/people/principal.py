"""Who makes a request: a person or a service account, with the roles that were granted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from domain.people.roles import INCLUDED, Role


class PrincipalKind(StrEnum):
    """Whether a human being or a program acts."""

    PERSON = "person"
    SERVICE_ACCOUNT = "service_account"


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A role over all organizations, or over some of them.

    Args:
        role: What may be done.
        organizations: Directory ids of the organizations; None means all of them.
    """

    role: Role
    organizations: frozenset[str] | None = None

    def covers(self, role: Role, organization_id: str | None) -> bool:
        """Tell whether the grant includes a role over an organization, whose id may be in any case.

        Args:
            role: Which one.
            organization_id: Directory id; None asks for all organizations.
        """
        is_there = self.organizations is None or (
            organization_id is not None and organization_id.lower() in self._lowered
        )
        return is_there and role in INCLUDED[self.role]

    @cached_property
    def _lowered(self) -> frozenset[str]:
        """Return the organizations in lower case, made once: every row of a list asks for them."""
        return frozenset(each.lower() for each in self.organizations or ())


@dataclass(frozen=True, kw_only=True)
class Principal:
    """Who makes a request.

    Args:
        actor: The name that events record. It comes from the credential and never from the client.
        kind: Whether a person or a program acts.
        grants: What was granted.
        credential_id: Which key or session was shown; it is no secret, and the access log records it.
        owner: Who answers for the credential beside the actor: the owner of a service account, or who made
            the key for somebody else; "" where nobody does. Whoever approves compares this too.
    """

    actor: str
    kind: PrincipalKind
    grants: tuple[Grant, ...]
    credential_id: str = ""
    owner: str = ""

    def has(self, role: Role, organization_id: str | None = None) -> bool:
        """Tell whether a role is held over an organization; None asks for all organizations."""
        return any(grant.covers(role, organization_id) for grant in self.grants)

    def organizations(self, role: Role) -> frozenset[str] | None:
        """Return the organizations over which a role is held; None means all of them."""
        return organizations_of(grant for grant in self.grants if role in INCLUDED[grant.role])


def organizations_of(grants: Iterable[Grant]) -> frozenset[str] | None:
    """Return the organizations of some grants together; None means all of them."""
    together: frozenset[str] = frozenset()
    for grant in grants:
        if grant.organizations is None:
            return None
        together |= grant.organizations
    return together

"""Bodies about people and keys, each with what it asks for."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from console.edge.plain_bodies import Body, Id, OptionalText, Reason, Text
from console.models.people import KindName, RoleName
from domain.people.accounts import GRANTS_MAX, Account, Identity, require_name
from domain.people.keys import (
    KEY_DAYS_DEFAULT,
    KEY_DAYS_MAX,
    OVERLAP_HOURS_DEFAULT,
    OVERLAP_HOURS_MAX,
)
from domain.people.principal import Grant, PrincipalKind
from domain.people.roles import Role

#: Organizations of one grant.
ORGANIZATIONS_MAX = 500
LABEL_MAX = 100
Organizations = Annotated[tuple[Id, ...], Field(strict=False, min_length=1, max_length=ORGANIZATIONS_MAX)]
Days = Annotated[int, Field(ge=1, le=KEY_DAYS_MAX)]
OverlapHours = Annotated[int, Field(ge=0, le=OVERLAP_HOURS_MAX)]
Label = Annotated[Text, Field(max_length=LABEL_MAX)]


class GrantBody(Body):
    """A role, and over which organizations."""

    role: RoleName
    #: Directory ids; null: all.
    organizations: Organizations | None = None

    def grant(self) -> Grant:
        """Return the grant that is asked for."""
        organizations = None if self.organizations is None else frozenset(self.organizations)
        return Grant(role=Role(self.role), organizations=organizations)


Grants = Annotated[tuple[GrantBody, ...], Field(strict=False, max_length=GRANTS_MAX)]


class AccountBody(Body):
    """A person or a service account to open."""

    #: What events record as the actor.
    name: Text
    kind: KindName = "person"
    grants: Grants = ()
    #: Who answers for a service account; "" is the caller.
    owner: OptionalText = ""
    #: Who a person is at the provider of sign-ins (claim `sub`); "": they don't sign in there.
    subject: OptionalText = ""
    reason: Reason

    def account(self, caller: str, issuer: str) -> Account:
        """Return the account that is asked for.

        Args:
            caller: Who asks.
            issuer: The provider of sign-ins; "" where there is none.
        """
        kind = PrincipalKind(self.kind)
        is_service = kind is PrincipalKind.SERVICE_ACCOUNT
        identity = Identity(issuer=issuer, subject=self.subject) if self.subject else None
        return Account(
            name=require_name(self.name),
            kind=kind,
            grants=tuple(dict.fromkeys(each.grant() for each in self.grants)),
            owner=(self.owner or caller) if is_service else "",
            identity=identity,
        )


class GrantChangeBody(GrantBody):
    """A role to grant or to withdraw, and why."""

    reason: Reason


class AccountChangeBody(Body):
    """Why an account is changed."""

    reason: Reason


class KeyBody(Body):
    """A key to make."""

    #: Whose it is; null: the caller's.
    account: Text | None = None
    #: What it is for.
    label: Label
    #: What it is limited to; null: everything that the account may do.
    roles: Grants | None = None
    #: How long it is valid.
    days: Days = KEY_DAYS_DEFAULT
    reason: Reason

    def scope(self) -> tuple[Grant, ...] | None:
        """Return what the key is limited to."""
        return None if self.roles is None else tuple(each.grant() for each in self.roles)


class KeyRotationBody(Body):
    """How a key is replaced."""

    #: How long the new one is valid.
    days: Days = KEY_DAYS_DEFAULT
    #: How long the old one goes on.
    overlap_hours: OverlapHours = OVERLAP_HOURS_DEFAULT
    reason: Reason


class KeyEndBody(Body):
    """Why a key is revoked."""

    reason: Reason

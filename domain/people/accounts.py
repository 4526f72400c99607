"""Accounts: people and service accounts, with their grants, and what changes of them are allowed.

An account is stored in versions that never change. The name is what events record as the actor, so it stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain.kernel.errors import InvalidInput, PlanSwitchError
from domain.people.principal import Grant, PrincipalKind
from domain.people.roles import Role

NAME_CHARACTERS_MAX = 100
#: Grants of one account.
GRANTS_MAX = 50
_NAME = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._@+-]{{0,{NAME_CHARACTERS_MAX - 1}}}")
NAME_RULE = (
    f"1 to {NAME_CHARACTERS_MAX} letters, digits, and . _ @ + -, such as alice@example.com; not a name under "
    "which the product itself acts"
)
#: Names under which the product itself acts; the record could not tell them apart.
_OWN_NAMES = frozenset({"planswitch", "temporal", "credit-bureau", "reconciler"})


class AccountChange(StrEnum):
    """What a version of an account changed."""

    OPENED = "opened"
    GRANTED = "granted"
    WITHDRAWN = "withdrawn"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    #: The grants became those that the provider of sign-ins named.
    CLAIMED = "claimed"
    #: On the machine, past every role.
    RECOVERED = "recovered"


class Forbidden(PlanSwitchError):
    """Whoever asks is known and lacks the role for it; nothing was changed."""

    code = "FORBIDDEN"


class UnknownAccount(PlanSwitchError):
    """Nobody of that name may act here."""

    code = "UNKNOWN_ACCOUNT"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"There is no person or service account {name}.",
            remedy="`planswitch people list` names them all.",
        )


class AccountExists(PlanSwitchError):
    """The name, or the person at the provider of sign-ins, has an account; nothing was changed."""

    code = "ACCOUNT_EXISTS"


class LastAdministrator(PlanSwitchError):
    """Without this account nobody could manage people; nothing was changed."""

    code = "LAST_ADMINISTRATOR"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who a person is at the provider of sign-ins: a name may change there, this may not."""

    issuer: str
    subject: str


@dataclass(frozen=True, kw_only=True)
class Account:
    """A person or a service account, as it is now.

    Args:
        name: What events record as the actor; it never changes.
        kind: Whether a person or a program acts.
        version: Of the account; 0: it is built in and was never changed.
        grants: What it may do.
        is_blocked: Its keys and sessions are refused.
        owner: Who answers for a service account; "" for a person.
        identity: At the provider of sign-ins; None: it does not sign in there.
    """

    name: str
    kind: PrincipalKind
    version: int = 1
    grants: tuple[Grant, ...] = ()
    is_blocked: bool = False
    owner: str = ""
    identity: Identity | None = None

    @property
    def is_administrator(self) -> bool:
        """Tell whether the account manages people: administrator over all organizations, not blocked."""
        is_over_all = any(grant.covers(Role.ADMINISTRATOR, None) for grant in self.grants)
        return is_over_all and not self.is_blocked


@dataclass(frozen=True, kw_only=True)
class AccountVersion:
    """An account as one change left it, with who changed it and why."""

    account: Account
    change: AccountChange
    actor: str
    reason: str
    at: datetime


def require_name(name: str, *, field: str = "name") -> str:
    """Return a name that an account may have.

    Raises:
        InvalidInput: It has other characters, is too long, or the product itself acts under it.
    """
    is_own = name in _OWN_NAMES or name.startswith("planswitch")
    if is_own or not _NAME.fullmatch(name):
        raise InvalidInput(field=field, value=name or None, allowed=NAME_RULE)
    return name


def with_grant(account: Account, grant: Grant) -> Account:
    """Return an account with one more grant; one that covers the same or less goes into it.

    Raises:
        InvalidInput: It has as many grants as an account may have.
    """
    others = tuple(each for each in account.grants if not _is_within(each, grant))
    if any(_is_within(grant, each) for each in others):
        return account
    if len(others) >= GRANTS_MAX:
        raise InvalidInput(
            field="role", value=grant.role.value, allowed=f"at most {GRANTS_MAX} grants of one account"
        )
    return replace(account, grants=(*others, grant))


def without_grant(account: Account, role: Role, organizations: frozenset[str] | None) -> Account:
    """Return an account without a role; with organizations only over those, where it is held over some.

    Args:
        account: Whose role it is.
        role: As it was granted, not one that it includes.
        organizations: None withdraws the role as a whole.

    Raises:
        InvalidInput: The account does not hold the role so.
    """
    kept = [grant for grant in account.grants if grant.role is not role]
    held = [grant for grant in account.grants if grant.role is role]
    if organizations is not None:
        if any(grant.organizations is None for grant in held):
            raise InvalidInput(
                field="organization",
                value=", ".join(sorted(organizations)),
                allowed=f"none: {account.name} holds {role.value} over all organizations",
                remedy="Withdraw the role without naming organizations, then grant it over some.",
            )
        rest = [(grant.organizations or frozenset()) - organizations for grant in held]
        kept += [Grant(role=role, organizations=each) for each in rest if each]
    changed = replace(account, grants=tuple(kept))
    if changed.grants == account.grants:
        held_words = ", ".join(sorted({grant.role.value for grant in account.grants})) or "none"
        raise InvalidInput(
            field="role", value=role.value, allowed=f"a role that {account.name} was granted: {held_words}"
        )
    return changed


def require_administrator_left(accounts: Iterable[Account], changed: Account) -> None:
    """Refuse a change after which nobody could manage people.

    Args:
        accounts: All of them, before the change.
        changed: The account after it.

    Raises:
        LastAdministrator: The account was the last administrator, and is none any more.
    """
    before = {account.name: account for account in accounts}
    was_one = any(account.is_administrator for account in before.values())
    after = {**before, changed.name: changed}
    if was_one and not any(account.is_administrator for account in after.values()):
        raise LastAdministrator(
            f"{changed.name} is the last administrator: nobody could manage people after this.",
            remedy="Make somebody else administrator first: "
            "`planswitch people grant NAME administrator --reason …`.",
        )


def _is_within(grant: Grant, other: Grant) -> bool:
    """Tell whether a grant gives no more than another one of the same role."""
    if grant.role is not other.role:
        return False
    if other.organizations is None:
        return True
    return grant.organizations is not None and grant.organizations <= other.organizations

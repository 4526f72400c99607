"""Accounts in versions: every change is a new row with actor, reason and instant; the newest is the state."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from psycopg import Cursor
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from domain.people.accounts import Account, AccountChange, AccountVersion, Identity
from domain.people.principal import Grant, PrincipalKind
from domain.people.roles import Role
from store.core.base import StorePart

_SELECT = """
SELECT name, version, kind, grants, is_blocked, owner, issuer, subject, change, actor, reason, at
FROM planswitch.account
"""
_VERSIONS = f"{_SELECT} WHERE name = %(name)s ORDER BY version DESC"
_ONE = f"{_VERSIONS} LIMIT 1"
_NEWEST = f"""{_SELECT} AS a
WHERE NOT EXISTS (SELECT FROM planswitch.account b WHERE b.name = a.name AND b.version > a.version)
ORDER BY name
"""
_OF_IDENTITY = """
SELECT name FROM planswitch.account WHERE version = 1 AND issuer = %(issuer)s AND subject = %(subject)s
"""
#: One change at a time, so that two administrators can't take the role from each other at once.
_IN_TURN = "SELECT pg_advisory_xact_lock(hashtext('planswitch.account'))"
_WRITE = """
INSERT INTO planswitch.account
    (name, version, kind, grants, is_blocked, owner, issuer, subject, change, actor, reason)
VALUES (%(name)s, %(version)s, %(kind)s, %(grants)s, %(is_blocked)s, %(owner)s, %(issuer)s, %(subject)s,
    %(change)s, %(actor)s, %(reason)s)
"""


@dataclass(frozen=True, kw_only=True)
class RecordedChange:
    """What becomes of an account, and why."""

    #: As the change leaves it; its version is given by the store.
    account: Account
    change: AccountChange
    actor: str
    reason: str


class AccountStore(StorePart):
    """Accounts by name."""

    def accounts(self) -> tuple[Account, ...]:
        """Return every account as it is now, by name."""
        return tuple(_version_of(row).account for row in self._rows(_NEWEST, {}))

    def account(self, name: str) -> Account | None:
        """Return an account as it is now; None: there is no such name."""
        return next((_version_of(row).account for row in self._rows(_ONE, {"name": name})), None)

    def owner_of(self, name: str) -> str:
        """Return who answers for an account: the owner of a service account, to the last, or itself.

        Args:
            name: Of an account; what no account is called answers for itself.
        """
        passed: list[str] = []
        while name not in passed:
            passed.append(name)
            account = self.account(name)
            name = account.owner if account is not None and account.owner else name
        return name

    def name_of(self, identity: Identity) -> str | None:
        """Return the name of whoever signs in at the provider as `identity`; None: nobody does."""
        facts = {"issuer": identity.issuer, "subject": identity.subject}
        return next((str(row["name"]) for row in self._rows(_OF_IDENTITY, facts)), None)

    def versions(self, name: str) -> tuple[AccountVersion, ...]:
        """Return every change of an account, the newest first."""
        return tuple(_version_of(row) for row in self._rows(_VERSIONS, {"name": name}))

    def change(self, decide: Callable[[tuple[Account, ...]], RecordedChange | None]) -> Account | None:
        """Record a change that was decided over all accounts, while nobody else changes one.

        Args:
            decide: Gets every account; returns the change, or None where nothing changes.

        Returns:
            The account as it is stored, or None where nothing changed.
        """

        def write(cursor: Cursor[DictRow]) -> Account | None:
            cursor.execute(_IN_TURN)
            before = tuple(_version_of(row).account for row in cursor.execute(_NEWEST).fetchall())
            change = decide(before)
            if change is None:
                return None
            cursor.execute(_WRITE, _row_of(change, _next_version(before, change.account.name)))
            row = cursor.execute(_ONE, {"name": change.account.name}).fetchone()
            assert row is not None  # noqa: S101 - it was written by this transaction
            return _version_of(row).account

        return self._written(write)


def grants_as_json(grants: Iterable[Grant]) -> list[dict[str, Any]]:
    """Return grants as they are stored."""
    return [
        {
            "role": grant.role.value,
            "organizations": None if grant.organizations is None else sorted(grant.organizations),
        }
        for grant in grants
    ]


def grants_of_json(stored: Iterable[dict[str, Any]]) -> tuple[Grant, ...]:
    """Return the grants that are stored."""
    return tuple(
        Grant(
            role=Role(each["role"]),
            organizations=None if each["organizations"] is None else frozenset(each["organizations"]),
        )
        for each in stored
    )


def _next_version(accounts: Iterable[Account], name: str) -> int:
    return 1 + max((each.version for each in accounts if each.name == name), default=0)


def _row_of(change: RecordedChange, version: int) -> dict[str, Any]:
    account = change.account
    return {
        "name": account.name,
        "version": version,
        "kind": account.kind.value,
        "grants": Jsonb(grants_as_json(account.grants)),
        "is_blocked": account.is_blocked,
        "owner": account.owner,
        "issuer": account.identity.issuer if account.identity else "",
        "subject": account.identity.subject if account.identity else "",
        "change": change.change.value,
        "actor": change.actor,
        "reason": change.reason,
    }


def _version_of(row: DictRow) -> AccountVersion:
    account = Account(
        name=row["name"],
        kind=PrincipalKind(row["kind"]),
        version=row["version"],
        grants=grants_of_json(row["grants"]),
        is_blocked=row["is_blocked"],
        owner=row["owner"],
        identity=Identity(issuer=row["issuer"], subject=row["subject"]) if row["subject"] else None,
    )
    return AccountVersion(
        account=account,
        change=AccountChange(row["change"]),
        actor=row["actor"],
        reason=row["reason"],
        at=row["at"],
    )

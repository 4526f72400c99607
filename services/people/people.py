"""Accounts: who may act here, with which grants; every change is recorded with actor and reason.

The installation's own service account is built in: whoever holds `api.key` acts as it. It is administrator
until somebody changes that (docs/people.md#the-built-in-account).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from domain.kernel.errors import InvalidInput
from domain.people.accounts import (
    GRANTS_MAX,
    Account,
    AccountChange,
    AccountExists,
    AccountVersion,
    Identity,
    UnknownAccount,
    require_administrator_left,
    require_name,
    with_grant,
    without_grant,
)
from domain.people.principal import Grant, PrincipalKind
from domain.people.roles import Role
from store.people.accounts import RecordedChange
from store.switch_store import SwitchStore

_CLAIMED = "As the provider of sign-ins says."


class People:
    """Accounts and what changes them.

    Args:
        store: Where they are.
        local_actor: Name of the built-in account.
        now: Returns the present instant.
    """

    def __init__(self, store: SwitchStore, *, local_actor: str, now: Callable[[], datetime]) -> None:
        self._store = store
        self._local_actor = local_actor
        self._now = now

    def accounts(self) -> tuple[Account, ...]:
        """Return every account, by name."""
        return self._with_built_in(self._store.accounts.accounts())

    def account(self, name: str) -> Account:
        """Return an account.

        Raises:
            UnknownAccount: There is none of that name.
        """
        account = self._store.accounts.account(name)
        if account is None and name == self._local_actor:
            return self._built_in()
        if account is None:
            raise UnknownAccount(name)
        return account

    def versions(self, name: str) -> tuple[AccountVersion, ...]:
        """Return every recorded change of an account, the newest first.

        Raises:
            UnknownAccount: There is none of that name.
        """
        self.account(name)
        return self._store.accounts.versions(name)

    def open(self, account: Account, *, by: str, reason: str) -> Account:
        """Record a new account.

        Args:
            account: As it shall be.
            by: Who opens it.
            reason: Why.

        Raises:
            InvalidInput: Its name can't be one, or its grants are too many.
            AccountExists: The name is taken, or that person has an account.
        """
        require_name(account.name)
        if len(account.grants) > GRANTS_MAX:
            raise InvalidInput(field="roles", value=len(account.grants), allowed=f"at most {GRANTS_MAX}")

        def decide(accounts: tuple[Account, ...]) -> RecordedChange:
            _require_free(self._with_built_in(accounts), account)
            return RecordedChange(account=account, change=AccountChange.OPENED, actor=by, reason=reason)

        return self._changed(decide, account.name)

    def grant(self, name: str, grant: Grant, *, by: str, reason: str) -> Account:
        """Give an account a role; one that it has already changes nothing.

        Raises:
            UnknownAccount: There is none of that name.
            InvalidInput: It has as many grants as an account may have.
        """
        return self._change(
            name, AccountChange.GRANTED, lambda account: with_grant(account, grant), by=by, reason=reason
        )

    def withdraw(
        self, name: str, role: Role, organizations: frozenset[str] | None, *, by: str, reason: str
    ) -> Account:
        """Take a role from an account.

        Args:
            name: Whose.
            role: As it was granted.
            organizations: Over which it ends; None: over all.
            by: Who takes it.
            reason: Why.

        Raises:
            UnknownAccount: There is none of that name.
            InvalidInput: It does not hold the role so.
            LastAdministrator: Nobody could manage people after this.
        """
        return self._change(
            name,
            AccountChange.WITHDRAWN,
            lambda account: without_grant(account, role, organizations),
            by=by,
            reason=reason,
        )

    def block(self, name: str, *, by: str, reason: str) -> Account:
        """Refuse every key of an account from now on, and end its sessions.

        Raises:
            UnknownAccount: There is none of that name.
            LastAdministrator: Nobody could manage people after this.
        """
        account = self._change(
            name, AccountChange.BLOCKED, lambda each: replace(each, is_blocked=True), by=by, reason=reason
        )
        self._store.console_sessions.end_sessions(name, self._now(), actor=by, reason=reason)
        return account

    def unblock(self, name: str, *, by: str, reason: str) -> Account:
        """Let an account in again; sessions that ended stay ended.

        Raises:
            UnknownAccount: There is none of that name.
        """
        return self._change(
            name, AccountChange.UNBLOCKED, lambda each: replace(each, is_blocked=False), by=by, reason=reason
        )

    def recover(self, name: str, *, by: str, reason: str) -> Account:
        """Make an account administrator over everything and let it in, on the machine (`admin recover`).

        Raises:
            UnknownAccount: There is none of that name.
        """
        administrator = Grant(role=Role.ADMINISTRATOR)
        return self._change(
            name,
            AccountChange.RECOVERED,
            lambda account: with_grant(replace(account, is_blocked=False), administrator),
            by=by,
            reason=reason,
        )

    def claimed(self, identity: Identity, name: str, grants: tuple[Grant, ...] | None) -> Account:
        """Return the account of whoever signed in at the provider, opened if it is the first time.

        Args:
            identity: Who it is there.
            name: What an account that is opened now is called; it must be nobody else's.
            grants: What the claim of roles means: it wins over what was granted here. None: there is no such
                claim.

        Raises:
            InvalidInput: The name can't be that of an account.
            AccountExists: The name is somebody else's.
        """
        known = self._store.accounts.name_of(identity)
        if known is None:
            opened = Account(name=name, kind=PrincipalKind.PERSON, grants=grants or (), identity=identity)
            return self.open(opened, by=name, reason="First sign-in at the provider.")
        if grants is None or set(self.account(known).grants) == set(grants):
            return self.account(known)
        # The provider decides who administrates, even where nobody is left: `admin recover` helps then.
        return self._change(
            known,
            AccountChange.CLAIMED,
            lambda account: replace(account, grants=grants),
            by=known,
            reason=_CLAIMED,
            may_end_administration=True,
        )

    def _change(
        self,
        name: str,
        change: AccountChange,
        changed: Callable[[Account], Account],
        *,
        by: str,
        reason: str,
        may_end_administration: bool = False,
    ) -> Account:
        def decide(stored: tuple[Account, ...]) -> RecordedChange | None:
            accounts = self._with_built_in(stored)
            before = next((each for each in accounts if each.name == name), None)
            if before is None:
                raise UnknownAccount(name)
            after = changed(before)
            if after == before:
                return None
            if not may_end_administration:
                require_administrator_left(accounts, after)
            return RecordedChange(account=after, change=change, actor=by, reason=reason)

        return self._changed(decide, name)

    def _changed(self, decide: Callable[[tuple[Account, ...]], RecordedChange | None], name: str) -> Account:
        return self._store.accounts.change(decide) or self.account(name)

    def _with_built_in(self, stored: Iterable[Account]) -> tuple[Account, ...]:
        accounts = tuple(stored)
        if any(each.name == self._local_actor for each in accounts):
            return accounts
        return tuple(sorted((*accounts, self._built_in()), key=lambda each: each.name))

    def _built_in(self) -> Account:
        return Account(
            name=self._local_actor,
            kind=PrincipalKind.SERVICE_ACCOUNT,
            version=0,
            grants=(Grant(role=Role.ADMINISTRATOR),),
        )


def _require_free(accounts: Iterable[Account], wanted: Account) -> None:
    """Refuse a name, or a person at the provider, that has an account; names differ by more than case."""
    for each in accounts:
        if each.name.lower() == wanted.name.lower():
            raise AccountExists(
                f"The name {each.name} is taken.",
                remedy="Choose another name. For somebody who signs in at the provider: "
                "`planswitch people add NAME --subject SUBJECT --reason …`.",
            )
        if wanted.identity is not None and each.identity == wanted.identity:
            raise AccountExists(
                f"That person of the provider has the account {each.name}.",
                remedy=f"Use it: `planswitch people show {each.name}`.",
            )

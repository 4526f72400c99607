"""API keys: made, rotated with an overlap, revoked; a key reaches no farther than whoever makes it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from domain.kernel.errors import InvalidInput, RuleViolated
from domain.people.accounts import Account, Forbidden
from domain.people.keys import (
    KEY_ID_CHARACTERS,
    KEY_SECRET_CHARACTERS,
    KEYS_MAX,
    ApiKey,
    UnknownKey,
    digest_of_secret,
    lifetime_of,
    overlap_of,
    spelled_key,
)
from domain.people.principal import Grant, PrincipalKind
from domain.people.roles import Role
from domain.people.scopes import require_within
from services.people.credentials import Credential
from services.people.people import People
from store.switch_store import SwitchStore


@dataclass(frozen=True, kw_only=True)
class WantedKey:
    """A key that somebody wants.

    Args:
        account: Whose it shall be.
        label: What it is for.
        scope: What it is limited to; None: as far as whoever makes it reaches in that account.
        days: How long it is valid.
        reason: Why.
    """

    account: str
    label: str
    scope: tuple[Grant, ...] | None
    days: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class MadeKey:
    """A key with its secret, which is shown this once."""

    key: ApiKey
    text: str


class ApiKeys:
    """Keys of accounts.

    Args:
        store: Where they are.
        people: Accounts by name.
        has_provider: People sign in at a provider: nobody makes a key for another person.
        now: Returns the present instant.
    """

    def __init__(
        self, store: SwitchStore, people: People, *, has_provider: bool, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._people = people
        self._has_provider = has_provider
        self._now = now

    def visible(self, credential: Credential, account: str | None) -> tuple[ApiKey, ...]:
        """Return the keys of an account, or of everybody where an administrator names nobody.

        Raises:
            Forbidden: They are somebody else's.
        """
        if account is not None:
            self._require_reach(credential, account)
            return self._store.api_keys.keys(self._people.account(account).name)
        is_administrator = credential.principal.has(Role.ADMINISTRATOR)
        return self._store.api_keys.keys(None if is_administrator else credential.principal.actor)

    def make(self, credential: Credential, wanted: WantedKey) -> MadeKey:
        """Make a key.

        Raises:
            Forbidden: The account is somebody else's, and a secret of theirs is not the caller's to have.
            UnknownAccount: There is no such account.
            InvalidInput: The scope asks for more than there is, or the lifetime is out of its range.
            RuleViolated: The account has as many keys as it may have.
        """
        lifetime = lifetime_of(wanted.days)
        account = self._people.account(wanted.account)
        self._require_secret(credential, account)
        scope = self._scope_of(credential, account, wanted.scope)
        self._require_room(account.name)
        now = self._now()
        key = ApiKey(
            key_id=secrets.token_hex(KEY_ID_CHARACTERS // 2),
            account=account.name,
            label=wanted.label,
            scope=scope,
            expires_at=now + lifetime,
            ended_at=None,
            made_by=credential.principal.actor,
            made_at=now,
            replaces="",
            used_at=None,
        )
        return self._written(key, reason=wanted.reason)

    def rotate(
        self, credential: Credential, key_id: str, *, days: int, overlap_hours: int, reason: str
    ) -> MadeKey:
        """Make a key in place of another one, which goes on for the overlap.

        Args:
            credential: Of whoever wants it.
            key_id: The key that is replaced.
            days: How long the new one is valid.
            overlap_hours: How long the old one goes on; 0 ends it at once.
            reason: Why.

        Raises:
            UnknownKey: There is no such key among those that the caller may see.
            Forbidden: The key reaches farther than the caller.
            RuleViolated: It is refused already.
            InvalidInput: A time is out of its range.
        """
        lifetime, overlap = lifetime_of(days), overlap_of(overlap_hours)
        old, now = self._own_key(credential, key_id), self._now()
        self._require_secret(credential, self._people.account(old.account))
        if not old.is_valid(now):
            raise RuleViolated(
                f"The key {key_id} is refused already: nothing goes on beside a new one.",
                remedy="Make a new key: `planswitch keys make --label … --reason …`.",
            )
        key = ApiKey(
            key_id=secrets.token_hex(KEY_ID_CHARACTERS // 2),
            account=old.account,
            label=old.label,
            scope=old.scope,
            expires_at=now + lifetime,
            ended_at=None,
            made_by=credential.principal.actor,
            made_at=now,
            replaces=old.key_id,
            used_at=None,
        )
        return self._written(key, reason=reason, replaced_ends_at=now + overlap)

    def revoke(self, credential: Credential, key_id: str, *, reason: str) -> ApiKey:
        """Refuse a key from now on, with every session that came from it.

        Raises:
            UnknownKey: There is no such key among those that the caller may see.
            Forbidden: The key reaches farther than the caller.
        """
        key = self._own_key(credential, key_id)
        self._store.api_keys.end_key(key.key_id, self._now(), actor=credential.principal.actor, reason=reason)
        return self._store.api_keys.key(key_id) or key

    def _written(self, key: ApiKey, *, reason: str, replaced_ends_at: datetime | None = None) -> MadeKey:
        secret = secrets.token_hex(KEY_SECRET_CHARACTERS // 2)
        self._store.api_keys.write_key(
            key, digest_of_secret(secret), reason=reason, replaced_ends_at=replaced_ends_at
        )
        stored = self._store.api_keys.key(key.key_id) or key
        return MadeKey(key=stored, text=spelled_key(key.key_id, secret))

    def _own_key(self, credential: Credential, key_id: str) -> ApiKey:
        """Return a key that a credential may change: of its own account, or any for an administrator."""
        key = self._store.api_keys.key(key_id)
        principal = credential.principal
        if key is None or not (key.account == principal.actor or principal.has(Role.ADMINISTRATOR)):
            raise UnknownKey(key_id)
        is_same = key_id == credential.key_id
        if credential.scope is not None and not is_same and not principal.has(Role.ADMINISTRATOR):
            # Else a limited key would get, or end, one that reaches farther.
            if key.scope is None:
                raise _farther()
            try:
                require_within(key.scope, principal.grants)
            except InvalidInput:
                raise _farther() from None
        return key

    def _scope_of(
        self, credential: Credential, account: Account, scope: tuple[Grant, ...] | None
    ) -> tuple[Grant, ...] | None:
        """Return the scope of a new key: never more than the account, or than a limited credential, has."""
        is_own = account.name == credential.principal.actor
        limits = credential.principal.grants if is_own else account.grants
        if scope is None:
            return limits if is_own and credential.scope is not None else None
        require_within(scope, limits, field="roles")
        return scope

    def _require_room(self, account: str) -> None:
        now = self._now()
        valid = [key for key in self._store.api_keys.keys(account) if key.is_valid(now)]
        if len(valid) >= KEYS_MAX:
            raise RuleViolated(
                f"{account} has {KEYS_MAX} valid keys, as many as an account may have.",
                remedy="Revoke one that nobody uses: `planswitch keys list` shows the last use of each.",
            )

    def _require_reach(self, credential: Credential, account: str) -> None:
        principal = credential.principal
        if account != principal.actor and not principal.has(Role.ADMINISTRATOR):
            raise Forbidden(
                f"The keys of {account} are not yours.",
                remedy="Ask an administrator, or leave the account out to see your own.",
            )

    def _require_secret(self, credential: Credential, account: Account) -> None:
        """Refuse to hand the secret of somebody's key to somebody else, who could act in their name."""
        self._require_reach(credential, account.name)
        is_own = account.name == credential.principal.actor
        if not is_own and account.kind is PrincipalKind.PERSON and self._has_provider:
            raise Forbidden(
                f"{account.name} is a person, who makes keys after signing in at the provider.",
                remedy=f"Ask {account.name} to make it, or make one of a service account.",
            )


def _farther() -> Forbidden:
    return Forbidden(
        "That key reaches farther than the one that you use.",
        remedy="Use a key without a scope, or sign in.",
    )

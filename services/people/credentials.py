"""Credentials: which key or session lets somebody in, as whom, and how far it reaches (docs/people.md).

A secret is compared with its digest, and what lets nobody in is told from nothing else: neither a missing
key, nor a wrong secret, nor an expired, revoked or blocked one.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from activities.signing.signatures import CommandKeys, hmac_of
from domain.people.accounts import Account, UnknownAccount
from domain.people.keys import ApiKey, is_secret, parts_of_key
from domain.people.principal import Grant, Principal
from domain.people.scopes import narrowed
from services.people.people import People
from store.switch_store import SwitchStore
from store.vault.secret_files import CHARACTERS_MIN

#: What the installation's own key is called in the access log.
OPERATOR_KEY = "api.key"
_FINGERPRINT = b"planswitch operator key 1:"
_FINGERPRINT_CHARACTERS = 16
_USE_SHOWN = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Credential:
    """What somebody showed, and who they are by it."""

    principal: Principal
    #: The key itself, or that from which the session came; "" after a sign-in at the provider.
    key_id: str
    #: "" for a key.
    session_id: str
    #: What it is limited to; None: everything that its account may do.
    scope: tuple[Grant, ...] | None


class Credentials:
    """Keys, and what both kinds of credential have in common.

    Args:
        store: Where accounts and keys are.
        people: Accounts by name.
        api_key: The installation's own key; None or a short one lets nobody in.
        local_actor: Account of that key.
        command_keys: They make its fingerprint, from which nobody can guess it.
        now: Returns the present instant.
    """

    def __init__(
        self,
        store: SwitchStore,
        people: People,
        *,
        api_key: str | None,
        local_actor: str,
        command_keys: CommandKeys,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._people = people
        self._api_key = api_key
        self._local_actor = local_actor
        self._command_keys = command_keys
        self._now = now

    def of_key(self, text: str) -> Credential | None:
        """Return the credential of a key as it was sent; None where it lets nobody in."""
        if self._is_operator_key(text):
            return self.credential(self._local_actor, key_id=self.operator_key_id())
        parts = parts_of_key(text)
        if parts is None:
            return None
        stored = self._store.api_keys.key_with_digest(parts[0])
        if stored is None or not is_secret(parts[1], stored[1]):
            return None
        credential = self.credential(stored[0].account, key_id=stored[0].key_id)
        if credential is not None:
            self._note_use(stored[0])
        return credential

    def credential(self, account: str, *, key_id: str, session_id: str = "") -> Credential | None:
        """Return who somebody is by an account and the key behind it; None where either is refused.

        Args:
            account: Name of the account.
            key_id: Of the key; "" where none is behind it.
            session_id: Of the session; "" for a key.
        """
        known = self._let_in(account)
        if known is None:
            return None
        key: ApiKey | None = None
        if key_id and not self._is_own_key(key_id):
            key = self._store.api_keys.key(key_id)
            if key is None or key.account != account or not key.is_valid(self._now()):
                return None
        scope = key.scope if key else None
        shown = OPERATOR_KEY if key_id and key is None else key_id
        return Credential(
            principal=Principal(
                actor=known.name,
                kind=known.kind,
                grants=narrowed(known.grants, scope),
                credential_id=session_id or shown,
                owner=_owner_of(known, key),
            ),
            key_id=key_id,
            session_id=session_id,
            scope=scope,
        )

    def operator_key_id(self) -> str:
        """Return the id by which sessions remember the installation's own key, so that they end with it."""
        return _fingerprint(self._command_keys.signing, self._api_key or "")

    def _let_in(self, name: str) -> Account | None:
        try:
            account = self._people.account(name)
        except UnknownAccount:
            return None
        return None if account.is_blocked else account

    def _is_operator_key(self, text: str) -> bool:
        expected = self._api_key
        if expected is None or len(expected) < CHARACTERS_MIN:
            return False
        return hmac.compare_digest(text.encode(errors="surrogatepass"), expected.encode())

    def _is_own_key(self, key_id: str) -> bool:
        """Tell whether an id is that of the installation's own key; an earlier one of commands counts too."""
        keys = (self._command_keys.signing, self._command_keys.second)
        return key_id in {_fingerprint(key, self._api_key or "") for key in keys if key is not None}

    def _note_use(self, key: ApiKey) -> None:
        now = self._now()
        if key.used_at is None or now - key.used_at >= _USE_SHOWN:
            self._store.api_keys.note_use(key.key_id, now)


def _fingerprint(command_key: bytes, api_key: str) -> str:
    proof = hmac_of(command_key, _FINGERPRINT, {"key": api_key})
    return f"{OPERATOR_KEY}:{proof[:_FINGERPRINT_CHARACTERS]}"


def _owner_of(account: Account, key: ApiKey | None) -> str:
    """Return who answers for a credential beside its actor."""
    if account.owner:
        return account.owner
    return key.made_by if key is not None and key.made_by != account.name else ""

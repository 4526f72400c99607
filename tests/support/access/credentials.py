"""Real credentials of real accounts, as a console lets them in or refuses them (docs/people.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from console.access.dependencies import SESSION_COOKIE, ConsoleDependencies
from domain.people.accounts import Account
from domain.people.principal import Grant, PrincipalKind
from domain.people.roles import Role
from services.people.api_keys import MadeKey, WantedKey
from services.people.credentials import Credential

WHY = "a reason of the tests"
#: Longer ago than any session or key of the tests lasts.
_AGO = timedelta(days=60)
#: The product asks where a browser's change comes from.
_OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
_ADMINISTRATOR = Grant(role=Role.ADMINISTRATOR)


def new_account(console: ConsoleDependencies, *grants: Grant) -> str:
    """Open a service account with grants, and return its name."""
    name = f"account-{uuid4().hex[:8]}"
    account = Account(name=name, kind=PrincipalKind.SERVICE_ACCOUNT, grants=grants, owner=console.actor)
    return console.people.open(account, by=console.actor, reason=WHY).name


def new_key(console: ConsoleDependencies, account: str, *, scope: tuple[Grant, ...] | None = None) -> MadeKey:
    """Make a key of a day, as the installation's own account does."""
    wanted = WantedKey(account=account, label="tests", scope=scope, days=1, reason=WHY)
    return console.api_keys.make(_own(console), wanted)


def by_key(made: MadeKey) -> dict[str, str]:
    """Return the headers of a key."""
    return {"X-API-Key": made.text}


def by_session(token: str) -> dict[str, str]:
    """Return the headers of a browser that is signed in, on a page of the console."""
    return {"Cookie": f"{SESSION_COOKIE}={token}", **_OWN_PAGE}


def new_session(console: ConsoleDependencies) -> str:
    """Return the token of a session that came from the installation's own key."""
    return console.sessions.begin(console.actor, began_by="key", key_id=_own(console).key_id)


def _own(console: ConsoleDependencies) -> Credential:
    credential = console.credentials.of_key(console.api_key or "")
    assert credential is not None
    return credential


def _long_ago(console: ConsoleDependencies) -> ConsoleDependencies:
    return replace(console, now=lambda: datetime.now(tz=UTC) - _AGO)


def _expired_key(console: ConsoleDependencies) -> dict[str, str]:
    return by_key(new_key(_long_ago(console), new_account(console, _ADMINISTRATOR)))


def _revoked_key(console: ConsoleDependencies) -> dict[str, str]:
    made = new_key(console, new_account(console, _ADMINISTRATOR))
    console.api_keys.revoke(_own(console), made.key.key_id, reason=WHY)
    return by_key(made)


def _key_of_blocked_account(console: ConsoleDependencies) -> dict[str, str]:
    made = new_key(console, new_account(console, _ADMINISTRATOR))
    console.people.block(made.key.account, by=console.actor, reason=WHY)
    return by_key(made)


def _wrong_secret(console: ConsoleDependencies) -> dict[str, str]:
    made = new_key(console, new_account(console, _ADMINISTRATOR))
    return {"X-API-Key": f"psk_{made.key.key_id}_{'0' * 64}"}


def _expired_session(console: ConsoleDependencies) -> dict[str, str]:
    return by_session(new_session(_long_ago(console)))


def _ended_session(console: ConsoleDependencies) -> dict[str, str]:
    token = new_session(console)
    console.sessions.end_token(token, reason=WHY)
    return by_session(token)


def _session_of_revoked_key(console: ConsoleDependencies) -> dict[str, str]:
    made = new_key(console, new_account(console, _ADMINISTRATOR))
    token = console.sessions.begin(made.key.account, began_by="key", key_id=made.key.key_id)
    console.api_keys.revoke(_own(console), made.key.key_id, reason=WHY)
    return by_session(token)


#: What lets nobody in -> the headers of it. Each would let an administrator in if it were valid.
REFUSED: Mapping[str, Callable[[ConsoleDependencies], dict[str, str]]] = {
    "expired key": _expired_key,
    "revoked key": _revoked_key,
    "key of a blocked account": _key_of_blocked_account,
    "wrong secret": _wrong_secret,
    "expired session": _expired_session,
    "revoked session": _ended_session,
    "session of a revoked key": _session_of_revoked_key,
}

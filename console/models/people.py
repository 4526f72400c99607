"""Answers about who may act here: accounts, keys and sessions; no secret but the one of a key just made."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from console.models.base import Answer
from domain.people.accounts import Account, AccountVersion
from domain.people.keys import ApiKey
from domain.people.principal import Grant
from domain.people.scopes import grant_text
from projections.reads.shown_rows import InstantText, instant_text
from services.people.credentials import Credential
from services.people.people import People
from store.people.sessions import ConsoleSession

KindName = Literal["person", "service_account"]
RoleName = Literal["viewer", "operator", "approver", "auditor", "administrator"]


class ShownGrant(Answer):
    """A role, and over which organizations it holds."""

    role: RoleName
    #: Directory ids; null: all.
    organizations: tuple[str, ...] | None
    #: As commands spell it: ROLE, or ROLE@ORGANIZATION,….
    text: str


class ShownAccount(Answer):
    """A person or a service account."""

    #: What events record as the actor.
    name: str
    kind: KindName
    grants: tuple[ShownGrant, ...]
    #: Its keys and sessions are refused.
    is_blocked: bool
    #: Manages people: administrator over all organizations, and not blocked.
    is_administrator: bool
    #: Who answers for a service account; "" for a person.
    owner: str
    #: Who a person is at the provider of sign-ins; "" where nobody signs in there.
    issuer: str
    subject: str
    #: Changes so far; 0: built in, and never changed.
    version: int


class AccountList(Answer):
    """Everybody who may act here, by name."""

    accounts: tuple[ShownAccount, ...]


class ShownChange(Answer):
    """One change of an account."""

    version: int
    change: str
    grants: tuple[ShownGrant, ...]
    is_blocked: bool
    actor: str
    reason: str
    at: InstantText


class ShownKey(Answer):
    """A key, without its secret."""

    key_id: str
    account: str
    label: str
    #: What it is limited to; null: everything that its account may do.
    scope: tuple[ShownGrant, ...] | None
    state: Literal["valid", "ended", "expired"]
    expires_at: InstantText
    #: From when on it is refused because somebody revoked or rotated it; null: nobody has.
    ended_at: InstantText | None
    made_by: str
    made_at: InstantText
    #: Id of the key that it was rotated from; "" for a first one.
    replaces: str
    #: Last use, to the minute; null: never.
    used_at: InstantText | None


class KeyList(Answer):
    """Keys, by account, the newest first."""

    keys: tuple[ShownKey, ...]


class NewKey(Answer):
    """A key that was just made."""

    key: ShownKey
    #: The key itself: it is shown this once, and kept by nobody.
    text: str


class ShownSession(Answer):
    """A browser that is signed in."""

    session_id: str
    account: str
    #: How it signed in: by a link, with a key, or at the provider.
    began_by: Literal["link", "key", "provider"]
    began_at: InstantText
    expires_at: InstantText
    #: It is the one that asks.
    is_current: bool


class SessionList(Answer):
    """Open sessions of an account, the newest first."""

    sessions: tuple[ShownSession, ...]


class EndedSessions(Answer):
    """How many sessions have ended."""

    count: int


class AccountDetails(Answer):
    """An account with its changes, keys and open sessions."""

    account: ShownAccount
    #: The newest first.
    changes: tuple[ShownChange, ...]
    keys: tuple[ShownKey, ...]
    sessions: tuple[ShownSession, ...]


class WhoAsks(Answer):
    """Who makes this request, and how far the credential reaches."""

    account: ShownAccount
    #: Of the key or the session.
    credential_id: str
    #: What may be done with it: grants of the account, within the scope of the key.
    reach: tuple[ShownGrant, ...]


def shown_grants(grants: tuple[Grant, ...]) -> tuple[ShownGrant, ...]:
    """Return grants as answers have them."""
    return tuple(
        ShownGrant(
            role=grant.role.value,
            organizations=None if grant.organizations is None else tuple(sorted(grant.organizations)),
            text=grant_text(grant),
        )
        for grant in grants
    )


def shown_account(account: Account) -> ShownAccount:
    """Return an account as answers have it."""
    return ShownAccount(
        name=account.name,
        kind=account.kind.value,
        grants=shown_grants(account.grants),
        is_blocked=account.is_blocked,
        is_administrator=account.is_administrator,
        owner=account.owner,
        issuer=account.identity.issuer if account.identity else "",
        subject=account.identity.subject if account.identity else "",
        version=account.version,
    )


def shown_change(version: AccountVersion) -> ShownChange:
    """Return a change of an account as answers have it."""
    return ShownChange(
        version=version.account.version,
        change=version.change.value,
        grants=shown_grants(version.account.grants),
        is_blocked=version.account.is_blocked,
        actor=version.actor,
        reason=version.reason,
        at=instant_text(version.at),
    )


def shown_key(key: ApiKey, now: datetime) -> ShownKey:
    """Return a key as answers have it at an instant."""
    is_ended = key.ended_at is not None and key.ended_at <= now
    return ShownKey(
        key_id=key.key_id,
        account=key.account,
        label=key.label,
        scope=None if key.scope is None else shown_grants(key.scope),
        state="valid" if key.is_valid(now) else "ended" if is_ended else "expired",
        expires_at=instant_text(key.expires_at),
        ended_at=_text_or_none(key.ended_at),
        made_by=key.made_by,
        made_at=instant_text(key.made_at),
        replaces=key.replaces,
        used_at=_text_or_none(key.used_at),
    )


def shown_session(session: ConsoleSession, current_id: str) -> ShownSession:
    """Return a session as answers have it.

    Args:
        session: The session.
        current_id: Of the one that asks; "" where a key does.
    """
    return ShownSession(
        session_id=session.session_id,
        account=session.account,
        began_by=session.began_by,
        began_at=instant_text(session.began_at),
        expires_at=instant_text(session.expires_at),
        is_current=session.session_id == current_id,
    )


def who_asks(people: People, credential: Credential) -> WhoAsks:
    """Return who makes a request."""
    principal = credential.principal
    return WhoAsks(
        account=shown_account(people.account(principal.actor)),
        credential_id=principal.credential_id,
        reach=shown_grants(principal.grants),
    )


def _text_or_none(at: datetime | None) -> str | None:
    return None if at is None else instant_text(at)

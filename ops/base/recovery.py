"""Recovery of an administrator on the machine, by the database: whoever can read its address may do it."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from datetime import UTC, datetime

from domain.people.scopes import grants_text
from ops.base.settings import Settings
from services.people.people import People
from store.switch_store import SwitchStore

#: Begins the actor of what was done on the machine; no account is called so.
MACHINE = "machine:"


@dataclass(frozen=True, kw_only=True)
class RecoveryReport:
    """What a recovery did."""

    #: Whom.
    name: str
    #: The account's roles now, as commands spell them.
    roles: str
    #: Actor of the recorded change.
    recorded_by: str
    #: The account was an administrator who is let in already.
    is_unchanged: bool


def machine_actor() -> str:
    """Return the actor of what is done on the machine, by the account that does it."""
    return f"{MACHINE}{getpass.getuser()}"


def recover_administrator(settings: Settings, *, account: str, reason: str) -> RecoveryReport:
    """Make an account administrator over everything and let it in; the change is recorded.

    Args:
        settings: Name the database, and the built-in account.
        account: Whom; "" is the built-in account, that of `api.key`.
        reason: Why.

    Raises:
        UnknownAccount: There is none of that name.
        InvalidInput: No database is set.
        StoreUnavailable, SchemaOutdated: The database does not answer, or is of another version.
    """
    name, by = account or settings.local_actor, machine_actor()
    keys = settings.key_provider()
    with SwitchStore.open(settings.required_database_url(), keys, pool_size=1) as store:
        people = People(store, local_actor=settings.local_actor, now=lambda: datetime.now(tz=UTC))
        before = people.account(name)
        after = people.recover(name, by=by, reason=reason)
    return RecoveryReport(
        name=name,
        roles=grants_text(after.grants),
        recorded_by=by,
        is_unchanged=after.version == before.version,
    )

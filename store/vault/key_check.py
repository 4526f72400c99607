"""Proof that a master key is the one of this database: a known text that only that key opens."""

from __future__ import annotations

from typing import Any

from store.health.heartbeats import Session
from store.vault.keys import KeyProvider

NAME = "master key"
_KNOWN_TEXT = b"planswitch: this is the right key"
_CONTEXT = b"key check"
_READ = "SELECT sealed FROM planswitch.key_check WHERE name = %(name)s"
_CREATE = """
INSERT INTO planswitch.key_check (name, sealed) VALUES (%(name)s, %(sealed)s) ON CONFLICT DO NOTHING
"""
#: Before there was a check value the keys of any organization prove a master key.
_ANY_ORGANIZATION = """
SELECT organization_key, wrapped_data_key FROM planswitch.organization_key LIMIT 1
"""


def is_key_proved(session: Session, provider: KeyProvider) -> bool:
    """Return whether the master key opens what is sealed; False: nothing is sealed yet.

    Args:
        session: A connection or cursor with rows by name.
        provider: The master key.

    Raises:
        VaultLocked: It is another key.
    """
    if _opens_known_text(session, provider):
        return True
    row: Any = session.execute(_ANY_ORGANIZATION.encode()).fetchone()
    if row is None:
        return False
    provider.unwrap(bytes(row["wrapped_data_key"]), b"data" + row["organization_key"].bytes)
    return True


def require_right_key(session: Session, provider: KeyProvider) -> None:
    """Refuse a master key that is not the one of this database; the first key that is used becomes it.

    Raises:
        VaultLocked: It is another key.
    """
    # A database that takes no writes, such as one that is failing over, is served all the same.
    if _opens_known_text(session, provider):
        return
    is_key_proved(session, provider)
    sealed = provider.wrap(_KNOWN_TEXT, _CONTEXT)
    session.execute(_CREATE.encode(), {"name": NAME, "sealed": sealed})
    # Of two first keys at once one wins; the other one must hear of it.
    is_key_proved(session, provider)


def _opens_known_text(session: Session, provider: KeyProvider) -> bool:
    """Return whether the key opens the known text; False: none is there yet."""
    row: Any = session.execute(_READ.encode(), {"name": NAME}).fetchone()
    if row is None:
        return False
    provider.unwrap(bytes(row["sealed"]), _CONTEXT)
    return True

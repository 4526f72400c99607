"""API keys: how they are spelled, and how long they are valid. The secret is stored by nobody."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.kernel.errors import InvalidInput, PlanSwitchError
from domain.people.principal import Grant

#: Begins every key, so that scanners of secrets find one that was published.
KEY_PREFIX = "psk"
#: With it a key fits a line of 80 columns.
KEY_ID_CHARACTERS = 10
#: The secret has 256 bits.
KEY_SECRET_CHARACTERS = 64
KEY_DAYS_DEFAULT, KEY_DAYS_MAX = 90, 366
#: How long a key that was rotated goes on beside the new one.
OVERLAP_HOURS_DEFAULT, OVERLAP_HOURS_MAX = 24, 720
#: Keys of one account that are valid at a time.
KEYS_MAX = 20
_KEY = re.compile(rf"{KEY_PREFIX}_([0-9a-f]{{{KEY_ID_CHARACTERS}}})_([0-9a-f]{{{KEY_SECRET_CHARACTERS}}})")


class UnknownKey(PlanSwitchError):
    """No key of that id is among those that the caller may see."""

    code = "UNKNOWN_KEY"

    def __init__(self, key_id: str) -> None:
        super().__init__(f"There is no key {key_id}.", remedy="`planswitch keys list` names them all.")


@dataclass(frozen=True, kw_only=True)
class ApiKey:
    """What is known of a key; never its secret.

    Args:
        key_id: Its public part.
        account: Whose it is.
        label: What it is for, in somebody's words.
        scope: What it is limited to; None: everything that its account may do.
        expires_at: From when on it is refused.
        ended_at: From when on it is refused because somebody revoked or rotated it; None: nobody has.
        made_by: Who made it.
        made_at: When.
        replaces: Id of the key that it was rotated from; "" for a first one.
        used_at: Last use, to the minute; None: never.
    """

    key_id: str
    account: str
    label: str
    scope: tuple[Grant, ...] | None
    expires_at: datetime
    ended_at: datetime | None
    made_by: str
    made_at: datetime
    replaces: str
    used_at: datetime | None

    @property
    def refused_from(self) -> datetime:
        """Return from when on the key is refused."""
        return self.expires_at if self.ended_at is None else min(self.expires_at, self.ended_at)

    def is_valid(self, now: datetime) -> bool:
        """Tell whether the key lets in at an instant."""
        return now < self.refused_from


def spelled_key(key_id: str, secret: str) -> str:
    """Return a key as it is shown once and sent from then on."""
    return f"{KEY_PREFIX}_{key_id}_{secret}"


def parts_of_key(text: str) -> tuple[str, str] | None:
    """Return id and secret of a text that is spelled as a key; None where it is none."""
    match = _KEY.fullmatch(text)
    return (match[1], match[2]) if match else None


def digest_of_secret(secret: str) -> bytes:
    """Return what is stored in place of a secret of 256 random bits: its SHA-256."""
    return hashlib.sha256(secret.encode()).digest()


def is_secret(secret: str, digest: bytes) -> bool:
    """Tell whether a secret is the one of a digest; takes the same time for every wrong one."""
    return hmac.compare_digest(digest_of_secret(secret), digest)


def lifetime_of(days: int) -> timedelta:
    """Return how long a key is valid.

    Raises:
        InvalidInput: It is no number of days between 1 and KEY_DAYS_MAX.
    """
    if not 1 <= days <= KEY_DAYS_MAX:
        raise InvalidInput(field="days", value=days, allowed=f"1 to {KEY_DAYS_MAX}")
    return timedelta(days=days)


def overlap_of(hours: int) -> timedelta:
    """Return how long a rotated key goes on; 0 ends it at once.

    Raises:
        InvalidInput: It is no number of hours between 0 and OVERLAP_HOURS_MAX.
    """
    if not 0 <= hours <= OVERLAP_HOURS_MAX:
        raise InvalidInput(field="overlap_hours", value=hours, allowed=f"0 to {OVERLAP_HOURS_MAX}")
    return timedelta(hours=hours)

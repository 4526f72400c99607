"""Signatures by the Standard Webhooks convention: HMAC-SHA256 over id, second and body (webhooks#verify)."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

#: Random bytes of a secret.
SECRET_BYTES = 32
SECRET_PREFIX = "whsec_"  # noqa: S105 - what receivers know a secret by
_VERSION = "v1"


@dataclass(frozen=True, kw_only=True, slots=True)
class SigningSecret:
    """One secret of an endpoint."""

    #: The random bytes.
    key: bytes
    #: Until when the secret before this one signs too; the instant of the roll where it ends at once.
    previous_until: datetime


def shown_secret(key: bytes) -> str:
    """Return a secret as receivers keep it."""
    return SECRET_PREFIX + b64encode(key).decode()


def signing_keys(secrets: Sequence[SigningSecret], at: datetime) -> tuple[bytes, ...]:
    """Return the keys that sign at an instant, the newest first.

    Args:
        secrets: Of one endpoint, the newest first; one that was rolled at once ends all before it.
        at: Aware instant.
    """
    keys = []
    for each in secrets:
        keys.append(each.key)
        if each.previous_until <= at:
            break
    return tuple(keys)


def signed_headers(
    webhook_id: str, payload: bytes, keys: Sequence[bytes], *, at: datetime
) -> Mapping[str, str]:
    """Return the three headers of the convention, with one signature for each key.

    Args:
        webhook_id: Names the message.
        payload: The body as it is sent.
        keys: The secrets that sign.
        at: Instant of this attempt.
    """
    second = str(int(at.timestamp()))
    signed = b".".join((webhook_id.encode(), second.encode(), payload))
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": second,
        "webhook-signature": " ".join(_signature(key, signed) for key in keys),
    }


def _signature(key: bytes, signed: bytes) -> str:
    return f"{_VERSION},{b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"

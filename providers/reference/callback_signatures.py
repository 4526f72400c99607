"""Signed callbacks: `X-Planswitch-Signature: t=<unix seconds>,v1=<hex hmac-sha256 of "t.body">`."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime

from domain.kernel.errors import PlanSwitchError

HEADER = "X-Planswitch-Signature"
#: A callback whose clock is further off is refused: it may be an old one, sent again.
CLOCK_SKEW_SECONDS = 300
_HEADER = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


class BadSignature(PlanSwitchError):
    """A callback was not signed with the shared secret, or long ago."""

    code = "UNAUTHORIZED"


def sign(secret: bytes, body: bytes, at: datetime) -> str:
    """Return the signature header of a body that is sent at an instant."""
    seconds = int(at.timestamp())
    return f"t={seconds},v1={_digest(secret, seconds, body)}"


def require_signed(secret: bytes, header: str, body: bytes, now: datetime) -> None:
    """Refuse a body that the holder of the secret did not just send.

    Raises:
        BadSignature: The header is missing or wrong, or its instant is more than five minutes off.
    """
    if not secret:
        raise _bad("There is no secret to check a signature with.")
    match = _HEADER.fullmatch(header.strip())
    if match is None:
        raise _bad(f"The header {HEADER} is missing or not of the form t=SECONDS,v1=HEX.")
    seconds = int(match[1])
    if not hmac.compare_digest(match[2], _digest(secret, seconds, body)):
        raise _bad("The signature does not fit the body.")
    if abs(int(now.timestamp()) - seconds) > CLOCK_SKEW_SECONDS:
        raise _bad(f"The signature is more than {CLOCK_SKEW_SECONDS} seconds old or ahead.")


def _digest(secret: bytes, seconds: int, body: bytes) -> str:
    return hmac.new(secret, f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()


def _bad(message: str) -> BadSignature:
    return BadSignature(
        message, remedy="Check the shared secret (PLANSWITCH_CREDIT_SECRET_FILE) and the sender's clock."
    )

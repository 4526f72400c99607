"""Signed callbacks: `X-Planswitch-Signature: t=<unix seconds>,v1=<hex hmac-sha256 of "t.body">`.

While a secret is rolled the header has a `v1=` for each secret, and both sides know two of them.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime

from domain.kernel.errors import PlanSwitchError

HEADER = "X-Planswitch-Signature"
#: A callback whose clock is further off is refused: it may be an old one, sent again.
CLOCK_SKEW_SECONDS = 300
#: Signatures of one header.
SIGNATURES_MAX = 4
_HEADER = re.compile(rf"t=(\d{{1,12}})((?:,v1=[0-9a-f]{{64}}){{1,{SIGNATURES_MAX}}})")


class BadSignature(PlanSwitchError):
    """A callback was not signed with the shared secret, or long ago."""

    code = "UNAUTHORIZED"


def sign(secrets: bytes | Sequence[bytes], body: bytes, at: datetime) -> str:
    """Return the signature header of a body that is sent at an instant.

    Args:
        secrets: The shared secret, or all that are valid: each signs.
        body: What is sent.
        at: When, an aware instant.
    """
    seconds = int(at.timestamp())
    digests = (_digest(each, seconds, body) for each in _all(secrets))
    return ",".join([f"t={seconds}", *(f"v1={each}" for each in digests)])


def require_signed(secrets: bytes | Sequence[bytes], header: str, body: bytes, now: datetime) -> None:
    """Refuse a body that the holder of a secret did not just send; one right signature suffices.

    Args:
        secrets: The shared secret, or all that are valid.
        header: As it came.
        body: As it came.
        now: An aware instant.

    Raises:
        BadSignature: The header is missing or wrong, or its instant is more than five minutes off.
    """
    if not all(_all(secrets)) or not _all(secrets):
        raise _bad("There is no secret to check a signature with.")
    match = _HEADER.fullmatch(header.strip())
    if match is None:
        form = f"t=SECONDS,v1=HEX with up to {SIGNATURES_MAX} v1"
        raise _bad(f"The header {HEADER} is missing or not of the form {form}.")
    seconds = int(match[1])
    sent = [each.removeprefix("v1=") for each in match[2].split(",") if each]
    # All are compared, so that the time of an answer does not tell which one is right.
    right = [
        hmac.compare_digest(each, _digest(secret, seconds, body)) for each in sent for secret in _all(secrets)
    ]
    if not any(right):
        raise _bad("The signature does not fit the body.")
    if abs(int(now.timestamp()) - seconds) > CLOCK_SKEW_SECONDS:
        raise _bad(f"The signature is more than {CLOCK_SKEW_SECONDS} seconds old or ahead.")


def _all(secrets: bytes | Sequence[bytes]) -> Sequence[bytes]:
    return (secrets,) if isinstance(secrets, bytes) else secrets


def _digest(secret: bytes, seconds: int, body: bytes) -> str:
    return hmac.new(secret, f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()


def _bad(message: str) -> BadSignature:
    return BadSignature(
        message, remedy="Check the shared secret (PLANSWITCH_CREDIT_SECRET_FILE) and the sender's clock."
    )

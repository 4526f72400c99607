"""Signed callbacks: only the holder of the secret, and only just now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from providers.reference.callback_signatures import CLOCK_SKEW_SECONDS, BadSignature, require_signed, sign

SECRET = b"shared"
BODY = b'{"verdict":"approved"}'
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def test_signature_is_what_the_contract_says() -> None:
    """It is the HMAC-SHA256 of seconds, dot and body, in hex: anybody can write it in any language."""
    assert sign(SECRET, BODY, NOW) == (
        "t=1795510800,v1=7faa5769084b86088f780e5849845665b66170e98ad788fe3bfbb281d5a55922"
    )


@pytest.mark.parametrize("seconds", [-CLOCK_SKEW_SECONDS, 0, CLOCK_SKEW_SECONDS])
def test_callback_of_now_is_taken(seconds: int) -> None:
    """A clock that is up to five minutes off is no reason to refuse."""
    require_signed(SECRET, sign(SECRET, BODY, NOW), BODY, NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("header", "body", "at"),
    [
        ("", BODY, NOW),
        ("v1=00", BODY, NOW),
        (f"t=1795510800,v1={'0' * 64}", BODY, NOW),
        (sign(b"another", BODY, NOW), BODY, NOW),
        (sign(SECRET, BODY, NOW), BODY + b" ", NOW),
        (sign(SECRET, BODY, NOW).replace("t=1795510800", "t=1795510801"), BODY, NOW),
        (sign(SECRET, BODY, NOW), BODY, NOW + timedelta(seconds=CLOCK_SKEW_SECONDS + 1)),
        (sign(SECRET, BODY, NOW), BODY, NOW - timedelta(seconds=CLOCK_SKEW_SECONDS + 1)),
    ],
    ids=["missing", "malformed", "wrong", "other secret", "other body", "other time", "old", "ahead"],
)
def test_anything_else_is_refused(header: str, body: bytes, at: datetime) -> None:
    """Missing, wrong, for another body, or too old: refused as unauthorized."""
    with pytest.raises(BadSignature):
        require_signed(SECRET, header, body, at)

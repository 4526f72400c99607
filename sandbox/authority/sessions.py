"""Sign-ins under way: codes that wait to be redeemed. They are kept in memory; a restart ends them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from sandbox.identity.applications import Person

#: Seconds for which a code can be redeemed, and a device code confirmed.
CODE_SECONDS, DEVICE_SECONDS = 600, 900
#: Seconds between two questions of a device.
POLL_SECONDS = 1
#: Sign-ins that are kept at once.
SESSIONS_MAX = 1_000
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_USER_CODE_LENGTH = 9
Kept = TypeVar("Kept")


@dataclass(kw_only=True, slots=True)
class SignIn:
    """One sign-in: what a client asked for, and who confirmed it."""

    client_id: str
    tenant_id: str
    scope: str
    ends_at: datetime
    redirect_uri: str = ""
    #: Challenge by SHA-256 of a secret that the client keeps (RFC 7636); "": it sent none.
    challenge: str = ""
    nonce: str = ""
    person: Person | None = None
    is_redeemed: bool = False


@dataclass(kw_only=True, slots=True)
class Sessions:
    """All sign-ins under way."""

    #: Authorization code -> sign-in.
    codes: dict[str, SignIn] = field(default_factory=dict)
    #: Device code -> sign-in.
    devices: dict[str, SignIn] = field(default_factory=dict)
    #: What a person types -> device code.
    user_codes: dict[str, str] = field(default_factory=dict)
    #: Ids of refresh tokens that were used, the oldest first.
    used_refreshes: dict[str, None] = field(default_factory=dict)

    def new_code(self, sign_in: SignIn) -> str:
        """Return the code by which a confirmed sign-in is redeemed."""
        code = f"0.{secrets.token_urlsafe(48)}"
        _keep(self.codes, code, sign_in)
        return code

    def new_device(self, sign_in: SignIn) -> tuple[str, str]:
        """Return the code of a device, and what a person types for it."""
        device_code = secrets.token_urlsafe(48)
        user_code = "".join(secrets.choice(_LETTERS) for _ in range(_USER_CODE_LENGTH))
        _keep(self.devices, device_code, sign_in)
        _keep(self.user_codes, user_code, device_code)
        return device_code, user_code

    def use_refresh(self, token_id: str) -> None:
        """Note that a refresh token was used."""
        _keep(self.used_refreshes, token_id, None)

    def device_of(self, user_code: str) -> SignIn | None:
        """Return the sign-in of a device by what a person typed."""
        return self.devices.get(self.user_codes.get(user_code.strip().upper(), ""))


def ending(now: datetime, seconds: float) -> datetime:
    """Return the instant so many seconds after another."""
    return now + timedelta(seconds=seconds)


def _keep(kept: dict[str, Kept], code: str, value: Kept) -> None:
    """Keep something under a code, and forget the oldest when there are too many."""
    kept[code] = value
    while len(kept) > SESSIONS_MAX:
        del kept[next(iter(kept))]

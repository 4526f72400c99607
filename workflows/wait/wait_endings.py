"""How a request that waits is to end."""

from __future__ import annotations

from dataclasses import dataclass

from activities.signed_command import SignedCommand


@dataclass(frozen=True, kw_only=True)
class WaitEnding:
    """How a wait ends, and who ends it."""

    outcome: str
    code: str = ""
    message: str = ""
    remedy: str = ""
    actor: str = ""
    reason: str = ""
    signed: SignedCommand | None = None

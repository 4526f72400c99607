"""The tokens of the sandbox cloud, which prove nothing."""

from __future__ import annotations

import threading
from collections import Counter

from providers.access.profiles import Audience

_START = "sandbox-"


def is_of_sandbox(token: str) -> bool:
    """Return whether a token is one of the sandbox's, which name the organization and nobody else."""
    return token.startswith(_START)


class SandboxTokens:
    """The tokens of the sandbox cloud: they name the organization, and how often they were renewed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._renewals: Counter[str] = Counter()

    def token(self, organization_id: str, audience: Audience) -> str:  # noqa: ARG002 - it asks for no audience
        """Return the sandbox's token of `organization_id`."""
        renewals = self._renewals[organization_id]
        return f"{_START}{organization_id}" + (f"~{renewals}" if renewals else "")

    def renewed(
        self,
        organization_id: str,
        audience: Audience,
        *,
        refused: str,
        claims: str = "",  # noqa: ARG002 - the sandbox asks for none
    ) -> str:
        """Return the next token, unless the one that was refused has been followed already."""
        with self._lock:
            if self.token(organization_id, audience) == refused:
                self._renewals[organization_id] += 1
            return self.token(organization_id, audience)

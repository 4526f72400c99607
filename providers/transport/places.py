"""Where the calls of an organization go, and which tokens let them in there."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from providers.access.profiles import Access, Audience
from providers.transport.line import Line


class TokenSource(Protocol):
    """Where the bearer tokens of organizations come from."""

    def token(self, organization_id: str, audience: Audience) -> str:
        """Return a token that is valid now for `organization_id` at `audience`.

        Raises:
            AccessLost: There is none until somebody acts.
            ProviderUnavailable: Nobody could be asked for one.
        """

    def renewed(self, organization_id: str, audience: Audience, *, refused: str, claims: str = "") -> str:
        """Return another token, since a provider accepts one no more although it should be valid yet.

        Args:
            organization_id: Directory id of the organization.
            audience: For whom the token is.
            refused: The token that was not accepted; a newer one is returned as it is.
            claims: JSON text of what the new token has to meet, "" where nothing was asked for.

        Raises:
            AccessLost: There is none until somebody acts.
            ProviderUnavailable: Nobody could be asked for one.
        """


class SandboxTokens:
    """The tokens of the sandbox cloud: they name the organization, and how often they were renewed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._renewals: Counter[str] = Counter()

    def token(self, organization_id: str, audience: Audience) -> str:  # noqa: ARG002 - it asks for no audience
        """Return the sandbox's token of `organization_id`."""
        renewals = self._renewals[organization_id]
        return f"sandbox-{organization_id}" + (f"~{renewals}" if renewals else "")

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


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One interface of one cloud, as one application reaches it."""

    base_url: str
    audience: Audience
    tokens: TokenSource
    line: Line
    access: Access = Access.WRITE

    @property
    def host(self) -> str:
        """Return the only host that is asked, and given tokens."""
        return urlsplit(self.base_url).hostname or ""


#: Tells by an organization's id where its calls go; raises where it has no such party.
PlaceOf = Callable[[str], Place]

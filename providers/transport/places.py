"""Where the calls of an organization go, and which tokens let them in there."""

from __future__ import annotations

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


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One interface of one cloud, as one application reaches it."""

    base_url: str
    audience: Audience
    tokens: TokenSource
    line: Line
    #: Nobody may write by forgetting to say so.
    access: Access
    #: Whether a read that fails is sent again at once: where people wait for the answer.
    repeats_reads: bool = False

    @property
    def host(self) -> str:
        """Return the only host that is asked, and given tokens."""
        return urlsplit(self.base_url).hostname or ""


#: Tells by an organization's id where its calls go; raises where it has no such party.
PlaceOf = Callable[[str], Place]

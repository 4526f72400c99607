"""The way to one profile's token service: over TLS, to its own host alone, with a time limit.

The library signs and words the requests; this sends them. Its own client would follow redirects, try again
and keep refusals for a minute, in which nobody would notice that somebody has consented.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2

from domain.kernel.awaited import Awaited, Party
from domain.kernel.errors import ProviderThrottled, ProviderUnavailable
from providers.access.profiles import CloudProfile
from providers.access.trust import tls_context

#: Seconds that a token service has for one answer.
ANSWER_SECONDS_MAX = 10.0
#: The vendor's service that knows which hosts are token services of its clouds.
DISCOVERY_HOST = "login.microsoftonline.com"
_WAIT_SECONDS, _WAIT_SECONDS_MAX = 5.0, 3_600.0
_THROTTLED, _FAILURES_FROM, _REFUSALS_FROM = 429, 500, 400
_DISCOVERY = "/.well-known/openid-configuration"
TOKEN_SERVICE = "token service"  # noqa: S105 - the name of a party


class DiscoveryRefused(Exception):
    """The token service does not describe itself for this organization: it does not know it.

    Args:
        text: What it said.
    """

    def __init__(self, text: str) -> None:
        super().__init__("the token service refused to describe itself")
        self.text = text


@dataclass(frozen=True, kw_only=True)
class ServiceAnswer:
    """An answer, in the form that the library reads."""

    status_code: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def raise_for_status(self) -> None:
        """Do nothing: what an answer means is decided before the library sees it."""


class TokenService:
    """Sends the library's requests; one for each token.

    Args:
        profile: Says where the service is, and whom it is trusted by.
        timeout_seconds: Longest silence.
    """

    def __init__(self, profile: CloudProfile, *, timeout_seconds: float = ANSWER_SECONDS_MAX) -> None:
        self._host = urlsplit(profile.authority).netloc
        self._is_looked_up = profile.instance_discovery
        self._profile = profile.name
        self._client = httpx2.Client(
            verify=tls_context(profile.ca_file), timeout=timeout_seconds, follow_redirects=False
        )

    def get(self, url: str, params: Any = None, headers: Any = None, **_options: Any) -> ServiceAnswer:
        """Send one GET.

        Raises:
            DiscoveryRefused: The service does not know the organization.
            ProviderUnavailable: It does not answer, or can't.
            ProviderThrottled: It asks to wait.
        """
        answer = self._sent("GET", url, params=params, headers=headers)
        is_refused = answer.status_code >= _REFUSALS_FROM
        if is_refused and urlsplit(url).path.endswith(_DISCOVERY):
            raise DiscoveryRefused(answer.text)
        return answer

    def post(
        self, url: str, params: Any = None, data: Any = None, headers: Any = None, **_options: Any
    ) -> ServiceAnswer:
        """Send one POST; raises as `get` does."""
        # The library signs into bytes, which only this encoding takes as they are.
        form = data if isinstance(data, str) else urlencode(data or {})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._sent("POST", url, params=params, content=form, headers={**kind, **(headers or {})})

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def _sent(self, method: str, url: str, **parts: Any) -> ServiceAnswer:
        self._require_own(method, url)
        try:
            answer = self._client.request(method, url, **parts)
        except (httpx2.RequestError, httpx2.InvalidURL, OSError) as error:
            raise self.silence(f"{type(error).__name__}: {error}") from error
        if answer.status_code == _THROTTLED:
            wait = _seconds(answer.headers.get("Retry-After", ""))
            raise ProviderThrottled(
                f"The token service {self._host} asks to wait.",
                retry_after_seconds=wait,
                remedy="Wait, then ask again.",
                provider=TOKEN_SERVICE,
                awaited=self._awaited(),
            )
        if answer.status_code >= _FAILURES_FROM:
            raise self.silence(f"status {answer.status_code}")
        return ServiceAnswer(status_code=answer.status_code, text=answer.text, headers=dict(answer.headers))

    def _require_own(self, method: str, url: str) -> None:
        """Refuse an address that the service itself named and that is not its own: secrets go there."""
        parts = urlsplit(url)
        hosts = {self._host}
        if method == "GET" and self._is_looked_up:
            hosts.add(DISCOVERY_HOST)
        if parts.scheme != "https" or parts.netloc not in hosts:
            raise self.silence(f"it names another host, {parts.netloc}, which gets no credential")

    def silence(self, reason: str) -> ProviderUnavailable:
        """Return the error for a service that gave no answer that could be used."""
        return ProviderUnavailable(
            f"The token service {self._host} gave no usable answer ({reason}).",
            remedy=(
                f"Check the connection and `authority` and `ca_file` of the profile {self._profile}; it is"
                " asked again by itself."
            ),
            provider=TOKEN_SERVICE,
            awaited=self._awaited(),
            status=0,
        )

    def _awaited(self) -> Awaited:
        return Awaited(party=Party.TOKEN_SERVICE, action=f"answer at {self._host}")


def _seconds(text: str) -> float:
    """Return how long is waited; a date, or nonsense, is read as a short time."""
    return min(float(text), _WAIT_SECONDS_MAX) if text.isascii() and text.isdecimal() else _WAIT_SECONDS

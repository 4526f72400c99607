"""The way to one profile's token service: over TLS, to its own host alone, with a time limit.

The library signs and words the requests; this sends them. Its own client would follow redirects, try again
and keep refusals for a minute, in which nobody would notice that somebody has consented.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2

from domain.kernel.awaited import Awaited, Party
from domain.kernel.errors import ProviderThrottled, ProviderUnavailable
from providers.access.profiles import CloudProfile
from providers.access.proxies import proxy_address, proxy_of
from providers.access.trust import tls_context

#: Seconds that a token service has for one answer.
ANSWER_SECONDS_MAX = 10.0
#: The vendor's service that knows which hosts are token services of its clouds.
DISCOVERY_HOST = "login.microsoftonline.com"
_WAIT_SECONDS, _WAIT_SECONDS_MAX = 5.0, 3_600.0
_THROTTLED, _FAILURES_FROM, _REFUSALS_FROM = 429, 500, 400
_TLS_PORT = 443
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

    Raises:
        InvalidInput: The profile's file of authorities, or the machine's proxy, can't be used.
    """

    def __init__(self, profile: CloudProfile, *, timeout_seconds: float = ANSWER_SECONDS_MAX) -> None:
        self._host = urlsplit(profile.authority).netloc
        self._origin = _origin_of(profile.authority)
        self._is_looked_up = profile.instance_discovery
        self._profile = profile.name
        self._trust = tls_context(profile.ca_file)
        self._timeout_seconds = timeout_seconds
        self._clients: dict[tuple[str, int], httpx2.Client] = {}
        self._client(profile.authority)

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
        """Send one POST; raises as `get` does, and ProviderUnavailable where the answer is no JSON object."""
        # The library signs into bytes, which only this encoding takes as they are.
        form = data if isinstance(data, str) else urlencode(data or {})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self._sent("POST", url, params=params, content=form, headers={**kind, **(headers or {})})
        if not _is_object(answer.text):
            # The library would write what it can't read into the log: half an answer may hold a whole token.
            raise self.silence("an answer that can't be read")
        return answer

    def close(self) -> None:
        """Close all connections."""
        for each in self._clients.values():
            each.close()

    def _client(self, url: str) -> httpx2.Client:
        """Return the connections to a host, by the machine's proxy for it.

        Nothing else of the environment counts: some libraries take a file of authorities that it names
        (REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE) in the place of the one that they are given.
        """
        origin = _origin_of(url)
        if origin not in self._clients:
            proxy = proxy_of(url)
            self._clients[origin] = httpx2.Client(
                verify=self._trust,
                timeout=self._timeout_seconds,
                follow_redirects=False,
                trust_env=False,
                proxy=None if proxy is None else _proxy(proxy, self._trust),
            )
        return self._clients[origin]

    def _sent(self, method: str, url: str, **parts: Any) -> ServiceAnswer:
        self._require_own(method, url)
        try:
            answer = self._client(url).request(method, url, **parts)
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
        if answer.is_redirect:
            raise self.silence(
                f"status {answer.status_code}: it leads to another address, which gets nothing"
            )
        return ServiceAnswer(status_code=answer.status_code, text=answer.text, headers=dict(answer.headers))

    def _require_own(self, method: str, url: str) -> None:
        """Refuse an address that the service itself named and that is not its own: secrets go there."""
        parts = urlsplit(url)
        origins = {self._origin}
        if method == "GET" and self._is_looked_up:
            origins.add((DISCOVERY_HOST, _TLS_PORT))
        if parts.scheme != "https" or _origin_of(url) not in origins:
            raise self.silence(f"it names another host, {parts.hostname}, which gets no credential")

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


def _origin_of(url: str) -> tuple[str, int]:
    """Return host and port of an address, in the one spelling of both."""
    parts = urlsplit(url)
    try:
        return (parts.hostname or "").lower(), parts.port or _TLS_PORT
    except ValueError:
        return "", 0


def _proxy(proxy: str, trust: ssl.SSLContext) -> httpx2.Proxy:
    """Return a proxy of the environment.

    Raises:
        InvalidInput: It is none.
    """
    address = proxy_address(proxy)
    return httpx2.Proxy(proxy, ssl_context=trust if address.scheme == "https" else None)


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _seconds(text: str) -> float:
    """Return how long is waited; a date, or nonsense, is read as a short time."""
    return min(float(text), _WAIT_SECONDS_MAX) if text.isascii() and text.isdecimal() else _WAIT_SECONDS

"""Every port of one cloud over one shared pool of connections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass
from urllib.parse import urlsplit

from domain.kernel.errors import InvalidInput
from domain.ports.cloud import CallAnnouncer, CallObserver, Cloud, CloudFactory, unannounced
from providers.microsoft.directory.directory import MicrosoftDirectory
from providers.microsoft.directory.groups import MicrosoftGroups
from providers.microsoft.directory.health import MicrosoftHealthBoard
from providers.microsoft.seller.inquiries import MicrosoftInquiries
from providers.microsoft.seller.parties import MicrosoftParties
from providers.microsoft.seller.seller import MicrosoftSeller
from providers.reference.billing import BillingClient
from providers.reference.credit import CreditBureauClient
from providers.reference.notices import NoticesClient
from providers.transport.http import (
    CLIENT_REQUEST,
    REQUEST_TIMEOUT_SECONDS,
    ProviderHttp,
    SandboxTokens,
    TokenSource,
)
from providers.transport.line import HttpLine, Line

#: Provider -> header under which each of its calls has an id of ours; at the seller each call names its own.
_TRACING_HEADERS = {"directory": CLIENT_REQUEST, "health": CLIENT_REQUEST}


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoints:
    """Base URLs of the cloud's interfaces."""

    directory: str
    seller: str
    billing: str
    notices: str
    credit: str

    @classmethod
    def below(cls, cloud_url: str) -> Endpoints:
        """Return the endpoints of a cloud that serves all of them below one URL.

        Raises:
            InvalidInput: `cloud_url` is no HTTP address.
        """
        root = _checked(cloud_url)
        return cls(
            directory=f"{root}/v1.0",
            seller=f"{root}/v1",
            billing=f"{root}/billing/v1",
            notices=f"{root}/notices/v1",
            credit=f"{root}/credit/v1",
        )


def cloud_factory(
    cloud_url: str,
    *,
    request_timeout_seconds: float = REQUEST_TIMEOUT_SECONDS,
    tokens: TokenSource | None = None,
    endpoints: Endpoints | None = None,
    line: Line | None = None,
) -> tuple[CloudFactory, Callable[[], None]]:
    """Return what builds the ports of one cloud, and what closes its connections.

    Args:
        cloud_url: Where the cloud is.
        request_timeout_seconds: Longest silence of a provider within one call.
        tokens: Bearer tokens; those of the sandbox by default.
        endpoints: Base URLs that are not below `cloud_url`.
        line: In place of the network, for tests; is closed as the network would be.

    Raises:
        InvalidInput: The URL, the time-out or the machine's proxy for the URL can't be used.
    """
    if not request_timeout_seconds > 0:
        allowed = "seconds above 0"
        raise InvalidInput(field="request_timeout_seconds", value=request_timeout_seconds, allowed=allowed)
    places = endpoints or Endpoints.below(cloud_url)
    bearer = tokens or SandboxTokens()
    shared = line or _network(places, request_timeout_seconds)

    def build(observer: CallObserver, announce: CallAnnouncer = unannounced) -> Cloud:
        def http(provider: str, base_url: str) -> ProviderHttp:
            return ProviderHttp(
                base_url=base_url,
                provider=provider,
                tracing_header=_TRACING_HEADERS.get(provider, ""),
                tokens=bearer,
                observer=observer,
                announce=announce,
                line=shared,
            )

        return _cloud(http, places)

    return build, shared.close


def _network(places: Endpoints, timeout_seconds: float) -> HttpLine:
    network = HttpLine(timeout_seconds=timeout_seconds)
    for base_url in astuple(places):
        network.towards(base_url)
    return network


def _cloud(http: Callable[[str, str], ProviderHttp], places: Endpoints) -> Cloud:
    seller = MicrosoftSeller(http("seller", places.seller))
    billing = BillingClient(http("billing", places.billing))
    return Cloud(
        directory=MicrosoftDirectory(http("directory", places.directory)),
        health=MicrosoftHealthBoard(http("health", places.directory)),
        seller=seller,
        billing=billing,
        notices=NoticesClient(http("notices", places.notices)),
        credit=CreditBureauClient(http("credit", places.credit)),
        inquiries=MicrosoftInquiries(
            directory=http("directory", places.directory), seller=http("seller", places.seller)
        ),
        parties=MicrosoftParties(http("seller", places.seller)),
        groups=MicrosoftGroups(http("directory", places.directory)),
        products=seller,
        payments=billing,
    )


def _checked(cloud_url: str) -> str:
    parts = urlsplit(cloud_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise InvalidInput(field="cloud_url", value=cloud_url, allowed="an http or https address")
    return cloud_url.rstrip("/")

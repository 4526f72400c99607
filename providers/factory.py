"""Every port of one cloud over one shared pool of connections."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from domain.kernel.errors import InvalidInput
from domain.ports.attempts import AttemptCounter
from domain.ports.cloud import (
    AnsweredAttempts,
    CallAnnouncer,
    CallObserver,
    Cloud,
    CloudFactory,
    ProviderCall,
    none_answered,
    unannounced,
)
from providers.access.profiles import Access, Audience
from providers.access.sandbox_tokens import SandboxTokens
from providers.microsoft.directory.directory import MicrosoftDirectory
from providers.microsoft.directory.groups import MicrosoftGroups
from providers.microsoft.directory.health import MicrosoftHealthBoard
from providers.microsoft.seller.inquiries import MicrosoftInquiries
from providers.microsoft.seller.parties import MicrosoftParties
from providers.microsoft.seller.seller import MicrosoftSeller
from providers.microsoft.tenancy.callers import TokenCallers
from providers.microsoft.tenancy.customers import MicrosoftCustomers
from providers.reference.billing import BillingClient
from providers.reference.credit import CreditBureauClient
from providers.reference.notices import NoticesClient
from providers.transport.http import CLIENT_REQUEST, REQUEST_TIMEOUT_SECONDS, ProviderHttp
from providers.transport.line import HttpLine, Line
from providers.transport.places import Place, TokenSource

#: Interface of a cloud -> for whom its tokens are.
AUDIENCES = {
    "directory": Audience.DIRECTORY,
    "seller": Audience.SELLER,
    "billing": Audience.INTERFACES,
    "notices": Audience.INTERFACES,
    "credit": Audience.INTERFACES,
}

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
    access: Access = Access.WRITE,
    repeats_reads: bool = False,
) -> tuple[CloudFactory, Callable[[], None]]:
    """Return what builds the ports of one cloud for all organizations, and what closes its connections.

    Args:
        cloud_url: Where the cloud is.
        request_timeout_seconds: Longest silence of a provider within one call.
        tokens: Bearer tokens; those of the sandbox by default.
        endpoints: Base URLs that are not below `cloud_url`.
        line: In place of the network, for tests; is closed as the network would be.
        access: What the installation may do there.
        repeats_reads: Whether a read that fails is sent again at once.

    Raises:
        InvalidInput: The URL, the time-out or the machine's proxy for the URL can't be used.
    """
    require_time_out(request_timeout_seconds)
    urls = endpoints or Endpoints.below(cloud_url)
    bearer = tokens or SandboxTokens()
    shared = line or network(astuple(urls), timeout_seconds=request_timeout_seconds)
    places = {
        party: Place(
            base_url=getattr(urls, party),
            audience=AUDIENCES[party],
            tokens=bearer,
            line=shared,
            access=access,
            repeats_reads=repeats_reads,
        )
        for party in AUDIENCES
    }
    return built_over(lambda party, _organization_id: places[party]), shared.close


def built_over(place_of: Callable[[str, str], Place]) -> CloudFactory:
    """Return what builds ports whose calls go where `place_of` says, by interface and organization.

    Args:
        place_of: Is asked for each call with a name of AUDIENCES and the organization's id.
    """

    def build(
        observer: CallObserver,
        announce: CallAnnouncer = unannounced,
        answered: AnsweredAttempts = none_answered,
    ) -> Cloud:
        observe, count = _counting(observer, answered)

        def http(provider: str, party: str) -> ProviderHttp:
            return ProviderHttp(
                provider=provider,
                tracing_header=_TRACING_HEADERS.get(provider, ""),
                place_of=partial(place_of, party),
                observer=observe,
                announce=announce,
                answered=count,
            )

        return _cloud(http)

    return build


def _counting(observer: CallObserver, answered: AnsweredAttempts) -> tuple[CallObserver, AnsweredAttempts]:
    """Return an observer and a count of answers: of these calls alone where nobody keeps a record."""
    if answered is not none_answered:
        return observer, answered
    counter = AttemptCounter()

    def observe(call: ProviderCall) -> None:
        counter.observe(call)
        observer(call)

    return observe, counter


def require_time_out(seconds: float) -> None:
    """Refuse a time-out in which nobody could answer.

    Raises:
        InvalidInput: It is not above 0.
    """
    if not seconds > 0:
        raise InvalidInput(field="request_timeout_seconds", value=seconds, allowed="seconds above 0")


def network(urls: Iterable[str], *, timeout_seconds: float, ca_file: Path | None = None) -> HttpLine:
    """Return the network, made ready for some addresses.

    Raises:
        InvalidInput: An address, the machine's proxy for it or the file can't be used.
    """
    line = HttpLine(timeout_seconds=timeout_seconds, ca_file=ca_file)
    for base_url in urls:
        line.towards(base_url)
    return line


def _cloud(http: Callable[[str, str], ProviderHttp]) -> Cloud:
    seller = MicrosoftSeller(http("seller", "seller"))
    billing = BillingClient(http("billing", "billing"))
    return Cloud(
        directory=MicrosoftDirectory(http("directory", "directory")),
        health=MicrosoftHealthBoard(http("health", "directory")),
        seller=seller,
        billing=billing,
        notices=NoticesClient(http("notices", "notices")),
        credit=CreditBureauClient(http("credit", "credit")),
        inquiries=MicrosoftInquiries(
            directory=http("directory", "directory"),
            seller=http("seller", "seller"),
            caller=TokenCallers(http("directory", "directory")).caller,
        ),
        parties=MicrosoftParties(http("seller", "seller")),
        groups=MicrosoftGroups(http("directory", "directory")),
        products=seller,
        payments=billing,
        customers=MicrosoftCustomers(
            directory=http("directory", "directory"), seller=http("seller", "seller")
        ),
    )


def _checked(cloud_url: str) -> str:
    parts = urlsplit(cloud_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise InvalidInput(field="cloud_url", value=cloud_url, allowed="an http or https address")
    return cloud_url.rstrip("/")

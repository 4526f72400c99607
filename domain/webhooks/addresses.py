"""Where webhooks may be sent: which URL is taken, and which address is connected to (webhooks#addresses)."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import SplitResult, urlsplit

from domain.kernel.errors import InvalidInput

URL_CHARACTERS_MAX = 2_000
Address = IPv4Address | IPv6Address
#: Networks that an installation allows although they are not public.
Networks = Sequence[IPv4Network | IPv6Network]
_PORTS = {"http": 80, "https": 443}
_PORT_MAX = 65_535
#: Addresses of clouds that are public by their number and give a machine its secrets.
_METADATA = frozenset(ip_address(each) for each in ("168.63.129.16", "192.0.0.192"))
#: An IPv4 address stands in the last 32 bits (RFC 6052).
_NAT64 = ip_network("64:ff9b::/96")
_IPV4_BITS = 0xFFFF_FFFF
_SETTING = "PLANSWITCH_WEBHOOK_NETWORKS"


def parsed_networks(text: str) -> Networks:
    """Return the networks that a setting lists with commas between.

    Raises:
        InvalidInput: One is none.
    """
    return tuple(_network(each.strip()) for each in text.split(",") if each.strip())


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError:
        allowed = "networks with commas between, such as 10.0.0.0/8, fd00::/8"
        raise InvalidInput(field=_SETTING, value=text, allowed=allowed) from None


def require_url(url: str, networks: Networks) -> str:
    """Return a URL to which webhooks may be sent, as far as it can be told without looking its host up.

    Args:
        url: The URL.
        networks: What this installation allows beside public addresses.

    Raises:
        InvalidInput: It is not absolute, is no HTTPS, has a user, a password or a fragment, or names an
            address that is not allowed.
    """
    parts = _parts(url)
    if parts.scheme not in _PORTS or (parts.scheme == "http" and not networks):
        remedy = f"Give an https URL. {_SETTING} allows http to networks of your own."
        raise InvalidInput(field="url", value=url, allowed="an https URL", remedy=remedy)
    if not parts.hostname or "@" in parts.netloc or parts.fragment or not url.isascii():
        raise InvalidInput(
            field="url", value=url, allowed="a URL with a host, without user, password, fragment or umlauts"
        )
    address = literal_address(parts.hostname)
    refusal = "" if address is None else refusal_of(address, networks, is_plain=parts.scheme == "http")
    if refusal:
        remedy = f"Give a public address. {_SETTING} allows networks of your own."
        raise InvalidInput(field="url", value=url, allowed="a host with a public address", remedy=remedy)
    return url


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_whole = len(url) <= URL_CHARACTERS_MAX and not any(each <= " " for each in url) and port_of(parts)
    except ValueError:
        is_whole = False
    if not is_whole:
        allowed = f"an absolute URL of at most {URL_CHARACTERS_MAX} characters"
        raise InvalidInput(field="url", value=url, allowed=allowed)
    return parts


def port_of(parts: SplitResult) -> int:
    """Return the port of a URL, that of its scheme where it names none.

    Raises:
        ValueError: It is no port.
    """
    port = _PORTS.get(parts.scheme, 1) if parts.port is None else parts.port
    if not 0 < port <= _PORT_MAX:
        raise ValueError(port)
    return port


def literal_address(host: str) -> Address | None:
    """Return the address that a host names by its number; None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def refusal_of(address: Address, networks: Networks, *, is_plain: bool = False) -> str:
    """Return why nothing is sent to an address; "" where it may be.

    Args:
        address: The address that would be connected to.
        networks: What this installation allows beside public addresses.
        is_plain: It would be sent without TLS, which is for these networks alone.
    """
    inner = embedded_address(address)
    if any(each in network for network in networks for each in (address, inner)):
        return ""
    if is_plain:
        return "http is allowed to networks of the setting alone"
    return "" if _is_public(inner) else f"{address} is no public address"


def embedded_address(address: Address) -> Address:
    """Return the address that another one stands for: IPv4 that is mapped, translated or tunneled."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & _IPV4_BITS)
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (address, address))[1]


def _is_public(address: Address) -> bool:
    is_local = address.is_multicast or address.is_reserved or address.is_loopback or address.is_link_local
    return address.is_global and not is_local and address not in _METADATA

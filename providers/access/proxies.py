"""The machine's proxies: the one way to a cloud where its environment names one (access#proxies)."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from domain.kernel.errors import InvalidInput


def proxy_of(url: str) -> str | None:
    """Return the proxy that the machine's environment names for an address; none to reach itself."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    proxies = getproxies()
    named = proxies.get(parts.scheme) or proxies.get("all")
    if not named or is_loopback(host) or proxy_bypass(host):
        return None
    return named if "://" in named else f"http://{named}"


def proxy_address(proxy: str) -> Url:
    """Return the parts of a proxy's address.

    Raises:
        InvalidInput: It is no address of a proxy that is spoken with here.
    """
    try:
        address = parse_url(proxy)
    except LocationParseError:
        address = Url()
    if address.scheme not in {"http", "https"} or not address.host:
        # Without its value, which may hold a password.
        allowed = "an http or https address"
        raise InvalidInput(field="proxy of the environment", value=address.scheme, allowed=allowed)
    return address


def is_loopback(host: str) -> bool:
    """Return whether a host's name is one of this machine for itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

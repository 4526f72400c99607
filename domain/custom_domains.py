"""Which of an organization's domains may serve a public website of its own (rules section 2)."""

from __future__ import annotations

from collections.abc import Iterable

#: Domains that come with the organization serve none, whichever of the vendor's clouds it is in.
_VENDOR_ENDINGS = (
    ".onmicrosoft.com",
    ".onmicrosoft.us",
    ".onmicrosoft.de",
    ".onmschina.cn",
    ".microsoftonline.com",
)


def own_domains(domains: Iterable[str]) -> tuple[str, ...]:
    """Return the domains that are to be confirmed before a switch, without those that the vendor gave.

    Args:
        domains: Domains of the organization, as billing has them.
    """
    return tuple(each for each in domains if not _is_vendors(each))


def _is_vendors(domain: str) -> bool:
    return domain.lower().rstrip(".").endswith(_VENDOR_ENDINGS)

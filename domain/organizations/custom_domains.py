"""Which of an organization's domains may serve a public website of its own (rules#custom_domain_review)."""

from __future__ import annotations

from collections.abc import Iterable

from domain.kernel.errors import InvalidInput

#: Domains that come with the organization serve none, whichever of the vendor's clouds it is in.
_VENDOR_ENDINGS = (
    ".onmicrosoft.com",
    ".onmicrosoft.us",
    ".onmicrosoft.de",
    ".onmschina.cn",
    ".microsoftonline.com",
)


def own_domains(domains: Iterable[str]) -> tuple[str, ...]:
    """Return the domains that are to be confirmed before a switch, without those that the vendor gave."""
    return tuple(each for each in domains if not _is_vendors(each))


def require_own_domains(names: Iterable[str], domains: Iterable[str], *, field: str) -> None:
    """Refuse to confirm a domain that is not to be confirmed, such as one that is misspelled.

    Args:
        names: Domains that somebody confirms, in any spelling.
        domains: Domains of the organization, as billing has them.
        field: Name of what was given, for a refusal.

    Raises:
        InvalidInput: One is not among the organization's own domains; the refusal names those.
    """
    own = own_domains(domains)
    known = {each.lower() for each in own}
    wrong = next((each for each in names if each.lower() not in known), None)
    if wrong is not None:
        allowed = ", ".join(own) or "none: no domain of the organization needs a confirmation"
        raise InvalidInput(field=field, value=wrong, allowed=allowed)


def _is_vendors(domain: str) -> bool:
    return domain.lower().rstrip(".").endswith(_VENDOR_ENDINGS)

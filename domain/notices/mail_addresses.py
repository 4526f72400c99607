"""Mail addresses: which texts are one, and how one is written so that it is the same recipient."""

from __future__ import annotations

import re

from domain.kernel.errors import InvalidInput

CHARACTERS_MAX = 254
#: The unquoted form that nearly everybody has (RFC 5322, dot-atom), at a domain with a dot.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+")
ALLOWED = "one mail address, such as operations@example.com"


def is_mail_address(text: str) -> bool:
    """Tell whether a text is one complete mail address."""
    return len(text) <= CHARACTERS_MAX and _ADDRESS.fullmatch(text) is not None


def require_mail_address(text: str, *, field: str = "address") -> str:
    """Return a mail address in lower case: one mailbox is one recipient, however somebody writes it.

    Args:
        text: What was given.
        field: Its name, as whoever gave it knows it.

    Raises:
        InvalidInput: It is no single complete address.
    """
    address = text.strip()
    if not is_mail_address(address):
        raise InvalidInput(field=field, value=text, allowed=ALLOWED)
    return address.lower()


def without_addresses(text: str) -> str:
    """Return a text in which no mail address stands: a server's words may name the recipient."""
    return re.sub(r"[^\s<>\"'(),:;]+@[^\s<>\"'(),:;]+", "[address]", text)

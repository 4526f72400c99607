"""A mail address as a setting has it: plain, one, and complete."""

from __future__ import annotations

import re

from pydantic_core import PydanticCustomError

CHARACTERS_MAX = 254
#: Type of the finding, whose words say what is allowed.
MAIL_ADDRESS = "mail_address"
#: The unquoted form that nearly everybody has (RFC 5322, dot-atom), at a domain with a dot.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+")


def mail_address(text: str) -> str:
    """Return a mail address as it is; "" is none.

    Args:
        text: The setting.

    Raises:
        PydanticCustomError: It is no single complete address.
    """
    if text and (len(text) > CHARACTERS_MAX or not _ADDRESS.fullmatch(text)):
        raise PydanticCustomError(MAIL_ADDRESS, "one mail address, such as operations@example.com")
    return text

"""Texts inside of the formats, read strictly: two spellings of one value would be two seals of one fact."""

from __future__ import annotations

import base64
import binascii

from audit.transparency.errors import MalformedSeal

#: Greatest number of leaves, index or time that is read: what a signed 64-bit number holds.
NUMBER_MAX = 2**63 - 1
#: Names and origins are signed with their length in one byte.
NAME_BYTES_MAX = 255
_CONTROL_END = 0x20


def base64_text(content: bytes) -> str:
    """Return bytes in the standard base64 of RFC 4648."""
    return base64.b64encode(content).decode("ascii")


def base64_bytes(text: str, what: str) -> bytes:
    """Return what a base64 text holds.

    Args:
        text: The base64 text, with its padding.
        what: What is read, for the error.

    Raises:
        MalformedSeal: It is no base64, or not the one spelling of its bytes.
    """
    try:
        content = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        content = b""
    if not content or base64_text(content) != text:
        raise MalformedSeal(what, "has a value that is no base64 text")
    return content


def decimal_number(text: str, what: str) -> int:
    """Return a number that is written in decimal, without sign and leading zeros.

    Raises:
        MalformedSeal: It is written otherwise, or too great.
    """
    is_decimal = text.isascii() and text.isdigit() and len(text) <= len(str(NUMBER_MAX))
    if not is_decimal or str(int(text)) != text or int(text) > NUMBER_MAX:
        raise MalformedSeal(what, f"has {text[:32]!r} where a decimal number must stand")
    return int(text)


def key_name(name: str, what: str) -> str:
    """Return a name of a key: no blanks, no plus, no control characters, at most 255 bytes.

    Raises:
        MalformedSeal: It can't name a key.
    """
    is_plain = all(ord(each) >= _CONTROL_END and not each.isspace() and each != "+" for each in name)
    if not name or not is_plain or len(name.encode(errors="replace")) > NAME_BYTES_MAX:
        raise MalformedSeal(what, f"has {name[:64]!r} where the name of a key must stand")
    return name


def plain_lines(content: bytes, what: str, *, bytes_max: int) -> str:
    """Return a text that consists of whole lines.

    Args:
        content: The bytes as they were published.
        what: What is read, for the error.
        bytes_max: The most that is read.

    Raises:
        MalformedSeal: It is too long, no UTF-8, has control characters or a last line without its end.
    """
    if len(content) > bytes_max:
        raise MalformedSeal(what, f"has {len(content)} bytes, and {bytes_max} are allowed")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedSeal(what, "is no UTF-8 text") from None
    if any(ord(each) < _CONTROL_END and each != "\n" for each in text):
        raise MalformedSeal(what, "has control characters")
    if not text.endswith("\n"):
        raise MalformedSeal(what, "does not end with a whole line")
    return text

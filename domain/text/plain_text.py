"""Which text is taken, the same at every edge: API, pages, command line, callbacks, Temporal, files.

Refused are the control characters but tab and new line, the characters that turn the direction of what
follows, and halves of surrogate pairs. PostgreSQL can't hold some of them, a terminal obeys others, and
people see none of them. What a provider says can't be refused without stopping a switch: there U+FFFD stands
in the place of each.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from domain.kernel.errors import InvalidInput, UnacceptableText

#: What stands where a character was that no reader can bear.
REPLACEMENT = "\ufffd"
#: C0 but tab and new line, DEL and C1, embeddings, overrides and isolates of direction, lone surrogates.
_REFUSED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
#: Letters and symbols that are drawn as nothing (Hangul fillers, the empty Braille pattern).
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_LINE_END = re.compile("\r\n?")


def require_plain_text(value: Any, *, field: str = "") -> None:
    """Refuse a text, or facts that hold one, with a character that no reader can bear.

    Args:
        value: A text, a dataclass, or mappings and sequences of them; everything else is no text.
        field: Name of the value, for the message.

    Raises:
        UnacceptableText: A text or the name of a field has such a character.
    """
    for name, text in _texts(field, value):
        match = _REFUSED.search(text)
        if match is not None:
            raise UnacceptableText(
                field=cleaned_text(name) or "text",
                character=f"U+{ord(match.group()):04X}",
                place=match.start() + 1,
            )


def require_told(reason: str, *, field: str = "reason") -> str:
    """Return a reason that says something.

    Raises:
        InvalidInput: It has nothing that can be seen, such as blanks and marks of no width alone.
    """
    if not any(map(_is_seen, reason)):
        raise InvalidInput(field=field, value=reason, allowed="words that say why")
    return reason


def _is_seen(character: str) -> bool:
    """Return whether a character shows something: no blank, no control, no mark on another one."""
    return unicodedata.category(character)[0] not in "CMZ" and character not in _BLANK_LETTERS


def cleaned_text(text: str) -> str:
    """Return a text that every reader can bear; what was taken out is seen, and line ends become one kind."""
    if _REFUSED.search(text) is None:
        return text
    return _REFUSED.sub(REPLACEMENT, _LINE_END.sub("\n", text))


def escaped_text(text: str) -> str:
    """Return a JSON text in which every character that no reader can bear is an escape; its value stays."""
    return _REFUSED.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def cleaned_facts(value: Any) -> Any:
    """Return JSON-like facts in which every text, also each name, is cleaned."""
    if isinstance(value, str):
        return cleaned_text(value)
    if isinstance(value, Mapping):
        return {cleaned_facts(name): cleaned_facts(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(cleaned_facts(each) for each in value)
    return value


def _texts(field: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield every text with the name of its field; a body may be nested deeper than functions may call."""
    open_values = [(field, value)]
    while open_values:
        name, each = open_values.pop()
        if isinstance(each, str):
            yield name, each
        else:
            open_values += reversed([*_parts(name, each)])


def _parts(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    inside = f"{name}." if name else ""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield f"a name in {name or 'the body'}", key
            yield f"{inside}{key}", each
    elif isinstance(value, list | tuple | set | frozenset):
        for number, each in enumerate(value):
            yield f"{inside}{number}", each
    elif is_dataclass(value) and not isinstance(value, type):
        for part in fields(value):
            yield f"{inside}{part.name}", getattr(value, part.name)

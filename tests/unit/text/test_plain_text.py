"""Kind of fault: text that the store takes and a reader can't bear. One rule says which text is taken."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from domain.kernel.errors import InvalidInput, UnacceptableText
from domain.text.plain_text import (
    REPLACEMENT,
    cleaned_facts,
    cleaned_text,
    escaped_text,
    require_plain_text,
    require_told,
)

#: One of each kind: C0, DEL, C1, embedding, override, isolate, and halves of surrogate pairs.
REFUSED = ["\x00", "\x01", "\x08", "\x0b", "\r", "\x1b", "\x7f", "\x80", "\x9f"]
REFUSED += ["\u202a", "\u202e", "\u2066", "\u2069", "\ud800", "\udfff"]
TAKEN = ["", "a\tb\nc", "Zoë", "日本語", "\u05d0\u200e", "👩‍💻", "\u00a0", "\ufffd"]


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message with texts at several depths."""

    reason: str
    users: tuple[str, ...] = ()


@pytest.mark.parametrize("bad", REFUSED)
def test_a_character_that_no_reader_can_bear_is_refused_with_field_and_place(bad: str) -> None:
    """The message names what is wrong, and never repeats the character itself."""
    with pytest.raises(UnacceptableText, match=f"U\\+{ord(bad):04X} at place 2") as refused:
        require_plain_text(f"a{bad}b", field="reason")

    assert (refused.value.code, refused.value.handling.http_status) == ("UNACCEPTABLE_TEXT", 422)
    assert bad not in f"{refused.value.message}{refused.value.remedy}"


@pytest.mark.parametrize("bad", REFUSED)
def test_a_document_for_a_terminal_has_an_escape_for_the_character(bad: str) -> None:
    """SECURITY.md: the value stays what it is, and the terminal does not obey it."""
    escaped = escaped_text(json.dumps(f"a{bad}b", ensure_ascii=False))
    assert bad not in escaped
    assert json.loads(escaped) == f"a{bad}b"


@pytest.mark.parametrize("text", TAKEN)
def test_words_of_every_language_are_taken_as_they_are(text: str) -> None:
    """Tab, new line, marks of direction and joined signs are text; nothing is changed in them."""
    require_plain_text(text)

    assert cleaned_text(text) is text


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"terms": {"names": ["a", "b\x00"]}}, "terms.names.1"),
        ({"a\x00": 1}, "a name in the body"),
        ({"terms": {"a\x1b": 1}}, "a name in terms"),
        (Message(reason="a\x00"), "reason"),
        (Message(reason="a", users=("b", "c\x7f")), "users.1"),
        (["a", {"b": frozenset({"\u202e"})}], "1.b.0"),
    ],
)
def test_texts_are_found_however_deep_they_stand(value: object, field: str) -> None:
    """Names of fields count as well as their values."""
    with pytest.raises(UnacceptableText) as refused:
        require_plain_text(value)

    assert refused.value.details["field"] == field


def test_a_body_nested_beyond_what_functions_may_call_is_looked_through() -> None:
    """A deep body costs no recursion: it is answered, not failed on."""
    value: object = "a\x00"
    for _ in range(5_000):
        value = [value]

    with pytest.raises(UnacceptableText):
        require_plain_text(value)


@pytest.mark.parametrize("bad", [each for each in REFUSED if each != "\r"])
def test_what_is_cleaned_shows_where_something_was(bad: str) -> None:
    """What a provider says is kept, and the place of what was taken out is seen."""
    assert cleaned_text(f"a{bad}b") == f"a{REPLACEMENT}b"
    assert cleaned_facts({f"n{bad}": [f"{bad}", 1, None]}) == {f"n{REPLACEMENT}": [REPLACEMENT, 1, None]}


def test_line_ends_of_others_are_no_damage() -> None:
    """Every kind of line end becomes the one that is taken."""
    assert cleaned_text("a\r\nb\rc\n") == "a\nb\nc\n"


@pytest.mark.parametrize(
    "blank", ["", "   ", "\t\n", "\u00a0", "\u00a0\u200b", "\u2060\ufeff", "\u3164", "\u0301"]
)
def test_a_reason_of_blanks_tells_nothing(blank: str) -> None:
    """Whoever acts says why, in characters that are seen (rules#operator-controls)."""
    with pytest.raises(InvalidInput, match="words that say why"):
        require_told(blank)

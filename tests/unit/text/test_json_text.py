"""JSON from outside: what is none, or could be read in two ways, is told with its place and in our words."""

from __future__ import annotations

from typing import Any

import pytest

from domain.kernel.errors import InvalidInput
from domain.text.json_text import DEPTH_MAX, read_json

DEEPEST = "[" * DEPTH_MAX + "]" * DEPTH_MAX


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": [1, 2.5, true, null, "x"]}', {"a": [1, 2.5, True, None, "x"]}),
        ('{"a": "[[[[{{{{\\"[[["}', {"a": '[[[[{{{{"[[['}),
        (f'{{"a": "{"[" * 1_000}"}}', {"a": "[" * 1_000}),
        ('"\\u00e9"', "\u00e9"),
        ('{"a": {"b": 1}, "c": {"b": 2}}', {"a": {"b": 1}, "c": {"b": 2}}),
    ],
)
def test_json_is_read_as_it_stands(text: str, value: Any) -> None:
    """Brackets inside of texts are no lists, and a name may stand in two objects."""
    assert read_json(text.encode(), field="body") == value


def test_what_is_nested_as_deep_as_allowed_is_read() -> None:
    """The bound itself is allowed, one more is not."""
    assert read_json(DEEPEST.encode(), field="body") is not None
    with pytest.raises(InvalidInput, match="nested too deeply"):
        read_json(f"[{DEEPEST}]".encode(), field="body")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"{", "a name in double quotes is missing at line 1, column 2"),
        (b"[1, ]", "a value is missing at line 1"),
        (b'{"a": 1 "b": 2}', "a comma is missing at line 1, column 9"),
        (b'{"a" 1}', "a colon is missing"),
        (b'"abc', "a text has no end that begins at line 1, column 1"),
        (b'"a\nb"', "a text holds a line end or a control character"),
        (b'"\\x"', "a text holds an unknown escape"),
        (b"{}\n{}", "more than one value stands at line 2, column 1"),
        (b"", "a value is missing"),
        (b"\xef\xbb\xbf{}", "a byte order mark stands"),
        (b"\xff", "no UTF-8 at byte 1"),
        (b'{"a": 1, "b": 2, "a": 3}', "'a' is given twice"),
        (b"[NaN]", "NaN stands for a number"),
        (b"[-Infinity]", "-Infinity stands for a number"),
        (b"[1e999]", "1e999 is too large a number"),
        (b"9" * 401, "a number of 401 digits"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'"' + b'\\"' * 100_000, "a text has no end"),
    ],
)
def test_what_is_no_json_is_told_with_its_place(content: bytes, told: str) -> None:
    """No word of the parser, and no failure, however deep or long it is."""
    with pytest.raises(InvalidInput) as refused:
        read_json(content, field="the file")

    assert refused.value.message.startswith("the file is ")
    assert told in refused.value.message

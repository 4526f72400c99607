"""`$filter` of the directory: which entries of a list a client wants.

Understood are comparisons, `in`, `startswith`, `endswith`, `any` over a list, `/$count` of a list, and these
joined by `and`, `or`, `not` and brackets. Texts are compared without regard to case, as the vendor does.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.cloud.answers import HTTP_BAD_REQUEST, Refusal

#: Brackets and clauses inside each other at most.
DEPTH_MAX = 20
_TOKEN = re.compile(r"\s*('(?:[^']|'')*'|\d{4}-\d\d-\d\dT[\d:.]+Z?|[(),:]|[^\s(),:']+)\s*")
_PATH = re.compile(r"[A-Za-z][\w]*(?:/[$A-Za-z][\w]*)*")
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_FUNCTIONS: Mapping[str, Callable[[str, str], bool]] = {
    "startswith": str.startswith,
    "endswith": str.endswith,
}
#: What the vendor understands only with eventual consistency and a count.
_ADVANCED = frozenset({"ne", "not", "endswith", "$count"})
_WORDS = {"true": True, "false": False, "null": None}

#: Tells whether an entry is wanted; the values are the entry's fields, and the variables of an `any`.
Holds = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """A filter that was read."""

    #: Fields of an entry that it looks at.
    fields: tuple[str, ...]
    #: The vendor answers it with eventual consistency and a count alone.
    is_advanced: bool
    holds: Holds


def read_filter(text: str) -> Filter:
    """Return what a `$filter` says.

    Raises:
        Refusal: It is not understood.
    """
    reader = _Reader(text)
    holds = reader.either(0)
    reader.end()
    return Filter(
        fields=tuple(sorted(reader.fields)),
        is_advanced=not _ADVANCED.isdisjoint(reader.words),
        holds=holds,
    )


class _Reader:
    """Reads one filter from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[str] = []
        position = 0
        while position < len(text):
            token = _TOKEN.match(text, position)
            if token is None:
                raise self._refusal()
            self._tokens.append(token[1])
            position = token.end()
        self._at = 0
        self._variables: set[str] = set()
        self.fields: set[str] = set()
        self.words: set[str] = set()

    def either(self, depth: int) -> Holds:
        """Read clauses that are joined by `or`."""
        if depth > DEPTH_MAX:
            raise self._refusal()
        parts = [self._both(depth)]
        while self._is_next("or"):
            parts.append(self._both(depth))
        return parts[0] if len(parts) == 1 else lambda values: any(part(values) for part in parts)

    def end(self) -> None:
        """Check that nothing is left."""
        if self._at < len(self._tokens):
            raise self._refusal()

    def _both(self, depth: int) -> Holds:
        parts = [self._clause(depth)]
        while self._is_next("and"):
            parts.append(self._clause(depth))
        return parts[0] if len(parts) == 1 else lambda values: all(part(values) for part in parts)

    def _clause(self, depth: int) -> Holds:
        if self._is_next("not"):
            if depth > DEPTH_MAX:
                raise self._refusal()
            inner = self._clause(depth + 1)
            return lambda values: not inner(values)
        if self._is_next("("):
            inner = self.either(depth + 1)
            self._take(")")
            return inner
        word = self._next()
        if word.lower() in _FUNCTIONS:
            return self._function(word.lower())
        if word.endswith("/any"):
            return self._any(word.removesuffix("/any"), depth)
        return self._comparison(self._value_of(word))

    def _function(self, name: str) -> Holds:
        self.words.add(name)
        self._take("(")
        value_of = self._value_of(self._next())
        self._take(",")
        wanted = self._literal()
        self._take(")")
        function = _FUNCTIONS[name]

        def holds(values: Mapping[str, Any]) -> bool:
            value = value_of(values)
            return isinstance(value, str) and isinstance(wanted, str) and function(value, wanted)

        return holds

    def _any(self, path: str, depth: int) -> Holds:
        rows_of = self._value_of(path)
        self._take("(")
        variable = self._next()
        self._take(":")
        self._variables.add(variable)
        inner = self.either(depth + 1)
        self._variables.discard(variable)
        self._take(")")
        return lambda values: any(inner({**values, variable: row}) for row in rows_of(values) or ())

    def _comparison(self, value_of: Callable[[Mapping[str, Any]], Any]) -> Holds:
        word = self._next().lower()
        if word == "in":
            wanted = self._literals()
            return lambda values: value_of(values) in wanted
        if word not in _COMPARISONS:
            raise self._refusal()
        self.words.add(word)
        compare, other = _COMPARISONS[word], self._literal()

        def holds(values: Mapping[str, Any]) -> bool:
            try:
                return compare(value_of(values), other)
            except TypeError:
                return False

        return holds

    def _literals(self) -> list[Any]:
        self._take("(")
        literals = [self._literal()]
        while self._is_next(","):
            literals.append(self._literal())
        self._take(")")
        return literals

    def _literal(self) -> Any:
        token = self._next()
        if token.startswith("'"):
            return token[1:-1].replace("''", "'").casefold()
        if token.lower() in _WORDS:
            return _WORDS[token.lower()]
        if token in {"(", ")", ",", ":"}:
            raise self._refusal()
        return int(token) if re.fullmatch(r"-?\d{1,18}", token, re.ASCII) else token.casefold()

    def _value_of(self, path: str) -> Callable[[Mapping[str, Any]], Any]:
        """Return what takes the value of a path from an entry."""
        if not _PATH.fullmatch(path):
            raise self._refusal()
        names = path.split("/")
        if names[0] not in self._variables:
            self.fields.add(names[0])
        self.words.update({"$count"} & set(names))

        def value(values: Mapping[str, Any]) -> Any:
            value: Any = values
            for name in names:
                is_counted = name == "$count" and isinstance(value, list)
                value = len(value) if is_counted else value.get(name) if isinstance(value, Mapping) else None
            return value.casefold() if isinstance(value, str) else value

        return value

    def _next(self) -> str:
        if self._at >= len(self._tokens):
            raise self._refusal()
        self._at += 1
        return self._tokens[self._at - 1]

    def _is_next(self, word: str) -> bool:
        is_next = self._at < len(self._tokens) and self._tokens[self._at].lower() == word
        self._at += is_next
        if is_next and word == "not":
            self.words.add(word)
        return is_next

    def _take(self, word: str) -> None:
        if not self._is_next(word):
            raise self._refusal()

    def _refusal(self) -> Refusal:
        text = f"Unsupported or invalid filter: {self._text}"
        return Refusal(HTTP_BAD_REQUEST, "Request_UnsupportedQuery", text)

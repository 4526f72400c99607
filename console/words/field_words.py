"""What the document of the API says of fields: the comments `#:` that stand above them in the code."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_type_hints

from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.routing import BaseRoute

_MARK = "#:"
#: What JSON calls otherwise.
_NOTHING = re.compile(r"\bNone\b")


def add_field_words(schemas: dict[str, Any], routes: Iterable[BaseRoute]) -> None:
    """Describe the fields of schemas as the code does, where they have no description yet.

    Args:
        schemas: Of the document, by name.
        routes: From which the document was made.
    """
    for kind in _kinds(routes):
        properties = schemas.get(kind.__name__, {}).get("properties", {})
        words = field_words(kind) if properties else {}
        for name in properties.keys() & words:
            # A reference has its own description, and readers differ in what they make of two.
            if "$ref" not in properties[name]:
                properties[name].setdefault("description", words[name])


def field_words(kind: type) -> dict[str, str]:
    """Return what the comments above the fields of a class say, those of its bases too."""
    words: dict[str, str] = {}
    for each in reversed(kind.__mro__):
        file = None if each.__module__ == "builtins" else inspect.getsourcefile(each)
        words |= _comments(file).get(each.__qualname__, {}) if file else {}
    return words


@cache
def _comments(file: str) -> Mapping[str, Mapping[str, str]]:
    """Return the comments of a module, by class and field."""
    text = Path(file).read_text(encoding="utf-8")
    lines = text.splitlines()
    return {
        node.name: dict(_commented(node, lines))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ClassDef)
    }


def _commented(node: ast.ClassDef, lines: list[str]) -> Iterator[tuple[str, str]]:
    for field in node.body:
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            words: list[str] = []
            for line in reversed(lines[: field.lineno - 1]):
                if not line.strip().startswith(_MARK):
                    break
                words.insert(0, line.strip().removeprefix(_MARK).strip())
            if words:
                yield field.target.id, _NOTHING.sub("null", " ".join(words))


def _kinds(routes: Iterable[BaseRoute]) -> Iterator[type]:
    """Yield every class of which a body or an answer is made, once."""
    kinds: set[type] = set()
    waiting: list[Any] = [each for route in routes for each in _edges(route)]
    while waiting:
        kind = waiting.pop()
        waiting += get_args(kind)
        if isinstance(kind, type) and kind not in kinds and _has_fields(kind):
            kinds.add(kind)
            waiting += get_type_hints(kind).values()
            yield kind


def _edges(route: BaseRoute) -> Iterator[Any]:
    if isinstance(route, APIRoute):
        yield route.response_model
        yield from (each.get("model") for each in route.responses.values())
        if route.body_field is not None:
            yield route.body_field.field_info.annotation


def _has_fields(kind: type) -> bool:
    return is_dataclass(kind) or issubclass(kind, BaseModel)

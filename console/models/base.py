"""What every answer of the API has in common: declared fields, and values in the spelling of the record."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from operator import attrgetter
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, JsonValue
from pydantic_core import CoreSchema, core_schema

from domain.kernel.facts import as_plain

Fact = TypeVar("Fact")
Wide = TypeVar("Wide")
#: A JSON object to the letter, as it is recorded.
RecordedObject = dict[str, JsonValue]
_UTC_OFFSET = re.compile(r"^(\d{4}-\d\d-\d\dT[\d:.]+)\+00:00$")


class Answer(BaseModel):
    """An answer, or a part of one; a field that nobody declared is a fault, and is not dropped in silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def respelled(facts: JsonValue) -> JsonValue:
    """Return JSON of the record with the one spelling of instants that answers have: UTC, with a `Z`."""
    if isinstance(facts, dict):
        return {name: respelled(each) for name, each in facts.items()}
    if isinstance(facts, list):
        return [respelled(each) for each in facts]
    return _UTC_OFFSET.sub(r"\1Z", facts) if isinstance(facts, str) else facts


def _as_answer(value: object) -> JsonValue:
    return respelled(as_plain(value))


@dataclass(frozen=True, kw_only=True, slots=True)
class Spelled:
    """Annotation: how a value is written."""

    by: Callable[[Any], Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Keep the type, which the OpenAPI document shows, and change how a value of it is written."""
        schema: Any = handler(source)
        schema["serialization"] = core_schema.plain_serializer_function_ser_schema(self.by)
        core: CoreSchema = schema
        return core


#: A value of the product by the rules of the record (domain/kernel/facts.py), with its instants as answers.
Recorded = Annotated[Fact, Spelled(by=_as_answer)]
#: What another part of the product, or an older version, has written: any JSON object.
JsonObject = Annotated[RecordedObject, Spelled(by=respelled)]


def _is_absent(value: object) -> bool:
    return value is None


#: A field that is not in the answer where there is nothing to tell.
Absent = Annotated[Fact | None, Field(default=None, exclude_if=_is_absent)]


def widened(kind: type[Wide], value: object, **more: object) -> Wide:
    """Return the fields of a dataclass, and more, as another kind that has all of them.

    Args:
        kind: What to make.
        value: The narrower one.
        more: Fields that it lacks, or has otherwise.
    """
    kind_of_value: Any = type(value)
    names, read = _reader(kind_of_value)
    values = dict(zip(names, read(value), strict=True))
    values.update(more)
    return kind(**values)


@cache
def _reader(kind: Any) -> tuple[tuple[str, ...], attrgetter[Any]]:
    """Return the names of a dataclass's fields, two or more, and what reads them; lists do it row by row."""
    names = tuple(each.name for each in fields(kind))
    return names, attrgetter(*names)

"""What every answer of the API has in common: declared fields, and values in the spelling of the record."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Annotated, Any, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, JsonValue
from pydantic_core import CoreSchema, core_schema

from domain.kernel.facts import as_plain
from domain.kernel.money import Money

Fact = TypeVar("Fact")
View = TypeVar("View")
#: A JSON object to the letter, as it is recorded.
RecordedObject = dict[str, JsonValue]
_MINOR_UNITS = "_minor_units"
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


def view_of(kind: type[View], value: object, **more: object) -> View:
    """Return a view of a value: an answer with the fields that both have, and with more.

    Money is told in words where the field is a text, and by its amount where its name ends with
    `_minor_units`.

    Args:
        kind: What to make: a model, or a dataclass.
        value: What has its other fields as attributes.
        more: Fields that the value lacks, or has otherwise.
    """
    shape: Any = kind
    parts = {name: _part(value, name, is_text) for name, is_text in _fields(shape) if name not in more}
    return kind(**parts, **more)


@cache
def _fields(kind: Any) -> tuple[tuple[str, bool], ...]:
    """Return the fields of a model or a dataclass, and whether each is a text; lists ask row by row."""
    names = [each.name for each in fields(kind)] if is_dataclass(kind) else [*kind.model_fields]
    hints = get_type_hints(kind)
    return tuple((name, hints[name] in {str, str | None}) for name in names)


def _part(value: object, name: str, is_text: bool) -> object:  # noqa: FBT001 - read with its field
    if name.endswith(_MINOR_UNITS) and not hasattr(value, name):
        return getattr(value, name.removesuffix(_MINOR_UNITS)).minor_units
    part = getattr(value, name)
    return str(part) if is_text and isinstance(part, Money) else part

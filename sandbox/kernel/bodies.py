"""What requests and files may hold, as models; a value that is not allowed is refused in our own words.

The routes are Starlette's: a token is looked at before a body, a repeated request gets its first answer
whatever its body, and the vendor refuses in forms of its own. Models come after that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import CoreSchema, ErrorDetails, core_schema

from domain.kernel.errors import InvalidInput
from domain.text.schema_words import Document, allowed_words, resolved

#: How far dates and numbers may reach, so that nothing computed from them overflows: months and days are
#: added to dates, prices multiply quantities, and JSON ends at 64 bits.
DAY_FIRST, DAY_LAST = date(2000, 1, 1), date(2199, 12, 31)
#: Licenses of one subscription.
QUANTITY_MAX = 10_000_000
#: Minor units of one amount, and everything else that is counted.
INTEGER_MAX = 10**15
_DAYS = f"from {DAY_FIRST} to {DAY_LAST}"


class Body(BaseModel):
    """An object whose fields are known; nothing is made of another type in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False, defer_build=True)


class OpenBody(Body):
    """A body of an interface for other programs: fields that it does not know are left out."""

    model_config = ConfigDict(extra="ignore")


Model = TypeVar("Model", bound=BaseModel)


def read_body(model: type[Model], value: Any, at: str = "") -> Model:
    """Return what JSON says, as a model.

    Args:
        model: What it is to be.
        value: As it stands in JSON.
        at: Where it stands, for the refusal; "" for a whole body.

    Raises:
        InvalidInput: A field is missing, unknown, or not what it may be.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise _refusal(error.errors(include_url=False)[0], model.model_json_schema(), value, at) from None


def read_kind(kinds: Mapping[str, type[Model]], value: Any, tag: str, at: str = "") -> Model:
    """Return what JSON says, as the model of the kind that stands under a tag.

    Raises:
        InvalidInput: There is no such kind, or a field of it is not what it may be.
    """
    kind = value.get(tag) if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in kinds:
        raise InvalidInput(field=_inside(at, tag), value=kind, allowed=f"one of {', '.join(sorted(kinds))}")
    return read_body(kinds[kind], value, at)


def _refusal(finding: ErrorDetails, document: Document, value: Any, at: str) -> InvalidInput:
    """Return the refusal of what a validator found: the field, its value, and what its schema allows."""
    kind, field = finding["type"], at
    outer = schemas = _alternatives(document, document)
    for part in finding["loc"]:
        outer, schemas = schemas, _parts(document, schemas, part)
        field = _inside(field, part)
        is_there = isinstance(value, list) or (isinstance(value, dict) and part in value)
        value = value[part] if is_there else finding["input"]
    if kind == "extra_forbidden":
        allowed = f"no field; there are {', '.join(outer[0].get('properties', ()))}"
    elif kind == "value_error":
        allowed = str(finding["ctx"]["error"])
    else:
        allowed = ", or ".join(_words(document, each) for each in schemas)
    return InvalidInput(field=field or "body", value=None if kind == "missing" else value, allowed=allowed)


def _inside(field: str, part: int | str) -> str:
    if isinstance(part, int):
        return f"{field}[{part}]"
    return f"{field}.{part}" if field else part


def _alternatives(document: Document, schema: Document) -> list[Document]:
    """Return what a schema allows beside null."""
    schemas = [resolved(document, each) for each in resolved(document, schema).get("anyOf", [schema])]
    return [each for each in schemas if each.get("type") != "null"]


def _parts(document: Document, schemas: list[Document], part: int | str) -> list[Document]:
    """Return the schemas of a field of an object, or of the items of a list."""
    if isinstance(part, int):
        parts = [each["items"] for each in schemas if "items" in each]
    else:
        parts = [each["properties"][part] for each in schemas if part in each.get("properties", ())]
    return [one for each in parts for one in _alternatives(document, each)]


def _words(document: Document, schema: Document) -> str:
    """Return what a schema allows, in words of its own where it has some."""
    if "enum" in schema:
        return f"one of {', '.join(map(str, schema['enum']))}"
    has_words = "description" in schema and schema.get("type") != "object"
    return str(schema["description"]) if has_words else allowed_words(document, schema)


class OneOf:
    """Annotation of a text that is one of some words."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = list(words)

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> CoreSchema:
        """Return the validator."""
        return core_schema.literal_schema(self._words)


def _day_of(value: Any) -> Any:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return value


def _instant_of(text: str) -> str:
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is not None and DAY_FIRST <= at.astimezone(UTC).date() <= DAY_LAST:
            return text
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"an instant with its zone, such as 2026-11-22T10:00:00Z, {_DAYS}")


Text = Annotated[str, Field(min_length=1, description="a text that is not empty")]
Integer = Annotated[int, Field(ge=-INTEGER_MAX, le=INTEGER_MAX)]
Amount = Annotated[int, Field(ge=0, le=INTEGER_MAX)]
Count = Annotated[int, Field(ge=1, le=INTEGER_MAX)]
Quantity = Annotated[int, Field(ge=1, le=QUANTITY_MAX)]
Day = Annotated[
    date, BeforeValidator(_day_of), Field(ge=DAY_FIRST, le=DAY_LAST, description=f"a date {_DAYS}")
]
#: A text that names an instant with its zone.
Instant = Annotated[str, AfterValidator(_instant_of)]

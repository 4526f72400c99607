"""What every body of a request has in common: fields that are known, and text that every reader can bear."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from domain.kernel.errors import InvalidInput
from domain.kernel.ids import canonical_id
from domain.kernel.limits import TEXT_MAX
from domain.text.plain_text import require_plain_text, require_told

Text = Annotated[str, Field(min_length=1, max_length=TEXT_MAX)]
OptionalText = Annotated[str, Field(max_length=TEXT_MAX)]
#: Id of directory or seller, in any case.
Id = Annotated[Text, AfterValidator(canonical_id)]
#: The same in a path, whose length its address bounds.
PathId = Annotated[str, AfterValidator(canonical_id)]
OptionalId = Annotated[OptionalText, AfterValidator(canonical_id)]
#: Why, in somebody's words; blanks alone tell nothing.
Reason = Annotated[Text, AfterValidator(require_told)]


def _reason_or_absent(reason: str) -> str:
    return require_told(reason) if reason else reason


#: A reason that need not be given; one that is given says something.
OptionalReason = Annotated[str, Field(max_length=TEXT_MAX), AfterValidator(_reason_or_absent)]


#: Texts of a JSON list; everywhere else a list is no group of texts.
Texts = Annotated[tuple[Text, ...], Field(strict=False)]
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _day_of(value: Any) -> Any:
    """Return the day that a text names; a number, or a text with a time of day, is none."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise _no_day(value) from None
    if value is None or isinstance(value, date):
        return value
    raise _no_day(value)


def _no_day(value: Any) -> InvalidInput:
    return InvalidInput(field="quoted_on", value=value, allowed="a date, such as 2026-12-24")


#: A day as ISO text.
Day = Annotated[date, BeforeValidator(_day_of)]


def _instant_of(value: Any) -> Any:
    """Return the instant that a text names, with its zone; a number is none."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
        # At the ends of the calendar an instant of another zone is none in UTC.
        if isinstance(at, datetime) and at.tzinfo is not None and at.astimezone(UTC):
            return at
    except (ValueError, OverflowError):
        pass
    raise InvalidInput(field="decided_at", value=value, allowed="an instant, such as 2026-12-24T10:00:00Z")


#: An instant as ISO text.
Instant = Annotated[datetime, BeforeValidator(_instant_of)]


class Body(BaseModel):
    """A body whose texts are looked at, however deep they stand, before anything else is.

    Nothing is made of another type in silence: `true` is no number, and `"30"` is none either.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _require_plain_text(cls, value: Any) -> Any:
        require_plain_text(value)
        return value

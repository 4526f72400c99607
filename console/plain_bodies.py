"""What every body of a request has in common: fields that are known, and text that every reader can bear."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from domain.plain_text import require_plain_text, require_told

#: Longest id, reason or name that is taken.
TEXT_MAX = 500

Text = Annotated[str, Field(min_length=1, max_length=TEXT_MAX)]
#: Why, in somebody's words; blanks alone tell nothing.
Reason = Annotated[Text, AfterValidator(require_told)]


def _told_or_absent(reason: str) -> str:
    return require_told(reason) if reason else reason


#: A reason that need not be given; one that is given says something.
OptionalReason = Annotated[str, Field(max_length=TEXT_MAX), AfterValidator(_told_or_absent)]


class Body(BaseModel):
    """A body whose texts are looked at, however deep they stand, before anything else is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _require_plain_text(cls, given: Any) -> Any:
        require_plain_text(given)
        return given

"""Fields of a billing profile that an edit or the request for an organization can set."""

from __future__ import annotations

from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field

from sandbox.kernel.bodies import Body, Day, Integer, Text
from sandbox.kernel.model import Json


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("an IANA zone")
    return name


class Profile(Body):
    """Fields of a billing profile; the currency can't be changed."""

    display_name: Text = ""
    country: Annotated[str, Field(pattern="^[A-Z]{2}$", description="two capital letters")] = ""
    subdivision: Text | None = None
    time_zone: Annotated[str, AfterValidator(_zone)] = ""
    segment: Literal["commercial", "education", "government", "nonprofit"] = "commercial"
    tax_rate: Annotated[str, Field(pattern=r"^0(\.\d{1,4})?$", description="a decimal such as 0.19")] = ""
    balance_due_minor_units: Integer = 0
    payment_method: Literal["card", "invoice"] = "card"
    custom_domains: list[Text] = Field(default_factory=list)
    closing_days: list[Day] = Field(default_factory=list)
    cut_off_hour: Annotated[int, Field(ge=0, le=23)] | None = None

    def document(self) -> Json:
        """Return the fields that were given, as they stand in JSON."""
        return self.model_dump(mode="json", exclude_unset=True)

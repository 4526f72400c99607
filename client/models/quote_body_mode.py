from typing import Literal

QuoteBodyMode = Literal["automatic", "manual"]

QUOTE_BODY_MODE_VALUES: set[QuoteBodyMode] = {
    "automatic",
    "manual",
}


def check_quote_body_mode(value: str) -> QuoteBodyMode:
    if value in QUOTE_BODY_MODE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {QUOTE_BODY_MODE_VALUES!r}")

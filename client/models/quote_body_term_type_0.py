from typing import Literal

QuoteBodyTermType0 = Literal["P1M", "P1Y"]

QUOTE_BODY_TERM_TYPE_0_VALUES: set[QuoteBodyTermType0] = {
    "P1M",
    "P1Y",
}


def check_quote_body_term_type_0(value: str) -> QuoteBodyTermType0:
    if value in QUOTE_BODY_TERM_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {QUOTE_BODY_TERM_TYPE_0_VALUES!r}")

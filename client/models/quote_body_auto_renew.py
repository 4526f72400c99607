from typing import Literal

QuoteBodyAutoRenew = Literal["keep", "off", "on"]

QUOTE_BODY_AUTO_RENEW_VALUES: set[QuoteBodyAutoRenew] = {
    "keep",
    "off",
    "on",
}


def check_quote_body_auto_renew(value: str) -> QuoteBodyAutoRenew:
    if value in QUOTE_BODY_AUTO_RENEW_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {QUOTE_BODY_AUTO_RENEW_VALUES!r}")

from typing import Literal

QuoteBodyBillingCycleType0 = Literal["annual", "monthly"]

QUOTE_BODY_BILLING_CYCLE_TYPE_0_VALUES: set[QuoteBodyBillingCycleType0] = {
    "annual",
    "monthly",
}


def check_quote_body_billing_cycle_type_0(value: str) -> QuoteBodyBillingCycleType0:
    if value in QUOTE_BODY_BILLING_CYCLE_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {QUOTE_BODY_BILLING_CYCLE_TYPE_0_VALUES!r}")

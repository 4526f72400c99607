from typing import Literal

QuoteBodyPaymentMethodType0 = Literal["card", "invoice"]

QUOTE_BODY_PAYMENT_METHOD_TYPE_0_VALUES: set[QuoteBodyPaymentMethodType0] = {
    "card",
    "invoice",
}


def check_quote_body_payment_method_type_0(value: str) -> QuoteBodyPaymentMethodType0:
    if value in QUOTE_BODY_PAYMENT_METHOD_TYPE_0_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {QUOTE_BODY_PAYMENT_METHOD_TYPE_0_VALUES!r}"
    )

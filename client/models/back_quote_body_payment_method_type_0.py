from typing import Literal

BackQuoteBodyPaymentMethodType0 = Literal["card", "invoice"]

BACK_QUOTE_BODY_PAYMENT_METHOD_TYPE_0_VALUES: set[BackQuoteBodyPaymentMethodType0] = {
    "card",
    "invoice",
}


def check_back_quote_body_payment_method_type_0(value: str) -> BackQuoteBodyPaymentMethodType0:
    if value in BACK_QUOTE_BODY_PAYMENT_METHOD_TYPE_0_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {BACK_QUOTE_BODY_PAYMENT_METHOD_TYPE_0_VALUES!r}"
    )

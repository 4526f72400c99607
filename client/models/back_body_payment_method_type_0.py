from typing import Literal

BackBodyPaymentMethodType0 = Literal["card", "invoice"]

BACK_BODY_PAYMENT_METHOD_TYPE_0_VALUES: set[BackBodyPaymentMethodType0] = {
    "card",
    "invoice",
}


def check_back_body_payment_method_type_0(value: str) -> BackBodyPaymentMethodType0:
    if value in BACK_BODY_PAYMENT_METHOD_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {BACK_BODY_PAYMENT_METHOD_TYPE_0_VALUES!r}")

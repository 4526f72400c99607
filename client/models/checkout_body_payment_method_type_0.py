from typing import Literal

CheckoutBodyPaymentMethodType0 = Literal["card", "invoice"]

CHECKOUT_BODY_PAYMENT_METHOD_TYPE_0_VALUES: set[CheckoutBodyPaymentMethodType0] = {
    "card",
    "invoice",
}


def check_checkout_body_payment_method_type_0(value: str) -> CheckoutBodyPaymentMethodType0:
    if value in CHECKOUT_BODY_PAYMENT_METHOD_TYPE_0_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {CHECKOUT_BODY_PAYMENT_METHOD_TYPE_0_VALUES!r}"
    )

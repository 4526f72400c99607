from typing import Literal

SwitchBodyPaymentMethodType0 = Literal["card", "invoice"]

SWITCH_BODY_PAYMENT_METHOD_TYPE_0_VALUES: set[SwitchBodyPaymentMethodType0] = {
    "card",
    "invoice",
}


def check_switch_body_payment_method_type_0(value: str) -> SwitchBodyPaymentMethodType0:
    if value in SWITCH_BODY_PAYMENT_METHOD_TYPE_0_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {SWITCH_BODY_PAYMENT_METHOD_TYPE_0_VALUES!r}"
    )

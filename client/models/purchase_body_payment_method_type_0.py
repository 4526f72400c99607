from typing import Literal

PurchaseBodyPaymentMethodType0 = Literal["card", "invoice"]

PURCHASE_BODY_PAYMENT_METHOD_TYPE_0_VALUES: set[PurchaseBodyPaymentMethodType0] = {
    "card",
    "invoice",
}


def check_purchase_body_payment_method_type_0(value: str) -> PurchaseBodyPaymentMethodType0:
    if value in PURCHASE_BODY_PAYMENT_METHOD_TYPE_0_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {PURCHASE_BODY_PAYMENT_METHOD_TYPE_0_VALUES!r}"
    )

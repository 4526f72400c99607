from typing import Literal

BundleBodyPaymentMethodType0 = Literal["card", "invoice"]

BUNDLE_BODY_PAYMENT_METHOD_TYPE_0_VALUES: set[BundleBodyPaymentMethodType0] = {
    "card",
    "invoice",
}


def check_bundle_body_payment_method_type_0(value: str) -> BundleBodyPaymentMethodType0:
    if value in BUNDLE_BODY_PAYMENT_METHOD_TYPE_0_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {BUNDLE_BODY_PAYMENT_METHOD_TYPE_0_VALUES!r}"
    )

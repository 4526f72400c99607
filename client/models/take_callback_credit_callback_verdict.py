from typing import Literal

TakeCallbackCreditCallbackVerdict = Literal["approved", "declined"]

TAKE_CALLBACK_CREDIT_CALLBACK_VERDICT_VALUES: set[TakeCallbackCreditCallbackVerdict] = {
    "approved",
    "declined",
}


def check_take_callback_credit_callback_verdict(value: str) -> TakeCallbackCreditCallbackVerdict:
    if value in TAKE_CALLBACK_CREDIT_CALLBACK_VERDICT_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {TAKE_CALLBACK_CREDIT_CALLBACK_VERDICT_VALUES!r}"
    )

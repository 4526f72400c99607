from typing import Literal

DecideCreditVerdict = Literal["approve", "decline"]

DECIDE_CREDIT_VERDICT_VALUES: set[DecideCreditVerdict] = {
    "approve",
    "decline",
}


def check_decide_credit_verdict(value: str) -> DecideCreditVerdict:
    if value in DECIDE_CREDIT_VERDICT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {DECIDE_CREDIT_VERDICT_VALUES!r}")

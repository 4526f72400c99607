from typing import Literal

Outcome = Literal["address_refused", "delivered", "gone", "redirected", "refused", "timed_out", "unreachable"]

OUTCOME_VALUES: set[Outcome] = {
    "address_refused",
    "delivered",
    "gone",
    "redirected",
    "refused",
    "timed_out",
    "unreachable",
}


def check_outcome(value: str) -> Outcome:
    if value in OUTCOME_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {OUTCOME_VALUES!r}")

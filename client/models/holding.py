from typing import Literal

Holding = Literal["both_plans", "gone", "neither_plan", "new_plan", "old_plan"]

HOLDING_VALUES: set[Holding] = {
    "both_plans",
    "gone",
    "neither_plan",
    "new_plan",
    "old_plan",
}


def check_holding(value: str) -> Holding:
    if value in HOLDING_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {HOLDING_VALUES!r}")

from typing import Literal

PlanState = Literal["as_planned", "otherwise", "so_far", "unplanned"]

PLAN_STATE_VALUES: set[PlanState] = {
    "as_planned",
    "otherwise",
    "so_far",
    "unplanned",
}


def check_plan_state(value: str) -> PlanState:
    if value in PLAN_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PLAN_STATE_VALUES!r}")

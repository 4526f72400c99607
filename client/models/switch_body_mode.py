from typing import Literal

SwitchBodyMode = Literal["automatic", "manual"]

SWITCH_BODY_MODE_VALUES: set[SwitchBodyMode] = {
    "automatic",
    "manual",
}


def check_switch_body_mode(value: str) -> SwitchBodyMode:
    if value in SWITCH_BODY_MODE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SWITCH_BODY_MODE_VALUES!r}")

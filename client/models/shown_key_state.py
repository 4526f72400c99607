from typing import Literal

ShownKeyState = Literal["ended", "expired", "valid"]

SHOWN_KEY_STATE_VALUES: set[ShownKeyState] = {
    "ended",
    "expired",
    "valid",
}


def check_shown_key_state(value: str) -> ShownKeyState:
    if value in SHOWN_KEY_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SHOWN_KEY_STATE_VALUES!r}")

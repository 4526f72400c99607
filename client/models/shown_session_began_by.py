from typing import Literal

ShownSessionBeganBy = Literal["key", "link", "provider"]

SHOWN_SESSION_BEGAN_BY_VALUES: set[ShownSessionBeganBy] = {
    "key",
    "link",
    "provider",
}


def check_shown_session_began_by(value: str) -> ShownSessionBeganBy:
    if value in SHOWN_SESSION_BEGAN_BY_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SHOWN_SESSION_BEGAN_BY_VALUES!r}")

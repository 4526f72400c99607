from typing import Literal

Role = Literal["log", "organization", "source", "subscription", "target", "wait"]

ROLE_VALUES: set[Role] = {
    "log",
    "organization",
    "source",
    "subscription",
    "target",
    "wait",
}


def check_role(value: str) -> Role:
    if value in ROLE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ROLE_VALUES!r}")

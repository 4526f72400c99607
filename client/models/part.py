from typing import Literal

Part = Literal[
    "journal",
    "locks",
    "organization",
    "source",
    "subscription",
    "switch",
    "target",
    "users",
    "versions",
    "wait",
]

PART_VALUES: set[Part] = {
    "journal",
    "locks",
    "organization",
    "source",
    "subscription",
    "switch",
    "target",
    "users",
    "versions",
    "wait",
}


def check_part(value: str) -> Part:
    if value in PART_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PART_VALUES!r}")

from typing import Literal

DeviationKind = Literal["command", "end", "failure", "values"]

DEVIATION_KIND_VALUES: set[DeviationKind] = {
    "command",
    "end",
    "failure",
    "values",
}


def check_deviation_kind(value: str) -> DeviationKind:
    if value in DEVIATION_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {DEVIATION_KIND_VALUES!r}")

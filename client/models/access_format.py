from typing import Literal

AccessFormat = Literal["csv", "jsonl"]

ACCESS_FORMAT_VALUES: set[AccessFormat] = {
    "csv",
    "jsonl",
}


def check_access_format(value: str) -> AccessFormat:
    if value in ACCESS_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ACCESS_FORMAT_VALUES!r}")

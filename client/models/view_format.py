from typing import Literal

ViewFormat = Literal["csv", "html", "jsonl"]

VIEW_FORMAT_VALUES: set[ViewFormat] = {
    "csv",
    "html",
    "jsonl",
}


def check_view_format(value: str) -> ViewFormat:
    if value in VIEW_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {VIEW_FORMAT_VALUES!r}")

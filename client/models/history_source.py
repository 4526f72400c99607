from typing import Literal

HistorySource = Literal["archive", "nowhere", "temporal"]

HISTORY_SOURCE_VALUES: set[HistorySource] = {
    "archive",
    "nowhere",
    "temporal",
}


def check_history_source(value: str) -> HistorySource:
    if value in HISTORY_SOURCE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {HISTORY_SOURCE_VALUES!r}")

from typing import Literal

RowRefusalCode = Literal[
    "ACTION_UNKNOWN",
    "CELLS_TOO_MANY",
    "DATA_SERVICE_OFF",
    "FACTS_CHANGED",
    "LICENSE_FROM_GROUP",
    "NOT_ON_PLAN",
    "SERVICE_AMBIGUOUS",
    "SERVICE_NEEDED",
    "SERVICE_UNKNOWN",
    "USER_AMBIGUOUS",
    "USER_MISSING",
    "USER_REPEATED",
    "USER_UNKNOWN",
]

ROW_REFUSAL_CODE_VALUES: set[RowRefusalCode] = {
    "ACTION_UNKNOWN",
    "CELLS_TOO_MANY",
    "DATA_SERVICE_OFF",
    "FACTS_CHANGED",
    "LICENSE_FROM_GROUP",
    "NOT_ON_PLAN",
    "SERVICE_AMBIGUOUS",
    "SERVICE_NEEDED",
    "SERVICE_UNKNOWN",
    "USER_AMBIGUOUS",
    "USER_MISSING",
    "USER_REPEATED",
    "USER_UNKNOWN",
}


def check_row_refusal_code(value: str) -> RowRefusalCode:
    if value in ROW_REFUSAL_CODE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ROW_REFUSAL_CODE_VALUES!r}")

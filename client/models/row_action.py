from typing import Literal

RowAction = Literal["leave", "move"]

ROW_ACTION_VALUES: set[RowAction] = {
    "leave",
    "move",
}


def check_row_action(value: str) -> RowAction:
    if value in ROW_ACTION_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ROW_ACTION_VALUES!r}")

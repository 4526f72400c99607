from typing import Literal

FolderState = Literal["absent", "behind", "diverged", "whole"]

FOLDER_STATE_VALUES: set[FolderState] = {
    "absent",
    "behind",
    "diverged",
    "whole",
}


def check_folder_state(value: str) -> FolderState:
    if value in FOLDER_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {FOLDER_STATE_VALUES!r}")

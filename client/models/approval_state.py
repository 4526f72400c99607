from typing import Literal

ApprovalState = Literal["approved", "done", "expired", "failed", "refused", "void", "waiting"]

APPROVAL_STATE_VALUES: set[ApprovalState] = {
    "approved",
    "done",
    "expired",
    "failed",
    "refused",
    "void",
    "waiting",
}


def check_approval_state(value: str) -> ApprovalState:
    if value in APPROVAL_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {APPROVAL_STATE_VALUES!r}")

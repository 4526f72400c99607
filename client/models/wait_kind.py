from typing import Literal

WaitKind = Literal[
    "credit_check",
    "credit_overdue",
    "eligibility",
    "hold",
    "invoice",
    "pause",
    "promise",
    "provisioning",
    "settlement",
    "step",
    "stuck",
]

WAIT_KIND_VALUES: set[WaitKind] = {
    "credit_check",
    "credit_overdue",
    "eligibility",
    "hold",
    "invoice",
    "pause",
    "promise",
    "provisioning",
    "settlement",
    "step",
    "stuck",
}


def check_wait_kind(value: str) -> WaitKind:
    if value in WAIT_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {WAIT_KIND_VALUES!r}")

from typing import Literal

Decision = Literal[
    "acknowledgments",
    "administration_lock",
    "bill",
    "credit_check",
    "credit_deadline",
    "direction",
    "eligible",
    "findings",
    "kind",
    "quote",
    "reason",
    "service_settings",
    "services",
    "switch_back",
]

DECISION_VALUES: set[Decision] = {
    "acknowledgments",
    "administration_lock",
    "bill",
    "credit_check",
    "credit_deadline",
    "direction",
    "eligible",
    "findings",
    "kind",
    "quote",
    "reason",
    "service_settings",
    "services",
    "switch_back",
}


def check_decision(value: str) -> Decision:
    if value in DECISION_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {DECISION_VALUES!r}")

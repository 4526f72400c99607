from typing import Literal

ShownGrantRole = Literal["administrator", "approver", "auditor", "operator", "viewer"]

SHOWN_GRANT_ROLE_VALUES: set[ShownGrantRole] = {
    "administrator",
    "approver",
    "auditor",
    "operator",
    "viewer",
}


def check_shown_grant_role(value: str) -> ShownGrantRole:
    if value in SHOWN_GRANT_ROLE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SHOWN_GRANT_ROLE_VALUES!r}")

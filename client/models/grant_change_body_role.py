from typing import Literal

GrantChangeBodyRole = Literal["administrator", "approver", "auditor", "operator", "viewer"]

GRANT_CHANGE_BODY_ROLE_VALUES: set[GrantChangeBodyRole] = {
    "administrator",
    "approver",
    "auditor",
    "operator",
    "viewer",
}


def check_grant_change_body_role(value: str) -> GrantChangeBodyRole:
    if value in GRANT_CHANGE_BODY_ROLE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {GRANT_CHANGE_BODY_ROLE_VALUES!r}")

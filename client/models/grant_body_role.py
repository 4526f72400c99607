from typing import Literal

GrantBodyRole = Literal["administrator", "approver", "auditor", "operator", "viewer"]

GRANT_BODY_ROLE_VALUES: set[GrantBodyRole] = {
    "administrator",
    "approver",
    "auditor",
    "operator",
    "viewer",
}


def check_grant_body_role(value: str) -> GrantBodyRole:
    if value in GRANT_BODY_ROLE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {GRANT_BODY_ROLE_VALUES!r}")

from typing import Literal

LicenseBodyAction = Literal["assign", "remove"]

LICENSE_BODY_ACTION_VALUES: set[LicenseBodyAction] = {
    "assign",
    "remove",
}


def check_license_body_action(value: str) -> LicenseBodyAction:
    if value in LICENSE_BODY_ACTION_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LICENSE_BODY_ACTION_VALUES!r}")

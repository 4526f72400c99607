from typing import Literal

CheckUsersServiceSettingsType0 = Literal["grant_all", "keep"]

CHECK_USERS_SERVICE_SETTINGS_TYPE_0_VALUES: set[CheckUsersServiceSettingsType0] = {
    "grant_all",
    "keep",
}


def check_check_users_service_settings_type_0(value: str) -> CheckUsersServiceSettingsType0:
    if value in CHECK_USERS_SERVICE_SETTINGS_TYPE_0_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {CHECK_USERS_SERVICE_SETTINGS_TYPE_0_VALUES!r}"
    )

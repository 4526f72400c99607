from typing import Literal

PreviewUsersServiceSettingsType0 = Literal["grant_all", "keep"]

PREVIEW_USERS_SERVICE_SETTINGS_TYPE_0_VALUES: set[PreviewUsersServiceSettingsType0] = {
    "grant_all",
    "keep",
}


def check_preview_users_service_settings_type_0(value: str) -> PreviewUsersServiceSettingsType0:
    if value in PREVIEW_USERS_SERVICE_SETTINGS_TYPE_0_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {PREVIEW_USERS_SERVICE_SETTINGS_TYPE_0_VALUES!r}"
    )

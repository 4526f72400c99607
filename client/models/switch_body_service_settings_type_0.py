from typing import Literal

SwitchBodyServiceSettingsType0 = Literal["grant_all", "keep"]

SWITCH_BODY_SERVICE_SETTINGS_TYPE_0_VALUES: set[SwitchBodyServiceSettingsType0] = {
    "grant_all",
    "keep",
}


def check_switch_body_service_settings_type_0(value: str) -> SwitchBodyServiceSettingsType0:
    if value in SWITCH_BODY_SERVICE_SETTINGS_TYPE_0_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {SWITCH_BODY_SERVICE_SETTINGS_TYPE_0_VALUES!r}"
    )

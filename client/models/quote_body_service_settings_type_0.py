from typing import Literal

QuoteBodyServiceSettingsType0 = Literal["grant_all", "keep"]

QUOTE_BODY_SERVICE_SETTINGS_TYPE_0_VALUES: set[QuoteBodyServiceSettingsType0] = {
    "grant_all",
    "keep",
}


def check_quote_body_service_settings_type_0(value: str) -> QuoteBodyServiceSettingsType0:
    if value in QUOTE_BODY_SERVICE_SETTINGS_TYPE_0_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {QUOTE_BODY_SERVICE_SETTINGS_TYPE_0_VALUES!r}"
    )

from typing import Literal

BundleBodyMode = Literal["automatic", "manual"]

BUNDLE_BODY_MODE_VALUES: set[BundleBodyMode] = {
    "automatic",
    "manual",
}


def check_bundle_body_mode(value: str) -> BundleBodyMode:
    if value in BUNDLE_BODY_MODE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {BUNDLE_BODY_MODE_VALUES!r}")

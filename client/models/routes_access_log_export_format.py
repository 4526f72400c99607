from typing import Literal

RoutesAccessLogExportFormat = Literal["csv", "jsonl"]

ROUTES_ACCESS_LOG_EXPORT_FORMAT_VALUES: set[RoutesAccessLogExportFormat] = {
    "csv",
    "jsonl",
}


def check_routes_access_log_export_format(value: str) -> RoutesAccessLogExportFormat:
    if value in ROUTES_ACCESS_LOG_EXPORT_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ROUTES_ACCESS_LOG_EXPORT_FORMAT_VALUES!r}")

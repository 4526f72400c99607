from typing import Literal

ExportsExportFormat = Literal["csv", "jsonl"]

EXPORTS_EXPORT_FORMAT_VALUES: set[ExportsExportFormat] = {
    "csv",
    "jsonl",
}


def check_exports_export_format(value: str) -> ExportsExportFormat:
    if value in EXPORTS_EXPORT_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {EXPORTS_EXPORT_FORMAT_VALUES!r}")

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.price_report import PriceReport


T = TypeVar("T", bound="PriceImportOutcome")


@_attrs_define
class PriceImportOutcome:
    """What became of an import of prices, or what would.

    Attributes:
        version (str): Name of the version that is current now, or would be.
        status (str): imported, current_again or unchanged.
        digest (str):
        is_preview (bool): Nothing was written.
        unusual (list[str]): What only an import that allows it takes, in words; empty where nothing is.
        report (PriceReport): What a list says against the version before.
    """

    version: str
    status: str
    digest: str
    is_preview: bool
    unusual: list[str]
    report: PriceReport
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        version = self.version

        status = self.status

        digest = self.digest

        is_preview = self.is_preview

        unusual = self.unusual

        report = self.report.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "version": version,
                "status": status,
                "digest": digest,
                "is_preview": is_preview,
                "unusual": unusual,
                "report": report,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.price_report import PriceReport  # noqa: PLC0415

        d = dict(src_dict)
        version = d.pop("version")

        status = d.pop("status")

        digest = d.pop("digest")

        is_preview = d.pop("is_preview")

        unusual = cast(list[str], d.pop("unusual"))

        report = PriceReport.from_dict(d.pop("report"))

        price_import_outcome = cls(
            version=version,
            status=status,
            digest=digest,
            is_preview=is_preview,
            unusual=unusual,
            report=report,
        )

        price_import_outcome.additional_properties = d
        return price_import_outcome

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties

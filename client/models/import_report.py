from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.import_report_counts import ImportReportCounts
    from ..models.list_finding import ListFinding
    from ..models.service_change import ServiceChange


T = TypeVar("T", bound="ImportReport")


@_attrs_define
class ImportReport:
    """What was read, what was done about the dirt, and what is new against the version before.

    Attributes:
        rows (int):
        products (int):
        service_plans (int):
        known_products (int): Products whose kind, family, caps and prices are known.
        counts (ImportReportCounts): repaired, noted, refused -> kind -> number.
        findings (list[ListFinding]):
        added (list[str]): Part numbers.
        gone (list[str]):
        changed (list[ServiceChange]):
    """

    rows: int
    products: int
    service_plans: int
    known_products: int
    counts: ImportReportCounts
    findings: list[ListFinding]
    added: list[str]
    gone: list[str]
    changed: list[ServiceChange]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        rows = self.rows

        products = self.products

        service_plans = self.service_plans

        known_products = self.known_products

        counts = self.counts.to_dict()

        findings = []
        for findings_item_data in self.findings:
            findings_item = findings_item_data.to_dict()
            findings.append(findings_item)

        added = self.added

        gone = self.gone

        changed = []
        for changed_item_data in self.changed:
            changed_item = changed_item_data.to_dict()
            changed.append(changed_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "rows": rows,
                "products": products,
                "service_plans": service_plans,
                "known_products": known_products,
                "counts": counts,
                "findings": findings,
                "added": added,
                "gone": gone,
                "changed": changed,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.import_report_counts import ImportReportCounts  # noqa: PLC0415
        from ..models.list_finding import ListFinding  # noqa: PLC0415
        from ..models.service_change import ServiceChange  # noqa: PLC0415

        d = dict(src_dict)
        rows = d.pop("rows")

        products = d.pop("products")

        service_plans = d.pop("service_plans")

        known_products = d.pop("known_products")

        counts = ImportReportCounts.from_dict(d.pop("counts"))

        findings = []
        _findings = d.pop("findings")
        for findings_item_data in _findings:
            findings_item = ListFinding.from_dict(findings_item_data)

            findings.append(findings_item)

        added = cast(list[str], d.pop("added"))

        gone = cast(list[str], d.pop("gone"))

        changed = []
        _changed = d.pop("changed")
        for changed_item_data in _changed:
            changed_item = ServiceChange.from_dict(changed_item_data)

            changed.append(changed_item)

        import_report = cls(
            rows=rows,
            products=products,
            service_plans=service_plans,
            known_products=known_products,
            counts=counts,
            findings=findings,
            added=added,
            gone=gone,
            changed=changed,
        )

        import_report.additional_properties = d
        return import_report

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

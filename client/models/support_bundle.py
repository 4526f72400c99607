from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.support_bundle_case import SupportBundleCase


T = TypeVar("T", bound="SupportBundle")


@_attrs_define
class SupportBundle:
    """The redacted facts of one case; it holds nobody's data and no secret.

    Attributes:
        format_ (str):
        format_version (int):
        made_at (datetime.datetime):
        product_version (str):
        contact (str):
        catalog_versions (list[str]):
        rule_sets (list[str]):
        case (SupportBundleCase): Assessments, quotes, calls and events as they were recorded, in every older version.
    """

    format_: str
    format_version: int
    made_at: datetime.datetime
    product_version: str
    contact: str
    catalog_versions: list[str]
    rule_sets: list[str]
    case: SupportBundleCase
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        format_ = self.format_

        format_version = self.format_version

        made_at = self.made_at.isoformat()

        product_version = self.product_version

        contact = self.contact

        catalog_versions = self.catalog_versions

        rule_sets = self.rule_sets

        case = self.case.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "format": format_,
                "format_version": format_version,
                "made_at": made_at,
                "product_version": product_version,
                "contact": contact,
                "catalog_versions": catalog_versions,
                "rule_sets": rule_sets,
                "case": case,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.support_bundle_case import SupportBundleCase  # noqa: PLC0415

        d = dict(src_dict)
        format_ = d.pop("format")

        format_version = d.pop("format_version")

        made_at = datetime.datetime.fromisoformat(d.pop("made_at"))

        product_version = d.pop("product_version")

        contact = d.pop("contact")

        catalog_versions = cast(list[str], d.pop("catalog_versions"))

        rule_sets = cast(list[str], d.pop("rule_sets"))

        case = SupportBundleCase.from_dict(d.pop("case"))

        support_bundle = cls(
            format_=format_,
            format_version=format_version,
            made_at=made_at,
            product_version=product_version,
            contact=contact,
            catalog_versions=catalog_versions,
            rule_sets=rule_sets,
            case=case,
        )

        support_bundle.additional_properties = d
        return support_bundle

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

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.quote_line import QuoteLine


T = TypeVar("T", bound="AmendedSide")


@_attrs_define
class AmendedSide:
    """The first day's money of one quantity.

    Attributes:
        lines (list[QuoteLine]):
        told (list[QuoteLine]):
        net_minor_units (int):
        tax_minor_units (int):
        total_minor_units (int):
    """

    lines: list[QuoteLine]
    told: list[QuoteLine]
    net_minor_units: int
    tax_minor_units: int
    total_minor_units: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        told = []
        for told_item_data in self.told:
            told_item = told_item_data.to_dict()
            told.append(told_item)

        net_minor_units = self.net_minor_units

        tax_minor_units = self.tax_minor_units

        total_minor_units = self.total_minor_units

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "lines": lines,
                "told": told,
                "net_minor_units": net_minor_units,
                "tax_minor_units": tax_minor_units,
                "total_minor_units": total_minor_units,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.quote_line import QuoteLine  # noqa: PLC0415

        d = dict(src_dict)
        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = QuoteLine.from_dict(lines_item_data)

            lines.append(lines_item)

        told = []
        _told = d.pop("told")
        for told_item_data in _told:
            told_item = QuoteLine.from_dict(told_item_data)

            told.append(told_item)

        net_minor_units = d.pop("net_minor_units")

        tax_minor_units = d.pop("tax_minor_units")

        total_minor_units = d.pop("total_minor_units")

        amended_side = cls(
            lines=lines,
            told=told,
            net_minor_units=net_minor_units,
            tax_minor_units=tax_minor_units,
            total_minor_units=total_minor_units,
        )

        amended_side.additional_properties = d
        return amended_side

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

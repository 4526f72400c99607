from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.quote_line import QuoteLine


T = TypeVar("T", bound="QuotedDay")


@_attrs_define
class QuotedDay:
    """What the switch costs when it completes on one day.

    Attributes:
        on (datetime.date):
        consumed_minor_units (int):
        credit_minor_units (int):
        forfeited_minor_units (int):
        overlap_minor_units (int):
        net_minor_units (int):
        tax_minor_units (int):
        total_minor_units (int):
        lines (list[QuoteLine]): What stands on the invoice of the switch; its sum is the net amount.
        told (list[QuoteLine]): Lines beside it that are billed elsewhere or not at all.
    """

    on: datetime.date
    consumed_minor_units: int
    credit_minor_units: int
    forfeited_minor_units: int
    overlap_minor_units: int
    net_minor_units: int
    tax_minor_units: int
    total_minor_units: int
    lines: list[QuoteLine]
    told: list[QuoteLine]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        on = self.on.isoformat()

        consumed_minor_units = self.consumed_minor_units

        credit_minor_units = self.credit_minor_units

        forfeited_minor_units = self.forfeited_minor_units

        overlap_minor_units = self.overlap_minor_units

        net_minor_units = self.net_minor_units

        tax_minor_units = self.tax_minor_units

        total_minor_units = self.total_minor_units

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        told = []
        for told_item_data in self.told:
            told_item = told_item_data.to_dict()
            told.append(told_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "on": on,
                "consumed_minor_units": consumed_minor_units,
                "credit_minor_units": credit_minor_units,
                "forfeited_minor_units": forfeited_minor_units,
                "overlap_minor_units": overlap_minor_units,
                "net_minor_units": net_minor_units,
                "tax_minor_units": tax_minor_units,
                "total_minor_units": total_minor_units,
                "lines": lines,
                "told": told,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.quote_line import QuoteLine  # noqa: PLC0415

        d = dict(src_dict)
        on = datetime.date.fromisoformat(d.pop("on"))

        consumed_minor_units = d.pop("consumed_minor_units")

        credit_minor_units = d.pop("credit_minor_units")

        forfeited_minor_units = d.pop("forfeited_minor_units")

        overlap_minor_units = d.pop("overlap_minor_units")

        net_minor_units = d.pop("net_minor_units")

        tax_minor_units = d.pop("tax_minor_units")

        total_minor_units = d.pop("total_minor_units")

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

        quoted_day = cls(
            on=on,
            consumed_minor_units=consumed_minor_units,
            credit_minor_units=credit_minor_units,
            forfeited_minor_units=forfeited_minor_units,
            overlap_minor_units=overlap_minor_units,
            net_minor_units=net_minor_units,
            tax_minor_units=tax_minor_units,
            total_minor_units=total_minor_units,
            lines=lines,
            told=told,
        )

        quoted_day.additional_properties = d
        return quoted_day

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

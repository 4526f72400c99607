from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="RightSizingAnswer")


@_attrs_define
class RightSizingAnswer:
    """What as many licenses as users would cost.

    Attributes:
        unused (int):
        quantity (int):
        is_possible (bool):
        billing_cycle (str):
        how (str):
        period_quoted_minor_units (int):
        period_right_sized_minor_units (int):
        first_day_total_minor_units (int):
        forfeited_at_most_minor_units (int):
        period_quoted (str):
        period_right_sized (str):
        first_day_total (str):
        forfeited_at_most (str):
    """

    unused: int
    quantity: int
    is_possible: bool
    billing_cycle: str
    how: str
    period_quoted_minor_units: int
    period_right_sized_minor_units: int
    first_day_total_minor_units: int
    forfeited_at_most_minor_units: int
    period_quoted: str
    period_right_sized: str
    first_day_total: str
    forfeited_at_most: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        unused = self.unused

        quantity = self.quantity

        is_possible = self.is_possible

        billing_cycle = self.billing_cycle

        how = self.how

        period_quoted_minor_units = self.period_quoted_minor_units

        period_right_sized_minor_units = self.period_right_sized_minor_units

        first_day_total_minor_units = self.first_day_total_minor_units

        forfeited_at_most_minor_units = self.forfeited_at_most_minor_units

        period_quoted = self.period_quoted

        period_right_sized = self.period_right_sized

        first_day_total = self.first_day_total

        forfeited_at_most = self.forfeited_at_most

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "unused": unused,
                "quantity": quantity,
                "is_possible": is_possible,
                "billing_cycle": billing_cycle,
                "how": how,
                "period_quoted_minor_units": period_quoted_minor_units,
                "period_right_sized_minor_units": period_right_sized_minor_units,
                "first_day_total_minor_units": first_day_total_minor_units,
                "forfeited_at_most_minor_units": forfeited_at_most_minor_units,
                "period_quoted": period_quoted,
                "period_right_sized": period_right_sized,
                "first_day_total": first_day_total,
                "forfeited_at_most": forfeited_at_most,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        unused = d.pop("unused")

        quantity = d.pop("quantity")

        is_possible = d.pop("is_possible")

        billing_cycle = d.pop("billing_cycle")

        how = d.pop("how")

        period_quoted_minor_units = d.pop("period_quoted_minor_units")

        period_right_sized_minor_units = d.pop("period_right_sized_minor_units")

        first_day_total_minor_units = d.pop("first_day_total_minor_units")

        forfeited_at_most_minor_units = d.pop("forfeited_at_most_minor_units")

        period_quoted = d.pop("period_quoted")

        period_right_sized = d.pop("period_right_sized")

        first_day_total = d.pop("first_day_total")

        forfeited_at_most = d.pop("forfeited_at_most")

        right_sizing_answer = cls(
            unused=unused,
            quantity=quantity,
            is_possible=is_possible,
            billing_cycle=billing_cycle,
            how=how,
            period_quoted_minor_units=period_quoted_minor_units,
            period_right_sized_minor_units=period_right_sized_minor_units,
            first_day_total_minor_units=first_day_total_minor_units,
            forfeited_at_most_minor_units=forfeited_at_most_minor_units,
            period_quoted=period_quoted,
            period_right_sized=period_right_sized,
            first_day_total=first_day_total,
            forfeited_at_most=forfeited_at_most,
        )

        right_sizing_answer.additional_properties = d
        return right_sizing_answer

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

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.money import Money
    from ..models.planned_amount import PlannedAmount


T = TypeVar("T", bound="PlannedMoney")


@_attrs_define
class PlannedMoney:
    """The accepted quote beside the bill.

    Attributes:
        first_on (datetime.date | None): First day on which the switch could complete, and the total of that day with
            tax: what the plan showed.
        first_total (Money | None):
        billed_on (datetime.date | None): Day that was billed; null: nothing is billed.
        amounts (list[PlannedAmount]):
        broken (str | Unset): Why the quote can't be computed again; "" where it can. Default: ''.
    """

    first_on: datetime.date | None
    first_total: Money | None
    billed_on: datetime.date | None
    amounts: list[PlannedAmount]
    broken: str | Unset = ""
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.money import Money  # noqa: PLC0415

        first_on: None | str
        if isinstance(self.first_on, datetime.date):
            first_on = self.first_on.isoformat()
        else:
            first_on = self.first_on

        first_total: dict[str, Any] | None
        if isinstance(self.first_total, Money):
            first_total = self.first_total.to_dict()
        else:
            first_total = self.first_total

        billed_on: None | str
        if isinstance(self.billed_on, datetime.date):
            billed_on = self.billed_on.isoformat()
        else:
            billed_on = self.billed_on

        amounts = []
        for amounts_item_data in self.amounts:
            amounts_item = amounts_item_data.to_dict()
            amounts.append(amounts_item)

        broken = self.broken

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "first_on": first_on,
                "first_total": first_total,
                "billed_on": billed_on,
                "amounts": amounts,
            }
        )
        if broken is not UNSET:
            field_dict["broken"] = broken

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.money import Money  # noqa: PLC0415
        from ..models.planned_amount import PlannedAmount  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_first_on(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                first_on_type_0 = datetime.date.fromisoformat(data)

                return first_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        first_on = _parse_first_on(d.pop("first_on"))

        def _parse_first_total(data: object) -> Money | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                first_total_type_0 = Money.from_dict(data)

                return first_total_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Money | None, data)

        first_total = _parse_first_total(d.pop("first_total"))

        def _parse_billed_on(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                billed_on_type_0 = datetime.date.fromisoformat(data)

                return billed_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        billed_on = _parse_billed_on(d.pop("billed_on"))

        amounts = []
        _amounts = d.pop("amounts")
        for amounts_item_data in _amounts:
            amounts_item = PlannedAmount.from_dict(amounts_item_data)

            amounts.append(amounts_item)

        broken = d.pop("broken", UNSET)

        planned_money = cls(
            first_on=first_on,
            first_total=first_total,
            billed_on=billed_on,
            amounts=amounts,
            broken=broken,
        )

        planned_money.additional_properties = d
        return planned_money

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

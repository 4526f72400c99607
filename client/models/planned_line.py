from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.money import Money


T = TypeVar("T", bound="PlannedLine")


@_attrs_define
class PlannedLine:
    """One line of the first day's invoice, or one that is shown beside it.

    Attributes:
        kind (str): One of the kinds above.
        description (str):
        amount (Money): An amount of one currency in integer minor units.
        from_on (datetime.date):
        to_on (datetime.date):
        quantity (int):
        unit_price (Money): An amount of one currency in integer minor units.
        direction (str): you_pay, you_get_back or told.
        addon_id (str | Unset): Subscription of the add-on that it is about, "" for the plan itself. Default: ''.
        code (str | Unset): Code of the rule that a line without money follows, "" of any other line. Default: ''.
    """

    kind: str
    description: str
    amount: Money
    from_on: datetime.date
    to_on: datetime.date
    quantity: int
    unit_price: Money
    direction: str
    addon_id: str | Unset = ""
    code: str | Unset = ""
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind

        description = self.description

        amount = self.amount.to_dict()

        from_on = self.from_on.isoformat()

        to_on = self.to_on.isoformat()

        quantity = self.quantity

        unit_price = self.unit_price.to_dict()

        direction = self.direction

        addon_id = self.addon_id

        code = self.code

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "description": description,
                "amount": amount,
                "from_on": from_on,
                "to_on": to_on,
                "quantity": quantity,
                "unit_price": unit_price,
                "direction": direction,
            }
        )
        if addon_id is not UNSET:
            field_dict["addon_id"] = addon_id
        if code is not UNSET:
            field_dict["code"] = code

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.money import Money  # noqa: PLC0415

        d = dict(src_dict)
        kind = d.pop("kind")

        description = d.pop("description")

        amount = Money.from_dict(d.pop("amount"))

        from_on = datetime.date.fromisoformat(d.pop("from_on"))

        to_on = datetime.date.fromisoformat(d.pop("to_on"))

        quantity = d.pop("quantity")

        unit_price = Money.from_dict(d.pop("unit_price"))

        direction = d.pop("direction")

        addon_id = d.pop("addon_id", UNSET)

        code = d.pop("code", UNSET)

        planned_line = cls(
            kind=kind,
            description=description,
            amount=amount,
            from_on=from_on,
            to_on=to_on,
            quantity=quantity,
            unit_price=unit_price,
            direction=direction,
            addon_id=addon_id,
            code=code,
        )

        planned_line.additional_properties = d
        return planned_line

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

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.money import Money


T = TypeVar("T", bound="ActTermsAnswer")


@_attrs_define
class ActTermsAnswer:
    """What an act does, in figures.

    Attributes:
        quantity (int):
        charge (Money): An amount of one currency in integer minor units.
        credit (Money): An amount of one currency in integer minor units.
        forfeited (Money): An amount of one currency in integer minor units.
        tax (Money): An amount of one currency in integer minor units.
        total (Money): An amount of one currency in integer minor units.
        total_minor_units (int): What is accepted by `total_minor_units`.
        total_text (str):
        from_on (datetime.date | None):
        to_on (datetime.date | None):
        payment_method (str):
    """

    quantity: int
    charge: Money
    credit: Money
    forfeited: Money
    tax: Money
    total: Money
    total_minor_units: int
    total_text: str
    from_on: datetime.date | None
    to_on: datetime.date | None
    payment_method: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        quantity = self.quantity

        charge = self.charge.to_dict()

        credit = self.credit.to_dict()

        forfeited = self.forfeited.to_dict()

        tax = self.tax.to_dict()

        total = self.total.to_dict()

        total_minor_units = self.total_minor_units

        total_text = self.total_text

        from_on: None | str
        if isinstance(self.from_on, datetime.date):
            from_on = self.from_on.isoformat()
        else:
            from_on = self.from_on

        to_on: None | str
        if isinstance(self.to_on, datetime.date):
            to_on = self.to_on.isoformat()
        else:
            to_on = self.to_on

        payment_method = self.payment_method

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "quantity": quantity,
                "charge": charge,
                "credit": credit,
                "forfeited": forfeited,
                "tax": tax,
                "total": total,
                "total_minor_units": total_minor_units,
                "total_text": total_text,
                "from_on": from_on,
                "to_on": to_on,
                "payment_method": payment_method,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.money import Money  # noqa: PLC0415

        d = dict(src_dict)
        quantity = d.pop("quantity")

        charge = Money.from_dict(d.pop("charge"))

        credit = Money.from_dict(d.pop("credit"))

        forfeited = Money.from_dict(d.pop("forfeited"))

        tax = Money.from_dict(d.pop("tax"))

        total = Money.from_dict(d.pop("total"))

        total_minor_units = d.pop("total_minor_units")

        total_text = d.pop("total_text")

        def _parse_from_on(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                from_on_type_0 = datetime.date.fromisoformat(data)

                return from_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        from_on = _parse_from_on(d.pop("from_on"))

        def _parse_to_on(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                to_on_type_0 = datetime.date.fromisoformat(data)

                return to_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        to_on = _parse_to_on(d.pop("to_on"))

        payment_method = d.pop("payment_method")

        act_terms_answer = cls(
            quantity=quantity,
            charge=charge,
            credit=credit,
            forfeited=forfeited,
            tax=tax,
            total=total,
            total_minor_units=total_minor_units,
            total_text=total_text,
            from_on=from_on,
            to_on=to_on,
            payment_method=payment_method,
        )

        act_terms_answer.additional_properties = d
        return act_terms_answer

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

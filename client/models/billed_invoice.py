from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.money import Money


T = TypeVar("T", bound="BilledInvoice")


@_attrs_define
class BilledInvoice:
    """An invoice as billing lists it.

    Attributes:
        invoice_id (str):
        number (str):
        issued_at (datetime.datetime):
        total (Money): An amount of one currency in integer minor units.
        charged (Money): An amount of one currency in integer minor units.
        payment_method (str): card or invoice.
        delivered_at (datetime.datetime | None): null while it has not reached the customer.
    """

    invoice_id: str
    number: str
    issued_at: datetime.datetime
    total: Money
    charged: Money
    payment_method: str
    delivered_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        invoice_id = self.invoice_id

        number = self.number

        issued_at = self.issued_at.isoformat()

        total = self.total.to_dict()

        charged = self.charged.to_dict()

        payment_method = self.payment_method

        delivered_at: None | str
        if isinstance(self.delivered_at, datetime.datetime):
            delivered_at = self.delivered_at.isoformat()
        else:
            delivered_at = self.delivered_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "invoice_id": invoice_id,
                "number": number,
                "issued_at": issued_at,
                "total": total,
                "charged": charged,
                "payment_method": payment_method,
                "delivered_at": delivered_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.money import Money  # noqa: PLC0415

        d = dict(src_dict)
        invoice_id = d.pop("invoice_id")

        number = d.pop("number")

        issued_at = datetime.datetime.fromisoformat(d.pop("issued_at"))

        total = Money.from_dict(d.pop("total"))

        charged = Money.from_dict(d.pop("charged"))

        payment_method = d.pop("payment_method")

        def _parse_delivered_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                delivered_at_type_0 = datetime.datetime.fromisoformat(data)

                return delivered_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        delivered_at = _parse_delivered_at(d.pop("delivered_at"))

        billed_invoice = cls(
            invoice_id=invoice_id,
            number=number,
            issued_at=issued_at,
            total=total,
            charged=charged,
            payment_method=payment_method,
            delivered_at=delivered_at,
        )

        billed_invoice.additional_properties = d
        return billed_invoice

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

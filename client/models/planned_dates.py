from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PlannedDates")


@_attrs_define
class PlannedDates:
    """Days that matter, in the organization's zone.

    Attributes:
        first_on (datetime.date):
        expires_on (datetime.date):
        renews_on (datetime.date | None): The old plan's next renewal, and whether the quote reaches it; null: it does
            not renew.
        is_renewal_quoted (bool):
        ends_on (datetime.date | None): Day on which the old plan ends by itself where it does not renew.
        is_target_renewed (bool | None): Whether the new plan will renew by itself; null: as the seller sets it.
        invoice_by (datetime.date): Latest day of the invoice, counted from the first day of the quote.
        voidable_until (datetime.datetime): Until when an order that is placed now can be voided for nothing; the order
            itself tells what counts.
        void_warning_at (datetime.datetime): When that is warned of, while the switch is not past its point of no
            return.
    """

    first_on: datetime.date
    expires_on: datetime.date
    renews_on: datetime.date | None
    is_renewal_quoted: bool
    ends_on: datetime.date | None
    is_target_renewed: bool | None
    invoice_by: datetime.date
    voidable_until: datetime.datetime
    void_warning_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        first_on = self.first_on.isoformat()

        expires_on = self.expires_on.isoformat()

        renews_on: None | str
        if isinstance(self.renews_on, datetime.date):
            renews_on = self.renews_on.isoformat()
        else:
            renews_on = self.renews_on

        is_renewal_quoted = self.is_renewal_quoted

        ends_on: None | str
        if isinstance(self.ends_on, datetime.date):
            ends_on = self.ends_on.isoformat()
        else:
            ends_on = self.ends_on

        is_target_renewed: bool | None
        is_target_renewed = self.is_target_renewed

        invoice_by = self.invoice_by.isoformat()

        voidable_until = self.voidable_until.isoformat()

        void_warning_at = self.void_warning_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "first_on": first_on,
                "expires_on": expires_on,
                "renews_on": renews_on,
                "is_renewal_quoted": is_renewal_quoted,
                "ends_on": ends_on,
                "is_target_renewed": is_target_renewed,
                "invoice_by": invoice_by,
                "voidable_until": voidable_until,
                "void_warning_at": void_warning_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        first_on = datetime.date.fromisoformat(d.pop("first_on"))

        expires_on = datetime.date.fromisoformat(d.pop("expires_on"))

        def _parse_renews_on(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                renews_on_type_0 = datetime.date.fromisoformat(data)

                return renews_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        renews_on = _parse_renews_on(d.pop("renews_on"))

        is_renewal_quoted = d.pop("is_renewal_quoted")

        def _parse_ends_on(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ends_on_type_0 = datetime.date.fromisoformat(data)

                return ends_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        ends_on = _parse_ends_on(d.pop("ends_on"))

        def _parse_is_target_renewed(data: object) -> bool | None:
            if data is None:
                return data
            return cast(bool | None, data)

        is_target_renewed = _parse_is_target_renewed(d.pop("is_target_renewed"))

        invoice_by = datetime.date.fromisoformat(d.pop("invoice_by"))

        voidable_until = datetime.datetime.fromisoformat(d.pop("voidable_until"))

        void_warning_at = datetime.datetime.fromisoformat(d.pop("void_warning_at"))

        planned_dates = cls(
            first_on=first_on,
            expires_on=expires_on,
            renews_on=renews_on,
            is_renewal_quoted=is_renewal_quoted,
            ends_on=ends_on,
            is_target_renewed=is_target_renewed,
            invoice_by=invoice_by,
            voidable_until=voidable_until,
            void_warning_at=void_warning_at,
        )

        planned_dates.additional_properties = d
        return planned_dates

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

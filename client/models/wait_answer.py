from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="WaitAnswer")


@_attrs_define
class WaitAnswer:
    """What is accepted by waiting.

    Attributes:
        until (datetime.datetime):
        not_before (datetime.datetime | None): Beginning of the day of a scheduled start; null: it starts as soon as
            nothing blocks it.
        currency (str):
        total_at_most_minor_units (int):
        total_at_most (str):
        forfeited_at_most_minor_units (int):
    """

    until: datetime.datetime
    not_before: datetime.datetime | None
    currency: str
    total_at_most_minor_units: int
    total_at_most: str
    forfeited_at_most_minor_units: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        until = self.until.isoformat()

        not_before: None | str
        if isinstance(self.not_before, datetime.datetime):
            not_before = self.not_before.isoformat()
        else:
            not_before = self.not_before

        currency = self.currency

        total_at_most_minor_units = self.total_at_most_minor_units

        total_at_most = self.total_at_most

        forfeited_at_most_minor_units = self.forfeited_at_most_minor_units

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "until": until,
                "not_before": not_before,
                "currency": currency,
                "total_at_most_minor_units": total_at_most_minor_units,
                "total_at_most": total_at_most,
                "forfeited_at_most_minor_units": forfeited_at_most_minor_units,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        until = datetime.datetime.fromisoformat(d.pop("until"))

        def _parse_not_before(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                not_before_type_0 = datetime.datetime.fromisoformat(data)

                return not_before_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        not_before = _parse_not_before(d.pop("not_before"))

        currency = d.pop("currency")

        total_at_most_minor_units = d.pop("total_at_most_minor_units")

        total_at_most = d.pop("total_at_most")

        forfeited_at_most_minor_units = d.pop("forfeited_at_most_minor_units")

        wait_answer = cls(
            until=until,
            not_before=not_before,
            currency=currency,
            total_at_most_minor_units=total_at_most_minor_units,
            total_at_most=total_at_most,
            forfeited_at_most_minor_units=forfeited_at_most_minor_units,
        )

        wait_answer.additional_properties = d
        return wait_answer

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

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ToldRefusal")


@_attrs_define
class ToldRefusal:
    """One answer that was no.

    Attributes:
        step (str):
        provider (str):
        operation (str):
        status (int): HTTP status of the call or the item; 200 where an error stood in a success.
        code (str): The provider's own code, or "".
        text (str): Its own text without personal data; plans and services by name.
        request_id (str): By which the provider's support finds the newest of them; "" where it has none.
        count (int): Calls or items that heard the same.
        first_at (datetime.datetime):
        last_at (datetime.datetime):
        place (str): Where the first of them stands in the record: no newer answer moves anybody's page.
    """

    step: str
    provider: str
    operation: str
    status: int
    code: str
    text: str
    request_id: str
    count: int
    first_at: datetime.datetime
    last_at: datetime.datetime
    place: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        step = self.step

        provider = self.provider

        operation = self.operation

        status = self.status

        code = self.code

        text = self.text

        request_id = self.request_id

        count = self.count

        first_at = self.first_at.isoformat()

        last_at = self.last_at.isoformat()

        place = self.place

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "step": step,
                "provider": provider,
                "operation": operation,
                "status": status,
                "code": code,
                "text": text,
                "request_id": request_id,
                "count": count,
                "first_at": first_at,
                "last_at": last_at,
                "place": place,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        step = d.pop("step")

        provider = d.pop("provider")

        operation = d.pop("operation")

        status = d.pop("status")

        code = d.pop("code")

        text = d.pop("text")

        request_id = d.pop("request_id")

        count = d.pop("count")

        first_at = datetime.datetime.fromisoformat(d.pop("first_at"))

        last_at = datetime.datetime.fromisoformat(d.pop("last_at"))

        place = d.pop("place")

        told_refusal = cls(
            step=step,
            provider=provider,
            operation=operation,
            status=status,
            code=code,
            text=text,
            request_id=request_id,
            count=count,
            first_at=first_at,
            last_at=last_at,
            place=place,
        )

        told_refusal.additional_properties = d
        return told_refusal

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

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Refusal")


@_attrs_define
class Refusal:
    """One answer that was no, or several that were the same.

    Attributes:
        status (int): HTTP status of the call or the item; 200 where an error stood in a success.
        code (str): The provider's own code, or "".
        text (str): The provider's own text without personal data and secrets, or "".
        request_id (str | Unset): By which the provider's support finds the answer; "" where it has none. Of several the
            first. Default: ''.
        count (int | Unset): Items or calls that heard the same. Default: 1.
    """

    status: int
    code: str
    text: str
    request_id: str | Unset = ""
    count: int | Unset = 1
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        status = self.status

        code = self.code

        text = self.text

        request_id = self.request_id

        count = self.count

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "status": status,
                "code": code,
                "text": text,
            }
        )
        if request_id is not UNSET:
            field_dict["request_id"] = request_id
        if count is not UNSET:
            field_dict["count"] = count

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        status = d.pop("status")

        code = d.pop("code")

        text = d.pop("text")

        request_id = d.pop("request_id", UNSET)

        count = d.pop("count", UNSET)

        refusal = cls(
            status=status,
            code=code,
            text=text,
            request_id=request_id,
            count=count,
        )

        refusal.additional_properties = d
        return refusal

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

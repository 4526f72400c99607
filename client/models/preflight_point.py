from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PreflightPoint")


@_attrs_define
class PreflightPoint:
    """Users for whom the same is to be expected.

    Attributes:
        code (str): Code of rules#license-failures, or one of NO_FAILURES.
        users (int):
        message (str):
        remedy (str):
        is_failure (bool): They would not be moved as they are now.
        named (list[str]): The first of them, as the directory names them; the record names keys.
        vendor_code (str): The vendor's word for the code, or "".
    """

    code: str
    users: int
    message: str
    remedy: str
    is_failure: bool
    named: list[str]
    vendor_code: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        users = self.users

        message = self.message

        remedy = self.remedy

        is_failure = self.is_failure

        named = self.named

        vendor_code = self.vendor_code

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
                "users": users,
                "message": message,
                "remedy": remedy,
                "is_failure": is_failure,
                "named": named,
                "vendor_code": vendor_code,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        code = d.pop("code")

        users = d.pop("users")

        message = d.pop("message")

        remedy = d.pop("remedy")

        is_failure = d.pop("is_failure")

        named = cast(list[str], d.pop("named"))

        vendor_code = d.pop("vendor_code")

        preflight_point = cls(
            code=code,
            users=users,
            message=message,
            remedy=remedy,
            is_failure=is_failure,
            named=named,
            vendor_code=vendor_code,
        )

        preflight_point.additional_properties = d
        return preflight_point

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

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="UnassignedUser")


@_attrs_define
class UnassignedUser:
    """What became of one user's license.

    Attributes:
        user (str):
        is_done (bool):
        code (str):
        message (str):
        remedy (str):
    """

    user: str
    is_done: bool
    code: str
    message: str
    remedy: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        user = self.user

        is_done = self.is_done

        code = self.code

        message = self.message

        remedy = self.remedy

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "user": user,
                "is_done": is_done,
                "code": code,
                "message": message,
                "remedy": remedy,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        user = d.pop("user")

        is_done = d.pop("is_done")

        code = d.pop("code")

        message = d.pop("message")

        remedy = d.pop("remedy")

        unassigned_user = cls(
            user=user,
            is_done=is_done,
            code=code,
            message=message,
            remedy=remedy,
        )

        unassigned_user.additional_properties = d
        return unassigned_user

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

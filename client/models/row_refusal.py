from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.row_refusal_code import RowRefusalCode, check_row_refusal_code

T = TypeVar("T", bound="RowRefusal")


@_attrs_define
class RowRefusal:
    """A row that is not carried out.

    Attributes:
        line (int):
        user (str):
        code (RowRefusalCode): Why a row is refused.
        message (str):
        remedy (str):
    """

    line: int
    user: str
    code: RowRefusalCode
    message: str
    remedy: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        line = self.line

        user = self.user

        code: str = self.code

        message = self.message

        remedy = self.remedy

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "line": line,
                "user": user,
                "code": code,
                "message": message,
                "remedy": remedy,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        line = d.pop("line")

        user = d.pop("user")

        code = check_row_refusal_code(d.pop("code"))

        message = d.pop("message")

        remedy = d.pop("remedy")

        row_refusal = cls(
            line=line,
            user=user,
            code=code,
            message=message,
            remedy=remedy,
        )

        row_refusal.additional_properties = d
        return row_refusal

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

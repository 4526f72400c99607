from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ProblemReasonsItem")


@_attrs_define
class ProblemReasonsItem:
    """
    Attributes:
        code (str | Unset): Stable code; docs/rules.md#reasons lists them.
        message (str | Unset): Why not.
        remedy (str | Unset): What to do.
        docs (str | Unset): Where the code is explained.
    """

    code: str | Unset = UNSET
    message: str | Unset = UNSET
    remedy: str | Unset = UNSET
    docs: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        message = self.message

        remedy = self.remedy

        docs = self.docs

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if code is not UNSET:
            field_dict["code"] = code
        if message is not UNSET:
            field_dict["message"] = message
        if remedy is not UNSET:
            field_dict["remedy"] = remedy
        if docs is not UNSET:
            field_dict["docs"] = docs

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        code = d.pop("code", UNSET)

        message = d.pop("message", UNSET)

        remedy = d.pop("remedy", UNSET)

        docs = d.pop("docs", UNSET)

        problem_reasons_item = cls(
            code=code,
            message=message,
            remedy=remedy,
            docs=docs,
        )

        problem_reasons_item.additional_properties = d
        return problem_reasons_item

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

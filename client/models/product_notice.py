from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ProductNotice")


@_attrs_define
class ProductNotice:
    """One notice.

    Attributes:
        code (str):
        kind (str): stops, comes or tells.
        message (str):
        remedy (str | Unset): "" where there is nothing to do; commands in it are the acts of this product. Default: ''.
        act (str | Unset): The act that clears it, as a command and a button name it; "" where none does. Default: ''.
        switch_id (str | Unset): Switch that it is about; "" where it is about none. Default: ''.
    """

    code: str
    kind: str
    message: str
    remedy: str | Unset = ""
    act: str | Unset = ""
    switch_id: str | Unset = ""
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        kind = self.kind

        message = self.message

        remedy = self.remedy

        act = self.act

        switch_id = self.switch_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
                "kind": kind,
                "message": message,
            }
        )
        if remedy is not UNSET:
            field_dict["remedy"] = remedy
        if act is not UNSET:
            field_dict["act"] = act
        if switch_id is not UNSET:
            field_dict["switch_id"] = switch_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        code = d.pop("code")

        kind = d.pop("kind")

        message = d.pop("message")

        remedy = d.pop("remedy", UNSET)

        act = d.pop("act", UNSET)

        switch_id = d.pop("switch_id", UNSET)

        product_notice = cls(
            code=code,
            kind=kind,
            message=message,
            remedy=remedy,
            act=act,
            switch_id=switch_id,
        )

        product_notice.additional_properties = d
        return product_notice

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

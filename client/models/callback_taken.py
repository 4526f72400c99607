from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="CallbackTaken")


@_attrs_define
class CallbackTaken:
    """A callback of the credit bureau that counts.

    Attributes:
        callback_id (str):
        switch_id (str):
        message (str):
        repeated (bool): It was taken before; this is the answer to it.
    """

    callback_id: str
    switch_id: str
    message: str
    repeated: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        callback_id = self.callback_id

        switch_id = self.switch_id

        message = self.message

        repeated = self.repeated

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "callback_id": callback_id,
                "switch_id": switch_id,
                "message": message,
                "repeated": repeated,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        callback_id = d.pop("callback_id")

        switch_id = d.pop("switch_id")

        message = d.pop("message")

        repeated = d.pop("repeated")

        callback_taken = cls(
            callback_id=callback_id,
            switch_id=switch_id,
            message=message,
            repeated=repeated,
        )

        callback_taken.additional_properties = d
        return callback_taken

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

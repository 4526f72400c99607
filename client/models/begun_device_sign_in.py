from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="BegunDeviceSignIn")


@_attrs_define
class BegunDeviceSignIn:
    """A sign-in by a code that has begun.

    Attributes:
        address (str): Page on which the code is entered.
        user_code (str):
        flow (str):
        interval_seconds (float):
    """

    address: str
    user_code: str
    flow: str
    interval_seconds: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        address = self.address

        user_code = self.user_code

        flow = self.flow

        interval_seconds = self.interval_seconds

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "address": address,
                "user_code": user_code,
                "flow": flow,
                "interval_seconds": interval_seconds,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        address = d.pop("address")

        user_code = d.pop("user_code")

        flow = d.pop("flow")

        interval_seconds = d.pop("interval_seconds")

        begun_device_sign_in = cls(
            address=address,
            user_code=user_code,
            flow=flow,
            interval_seconds=interval_seconds,
        )

        begun_device_sign_in.additional_properties = d
        return begun_device_sign_in

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

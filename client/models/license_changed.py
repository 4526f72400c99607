from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="LicenseChanged")


@_attrs_define
class LicenseChanged:
    """A license that was given or taken by hand.

    Attributes:
        organization_id (str):
        user (str):
        actor (str):
        request_id (str):
        message (str):
    """

    organization_id: str
    user: str
    actor: str
    request_id: str
    message: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        organization_id = self.organization_id

        user = self.user

        actor = self.actor

        request_id = self.request_id

        message = self.message

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "organization_id": organization_id,
                "user": user,
                "actor": actor,
                "request_id": request_id,
                "message": message,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        organization_id = d.pop("organization_id")

        user = d.pop("user")

        actor = d.pop("actor")

        request_id = d.pop("request_id")

        message = d.pop("message")

        license_changed = cls(
            organization_id=organization_id,
            user=user,
            actor=actor,
            request_id=request_id,
            message=message,
        )

        license_changed.additional_properties = d
        return license_changed

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

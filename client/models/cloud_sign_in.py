from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="CloudSignIn")


@_attrs_define
class CloudSignIn:
    """A sign-in that is kept; its token is never shown.

    Attributes:
        audience (str): directory or seller.
        signed_in_by (str): The operator in whose name somebody signed in.
        signed_in_at (datetime.datetime):
        renewed_at (datetime.datetime): When it was used last.
    """

    audience: str
    signed_in_by: str
    signed_in_at: datetime.datetime
    renewed_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        audience = self.audience

        signed_in_by = self.signed_in_by

        signed_in_at = self.signed_in_at.isoformat()

        renewed_at = self.renewed_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "audience": audience,
                "signed_in_by": signed_in_by,
                "signed_in_at": signed_in_at,
                "renewed_at": renewed_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        audience = d.pop("audience")

        signed_in_by = d.pop("signed_in_by")

        signed_in_at = datetime.datetime.fromisoformat(d.pop("signed_in_at"))

        renewed_at = datetime.datetime.fromisoformat(d.pop("renewed_at"))

        cloud_sign_in = cls(
            audience=audience,
            signed_in_by=signed_in_by,
            signed_in_at=signed_in_at,
            renewed_at=renewed_at,
        )

        cloud_sign_in.additional_properties = d
        return cloud_sign_in

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

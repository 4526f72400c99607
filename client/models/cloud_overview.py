from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.shown_profile import ShownProfile


T = TypeVar("T", bound="CloudOverview")


@_attrs_define
class CloudOverview:
    """The clouds that this installation works with.

    Attributes:
        is_sandbox (bool): There are no profiles: everything runs against the sandbox.
        profiles (list[ShownProfile]):
    """

    is_sandbox: bool
    profiles: list[ShownProfile]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        is_sandbox = self.is_sandbox

        profiles = []
        for profiles_item_data in self.profiles:
            profiles_item = profiles_item_data.to_dict()
            profiles.append(profiles_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "is_sandbox": is_sandbox,
                "profiles": profiles,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.shown_profile import ShownProfile  # noqa: PLC0415

        d = dict(src_dict)
        is_sandbox = d.pop("is_sandbox")

        profiles = []
        _profiles = d.pop("profiles")
        for profiles_item_data in _profiles:
            profiles_item = ShownProfile.from_dict(profiles_item_data)

            profiles.append(profiles_item)

        cloud_overview = cls(
            is_sandbox=is_sandbox,
            profiles=profiles,
        )

        cloud_overview.additional_properties = d
        return cloud_overview

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

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="LoweredService")


@_attrs_define
class LoweredService:
    """A data service that the target lacks or has in a lower version.

    Attributes:
        family (str): exchange, sharepoint, skype_teams, teams or yammer.
        source_tier (int):
        target_tier (int): 0 when the target lacks it.
    """

    family: str
    source_tier: int
    target_tier: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        family = self.family

        source_tier = self.source_tier

        target_tier = self.target_tier

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "family": family,
                "source_tier": source_tier,
                "target_tier": target_tier,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        family = d.pop("family")

        source_tier = d.pop("source_tier")

        target_tier = d.pop("target_tier")

        lowered_service = cls(
            family=family,
            source_tier=source_tier,
            target_tier=target_tier,
        )

        lowered_service.additional_properties = d
        return lowered_service

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

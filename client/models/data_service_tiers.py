from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="DataServiceTiers")


@_attrs_define
class DataServiceTiers:
    """Versions of the data-related services of a plan, 0 (none) to 3 (rules#target_lacks_data_services).

    Attributes:
        exchange (int):
        sharepoint (int):
        skype_teams (int):
    """

    exchange: int
    sharepoint: int
    skype_teams: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        exchange = self.exchange

        sharepoint = self.sharepoint

        skype_teams = self.skype_teams

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "exchange": exchange,
                "sharepoint": sharepoint,
                "skype_teams": skype_teams,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        exchange = d.pop("exchange")

        sharepoint = d.pop("sharepoint")

        skype_teams = d.pop("skype_teams")

        data_service_tiers = cls(
            exchange=exchange,
            sharepoint=sharepoint,
            skype_teams=skype_teams,
        )

        data_service_tiers.additional_properties = d
        return data_service_tiers

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

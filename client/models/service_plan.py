from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ServicePlan")


@_attrs_define
class ServicePlan:
    """One service inside a plan, in one version; what is switched on and off per user.

    Attributes:
        service_plan_id (str): GUID, lower case.
        name (str): The vendor's name, such as `SHAREPOINTSTANDARD`.
        friendly_name (str):
        service (str): Service by which editions are matched, such as `sharepoint` (switch#services).
        family (str): Data family, or the service itself.
        tier (int): Version inside the family; only tiers of one family compare.
        is_data_service (bool): Whether users lose data when they lose it.
    """

    service_plan_id: str
    name: str
    friendly_name: str
    service: str
    family: str
    tier: int
    is_data_service: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        service_plan_id = self.service_plan_id

        name = self.name

        friendly_name = self.friendly_name

        service = self.service

        family = self.family

        tier = self.tier

        is_data_service = self.is_data_service

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "service_plan_id": service_plan_id,
                "name": name,
                "friendly_name": friendly_name,
                "service": service,
                "family": family,
                "tier": tier,
                "is_data_service": is_data_service,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        service_plan_id = d.pop("service_plan_id")

        name = d.pop("name")

        friendly_name = d.pop("friendly_name")

        service = d.pop("service")

        family = d.pop("family")

        tier = d.pop("tier")

        is_data_service = d.pop("is_data_service")

        service_plan = cls(
            service_plan_id=service_plan_id,
            name=name,
            friendly_name=friendly_name,
            service=service,
            family=family,
            tier=tier,
            is_data_service=is_data_service,
        )

        service_plan.additional_properties = d
        return service_plan

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

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.service_count import ServiceCount


T = TypeVar("T", bound="PlannedServices")


@_attrs_define
class PlannedServices:
    """What becomes of services that users have switched off (switch#services).

    Attributes:
        service_settings (str):
        users_counted (int): Users whose settings were read, out of all who move.
        users (int):
        kept (list[ServiceCount]):
        no_counterpart (list[ServiceCount]):
        newly_granted (list[ServiceCount]):
        dependents (list[ServiceCount]):
    """

    service_settings: str
    users_counted: int
    users: int
    kept: list[ServiceCount]
    no_counterpart: list[ServiceCount]
    newly_granted: list[ServiceCount]
    dependents: list[ServiceCount]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        service_settings = self.service_settings

        users_counted = self.users_counted

        users = self.users

        kept = []
        for kept_item_data in self.kept:
            kept_item = kept_item_data.to_dict()
            kept.append(kept_item)

        no_counterpart = []
        for no_counterpart_item_data in self.no_counterpart:
            no_counterpart_item = no_counterpart_item_data.to_dict()
            no_counterpart.append(no_counterpart_item)

        newly_granted = []
        for newly_granted_item_data in self.newly_granted:
            newly_granted_item = newly_granted_item_data.to_dict()
            newly_granted.append(newly_granted_item)

        dependents = []
        for dependents_item_data in self.dependents:
            dependents_item = dependents_item_data.to_dict()
            dependents.append(dependents_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "service_settings": service_settings,
                "users_counted": users_counted,
                "users": users,
                "kept": kept,
                "no_counterpart": no_counterpart,
                "newly_granted": newly_granted,
                "dependents": dependents,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.service_count import ServiceCount  # noqa: PLC0415

        d = dict(src_dict)
        service_settings = d.pop("service_settings")

        users_counted = d.pop("users_counted")

        users = d.pop("users")

        kept = []
        _kept = d.pop("kept")
        for kept_item_data in _kept:
            kept_item = ServiceCount.from_dict(kept_item_data)

            kept.append(kept_item)

        no_counterpart = []
        _no_counterpart = d.pop("no_counterpart")
        for no_counterpart_item_data in _no_counterpart:
            no_counterpart_item = ServiceCount.from_dict(no_counterpart_item_data)

            no_counterpart.append(no_counterpart_item)

        newly_granted = []
        _newly_granted = d.pop("newly_granted")
        for newly_granted_item_data in _newly_granted:
            newly_granted_item = ServiceCount.from_dict(newly_granted_item_data)

            newly_granted.append(newly_granted_item)

        dependents = []
        _dependents = d.pop("dependents")
        for dependents_item_data in _dependents:
            dependents_item = ServiceCount.from_dict(dependents_item_data)

            dependents.append(dependents_item)

        planned_services = cls(
            service_settings=service_settings,
            users_counted=users_counted,
            users=users,
            kept=kept,
            no_counterpart=no_counterpart,
            newly_granted=newly_granted,
            dependents=dependents,
        )

        planned_services.additional_properties = d
        return planned_services

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

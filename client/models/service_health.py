from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ServiceHealth")


@_attrs_define
class ServiceHealth:
    """State of one entry of the health board.

    Attributes:
        service (str): The board's name of the entry.
        is_healthy (bool): No incident is open.
        concerned (list[str] | None): Services of the catalog for which the entry stands; null: every service rests on
            it.
        vendor_status (str): The board's own word for the state, as evidence.
    """

    service: str
    is_healthy: bool
    concerned: list[str] | None
    vendor_status: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        service = self.service

        is_healthy = self.is_healthy

        concerned: list[str] | None
        if isinstance(self.concerned, list):
            concerned = self.concerned

        else:
            concerned = self.concerned

        vendor_status = self.vendor_status

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "service": service,
                "is_healthy": is_healthy,
                "concerned": concerned,
                "vendor_status": vendor_status,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        service = d.pop("service")

        is_healthy = d.pop("is_healthy")

        def _parse_concerned(data: object) -> list[str] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                concerned_type_0 = cast(list[str], data)

                return concerned_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None, data)

        concerned = _parse_concerned(d.pop("concerned"))

        vendor_status = d.pop("vendor_status")

        service_health = cls(
            service=service,
            is_healthy=is_healthy,
            concerned=concerned,
            vendor_status=vendor_status,
        )

        service_health.additional_properties = d
        return service_health

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

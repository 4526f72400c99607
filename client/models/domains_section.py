from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.domain_answer import DomainAnswer


T = TypeVar("T", bound="DomainsSection")


@_attrs_define
class DomainsSection:
    """The custom domains of the organization.

    Attributes:
        confirmed (list[str]):
        domains (list[DomainAnswer]):
    """

    confirmed: list[str]
    domains: list[DomainAnswer]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        confirmed = self.confirmed

        domains = []
        for domains_item_data in self.domains:
            domains_item = domains_item_data.to_dict()
            domains.append(domains_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "confirmed": confirmed,
                "domains": domains,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.domain_answer import DomainAnswer  # noqa: PLC0415

        d = dict(src_dict)
        confirmed = cast(list[str], d.pop("confirmed"))

        domains = []
        _domains = d.pop("domains")
        for domains_item_data in _domains:
            domains_item = DomainAnswer.from_dict(domains_item_data)

            domains.append(domains_item)

        domains_section = cls(
            confirmed=confirmed,
            domains=domains,
        )

        domains_section.additional_properties = d
        return domains_section

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

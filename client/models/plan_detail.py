from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.data_service_tiers import DataServiceTiers
    from ..models.price import Price
    from ..models.service_plan import ServicePlan


T = TypeVar("T", bound="PlanDetail")


@_attrs_define
class PlanDetail:
    """A plan with its services.

    Attributes:
        plan_id (str):
        part_number (str):
        name (str):
        name_2014 (str):
        aliases (list[str]):
        kind (str):
        family (str):
        segment (str):
        user_cap (int | None):
        is_retired (bool):
        is_placeholder (bool):
        tiers (DataServiceTiers): Versions of the data-related services of a plan, 0 (none) to 3
            (rules#target_lacks_data_services).
        prices (list[Price]):
        unknown (list[str]):
        services (list[ServicePlan]):
    """

    plan_id: str
    part_number: str
    name: str
    name_2014: str
    aliases: list[str]
    kind: str
    family: str
    segment: str
    user_cap: int | None
    is_retired: bool
    is_placeholder: bool
    tiers: DataServiceTiers
    prices: list[Price]
    unknown: list[str]
    services: list[ServicePlan]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        plan_id = self.plan_id

        part_number = self.part_number

        name = self.name

        name_2014 = self.name_2014

        aliases = self.aliases

        kind = self.kind

        family = self.family

        segment = self.segment

        user_cap: int | None
        user_cap = self.user_cap

        is_retired = self.is_retired

        is_placeholder = self.is_placeholder

        tiers = self.tiers.to_dict()

        prices = []
        for prices_item_data in self.prices:
            prices_item = prices_item_data.to_dict()
            prices.append(prices_item)

        unknown = self.unknown

        services = []
        for services_item_data in self.services:
            services_item = services_item_data.to_dict()
            services.append(services_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "plan_id": plan_id,
                "part_number": part_number,
                "name": name,
                "name_2014": name_2014,
                "aliases": aliases,
                "kind": kind,
                "family": family,
                "segment": segment,
                "user_cap": user_cap,
                "is_retired": is_retired,
                "is_placeholder": is_placeholder,
                "tiers": tiers,
                "prices": prices,
                "unknown": unknown,
                "services": services,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.data_service_tiers import DataServiceTiers  # noqa: PLC0415
        from ..models.price import Price  # noqa: PLC0415
        from ..models.service_plan import ServicePlan  # noqa: PLC0415

        d = dict(src_dict)
        plan_id = d.pop("plan_id")

        part_number = d.pop("part_number")

        name = d.pop("name")

        name_2014 = d.pop("name_2014")

        aliases = cast(list[str], d.pop("aliases"))

        kind = d.pop("kind")

        family = d.pop("family")

        segment = d.pop("segment")

        def _parse_user_cap(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        user_cap = _parse_user_cap(d.pop("user_cap"))

        is_retired = d.pop("is_retired")

        is_placeholder = d.pop("is_placeholder")

        tiers = DataServiceTiers.from_dict(d.pop("tiers"))

        prices = []
        _prices = d.pop("prices")
        for prices_item_data in _prices:
            prices_item = Price.from_dict(prices_item_data)

            prices.append(prices_item)

        unknown = cast(list[str], d.pop("unknown"))

        services = []
        _services = d.pop("services")
        for services_item_data in _services:
            services_item = ServicePlan.from_dict(services_item_data)

            services.append(services_item)

        plan_detail = cls(
            plan_id=plan_id,
            part_number=part_number,
            name=name,
            name_2014=name_2014,
            aliases=aliases,
            kind=kind,
            family=family,
            segment=segment,
            user_cap=user_cap,
            is_retired=is_retired,
            is_placeholder=is_placeholder,
            tiers=tiers,
            prices=prices,
            unknown=unknown,
            services=services,
        )

        plan_detail.additional_properties = d
        return plan_detail

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

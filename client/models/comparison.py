from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.comparison_service_names import ComparisonServiceNames
    from ..models.lowered_service import LoweredService
    from ..models.plan_comparison import PlanComparison
    from ..models.plan_summary import PlanSummary
    from ..models.price_comparison import PriceComparison


T = TypeVar("T", bound="Comparison")


@_attrs_define
class Comparison:
    """What users gain and lose between two plans.

    Attributes:
        catalog_version (str):
        source (PlanSummary): A plan as a list shows it.
        target (PlanSummary): A plan as a list shows it.
        direction (str):
        kind (str):
        services (PlanComparison): What users gain and lose, by name of service.
        service_names (ComparisonServiceNames): Service -> the vendor's name of it, for all services of both plans.
        data_services_lowered (list[LoweredService]):
        prices (list[PriceComparison]): One for each currency in which a plan has a price, or for the one that was asked
            for.
        is_offered (bool):
        is_offered_2014 (bool):
    """

    catalog_version: str
    source: PlanSummary
    target: PlanSummary
    direction: str
    kind: str
    services: PlanComparison
    service_names: ComparisonServiceNames
    data_services_lowered: list[LoweredService]
    prices: list[PriceComparison]
    is_offered: bool
    is_offered_2014: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        catalog_version = self.catalog_version

        source = self.source.to_dict()

        target = self.target.to_dict()

        direction = self.direction

        kind = self.kind

        services = self.services.to_dict()

        service_names = self.service_names.to_dict()

        data_services_lowered = []
        for data_services_lowered_item_data in self.data_services_lowered:
            data_services_lowered_item = data_services_lowered_item_data.to_dict()
            data_services_lowered.append(data_services_lowered_item)

        prices = []
        for prices_item_data in self.prices:
            prices_item = prices_item_data.to_dict()
            prices.append(prices_item)

        is_offered = self.is_offered

        is_offered_2014 = self.is_offered_2014

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "catalog_version": catalog_version,
                "source": source,
                "target": target,
                "direction": direction,
                "kind": kind,
                "services": services,
                "service_names": service_names,
                "data_services_lowered": data_services_lowered,
                "prices": prices,
                "is_offered": is_offered,
                "is_offered_2014": is_offered_2014,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.comparison_service_names import ComparisonServiceNames  # noqa: PLC0415
        from ..models.lowered_service import LoweredService  # noqa: PLC0415
        from ..models.plan_comparison import PlanComparison  # noqa: PLC0415
        from ..models.plan_summary import PlanSummary  # noqa: PLC0415
        from ..models.price_comparison import PriceComparison  # noqa: PLC0415

        d = dict(src_dict)
        catalog_version = d.pop("catalog_version")

        source = PlanSummary.from_dict(d.pop("source"))

        target = PlanSummary.from_dict(d.pop("target"))

        direction = d.pop("direction")

        kind = d.pop("kind")

        services = PlanComparison.from_dict(d.pop("services"))

        service_names = ComparisonServiceNames.from_dict(d.pop("service_names"))

        data_services_lowered = []
        _data_services_lowered = d.pop("data_services_lowered")
        for data_services_lowered_item_data in _data_services_lowered:
            data_services_lowered_item = LoweredService.from_dict(data_services_lowered_item_data)

            data_services_lowered.append(data_services_lowered_item)

        prices = []
        _prices = d.pop("prices")
        for prices_item_data in _prices:
            prices_item = PriceComparison.from_dict(prices_item_data)

            prices.append(prices_item)

        is_offered = d.pop("is_offered")

        is_offered_2014 = d.pop("is_offered_2014")

        comparison = cls(
            catalog_version=catalog_version,
            source=source,
            target=target,
            direction=direction,
            kind=kind,
            services=services,
            service_names=service_names,
            data_services_lowered=data_services_lowered,
            prices=prices,
            is_offered=is_offered,
            is_offered_2014=is_offered_2014,
        )

        comparison.additional_properties = d
        return comparison

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

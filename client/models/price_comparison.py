from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.money import Money
    from ..models.price import Price


T = TypeVar("T", bound="PriceComparison")


@_attrs_define
class PriceComparison:
    """What one license of each of two plans costs for one month.

    Attributes:
        currency (str):
        source (None | Price): null: the plan has no price in this currency.
        target (None | Price):
        difference (Money | None): Target less source; null where one has no price.
    """

    currency: str
    source: None | Price
    target: None | Price
    difference: Money | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.money import Money  # noqa: PLC0415
        from ..models.price import Price  # noqa: PLC0415

        currency = self.currency

        source: dict[str, Any] | None
        if isinstance(self.source, Price):
            source = self.source.to_dict()
        else:
            source = self.source

        target: dict[str, Any] | None
        if isinstance(self.target, Price):
            target = self.target.to_dict()
        else:
            target = self.target

        difference: dict[str, Any] | None
        if isinstance(self.difference, Money):
            difference = self.difference.to_dict()
        else:
            difference = self.difference

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "currency": currency,
                "source": source,
                "target": target,
                "difference": difference,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.money import Money  # noqa: PLC0415
        from ..models.price import Price  # noqa: PLC0415

        d = dict(src_dict)
        currency = d.pop("currency")

        def _parse_source(data: object) -> None | Price:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                source_type_0 = Price.from_dict(data)

                return source_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Price, data)

        source = _parse_source(d.pop("source"))

        def _parse_target(data: object) -> None | Price:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                target_type_0 = Price.from_dict(data)

                return target_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Price, data)

        target = _parse_target(d.pop("target"))

        def _parse_difference(data: object) -> Money | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                difference_type_0 = Money.from_dict(data)

                return difference_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Money | None, data)

        difference = _parse_difference(d.pop("difference"))

        price_comparison = cls(
            currency=currency,
            source=source,
            target=target,
            difference=difference,
        )

        price_comparison.additional_properties = d
        return price_comparison

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

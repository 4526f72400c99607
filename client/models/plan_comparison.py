from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PlanComparison")


@_attrs_define
class PlanComparison:
    """What users gain and lose, by name of service.

    Attributes:
        gained (list[str]):
        lost (list[str]):
        same (list[str]): In both, in the same version.
        higher (list[str]): In both, higher in the target.
        lower (list[str]): In both, lower in the target.
    """

    gained: list[str]
    lost: list[str]
    same: list[str]
    higher: list[str]
    lower: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        gained = self.gained

        lost = self.lost

        same = self.same

        higher = self.higher

        lower = self.lower

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "gained": gained,
                "lost": lost,
                "same": same,
                "higher": higher,
                "lower": lower,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        gained = cast(list[str], d.pop("gained"))

        lost = cast(list[str], d.pop("lost"))

        same = cast(list[str], d.pop("same"))

        higher = cast(list[str], d.pop("higher"))

        lower = cast(list[str], d.pop("lower"))

        plan_comparison = cls(
            gained=gained,
            lost=lost,
            same=same,
            higher=higher,
            lower=lower,
        )

        plan_comparison.additional_properties = d
        return plan_comparison

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

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="UserTotals")


@_attrs_define
class UserTotals:
    """How many users held what; `known` is everyone whom the record knew.

    Attributes:
        known (int | Unset):  Default: 0.
        old_plan (int | Unset):  Default: 0.
        new_plan (int | Unset):  Default: 0.
        both_plans (int | Unset):  Default: 0.
        neither_plan (int | Unset): Somebody took both licenses away. Default: 0.
        gone (int | Unset): The directory did not have them any more. Default: 0.
    """

    known: int | Unset = 0
    old_plan: int | Unset = 0
    new_plan: int | Unset = 0
    both_plans: int | Unset = 0
    neither_plan: int | Unset = 0
    gone: int | Unset = 0
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        known = self.known

        old_plan = self.old_plan

        new_plan = self.new_plan

        both_plans = self.both_plans

        neither_plan = self.neither_plan

        gone = self.gone

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if known is not UNSET:
            field_dict["known"] = known
        if old_plan is not UNSET:
            field_dict["old_plan"] = old_plan
        if new_plan is not UNSET:
            field_dict["new_plan"] = new_plan
        if both_plans is not UNSET:
            field_dict["both_plans"] = both_plans
        if neither_plan is not UNSET:
            field_dict["neither_plan"] = neither_plan
        if gone is not UNSET:
            field_dict["gone"] = gone

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        known = d.pop("known", UNSET)

        old_plan = d.pop("old_plan", UNSET)

        new_plan = d.pop("new_plan", UNSET)

        both_plans = d.pop("both_plans", UNSET)

        neither_plan = d.pop("neither_plan", UNSET)

        gone = d.pop("gone", UNSET)

        user_totals = cls(
            known=known,
            old_plan=old_plan,
            new_plan=new_plan,
            both_plans=both_plans,
            neither_plan=neither_plan,
            gone=gone,
        )

        user_totals.additional_properties = d
        return user_totals

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

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ScheduledChange")


@_attrs_define
class ScheduledChange:
    """A change that the seller makes with the next term.

    Attributes:
        plan_id (str): "" where the seller does not name a plan: it stays.
        quantity (int):
        term (str | Unset): P1M or P1Y, and monthly or annual; "": as before. Default: ''.
        billing_cycle (str | Unset):  Default: ''.
    """

    plan_id: str
    quantity: int
    term: str | Unset = ""
    billing_cycle: str | Unset = ""
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        plan_id = self.plan_id

        quantity = self.quantity

        term = self.term

        billing_cycle = self.billing_cycle

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "plan_id": plan_id,
                "quantity": quantity,
            }
        )
        if term is not UNSET:
            field_dict["term"] = term
        if billing_cycle is not UNSET:
            field_dict["billing_cycle"] = billing_cycle

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        plan_id = d.pop("plan_id")

        quantity = d.pop("quantity")

        term = d.pop("term", UNSET)

        billing_cycle = d.pop("billing_cycle", UNSET)

        scheduled_change = cls(
            plan_id=plan_id,
            quantity=quantity,
            term=term,
            billing_cycle=billing_cycle,
        )

        scheduled_change.additional_properties = d
        return scheduled_change

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

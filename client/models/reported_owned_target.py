from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.reason_answer import ReasonAnswer


T = TypeVar("T", bound="ReportedOwnedTarget")


@_attrs_define
class ReportedOwnedTarget:
    """One subscription that is owned, bought anywhere, to which licenses alone could move.

    Attributes:
        subscription_id (str):
        plan_id (str):
        plan (str):
        free (int): Licenses of its plan that are free.
        is_possible (bool):
        reasons (list[ReasonAnswer]): What stands in the way, notices among them.
    """

    subscription_id: str
    plan_id: str
    plan: str
    free: int
    is_possible: bool
    reasons: list[ReasonAnswer]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        subscription_id = self.subscription_id

        plan_id = self.plan_id

        plan = self.plan

        free = self.free

        is_possible = self.is_possible

        reasons = []
        for reasons_item_data in self.reasons:
            reasons_item = reasons_item_data.to_dict()
            reasons.append(reasons_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "subscription_id": subscription_id,
                "plan_id": plan_id,
                "plan": plan,
                "free": free,
                "is_possible": is_possible,
                "reasons": reasons,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reason_answer import ReasonAnswer  # noqa: PLC0415

        d = dict(src_dict)
        subscription_id = d.pop("subscription_id")

        plan_id = d.pop("plan_id")

        plan = d.pop("plan")

        free = d.pop("free")

        is_possible = d.pop("is_possible")

        reasons = []
        _reasons = d.pop("reasons")
        for reasons_item_data in _reasons:
            reasons_item = ReasonAnswer.from_dict(reasons_item_data)

            reasons.append(reasons_item)

        reported_owned_target = cls(
            subscription_id=subscription_id,
            plan_id=plan_id,
            plan=plan,
            free=free,
            is_possible=is_possible,
            reasons=reasons,
        )

        reported_owned_target.additional_properties = d
        return reported_owned_target

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

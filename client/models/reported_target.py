from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.reason_answer import ReasonAnswer


T = TypeVar("T", bound="ReportedTarget")


@_attrs_define
class ReportedTarget:
    """One plan to switch to.

    Attributes:
        plan_id (str):
        plan (str):
        direction (str): upgrade, downgrade or crossgrade.
        is_possible_automatically (bool):
        is_possible_by_hand (bool):
        reason (str): Why it has its place in the list.
        reasons (list[ReasonAnswer]): What stands in the way, notices among them.
    """

    plan_id: str
    plan: str
    direction: str
    is_possible_automatically: bool
    is_possible_by_hand: bool
    reason: str
    reasons: list[ReasonAnswer]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        plan_id = self.plan_id

        plan = self.plan

        direction = self.direction

        is_possible_automatically = self.is_possible_automatically

        is_possible_by_hand = self.is_possible_by_hand

        reason = self.reason

        reasons = []
        for reasons_item_data in self.reasons:
            reasons_item = reasons_item_data.to_dict()
            reasons.append(reasons_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "plan_id": plan_id,
                "plan": plan,
                "direction": direction,
                "is_possible_automatically": is_possible_automatically,
                "is_possible_by_hand": is_possible_by_hand,
                "reason": reason,
                "reasons": reasons,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reason_answer import ReasonAnswer  # noqa: PLC0415

        d = dict(src_dict)
        plan_id = d.pop("plan_id")

        plan = d.pop("plan")

        direction = d.pop("direction")

        is_possible_automatically = d.pop("is_possible_automatically")

        is_possible_by_hand = d.pop("is_possible_by_hand")

        reason = d.pop("reason")

        reasons = []
        _reasons = d.pop("reasons")
        for reasons_item_data in _reasons:
            reasons_item = ReasonAnswer.from_dict(reasons_item_data)

            reasons.append(reasons_item)

        reported_target = cls(
            plan_id=plan_id,
            plan=plan,
            direction=direction,
            is_possible_automatically=is_possible_automatically,
            is_possible_by_hand=is_possible_by_hand,
            reason=reason,
            reasons=reasons,
        )

        reported_target.additional_properties = d
        return reported_target

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

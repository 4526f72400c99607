from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.owned_target_answer import OwnedTargetAnswer


T = TypeVar("T", bound="OwnedTargetsAnswer")


@_attrs_define
class OwnedTargetsAnswer:
    """The subscriptions to which licenses alone could move; what is possible comes first.

    Attributes:
        organization_id (str):
        subscription_id (str): The subscription whose plan would be left, and the users who hold that plan.
        plan (str):
        users (int):
        rule_set (str):
        targets (list[OwnedTargetAnswer]):
    """

    organization_id: str
    subscription_id: str
    plan: str
    users: int
    rule_set: str
    targets: list[OwnedTargetAnswer]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        organization_id = self.organization_id

        subscription_id = self.subscription_id

        plan = self.plan

        users = self.users

        rule_set = self.rule_set

        targets = []
        for targets_item_data in self.targets:
            targets_item = targets_item_data.to_dict()
            targets.append(targets_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "organization_id": organization_id,
                "subscription_id": subscription_id,
                "plan": plan,
                "users": users,
                "rule_set": rule_set,
                "targets": targets,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.owned_target_answer import OwnedTargetAnswer  # noqa: PLC0415

        d = dict(src_dict)
        organization_id = d.pop("organization_id")

        subscription_id = d.pop("subscription_id")

        plan = d.pop("plan")

        users = d.pop("users")

        rule_set = d.pop("rule_set")

        targets = []
        _targets = d.pop("targets")
        for targets_item_data in _targets:
            targets_item = OwnedTargetAnswer.from_dict(targets_item_data)

            targets.append(targets_item)

        owned_targets_answer = cls(
            organization_id=organization_id,
            subscription_id=subscription_id,
            plan=plan,
            users=users,
            rule_set=rule_set,
            targets=targets,
        )

        owned_targets_answer.additional_properties = d
        return owned_targets_answer

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

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.reason_answer import ReasonAnswer
    from ..models.subscription_answer import SubscriptionAnswer
    from ..models.target_answer import TargetAnswer


T = TypeVar("T", bound="TargetsAnswer")


@_attrs_define
class TargetsAnswer:
    """Every offered plan with what it brings and what blocks it.

    Attributes:
        organization_id (str):
        source (SubscriptionAnswer): A subscription with the catalog's name of its plan.
        users (int):
        rule_set (str):
        targets (list[TargetAnswer]):
        reasons (list[ReasonAnswer]): Without a target they say why; none elsewhere.
    """

    organization_id: str
    source: SubscriptionAnswer
    users: int
    rule_set: str
    targets: list[TargetAnswer]
    reasons: list[ReasonAnswer]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        organization_id = self.organization_id

        source = self.source.to_dict()

        users = self.users

        rule_set = self.rule_set

        targets = []
        for targets_item_data in self.targets:
            targets_item = targets_item_data.to_dict()
            targets.append(targets_item)

        reasons = []
        for reasons_item_data in self.reasons:
            reasons_item = reasons_item_data.to_dict()
            reasons.append(reasons_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "organization_id": organization_id,
                "source": source,
                "users": users,
                "rule_set": rule_set,
                "targets": targets,
                "reasons": reasons,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reason_answer import ReasonAnswer  # noqa: PLC0415
        from ..models.subscription_answer import SubscriptionAnswer  # noqa: PLC0415
        from ..models.target_answer import TargetAnswer  # noqa: PLC0415

        d = dict(src_dict)
        organization_id = d.pop("organization_id")

        source = SubscriptionAnswer.from_dict(d.pop("source"))

        users = d.pop("users")

        rule_set = d.pop("rule_set")

        targets = []
        _targets = d.pop("targets")
        for targets_item_data in _targets:
            targets_item = TargetAnswer.from_dict(targets_item_data)

            targets.append(targets_item)

        reasons = []
        _reasons = d.pop("reasons")
        for reasons_item_data in _reasons:
            reasons_item = ReasonAnswer.from_dict(reasons_item_data)

            reasons.append(reasons_item)

        targets_answer = cls(
            organization_id=organization_id,
            source=source,
            users=users,
            rule_set=rule_set,
            targets=targets,
            reasons=reasons,
        )

        targets_answer.additional_properties = d
        return targets_answer

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

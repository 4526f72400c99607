from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.owned_target_answer_eligible import OwnedTargetAnswerEligible
    from ..models.owned_target_answer_service_names import OwnedTargetAnswerServiceNames
    from ..models.reason_answer import ReasonAnswer


T = TypeVar("T", bound="OwnedTargetAnswer")


@_attrs_define
class OwnedTargetAnswer:
    """One subscription that is owned, bought anywhere, and could receive the users.

    Attributes:
        target_plan_id (str):
        target_plan (str):
        eligible (OwnedTargetAnswerEligible): automatic, manual or licenses_only -> nothing blocks it.
        direction (str): upgrade, downgrade or crossgrade.
        kind (str): same_family, from_standalone or other_family.
        services_gained (list[str]):
        services_lost (list[str]):
        services_lowered (list[str]):
        service_names (OwnedTargetAnswerServiceNames): Service -> the vendor's name of it, for those that are gained or
            lost.
        acknowledgments_missing (list[str]):
        reasons (list[ReasonAnswer]):
        rule_set (str):
        catalog_version (str):
        input_digest (str):
        subscription_id (str): By its seller's name of it, and by the directory's own; both name it to a switch.
        directory_id (str):
        status (str): active, suspended, disabled or deleted.
        free (int): Licenses of its plan that are free, and users who hold it, over all its sellers.
        users (int):
    """

    target_plan_id: str
    target_plan: str
    eligible: OwnedTargetAnswerEligible
    direction: str
    kind: str
    services_gained: list[str]
    services_lost: list[str]
    services_lowered: list[str]
    service_names: OwnedTargetAnswerServiceNames
    acknowledgments_missing: list[str]
    reasons: list[ReasonAnswer]
    rule_set: str
    catalog_version: str
    input_digest: str
    subscription_id: str
    directory_id: str
    status: str
    free: int
    users: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        target_plan_id = self.target_plan_id

        target_plan = self.target_plan

        eligible = self.eligible.to_dict()

        direction = self.direction

        kind = self.kind

        services_gained = self.services_gained

        services_lost = self.services_lost

        services_lowered = self.services_lowered

        service_names = self.service_names.to_dict()

        acknowledgments_missing = self.acknowledgments_missing

        reasons = []
        for reasons_item_data in self.reasons:
            reasons_item = reasons_item_data.to_dict()
            reasons.append(reasons_item)

        rule_set = self.rule_set

        catalog_version = self.catalog_version

        input_digest = self.input_digest

        subscription_id = self.subscription_id

        directory_id = self.directory_id

        status = self.status

        free = self.free

        users = self.users

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "target_plan_id": target_plan_id,
                "target_plan": target_plan,
                "eligible": eligible,
                "direction": direction,
                "kind": kind,
                "services_gained": services_gained,
                "services_lost": services_lost,
                "services_lowered": services_lowered,
                "service_names": service_names,
                "acknowledgments_missing": acknowledgments_missing,
                "reasons": reasons,
                "rule_set": rule_set,
                "catalog_version": catalog_version,
                "input_digest": input_digest,
                "subscription_id": subscription_id,
                "directory_id": directory_id,
                "status": status,
                "free": free,
                "users": users,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.owned_target_answer_eligible import OwnedTargetAnswerEligible  # noqa: PLC0415
        from ..models.owned_target_answer_service_names import (
            OwnedTargetAnswerServiceNames,  # noqa: PLC0415
        )
        from ..models.reason_answer import ReasonAnswer  # noqa: PLC0415

        d = dict(src_dict)
        target_plan_id = d.pop("target_plan_id")

        target_plan = d.pop("target_plan")

        eligible = OwnedTargetAnswerEligible.from_dict(d.pop("eligible"))

        direction = d.pop("direction")

        kind = d.pop("kind")

        services_gained = cast(list[str], d.pop("services_gained"))

        services_lost = cast(list[str], d.pop("services_lost"))

        services_lowered = cast(list[str], d.pop("services_lowered"))

        service_names = OwnedTargetAnswerServiceNames.from_dict(d.pop("service_names"))

        acknowledgments_missing = cast(list[str], d.pop("acknowledgments_missing"))

        reasons = []
        _reasons = d.pop("reasons")
        for reasons_item_data in _reasons:
            reasons_item = ReasonAnswer.from_dict(reasons_item_data)

            reasons.append(reasons_item)

        rule_set = d.pop("rule_set")

        catalog_version = d.pop("catalog_version")

        input_digest = d.pop("input_digest")

        subscription_id = d.pop("subscription_id")

        directory_id = d.pop("directory_id")

        status = d.pop("status")

        free = d.pop("free")

        users = d.pop("users")

        owned_target_answer = cls(
            target_plan_id=target_plan_id,
            target_plan=target_plan,
            eligible=eligible,
            direction=direction,
            kind=kind,
            services_gained=services_gained,
            services_lost=services_lost,
            services_lowered=services_lowered,
            service_names=service_names,
            acknowledgments_missing=acknowledgments_missing,
            reasons=reasons,
            rule_set=rule_set,
            catalog_version=catalog_version,
            input_digest=input_digest,
            subscription_id=subscription_id,
            directory_id=directory_id,
            status=status,
            free=free,
            users=users,
        )

        owned_target_answer.additional_properties = d
        return owned_target_answer

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

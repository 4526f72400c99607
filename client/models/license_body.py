from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.license_body_action import LicenseBodyAction, check_license_body_action
from ..types import UNSET, Unset

T = TypeVar("T", bound="LicenseBody")


@_attrs_define
class LicenseBody:
    """One license of one user, to be given or taken away.

    Attributes:
        reason (str):
        user (str): Directory id or principal name.
        plan (str): Id, part number, name or alias of a plan.
        action (LicenseBodyAction):
        request_id (str | Unset):
        accept_loss (bool | Unset): Take the license also where nothing else that the user holds keeps the same data
            services. Default: False.
    """

    reason: str
    user: str
    plan: str
    action: LicenseBodyAction
    request_id: str | Unset = UNSET
    accept_loss: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        user = self.user

        plan = self.plan

        action: str = self.action

        request_id = self.request_id

        accept_loss = self.accept_loss

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reason": reason,
                "user": user,
                "plan": plan,
                "action": action,
            }
        )
        if request_id is not UNSET:
            field_dict["request_id"] = request_id
        if accept_loss is not UNSET:
            field_dict["accept_loss"] = accept_loss

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reason = d.pop("reason")

        user = d.pop("user")

        plan = d.pop("plan")

        action = check_license_body_action(d.pop("action"))

        request_id = d.pop("request_id", UNSET)

        accept_loss = d.pop("accept_loss", UNSET)

        license_body = cls(
            reason=reason,
            user=user,
            plan=plan,
            action=action,
            request_id=request_id,
            accept_loss=accept_loss,
        )

        return license_body

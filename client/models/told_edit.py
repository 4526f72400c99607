from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ToldEdit")


@_attrs_define
class ToldEdit:
    """One edit by hand, as people read it.

    Attributes:
        request_id (str):
        at (datetime.datetime):
        actor (str):
        reason (str):
        user_key (str):
        directory_id (str): "" where the user was erased.
        plan_id (str):
        plan (str):
        action (str): assign or remove.
        is_loss_accepted (bool): Whether it was accepted that the user is left without what the license gave.
        outcome (str): done, refused or unanswered.
        error (str): Code of rules#license-failures for why it was refused, and the vendor's word for that; or "".
        vendor_code (str):
    """

    request_id: str
    at: datetime.datetime
    actor: str
    reason: str
    user_key: str
    directory_id: str
    plan_id: str
    plan: str
    action: str
    is_loss_accepted: bool
    outcome: str
    error: str
    vendor_code: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        request_id = self.request_id

        at = self.at.isoformat()

        actor = self.actor

        reason = self.reason

        user_key = self.user_key

        directory_id = self.directory_id

        plan_id = self.plan_id

        plan = self.plan

        action = self.action

        is_loss_accepted = self.is_loss_accepted

        outcome = self.outcome

        error = self.error

        vendor_code = self.vendor_code

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "request_id": request_id,
                "at": at,
                "actor": actor,
                "reason": reason,
                "user_key": user_key,
                "directory_id": directory_id,
                "plan_id": plan_id,
                "plan": plan,
                "action": action,
                "is_loss_accepted": is_loss_accepted,
                "outcome": outcome,
                "error": error,
                "vendor_code": vendor_code,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        request_id = d.pop("request_id")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        actor = d.pop("actor")

        reason = d.pop("reason")

        user_key = d.pop("user_key")

        directory_id = d.pop("directory_id")

        plan_id = d.pop("plan_id")

        plan = d.pop("plan")

        action = d.pop("action")

        is_loss_accepted = d.pop("is_loss_accepted")

        outcome = d.pop("outcome")

        error = d.pop("error")

        vendor_code = d.pop("vendor_code")

        told_edit = cls(
            request_id=request_id,
            at=at,
            actor=actor,
            reason=reason,
            user_key=user_key,
            directory_id=directory_id,
            plan_id=plan_id,
            plan=plan,
            action=action,
            is_loss_accepted=is_loss_accepted,
            outcome=outcome,
            error=error,
            vendor_code=vendor_code,
        )

        told_edit.additional_properties = d
        return told_edit

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

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="UnassignBody")


@_attrs_define
class UnassignBody:
    """Users from whom a license is taken: directory ids or principal names.

    Attributes:
        reason (str):
        users (list[str]):
        request_id (str | Unset):
        accept_loss (bool | Unset): Take it also where nothing else that a user holds keeps the same data services.
            Default: False.
    """

    reason: str
    users: list[str]
    request_id: str | Unset = UNSET
    accept_loss: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        users = self.users

        request_id = self.request_id

        accept_loss = self.accept_loss

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reason": reason,
                "users": users,
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

        users = cast(list[str], d.pop("users"))

        request_id = d.pop("request_id", UNSET)

        accept_loss = d.pop("accept_loss", UNSET)

        unassign_body = cls(
            reason=reason,
            users=users,
            request_id=request_id,
            accept_loss=accept_loss,
        )

        return unassign_body

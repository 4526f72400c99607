from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="RetryUsersBody")


@_attrs_define
class RetryUsersBody:
    """What to try again.

    Attributes:
        reason (str):
        request_id (str | Unset):
        users (list[str] | Unset): Keys or directory ids of users who could not be moved; none tries everything again.
    """

    reason: str
    request_id: str | Unset = UNSET
    users: list[str] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        reason = self.reason

        request_id = self.request_id

        users: list[str] | Unset = UNSET
        if not isinstance(self.users, Unset):
            users = self.users

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reason": reason,
            }
        )
        if request_id is not UNSET:
            field_dict["request_id"] = request_id
        if users is not UNSET:
            field_dict["users"] = users

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reason = d.pop("reason")

        request_id = d.pop("request_id", UNSET)

        users = cast(list[str], d.pop("users", UNSET))

        retry_users_body = cls(
            reason=reason,
            request_id=request_id,
            users=users,
        )

        return retry_users_body
